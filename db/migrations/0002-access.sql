-- Who may do what, how often, and who did.

alter table api_key
  -- Null = whatever the role allows.
  add column scopes text[] check (cardinality(scopes) > 0),
  add column expires_rt timestamptz,
  add column revision integer not null default 1,
  add column created_by text not null default 'system';

-- A person at the console, let in by a key. Only the hash of the cookie's token is kept.
create table session (
  id uuid primary key default gen_random_uuid(),
  token_hash text not null unique,
  api_key_id uuid not null references api_key (id),
  created_rt timestamptz not null default clock_timestamp(),
  seen_rt timestamptz not null default clock_timestamp(),
  ends_rt timestamptz not null
);
create index session_api_key on session (api_key_id);
create index session_ends on session (ends_rt);

-- Requests per hour. Unlogged: a counter that a crash sets back does no harm, and no request waits for a disk.
create unlogged table api_usage (
  subject text not null,
  hour_rt timestamptz not null,
  requests integer not null,
  primary key (subject, hour_rt)
) with (fillfactor = 50);
create index api_usage_hour on api_usage (hour_rt);

alter table change_log
  add column api_key_id uuid references api_key (id),
  add column request_id text;
create index change_log_actor on change_log (actor, id);
create index change_log_request on change_log (request_id, id);
create index change_log_at on change_log using brin (at);
