-- Default hours, the pool of caller numbers, who is told of handoffs, and the look-up of numbers that nobody gave us.

-- K-11: noon to eight from Monday to Friday, until the company says otherwise. Campaigns take a copy of it (K-3).
alter table settings
  add column default_hours jsonb not null default '{"weekdays":[1,2,3,4,5],"slots":[{"open":"12:00","close":"20:00"}]}';

-- What is known of each of our numbers. Which ones are ours, and in which order, says `settings.caller_numbers`.
create table caller_number (
  id uuid primary key default gen_random_uuid(),
  number text not null unique,
  label text not null default '',
  -- The sender's registration for texts; carriers block texts of a number that was refused or is still waited for.
  registration text not null default 'unknown' check (registration in ('unknown', 'pending', 'registered', 'rejected')),
  -- Ours still, and answered; nothing is begun from it.
  resting boolean not null default false,
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null default 'system'
);

-- Whoever changes which numbers there are changes the pool with it.
create function keep_caller_numbers() returns trigger language plpgsql as $$
begin
  delete from caller_number where not number = any (new.caller_numbers);
  insert into caller_number (number, actor)
  select n, new.updated_by from unnest(new.caller_numbers) with ordinality as given (n, ix) order by ix
  on conflict (number) do nothing;
  return new;
end $$;
create trigger keep_caller_numbers after update of caller_numbers on settings for each row execute function keep_caller_numbers();
insert into caller_number (number) select distinct unnest(caller_numbers) from settings;

-- Who is held, without looking at everybody who is not.
create index enrollment_held on enrollment (campaign_id) where held_until_at is not null;

-- Somebody waits for a person, and the team was or is to be told. One as long as one hold lasts: who writes again meanwhile
-- is no news.
create table handoff_notice (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  enrollment_id uuid not null references enrollment (id) on delete cascade,
  reason text not null,
  at timestamptz not null,
  -- Who is told next if nobody has taken it by then; null = nobody, or they were.
  escalates_at timestamptz,
  taken_at timestamptz,
  taken_by text,
  closed_at timestamptz
);
create unique index handoff_notice_open on handoff_notice (enrollment_id) where closed_at is null;
create index handoff_notice_escalates on handoff_notice (escalates_at) where closed_at is null and taken_at is null;

-- One message to one of the team. Claimed before it is sent, so that nobody is told twice.
create table handoff_alert (
  id uuid primary key default gen_random_uuid(),
  notice_id uuid not null references handoff_notice (id) on delete cascade,
  -- 1 = at once, 2 = since nobody took it.
  level integer not null check (level in (1, 2)),
  channel text not null check (channel in ('sms', 'email')),
  address text not null,
  state text not null default 'pending' check (state in ('pending', 'claimed', 'sent', 'not_sent', 'unknown')),
  tries integer not null default 0,
  next_rt timestamptz not null default clock_timestamp(),
  claimed_rt timestamptz,
  error_code text,
  unique (notice_id, channel, address)
);
create index handoff_alert_due on handoff_alert (next_rt) where state in ('pending', 'claimed');

-- Who looks up what is missing of a person (K-7, K-25). Off until somebody has set it up.
create table enrichment_service (
  singleton boolean primary key default true check (singleton),
  enabled boolean not null default false,
  name text not null default '',
  url text not null default '',
  header text not null default 'Authorization',
  prefix text not null default 'Bearer ',
  credentials text,
  -- What an answer costs that does not say so itself; millionths of the company's currency.
  cost_micros bigint not null default 0 check (cost_micros >= 0),
  per_day integer not null default 1000 check (per_day > 0),
  timeout_seconds integer not null default 10 check (timeout_seconds between 1 and 20),
  -- The same Idempotency-Key never is a second look-up there, so a lost answer may be asked for again.
  honours_idempotency_key boolean not null default false,
  not_before_rt timestamptz,
  revision integer not null default 1,
  updated_at timestamptz not null default app_now(),
  updated_by text not null default 'system'
);
insert into enrichment_service default values;

-- One need of one person: asked for once, whoever has it. `need` is the question, and what was known when it arose.
create table enrichment (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  contact_id uuid not null references contact (id) on delete cascade,
  need text not null,
  enrollment_id uuid references enrollment (id) on delete cascade,
  cause text not null check (cause in ('unreachable', 'import', 'call', 'text', 'manual')),
  kinds text[] not null check (kinds <@ array['phone', 'email', 'address', 'demographics'] and cardinality(kinds) > 0),
  state text not null default 'pending' check (state in ('pending', 'asking', 'found', 'nothing', 'failed', 'unknown')),
  source text,
  data jsonb not null default '[]',
  cost_micros bigint,
  error_code text,
  tries integer not null default 0,
  next_rt timestamptz not null default clock_timestamp(),
  asked_rt timestamptz,
  asked_at timestamptz,
  created_at timestamptz not null default app_now(),
  finished_at timestamptz,
  actor text not null,
  unique (contact_id, need)
);
create index enrichment_due on enrichment (next_rt) where state in ('pending', 'asking');
create index enrichment_asked on enrichment (asked_at) where asked_at is not null;
create index enrichment_enrollment on enrichment (enrollment_id) where enrollment_id is not null;

-- Addresses that a look-up brought, and nobody had given before.
create table found_address (
  contact_id uuid not null references contact (id) on delete cascade,
  hash text not null references address (hash),
  source text not null,
  enrichment_id uuid not null references enrichment (id) on delete cascade,
  at timestamptz not null default app_now(),
  primary key (contact_id, hash)
);

-- How far the search for needs has come in each campaign, so that a round is short however many are inside.
create table enrichment_scan (
  campaign_id uuid primary key references campaign (id) on delete cascade,
  after bigint not null default 0,
  scanned_rt timestamptz not null default clock_timestamp()
);
