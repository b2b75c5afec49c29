-- Reports that campaigns mail of themselves: when each comes next, every period that came, and every mail of it.

create table report_schedule (
  campaign_id uuid not null references campaign (id) on delete cascade,
  key text not null,
  -- When the period in progress ends, and the local day of that; null = no other one comes.
  next_at timestamptz,
  next_on date,
  -- The day of the last period that came: none comes twice.
  last_on date,
  primary key (campaign_id, key),
  check ((next_at is null) = (next_on is null)),
  check (next_on > last_on)
);
create index report_schedule_due on report_schedule (next_at) where next_at is not null;

create table report (
  id uuid primary key,
  seq bigint generated always as identity unique,
  campaign_id uuid not null,
  key text not null,
  -- Null = somebody asked for this one, beside those that come by themselves.
  period_on date,
  -- What it tells of.
  from_at timestamptz not null,
  until_at timestamptz not null,
  -- As the schedule said it when the period came.
  name text not null,
  statuses text[] not null,
  -- The campaign had ended.
  is_last boolean not null default false,
  made_at timestamptz not null default app_now(),
  actor text not null,
  started_rt timestamptz,
  -- Not the campaign: whoever publishes holds its row, and waits for this table's sweep.
  foreign key (campaign_id, key) references report_schedule (campaign_id, key) on delete cascade,
  unique (campaign_id, key, period_on),
  check (from_at < until_at)
);
create index report_of_campaign on report (campaign_id, seq desc);

-- One recipient of a report. Claimed here before anything leaves the machine.
create table report_mail (
  id uuid primary key,
  report_id uuid not null references report (id) on delete cascade,
  position integer not null,
  recipient text not null,
  state text not null default 'pending' check (state in ('pending', 'claimed', 'mailed', 'failed', 'unknown')),
  reason text,
  tries integer not null default 0,
  -- A claim that nobody has answered for by then is unknown.
  deadline_rt timestamptz,
  finished_at timestamptz,
  unique (report_id, position),
  check ((state in ('pending', 'claimed')) = (finished_at is null))
);
create index report_mail_open on report_mail (report_id) where state in ('pending', 'claimed');
