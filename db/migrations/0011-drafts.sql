-- Drafts that hold whatever was typed, forms and agents.

-- What people fill in. Its pages are kept elsewhere; here it has what campaigns must know of it.
create table form (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  name text not null,
  -- Null = none yet; a campaign can't be launched with it.
  case_type text,
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null
);

-- Who speaks on calls.
create table agent (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  name text not null,
  form_id uuid references form (id),
  voice text not null default '',
  greeting text not null default '',
  -- Where this agent puts calls through to; none = the company's number.
  transfer_number text not null default '',
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null
);
create index agent_form on agent (form_id);

alter table campaign
  -- What was typed into each step of a draft, as it was typed; null = what the definition says.
  add column steps json,
  -- Where the builder was left.
  add column last_step text not null default 'basics',
  -- Of a draft these may be missing: it has no definition before it has a complete one.
  alter column list_id drop not null,
  alter column definition drop not null,
  drop constraint campaign_name_check,
  add constraint campaign_name_check check (status = 'draft' or length(name) between 3 and 120),
  add constraint campaign_is_complete check (
    status = 'draft' or (list_id is not null and definition is not null and steps is null));
