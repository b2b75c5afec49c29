-- The whole core. `_at` is business time (app_now()), `_rt` is real time (clock_timestamp()).

create table installation (
  singleton boolean primary key default true check (singleton),
  id uuid not null default gen_random_uuid(),
  incarnation integer not null default 1,
  namespace_id text,
  created_rt timestamptz not null default clock_timestamp()
);
insert into installation default values;

-- No row means business time is real time.
create table clock (
  singleton boolean primary key default true check (singleton),
  anchor_rt timestamptz not null,
  anchor_at timestamptz not null,
  speed double precision not null check (speed >= 0)
);

-- Business time now. Volatile over clock_timestamp(): read it once, after the locks, and pass it on as a value.
create function app_now() returns timestamptz language sql volatile as $$
  select coalesce(
    (select anchor_at + (clock_timestamp() - anchor_rt) * speed from clock),
    clock_timestamp())
$$;

-- Instants cross into code as epoch milliseconds.
create function ms(t timestamptz) returns double precision language sql immutable parallel safe as $$
  select floor(extract(epoch from t) * 1000)::double precision
$$;
create function at_ms(ms double precision) returns timestamptz language sql immutable parallel safe as $$
  select to_timestamp(ms / 1000)
$$;

create table settings (
  singleton boolean primary key default true check (singleton),
  company_name text not null default 'Our company',
  company_address text not null default '',
  company_phone text not null default '',
  -- Where a call goes on when the person asks for one of us; none = the team is told, and calls back (R-11).
  transfer_number text not null default '',
  zone text not null default 'America/New_York',
  -- Outer bound in every candidate zone (47 CFR 64.1200(c)(1)) and the preset for people whose place is unknown.
  legal_hours jsonb not null default '{"weekdays":[1,2,3,4,5,6,7],"slots":[{"open":"08:00","close":"21:00"}]}',
  unknown_place_hours jsonb not null default '{"weekdays":[1,2,3,4,5],"slots":[{"open":"10:00","close":"18:00"}]}',
  -- Attempts per person over all campaigns; voice and SMS count together, e-mail has its own.
  caps jsonb not null default '{"phone":{"perDay":3,"perWeek":10,"perMonth":20},"email":{"perDay":3,"perWeek":10,"perMonth":20}}',
  caller_numbers text[] not null default '{}',
  mail_from text not null default '',
  closing_margin_seconds integer not null default 60 check (closing_margin_seconds >= 0),
  opening_jitter_seconds integer not null default 600 check (opening_jitter_seconds >= 0),
  messages_per_second integer not null default 10 check (messages_per_second > 0),
  untagged_after_seconds integer not null default 900 check (untagged_after_seconds > 0),
  revision integer not null default 1,
  updated_at timestamptz not null default app_now(),
  updated_by text not null default 'system'
);

-- What bound the claims of each revision: an attempt is judged by what stood when it was claimed, not by what stands now.
create table settings_history (
  revision integer primary key,
  legal_hours jsonb not null,
  unknown_place_hours jsonb not null,
  caps jsonb not null,
  superseded_rt timestamptz
);
create function keep_settings() returns trigger language plpgsql as $$
begin
  update settings_history set superseded_rt = clock_timestamp() where revision < new.revision and superseded_rt is null;
  insert into settings_history (revision, legal_hours, unknown_place_hours, caps)
  values (new.revision, new.legal_hours, new.unknown_place_hours, new.caps)
  on conflict (revision) do update set
    legal_hours = excluded.legal_hours, unknown_place_hours = excluded.unknown_place_hours, caps = excluded.caps;
  return new;
end
$$;
create trigger keep_settings after insert or update on settings for each row execute function keep_settings();
insert into settings default values;

create table line_group (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  lines integer not null check (lines > 0),
  rate_percent integer not null default 100 check (rate_percent between 1 and 100)
);
insert into line_group (name, lines) values ('default', 20);

create table api_key (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  prefix text not null unique,
  secret_hash text not null,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  disabled boolean not null default false,
  created_rt timestamptz not null default clock_timestamp(),
  last_used_rt timestamptz
);

