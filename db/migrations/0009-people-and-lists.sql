-- Cases that are edited, addresses that are taken away, attributes with types, opt-outs of one case type, lists whose
-- members come and go by conditions, lists that a CRM feeds.

alter table cases
  add column revision integer not null default 1,
  add column updated_at timestamptz,
  add column actor text not null default 'import';
update cases set updated_at = created_at;
alter table cases alter column updated_at set default app_now(), alter column updated_at set not null;
create index cases_type on cases (case_type, id);

-- Whoever changes a case, by hand, import or CRM, gives it its next revision.
create function count_case_change() returns trigger language plpgsql as $$
begin
  new.revision := old.revision + 1;
  new.updated_at := app_now();
  return new;
end
$$;
create trigger count_case_change before update on cases for each row
  when ((old.case_type, old.title, old.status) is distinct from (new.case_type, new.title, new.status))
  execute function count_case_change();

-- What was said at an address holds for the person, and every attempt at it counts: one that is taken away is not used and
-- not shown any more, and stays.
alter table contact_address drop constraint contact_address_unusable_check;
alter table contact_address add constraint contact_address_unusable_check
  check (unusable in ('wrong_number', 'invalid', 'erased', 'removed'));

create index contact_tags on contact using gin (tags);
create index contact_attributes on contact using gin (attributes jsonb_path_ops);

-- What the company calls the attributes of its contacts, and what may stand in them.
create table attribute (
  id uuid primary key,
  name text not null unique,
  label text not null default '',
  type text not null check (type in ('text', 'number', 'date', 'boolean', 'choice')),
  choices text[] not null default '{}',
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null,
  check ((type = 'choice') = (cardinality(choices) > 0))
);

-- No calls about cases of one type; texts and mails go on. One row for each address of the person, as with suppressions.
create table call_opt_out (
  id uuid not null,
  hash text not null references address (hash),
  contact_id uuid not null references contact (id),
  case_type text not null,
  reason text not null default '',
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp(),
  lifted_at timestamptz,
  lifted_by text,
  consent_id uuid references consent (id),
  actor text not null,
  primary key (id, hash)
);
create index call_opt_out_hash on call_opt_out (hash) where lifted_at is null;
create index call_opt_out_contact on call_opt_out (contact_id);

-- An opt-out is lifted by a new consent alone (R-5).
alter table suppression
  add column lifted_by text,
  add column consent_id uuid references consent (id);

alter table list
  add column kind text not null default 'static' check (kind in ('static', 'dynamic', 'hybrid')),
  add column conditions jsonb,
  -- Where the sweep stands among the cases, when it set out, and when it last came to the end.
  add column sweep_cursor uuid,
  add column sweep_began_rt timestamptz,
  add column swept_rt timestamptz,
  add check ((kind = 'static') = (conditions is null));
create index list_to_sweep on list (swept_rt nulls first) where kind <> 'static';

-- Who stands on a list by its conditions leaves by them; who was put on it by hand stays.
alter table list_member add column source text not null default 'manual' check (source in ('manual', 'conditions'));

-- Taken off a hybrid list by hand: the conditions don't bring the case back.
create table list_exclusion (
  list_id uuid not null references list (id) on delete cascade,
  case_id uuid not null references cases (id),
  at timestamptz not null,
  actor text not null,
  primary key (list_id, case_id)
);
-- Whoever puts it on the list again takes that back, whichever way it comes.
create function end_exclusion() returns trigger language plpgsql as $$
begin
  delete from list_exclusion where list_id = new.list_id and case_id = new.case_id;
  return null;
end
$$;
create trigger end_exclusion after insert or update of source on list_member for each row
  when (new.source = 'manual') execute function end_exclusion();

-- Who has left a list; whoever was enrolled because of it was enrolled rightly.
create table list_departure (
  list_id uuid not null references list (id) on delete cascade,
  contact_id uuid not null references contact (id) on delete cascade,
  at timestamptz not null,
  primary key (list_id, contact_id)
);

-- Does whoever leaves the list leave the campaign as well? As the policy of the current version says.
alter table campaign add column leaves_with_list boolean not null default false;
create function read_leaves_with_list() returns trigger language plpgsql as $$
begin
  new.leaves_with_list := coalesce(
    (select (policy ->> 'leavesWithList')::boolean from version where id = new.current_version_id), false);
  return new;
end
$$;
create trigger read_leaves_with_list before update of current_version_id on campaign for each row
  when (new.current_version_id is distinct from old.current_version_id) execute function read_leaves_with_list();

-- What of a CRM's records comes onto a list by itself.
create table list_feed (
  id uuid primary key,
  list_id uuid not null references list (id) on delete cascade,
  connection_id uuid not null references connection (id),
  enabled boolean not null default true,
  -- Only when the case is told of for the first time.
  first_sync_only boolean not null default false,
  -- Empty = whatever fits the list.
  statuses text[] not null default '{}',
  case_types text[] not null default '{}',
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null,
  unique (list_id, connection_id)
);
create index list_feed_connection on list_feed (connection_id);

-- The address that the CRM calls is made of it: with the next number the old address is good for nothing.
alter table connection add column webhook_number integer not null default 1;

-- What a CRM told, and what was made of it.
create table crm_arrival (
  id bigint generated always as identity primary key,
  connection_id uuid not null references connection (id),
  contact_id uuid references contact (id) on delete cascade,
  case_external_id text not null,
  body_hash text not null,
  result text not null check (result in ('created', 'updated', 'repeated', 'refused')),
  reason text,
  lists jsonb not null default '[]',
  at timestamptz not null
);
create index crm_arrival_case on crm_arrival (connection_id, case_external_id, id desc);
create index crm_arrival_contact on crm_arrival (contact_id);
create index crm_arrival_at on crm_arrival (at);
