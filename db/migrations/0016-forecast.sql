-- Forecasts: a campaign lived ahead of time. Nothing that acts reads any of this.

create table forecast (
  id uuid primary key,
  seq bigint generated always as identity unique,
  campaign_id uuid not null references campaign (id) on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- Why it failed.
  failure text,
  -- Null = from the moment in which it is begun.
  starts_at timestamptz,
  days integer not null check (days > 0),
  -- Null = those of the company.
  lines integer check (lines > 0),
  assumptions jsonb not null,
  progress integer not null default 0 check (progress between 0 and 100),
  summary jsonb,
  -- Who is at it, and when they last said so: whoever is dead says nothing.
  runner uuid,
  seen_rt timestamptz,
  tries integer not null default 0,
  created_at timestamptz not null default app_now(),
  finished_at timestamptz,
  created_rt timestamptz not null default clock_timestamp(),
  actor text not null
);
create index forecast_campaign on forecast (campaign_id, seq desc);
create index forecast_open on forecast (seq) where state in ('waiting', 'running');
create index forecast_created on forecast (created_rt);

create table forecast_contact (
  forecast_id uuid not null references forecast (id) on delete cascade,
  position integer not null,
  contact_id uuid not null references contact (id) on delete cascade,
  state text not null check (state in ('through', 'held', 'beyond', 'rejected')),
  reason text not null,
  sentence text not null,
  is_reached boolean not null,
  ended_at timestamptz not null,
  -- [[key, channel, at, due, answer], …] in order, instants in epoch milliseconds.
  touches jsonb not null,
  primary key (forecast_id, position)
);
create index forecast_contact_who on forecast_contact (contact_id, forecast_id);
create index forecast_contact_unreached on forecast_contact (forecast_id, position) where not is_reached;

create table forecast_hour (
  forecast_id uuid not null references forecast (id) on delete cascade,
  at timestamptz not null,
  voice integer not null,
  sms integer not null,
  email integer not null,
  cost_micros bigint not null,
  lines integer not null,
  waiting integer not null,
  primary key (forecast_id, at)
);