create table idempotency (
  api_key_id uuid not null references api_key (id),
  key text not null check (length(key) between 1 and 200),
  route text not null,
  body_hash text not null,
  status integer,
  response jsonb,
  created_rt timestamptz not null default clock_timestamp(),
  primary key (api_key_id, key)
);

-- Who changed what: everything an actor changed that is not on a contact's own timeline.
create table change_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp(),
  actor text not null,
  entity text not null,
  entity_id text not null,
  change text not null,
  data jsonb not null default '{}'
);
create index change_log_entity on change_log (entity, entity_id, id);

create table contact (
  id uuid primary key default gen_random_uuid(),
  external_id text unique,
  first_name text not null default '',
  last_name text not null default '',
  language text not null default 'en',
  stated_zone text,
  state text,
  country text,
  postal_code text,
  -- Candidate places, worked out when the evidence changes: {zones, states, known, sources}.
  places jsonb not null,
  attributes jsonb not null default '{}',
  tags text[] not null default '{}',
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null
);

-- Normalised once; the keyed hash is what suppressions, caps and locks hang on.
create table address (
  hash text primary key,
  kind text not null check (kind in ('phone', 'email')),
  value text not null
);

create table contact_address (
  contact_id uuid not null references contact (id) on delete cascade,
  hash text not null references address (hash),
  position integer not null,
  unusable text check (unusable in ('wrong_number', 'invalid')),
  primary key (contact_id, hash),
  unique (contact_id, position)
);
create index contact_address_hash on contact_address (hash);

create table cases (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null references contact (id) on delete cascade,
  external_id text not null unique,
  case_type text not null,
  title text not null default '',
  status text,
  created_at timestamptz not null default app_now()
);
create index cases_contact on cases (contact_id);

create table list (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  case_type text not null,
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  actor text not null
);

create table list_member (
  list_id uuid not null references list (id) on delete cascade,
  case_id uuid not null references cases (id),
  primary key (list_id, case_id)
);
create index list_member_case on list_member (case_id);

-- Append-only: a revocation is another row's time, never an erased text.
create table consent (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null references contact (id) on delete cascade,
  class text not null check (class in ('live_call', 'ai_voice', 'prerecorded', 'marketing_sms', 'marketing_email')),
  source text not null,
  text text not null default '',
  given_at timestamptz not null,
  revoked_at timestamptz,
  actor text not null
);
create index consent_contact on consent (contact_id);

create table campaign (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  name text not null check (length(name) between 3 and 120),
  description text not null default '',
  subject text not null,
  list_id uuid not null references list (id),
  status text not null default 'draft' check (status in ('draft', 'active', 'paused', 'completed', 'archived')),
  status_reason text,
  definition jsonb not null,
  revision integer not null default 1,
  epoch integer not null default 0,
  current_version_id uuid,
  line_group_id uuid not null references line_group (id),
  -- Pacing of new calls: theoretical arrival time of the next one (GCRA), in real time.
  calls_tat_rt timestamptz not null default '-infinity',
  -- Where the enroll sweep stands in the list, and when it last came to its end.
  enroll_cursor uuid,
  enroll_scanned_rt timestamptz,
  launched_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default app_now(),
  updated_at timestamptz not null default app_now(),
  actor text not null,
  check (status = 'draft' or current_version_id is not null)
);

create table version (
  id uuid primary key default gen_random_uuid(),
  campaign_id uuid not null references campaign (id) on delete cascade,
  number integer not null,
  plan jsonb not null,
  policy jsonb not null,
  created_at timestamptz not null,
  actor text not null,
  unique (campaign_id, number)
);
alter table campaign add constraint campaign_current_version
  foreign key (current_version_id) references version (id) deferrable initially deferred;

