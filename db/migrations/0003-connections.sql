-- Systems outside that actions write into, each with a circuit of its own.

create table connection (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  name text not null unique check (length(name) between 1 and 80),
  kind text not null check (kind in ('lawruler', 'http')),
  -- Set up in the environment of the workers; neither its settings nor its credentials are kept here.
  from_environment boolean not null default false,
  settings jsonb not null default '{}',
  -- Encrypted, see db/connection-seal.ts; null only where they come from the environment.
  credentials text check (credentials is not null or from_environment),
  -- The access token in use, encrypted like the credentials, and whoever renews it just now.
  token text,
  token_expires_rt timestamptz,
  token_claimed_rt timestamptz,
  is_default boolean not null default false,
  -- `held` is the circuit's word, `disabled` an operator's; actions wait in both.
  state text not null default 'ok' check (state in ('ok', 'held', 'disabled')),
  reason text check ((reason is null) = (state = 'ok')),
  since_rt timestamptz not null default clock_timestamp(),
  -- False = nothing went through since it was let go on: one action tries first, and the first failure holds it again.
  is_proven boolean not null default true,
  trial_rt timestamptz,
  failures integer not null default 0,
  -- Some of the actions that failed in a row: one bad case alone is no outage.
  failing uuid[] not null default '{}',
  -- It asked to be left alone until then.
  not_before_rt timestamptz,
  -- When it is to be asked whether it is well; null = when somebody says so.
  check_rt timestamptz,
  checks integer not null default 0,
  checked_rt timestamptz,
  check_result text,
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null
);
create unique index connection_default on connection (is_default) where is_default;
create unique index connection_environment on connection (from_environment) where from_environment;
create index connection_check on connection (check_rt) where check_rt is not null;

-- Null = the default connection.
alter table campaign add column connection_id uuid references connection (id);

alter table execution
  -- Where it was sent, or what holds it.
  add column connection_id uuid references connection (id),
  -- Pending, and yet nobody's turn: it waits for its connection, and no longer than `hold_ends_rt`.
  add column held_rt timestamptz,
  add column hold_ends_rt timestamptz,
  -- No try before this.
  add column not_before_rt timestamptz,
  add check ((held_rt is null) = (hold_ends_rt is null)),
  add check (held_rt is null or (state = 'pending' and connection_id is not null));
create index execution_held on execution (connection_id, seq) where held_rt is not null;
create index execution_hold_ends on execution (hold_ends_rt) where held_rt is not null;
create index execution_status_order on execution (case_id, seq) where kind = 'crm_status' and state = 'pending';
