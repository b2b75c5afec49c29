-- Contacts of a campaign: orders for many of them, single ones that join, figures by the quarter of an hour, lists of a million.

-- An order for many contacts, carried out one by one by whoever comes first: the request itself, or the bulk worker.
create table contact_operation (
  id uuid primary key,
  seq bigint generated always as identity unique,
  campaign_id uuid not null references campaign (id),
  kind text not null check (kind in ('complete', 'resume')),
  source text not null check (source in ('ids', 'filter', 'import')),
  note text,
  -- What is below `done` and `skipped` is still to be looked at; `unchanged` are those of the done who stood so already.
  total integer not null,
  done integer not null default 0,
  unchanged integer not null default 0,
  skipped integer not null default 0,
  -- Named once more; counted nowhere else.
  repeated integer not null default 0,
  actor text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  -- Operations take turns.
  carried_rt timestamptz,
  finished_rt timestamptz,
  forgotten_rt timestamptz
);
create index contact_operation_campaign on contact_operation (campaign_id, seq);
create index contact_operation_open on contact_operation (carried_rt nulls first, seq) where finished_at is null;
create index contact_operation_kept on contact_operation (finished_rt) where finished_at is not null and forgotten_rt is null;

-- One contact of an operation, or one line of a file that named nobody. `given` names a person, so it goes with them.
create table contact_operation_item (
  operation_id uuid not null references contact_operation (id) on delete cascade,
  position integer not null,
  enrollment_id uuid references enrollment (id),
  given text,
  result text check (result in ('done', 'skipped')),
  reason text,
  detail text,
  primary key (operation_id, position),
  check (enrollment_id is not null or result = 'skipped')
);
create index contact_operation_item_open on contact_operation_item (operation_id, position) where result is null;
create index contact_operation_item_skipped on contact_operation_item (operation_id, position) where result = 'skipped';
create index contact_operation_item_given on contact_operation_item (enrollment_id) where given is not null;

-- Who joined a campaign without being on its list, and with which cases.
create table campaign_addition (
  campaign_id uuid not null references campaign (id) on delete cascade,
  contact_id uuid not null references contact (id) on delete cascade,
  cases uuid[] not null check (cardinality(cases) > 0),
  added_at timestamptz not null,
  actor text not null,
  primary key (campaign_id, contact_id)
);

-- What happened in a campaign, counted by the quarter of an hour: kept by a sweep that reads every entry of the timeline
-- once, so that no figure that is asked for has to look at a contact.
create table campaign_tally (
  campaign_id uuid not null references campaign (id) on delete cascade,
  at timestamptz not null,
  run_key text not null,
  channel text not null,
  figure text not null,
  count integer not null,
  primary key (campaign_id, at, run_key, channel, figure)
);

-- Which stages of the funnel a contact has come to, so that each is counted once for each contact.
create table enrollment_stage (
  enrollment_id uuid primary key references enrollment (id) on delete cascade,
  stages text[] not null
);

create table tally_cursor (
  singleton boolean primary key default true check (singleton),
  -- Entries of the timeline up to this one are counted.
  timeline_id bigint not null default 0,
  counted_at timestamptz not null default app_now()
);
insert into tally_cursor default values;

-- The last entry of the timeline before which none can appear any more: whoever is still at work began later. What is read
-- up to it has to be read by a later statement, for it may have been committed while this one ran.
create function settled_timeline_id() returns bigint language sql volatile as $$
  with working as materialized (
    select coalesce(min(xact_start), 'infinity') as since
    from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and backend_xid is not null
      and pid <> pg_backend_pid()
  )
  select coalesce((
    select id from timeline where rt < (select since from working) order by id desc limit 1), 0)
$$;

-- Lists of a million. Rows that are open and being called stand in neither of these two, so no step pays for them.
create index enrollment_campaign_reason on enrollment (campaign_id, reason, seq) where reason is not null;
create index enrollment_campaign_calls_over on enrollment (campaign_id, seq)
  where state = 'open' and (calls_over or calls_stopped_at is not null);
-- Parts of names: written when somebody is imported or changed.
create extension if not exists pg_trgm;
create index contact_name on contact using gin ((first_name || ' ' || last_name) gin_trgm_ops);