-- One contact in one campaign. Uniqueness lives here, never in Temporal.
create table enrollment (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  campaign_id uuid not null references campaign (id),
  contact_id uuid not null references contact (id),
  state text not null check (state in ('rejected', 'open', 'ended')),
  reason text,
  cases uuid[] not null default '{}',
  enrolled_at timestamptz not null,
  ended_at timestamptz,
  calls_stopped_at timestamptz,
  messages_stopped_at timestamptz,
  left_for_good boolean not null default false,
  held_until_at timestamptz,
  hold_reason text,
  not_before_at timestamptz,
  plan_version_id uuid references version (id),
  -- What the last step decided and when it asked to be asked again.
  decision jsonb,
  due_at timestamptz,
  -- No call of this campaign reaches the contact any more; messages may go on.
  calls_over boolean not null default false,
  nudged_rt timestamptz,
  epoch integer not null default 0,
  steps integer not null default 0,
  -- A pacing reservation belongs to one touch and try, so that a repeated step burns nothing.
  reserved_touch text,
  reserved_rt timestamptz,
  -- Does a workflow have to live this row, which one does, and when was it last heard of?
  wants_workflow boolean not null default true,
  run_id text,
  started_rt timestamptz,
  stepped_rt timestamptz,
  unique (campaign_id, contact_id),
  check ((state = 'open') = (reason is null)),
  check (state <> 'ended' or ended_at is not null)
);
create index enrollment_contact on enrollment (contact_id);
create index enrollment_to_start on enrollment (due_at nulls first, seq) where wants_workflow and started_rt is null;
create index enrollment_not_stepped on enrollment (started_rt) where wants_workflow and started_rt is not null and stepped_rt is null;
create index enrollment_due on enrollment (due_at) where state = 'open';
create index enrollment_campaign_state on enrollment (campaign_id, state, seq);
create index enrollment_campaign_epoch on enrollment (campaign_id, epoch) where state = 'open';

create table enrollment_run (
  workflow_run_id text primary key,
  enrollment_id uuid not null references enrollment (id) on delete cascade,
  seq bigint generated always as identity
);
create index enrollment_run_enrollment on enrollment_run (enrollment_id, seq);

-- Everything that arrived from outside, as it arrived. Written before anything is made of it.
create table inbox (
  id bigint generated always as identity primary key,
  source text not null,
  event_key text not null unique,
  raw jsonb not null,
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp(),
  folded_rt timestamptz,
  fold_error text
);
create index inbox_unfolded on inbox (id) where folded_rt is null;

create table fact (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  inbox_id bigint references inbox (id),
  -- Facts that we find out ourselves (a spent series, a missing tag) have their own unique name.
  name text unique,
  kind text not null,
  enrollment_id uuid references enrollment (id),
  contact_id uuid references contact (id),
  attempt_id uuid,
  -- The provider's name of a call that no attempt of ours bore when this came.
  call_sid text,
  judged_version_id uuid references version (id),
  body jsonb not null,
  actor text not null,
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp(),
  folded_rt timestamptz,
  fold_error text,
  -- Must a step see it? Null `seen_rt` with `wakes` is what relay looks for.
  wakes boolean not null default false,
  seen_rt timestamptz,
  signals integer not null default 0,
  signalled_rt timestamptz
);
create index fact_enrollment on fact (enrollment_id, seq);
create index fact_attempt on fact (attempt_id) where attempt_id is not null;
create index fact_unseen on fact (signalled_rt nulls first) where wakes and seen_rt is null;
create index fact_unfolded on fact (seq) where folded_rt is null;
create index fact_of_unknown_call on fact (call_sid) where attempt_id is null and call_sid is not null;

create table suppression (
  id uuid primary key default gen_random_uuid(),
  hash text not null references address (hash),
  channels text[] not null check (channels <@ array['voice', 'sms', 'email'] and cardinality(channels) > 0),
  source text not null,
  fact_id uuid references fact (id),
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp(),
  lifted_at timestamptz,
  actor text not null
);
create index suppression_hash on suppression (hash) where lifted_at is null;

