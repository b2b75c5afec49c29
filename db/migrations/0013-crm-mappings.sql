-- What is known of each connected CRM, what it says of our cases, and what else is written into it.

alter table connection drop constraint connection_kind_check;
alter table connection add constraint connection_kind_check check (kind in ('lawruler', 'smartadvocate', 'http'));

-- Makes the address at which the CRM tells of changes; another one makes another address.
alter table connection add column hook_nonce uuid not null default gen_random_uuid();

create table crm_mapping (
  connection_id uuid primary key references connection (id) on delete cascade,
  -- See domain/crm-mapping.ts.
  mapping jsonb not null,
  revision integer not null default 1,
  -- When the CRM is to be asked for its lists; null = when somebody says so.
  list_rt timestamptz,
  listed_rt timestamptz,
  list_result text,
  updated_at timestamptz not null default app_now(),
  actor text not null
);
create index crm_mapping_to_list on crm_mapping (list_rt) where list_rt is not null;

-- The statuses of a case as its CRM had them last, whoever set them.
create table crm_case (
  connection_id uuid not null references connection (id) on delete cascade,
  case_id uuid not null references cases (id) on delete cascade,
  -- By field and type, see `statusKey` without the value: {"status": "Retained", "substatus/Dialer Status": "12"}.
  statuses jsonb not null default '{}',
  -- Counts the changes, so that each is told once.
  changes integer not null default 0,
  changed_at timestamptz,
  changed_rt timestamptz,
  polled_rt timestamptz,
  primary key (connection_id, case_id)
);
create index crm_case_case on crm_case (case_id);

-- Where a sweep stands in rows that are only ever added: everything up to `after_id` is done with.
create table crm_cursor (
  name text primary key,
  after_id bigint not null,
  -- The last row at `seen_rt`; a minute later nobody can be at work on anything before it.
  seen_id bigint not null,
  seen_rt timestamptz not null default clock_timestamp()
);
insert into crm_cursor (name, after_id, seen_id)
select 'texts', coalesce(max(id), 0), coalesce(max(id), 0) from message
union all
select 'fields', coalesce(max(seq), 0), coalesce(max(seq), 0) from fact;

alter table execution drop constraint execution_kind_check;
alter table execution add constraint execution_kind_check
  check (kind in ('stop_calls', 'stop_messaging', 'stop_campaign', 'crm_status', 'crm_note', 'crm_fields', 'classify')) not valid;
alter table execution validate constraint execution_kind_check;

alter table timeline drop constraint timeline_kind_check;
alter table timeline add constraint timeline_kind_check
  check (kind in (
    'call_started', 'call_ended', 'call_analyzed', 'transcript_updated',
    'transfer_started', 'transfer_bridged', 'transfer_cancelled', 'transfer_ended',
    'message_sent', 'message_delivered', 'message_failed', 'message_received',
    'opted_out', 'handoff_requested', 'handed_back', 'form_started', 'form_completed',
    'contact_status_changed', 'rule_fired', 'action_failed', 'action_done',
    'campaign_launched', 'campaign_paused', 'campaign_resumed', 'campaign_ended',
    'touch_refused', 'callback_requested', 'callback_closed', 'operator_order', 'crm_status_changed')) not valid;
alter table timeline validate constraint timeline_kind_check;
