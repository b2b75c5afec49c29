-- Imports: the file in pieces, what its columns mean, how far it was taken in, and what became of each row.

-- A file that somebody sent. It is whole once it has its hash.
create table stored_file (
  id uuid primary key default gen_random_uuid(),
  bytes bigint not null default 0,
  sha256 text,
  created_rt timestamptz not null default clock_timestamp()
);
create table stored_file_piece (
  file_id uuid not null references stored_file (id) on delete cascade,
  ix integer not null,
  content bytea not null,
  primary key (file_id, ix)
);
-- Read by the piece and soon gone: packing it would cost more than it saves.
alter table stored_file_piece alter column content set storage external;

create table import (
  id uuid primary key,
  seq bigint generated always as identity unique,
  list_id uuid not null references list (id),
  -- The import whose failed rows these are, mended.
  follows_id uuid references import (id),
  name text not null,
  format text not null check (format in ('csv', 'xlsx')),
  -- What stands between the cells of a CSV file.
  delimiter text not null default ',',
  -- Null = the file is gone, as it is when nobody needs it any more.
  file_id uuid references stored_file (id) on delete set null,
  bytes bigint not null,
  sha256 text not null,
  status text not null check (status in ('uploaded', 'mapped', 'running', 'done', 'failed', 'cancelled')),
  -- In the order of the file: [{column, field}], field null = the column is left out.
  columns jsonb not null,
  on_duplicate text not null check (on_duplicate in ('skip', 'update', 'create', 'merge')),
  failure text,
  -- Where the next row stands: rows read so far, its line, its byte in a CSV file.
  rows integer not null default 0,
  next_line integer not null,
  next_byte bigint not null,
  share real not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  merged integer not null default 0,
  skipped integer not null default 0,
  rejected integer not null default 0,
  with_problems integer not null default 0,
  revision integer not null default 1,
  created_at timestamptz not null default app_now(),
  created_rt timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  finished_rt timestamptz,
  -- Cells and values of its rows were taken away.
  forgotten_rt timestamptz,
  actor text not null,
  started_by text
);
create index import_list on import (list_id, seq);
create index import_running on import (seq) where status = 'running';
create index import_file on import (file_id) where file_id is not null;
create index import_kept on import (finished_rt) where finished_rt is not null and forgotten_rt is null;

create table import_row (
  import_id uuid not null references import (id) on delete cascade,
  row integer not null,
  line integer not null,
  status text not null check (status in ('created', 'updated', 'merged', 'skipped', 'rejected')),
  contact_id uuid,
  -- [{field, value, rule}]; null = nothing is wrong with it.
  problems jsonb,
  -- As they stood in the file, of rows that were rejected.
  cells text[],
  primary key (import_id, row)
);
create index import_row_status on import_row (import_id, status, row);
create index import_row_problems on import_row (import_id, row) where problems is not null;
-- What is kept of a person's values is found when the person is erased.
create index import_row_contact on import_row (contact_id) where problems is not null and contact_id is not null;