-- One try to carry out a touch. Claimed here before anything leaves the machine.
create table attempt (
  id uuid primary key,
  enrollment_id uuid not null references enrollment (id),
  touch_key text not null,
  try integer not null check (try > 0),
  run_key text not null,
  step_key text not null,
  ordinal integer not null,
  channel text not null check (channel in ('voice', 'sms', 'email')),
  from_hash text not null,
  to_hash text not null references address (hash),
  state text not null check (state in ('claimed', 'accepted', 'not_sent', 'unknown', 'unknown_final', 'ended')),
  -- The provider's own word for where it stands; `rank` orders those words so that callbacks may come in any order.
  status text,
  rank integer not null default 0,
  answered_by text,
  disposition text check (disposition in ('answered', 'voicemail', 'busy', 'no_answer', 'failed', 'canceled', 'delivered', 'undelivered')),
  outcome text check (outcome in ('successful', 'unsuccessful', 'converted', 'disqualified', 'untagged')),
  outcome_fact_id uuid references fact (id),
  outcome_judged boolean not null default false,
  duration_seconds integer,
  provider_sid text unique,
  token_hash text not null,
  error_code text,
  error_detail text,
  claimed_at timestamptz not null,
  claimed_rt timestamptz not null default clock_timestamp(),
  post_by_rt timestamptz not null,
  accepted_at timestamptz,
  ended_at timestamptz,
  resolve_by_rt timestamptz,
  lookups integer not null default 0,
  looked_up_rt timestamptz,
  version_id uuid not null references version (id),
  -- The planner's inputs and answer at the claim: the evidence why this was allowed.
  permit jsonb not null,
  content jsonb not null,
  unique (enrollment_id, touch_key, try)
);
create index attempt_enrollment on attempt (enrollment_id, claimed_at);
create unique index attempt_one_unresolved on attempt (channel, from_hash, to_hash)
  where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice');
create index attempt_to_resolve on attempt (resolve_by_rt) where state in ('claimed', 'unknown', 'accepted');
alter table fact add constraint fact_attempt_id foreign key (attempt_id) references attempt (id);

-- One row per address of the person, so that a cap is one index range.
create table attempt_address (
  hash text not null references address (hash),
  attempt_id uuid not null references attempt (id),
  channel text not null,
  claimed_at timestamptz not null,
  primary key (hash, attempt_id)
);
create index attempt_address_hash on attempt_address (hash, claimed_at);
-- One open call per person over all campaigns.
create table open_call (
  hash text primary key references address (hash),
  attempt_id uuid not null references attempt (id)
);
create index open_call_attempt on open_call (attempt_id);

create table conversation (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid references contact (id),
  enrollment_id uuid references enrollment (id),
  channel text not null check (channel in ('voice', 'sms', 'email')),
  from_hash text not null,
  to_hash text not null,
  handed_off boolean not null default false,
  opened_at timestamptz not null,
  unique nulls not distinct (enrollment_id, channel, from_hash, to_hash)
);

create table message (
  id bigint generated always as identity primary key,
  conversation_id uuid not null references conversation (id),
  direction text not null check (direction in ('in', 'out')),
  attempt_id uuid references attempt (id),
  fact_id uuid references fact (id),
  provider_id text,
  subject text,
  body text not null,
  bucket text,
  at timestamptz not null
);
create index message_conversation on message (conversation_id, id);
create unique index message_attempt on message (attempt_id) where attempt_id is not null and direction = 'out';

-- What was said on a live call, turn by turn: any process may answer any turn.
create table call_turn (
  attempt_id uuid not null references attempt (id),
  n integer not null,
  said text not null default '',
  digits text not null default '',
  answer text not null,
  at timestamptz not null,
  primary key (attempt_id, n)
);

-- A callback that the person asked for: a promise with an end.
create table commitment (
  id uuid primary key default gen_random_uuid(),
  enrollment_id uuid not null references enrollment (id),
  fact_id uuid not null references fact (id),
  promised_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'kept', 'moved', 'broken')),
  reason text,
  attempt_id uuid references attempt (id),
  created_at timestamptz not null,
  closed_at timestamptz,
  unique (fact_id)
);
create index commitment_enrollment on commitment (enrollment_id);

create table rule_firing (
  fact_id uuid not null references fact (id),
  rule_key text not null,
  enrollment_id uuid not null references enrollment (id),
  campaign_id uuid not null references campaign (id),
  version_id uuid not null references version (id),
  phrase text not null,
  at timestamptz not null,
  seq bigint generated always as identity,
  primary key (fact_id, rule_key)
);
create index rule_firing_campaign on rule_firing (campaign_id, seq);

-- The durable record of one ordered effect.
create table execution (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  fact_id uuid not null references fact (id),
  rule_key text,
  action_ix integer not null,
  case_id uuid references cases (id),
  enrollment_id uuid not null references enrollment (id),
  kind text not null check (kind in ('stop_calls', 'stop_messaging', 'stop_campaign', 'crm_status', 'crm_note', 'classify')),
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'done', 'failed')),
  -- Told apart from `state`: an effect may have left the machine without an answer.
  sent_rt timestamptz,
  tries integer not null default 0,
  result text,
  error_code text,
  error_detail text,
  at timestamptz not null,
  finished_at timestamptz,
  unique nulls not distinct (fact_id, rule_key, action_ix, case_id)
);
create index execution_open on execution (enrollment_id) where state = 'pending';
create index execution_enrollment on execution (enrollment_id, seq);

