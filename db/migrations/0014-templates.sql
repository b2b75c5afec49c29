-- Words that campaigns share, and messages that the team sends to itself.

create table message_template (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  name text not null check (length(name) between 3 and 120),
  channel text not null check (channel in ('sms', 'email')),
  -- The newest version of its words.
  version integer not null default 1,
  archived_at timestamptz,
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null
);
create unique index message_template_name on message_template (channel, lower(name)) where archived_at is null;

-- Never changed: plans say which version their words are.
create table message_template_version (
  template_id uuid not null references message_template (id) on delete cascade,
  number integer not null check (number > 0),
  -- [{language, subject, text}]; the first is for everybody whose language none of them has.
  variants jsonb not null,
  created_at timestamptz not null default app_now(),
  actor text not null,
  primary key (template_id, number)
);

-- A phone or mail address of the team, proved to be theirs by a code that was sent there.
create table own_address (
  id uuid primary key,
  seq bigint generated always as identity unique,
  kind text not null check (kind in ('phone', 'email')),
  value text not null,
  -- As in `address`: what suppressions hang on.
  hash text not null unique,
  label text not null,
  -- The code that counts, by the number of its sending: the code itself stands nowhere.
  code_number integer not null default 0,
  code_ends_rt timestamptz,
  code_tries integer not null default 0,
  verified_rt timestamptz,
  created_at timestamptz not null default app_now(),
  actor text not null
);

-- What the team sends to itself: a code, or a test. No attempt of anybody, so it counts against no cap.
create table own_message (
  id uuid primary key,
  seq bigint generated always as identity unique,
  kind text not null check (kind in ('code', 'test')),
  own_address_id uuid references own_address (id) on delete set null,
  channel text not null check (channel in ('voice', 'sms', 'email')),
  -- What a test says, as it is sent; null for a code, whose words are made when it leaves.
  content jsonb,
  code_number integer,
  -- Where the words of a test come from, and whose values are in them.
  template_id uuid references message_template (id),
  template_version integer,
  campaign_id uuid references campaign (id) on delete set null,
  run_key text,
  step_key text,
  contact_id uuid references contact (id) on delete cascade,
  state text not null default 'queued' check (state in ('queued', 'claimed', 'accepted', 'not_sent', 'unknown', 'ended')),
  reason text,
  provider_sid text,
  -- The provider's last word on it.
  status text,
  -- Whoever is to send it has done so by then, or says that nobody knows.
  deadline_rt timestamptz not null,
  requested_at timestamptz not null default app_now(),
  finished_at timestamptz,
  actor text not null,
  check ((kind = 'code') = (code_number is not null)),
  check (kind = 'code' or content is not null)
);
create index own_message_queued on own_message (seq) where state = 'queued';
create index own_message_deadline on own_message (deadline_rt) where state in ('queued', 'claimed');
create index own_message_contact on own_message (contact_id) where contact_id is not null;
