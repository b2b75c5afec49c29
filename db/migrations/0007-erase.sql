-- Erasing one contact: what was done where, step by step, so that whoever is killed in the middle goes on.

alter table contact add column erased_rt timestamptz;

-- The hash stays, so that a suppression still finds the person; nobody is reached at it for this contact any more.
alter table contact_address drop constraint contact_address_unusable_check;
alter table contact_address add constraint contact_address_unusable_check
  check (unusable in ('wrong_number', 'invalid', 'erased'));

-- What is told of a person and belongs to no enrollment is found by the person.
create index fact_contact on fact (contact_id) where enrollment_id is null and contact_id is not null;
create index conversation_contact on conversation (contact_id) where enrollment_id is null and contact_id is not null;

-- The certificate. It names nobody.
create table erasure (
  contact_id uuid primary key references contact (id),
  id uuid not null unique default gen_random_uuid(),
  requested_at timestamptz not null,
  requested_rt timestamptz not null default clock_timestamp(),
  actor text not null,
  finished_at timestamptz,
  -- Facts of the person that came later than this are still to be looked through.
  looked_rt timestamptz not null default clock_timestamp()
);
create index erasure_finished on erasure (requested_rt) where finished_at is not null;

create table erasure_step (
  contact_id uuid not null references erasure (contact_id),
  kind text not null check (kind in ('outreach', 'calls', 'rows', 'provider', 'workflows')),
  position integer not null,
  counts jsonb not null default '{}',
  done_at timestamptz,
  tries integer not null default 0,
  -- Why it is not done yet, and no try before this.
  waits_for text,
  not_before_rt timestamptz,
  primary key (contact_id, kind)
);
create index erasure_step_open on erasure_step (not_before_rt nulls first) where done_at is null;

-- What others keep and are asked to delete, each by its own name.
create table erasure_item (
  contact_id uuid not null references erasure (contact_id),
  kind text not null check (kind in ('call', 'message', 'workflow')),
  ref text not null,
  -- Recordings of a call that went with it.
  recordings integer not null default 0,
  done_rt timestamptz,
  primary key (contact_id, kind, ref)
);
create index erasure_item_open on erasure_item (contact_id, kind) where done_rt is null;

-- What is kept for repeated requests goes after two days.
create index idempotency_created on idempotency (created_rt);