create table line_queue (
  enrollment_id uuid primary key references enrollment (id) on delete cascade,
  attempt_id uuid not null,
  campaign_id uuid not null references campaign (id),
  line_group_id uuid not null references line_group (id),
  touch_key text not null,
  commitment boolean not null default false,
  queued_rt timestamptz not null default clock_timestamp(),
  eligible_until_at timestamptz not null
);
create index line_queue_campaign on line_queue (line_group_id, campaign_id, commitment desc, queued_rt);

-- The right to have one live call. `granted` runs out by itself; `bound` ends only by evidence about the call.
create table lease (
  attempt_id uuid primary key,
  enrollment_id uuid not null references enrollment (id) on delete cascade,
  campaign_id uuid not null references campaign (id),
  line_group_id uuid not null references line_group (id),
  state text not null check (state in ('granted', 'bound')),
  granted_rt timestamptz not null default clock_timestamp(),
  expires_rt timestamptz,
  freed_rt timestamptz,
  check ((state = 'granted') = (expires_rt is not null))
);
create index lease_live on lease (line_group_id, campaign_id) where freed_rt is null;
create index lease_enrollment on lease (enrollment_id) where freed_rt is null;
create index lease_paced on lease (campaign_id, granted_rt);

-- Pacing per sender, in real time (GCRA).
create table sender_pace (
  from_hash text primary key,
  tat_rt timestamptz not null
);

-- Who must be asked again: insert-only, so that a webhook never locks somebody else's enrollment.
create table wake (
  id bigint generated always as identity primary key,
  enrollment_id uuid not null references enrollment (id) on delete cascade,
  reason text not null,
  rt timestamptz not null default clock_timestamp()
);

create table timeline (
  id bigint generated always as identity primary key,
  campaign_id uuid references campaign (id),
  enrollment_id uuid references enrollment (id),
  contact_id uuid references contact (id),
  kind text not null check (kind in (
    'call_started', 'call_ended', 'call_analyzed', 'transcript_updated',
    'transfer_started', 'transfer_bridged', 'transfer_cancelled', 'transfer_ended',
    'message_sent', 'message_delivered', 'message_failed', 'message_received',
    'opted_out', 'handoff_requested', 'handed_back', 'form_started', 'form_completed',
    'contact_status_changed', 'rule_fired', 'action_failed', 'action_done',
    'campaign_launched', 'campaign_paused', 'campaign_resumed', 'campaign_ended',
    'touch_refused', 'callback_requested', 'callback_closed', 'operator_order')),
  attempt_id uuid references attempt (id),
  fact_id uuid references fact (id),
  data jsonb not null default '{}',
  actor text not null,
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp()
);
create index timeline_enrollment on timeline (enrollment_id, id);
create index timeline_campaign on timeline (campaign_id, id);

-- What the screens show of a campaign without counting anew; kept by a sweep.
create table campaign_stats (
  campaign_id uuid primary key references campaign (id),
  counts jsonb not null,
  counted_at timestamptz not null,
  counted_rt timestamptz not null default clock_timestamp(),
  took_ms integer not null,
  -- Every entry of the campaign's story up to this one had been written for some seconds, so none is still to come.
  timeline_id bigint not null
);

-- The auditor's answers, the newest last.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  rt timestamptz not null default clock_timestamp(),
  took_ms integer not null,
  ok boolean not null,
  equations jsonb not null
);
create index audit_rt on audit (rt);

-- The channels that a plan uses.
create function plan_channels(plan jsonb) returns setof text language sql immutable as $$
  select distinct channel from (
    select 'voice' as channel from jsonb_array_elements(plan -> 'runs') run where run ? 'calls'
    union all
    select message ->> 'channel' from jsonb_array_elements(plan -> 'runs') run, jsonb_array_elements(run -> 'messages') message
  ) used
$$;
