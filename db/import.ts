import type { Instant } from '../domain/instant';
import { caseTypesToKeep, isTypeInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { getList } from './list';
import { requireOpenList } from './list-members';
import { Refusal } from './refusal';
import { dropFile } from './stored-file';

/** A file of people on its way onto a list: `uploaded` → `mapped` → `running` → `done`, `failed` or `cancelled`. */

export const IMPORT_STATUSES = ['uploaded', 'mapped', 'running', 'done', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** What becomes of a row whose person is known already (K-33). */
export const DUPLICATE_POLICIES = ['skip', 'update', 'create', 'merge'] as const;
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number];

export interface ImportColumn {
  readonly column: string;
  readonly field: string | null;
}

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly merged: number;
  readonly skipped: number;
  readonly rejected: number;
  /** Rows that were taken in without something that was wrong, or about which there is something to know. */
  readonly withProblems: number;
}

export interface Import {
  readonly id: string;
  readonly seq: number;
  readonly listId: string;
  readonly caseType: string;
  readonly followsId: string | null;
  readonly name: string;
  readonly format: 'csv' | 'xlsx';
  readonly delimiter: string;
  readonly fileId: string | null;
  readonly bytes: number;
  readonly status: ImportStatus;
  readonly columns: readonly ImportColumn[];
  readonly onDuplicate: DuplicatePolicy;
  readonly failure: string | null;
  /** Rows that were read so far, and where the next one stands. */
  readonly rows: number;
  readonly nextLine: number;
  readonly nextByte: number;
  /** How much of the file was read, from 0 to 1. */
  readonly share: number;
  readonly counts: ImportCounts;
  readonly forgotten: boolean;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly actor: string;
  readonly startedBy: string | null;
}

export interface NewImport
  extends Pick<Import, 'id' | 'name' | 'format' | 'delimiter' | 'bytes' | 'columns' | 'onDuplicate' | 'followsId'> {
  readonly fileId: string;
  readonly sha256: string;
  readonly status: 'uploaded' | 'mapped';
  /** Of the list that is there, or of the one that is made with the import. */
  readonly list: { readonly id: string } | { readonly id: string; readonly name: string; readonly caseType: string };
  readonly nextLine: number;
  readonly nextByte: number;
}

/** Carried out again with the same id, it answers the import that is there. */
export async function createImport(sql: Sql, draft: NewImport, actor: string): Promise<Import> {
  return inTransaction(sql, async (tx) => {
    if ('name' in draft.list) await createList(tx, draft.list, actor);
    const made = await tx`
      insert into import (id, list_id, follows_id, name, format, delimiter, file_id, bytes, sha256, status, columns, on_duplicate,
        next_line, next_byte, actor)
      values (${draft.id}, ${draft.list.id}, ${draft.followsId}, ${draft.name}, ${draft.format}, ${draft.delimiter},
        ${draft.fileId}, ${draft.bytes}, ${draft.sha256}, ${draft.status}, ${JSON.stringify(draft.columns)}::text::jsonb,
        ${draft.onDuplicate}, ${draft.nextLine}, ${draft.nextByte}, ${actor})
      on conflict (id) do nothing
      returning id`;
    const data = { listId: draft.list.id, format: draft.format, bytes: draft.bytes, onDuplicate: draft.onDuplicate };
    if (made.length > 0) await record(tx, draft.id, 'created', data, actor);
    return getImport(tx, draft.id);
  });
}

async function createList(tx: Tx, list: { id: string; name: string; caseType: string }, actor: string): Promise<void> {
  const made = await tx`
    insert into list (id, name, case_type, actor) values (${list.id}, ${list.name}, ${list.caseType}, ${actor})
    on conflict (id) do nothing returning 1`;
  if (made.length > 0) await recordChange(tx, { entity: 'list', entityId: list.id, change: 'created', actor });
}

export interface ImportChange {
  readonly name?: string | undefined;
  readonly columns?: readonly ImportColumn[] | undefined;
  readonly onDuplicate?: DuplicatePolicy | undefined;
  readonly revision?: number | undefined;
}

/** Before it is started. Left-out fields stay; whoever says what the columns mean makes it `mapped`. */
export async function changeImport(sql: Sql, id: string, change: ImportChange, actor: string): Promise<Import> {
  return inTransaction(sql, async (tx) => {
    const before = await lockImport(tx, id);
    if (change.revision !== undefined && change.revision !== before.revision)
      throw new Refusal(
        'revision_conflict',
        `the import stands at revision ${before.revision}, not ${change.revision}`,
      );
    if (before.status !== 'uploaded' && before.status !== 'mapped')
      throw new Refusal('wrong_status', `the import is ${before.status}; only one that was not started can be changed`);
    const { name = before.name, columns = before.columns, onDuplicate = before.onDuplicate } = change;
    const status = change.columns === undefined ? before.status : 'mapped';
    const after = { name, columns, onDuplicate, status };
    const fields = Object.entries(after)
      .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, field)))
      .map(([field]) => field);
    if (fields.length === 0) return before;
    await tx`
      update import set name = ${name}, columns = ${JSON.stringify(columns)}::text::jsonb, on_duplicate = ${onDuplicate},
        status = ${status}, revision = revision + 1
      where id = ${id}`;
    await record(tx, id, 'changed', { fields }, actor);
    return getImport(tx, id);
  });
}

/** Hands it to the workers. Started twice is started once. */
export async function startImport(sql: Sql, id: string, actor: string): Promise<Import> {
  return inTransaction(sql, async (tx) => {
    const before = await lockImport(tx, id);
    if (before.status === 'running') return before;
    if (before.status === 'uploaded')
      throw new Refusal('wrong_status', 'not every column was understood: say first what the columns mean');
    if (before.status !== 'mapped') throw new Refusal('wrong_status', `the import is ${before.status} already`);
    requireOpenList(await getList(tx, before.listId));
    await tx`
      update import set status = 'running', started_at = app_now(), started_by = ${actor},
        case_types = ${caseTypesToKeep()}::text[], revision = revision + 1
      where id = ${id}`;
    await record(tx, id, 'started', { listId: before.listId }, actor);
    return getImport(tx, id);
  });
}

/** What was taken in by then stays; no further row is. */
export async function cancelImport(sql: Sql, id: string, actor: string): Promise<Import> {
  return inTransaction(sql, async (tx) => {
    const before = await lockImport(tx, id);
    if (before.status === 'cancelled') return before;
    if (before.status === 'done' || before.status === 'failed')
      throw new Refusal('wrong_status', `the import is ${before.status} already`);
    await end(tx, before, 'cancelled', null);
    await record(tx, id, 'cancelled', { rows: before.rows }, actor);
    return getImport(tx, id);
  });
}

/** Ends a running import where it stands: at the end of its file, or where that can't be read any further. */
export async function finishImport(tx: Tx, running: Import, failure: string | null): Promise<void> {
  const status = failure === null ? 'done' : 'failed';
  await end(tx, running, status, failure);
  const actor = running.startedBy ?? running.actor;
  const { rows, counts, listId } = await getImport(tx, running.id);
  await record(tx, running.id, status, { rows, ...counts }, actor);
  await recordChange(tx, { entity: 'list', entityId: listId, change: 'imported', data: { ...counts }, actor });
}

/** The file goes: what is still wanted of it stands in the rows that were rejected. */
async function end(tx: Tx, { id, fileId }: Import, status: ImportStatus, failure: string | null): Promise<void> {
  await tx`
    update import set status = ${status}, failure = ${failure}, finished_at = app_now(), finished_rt = clock_timestamp(),
      share = case when ${status} = 'done' then 1 else share end, revision = revision + 1, file_id = null
    where id = ${id}`;
  if (fileId !== null) await dropFile(tx, fileId);
}

/** Locked until the end of the transaction. */
export async function lockImport(tx: Tx, id: string): Promise<Import> {
  await tx`select from import where id = ${id} for no key update`;
  return getImport(tx, id);
}

export async function getImport(db: Db, id: string): Promise<Import> {
  const [row] = await db<
    Import[]
  >`select ${columns(db)} from import i join list l on l.id = i.list_id where i.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no import ${id}`);
  return row;
}

export interface ImportPage {
  readonly listId?: string | undefined;
  readonly status?: ImportStatus | undefined;
  readonly after: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listImports(db: Db, { listId, status, after, limit }: ImportPage): Promise<Import[]> {
  return db<Import[]>`
    select ${columns(db)}
    from import i join list l on l.id = i.list_id
    where (${listId ?? null}::uuid is null or i.list_id = ${listId ?? null})
      and (${status ?? null}::text is null or i.status = ${status ?? null})
      and ${isTypeInView(db, db`l.case_type`)}
      and (${after}::bigint is null or i.seq < ${after})
    order by i.seq desc
    limit ${limit}`;
}

/** The one with the least left of its file first, so that a small one does not wait for a large one to end. */
export async function runningImports(sql: Sql): Promise<string[]> {
  const rows = await sql<
    { id: string }[]
  >`select id from import where status = 'running' order by bytes * (1 - share), seq limit 20`;
  return rows.map(({ id }) => id);
}

/** A list that is to get people must be there, and take people by hand. */
export async function requireList(sql: Sql, id: string): Promise<{ id: string }> {
  try {
    const list = await getList(sql, id);
    requireOpenList(list);
    return { id: list.id };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
    throw new Refusal('unknown_reference', error.message, [
      { pointer: '#/listId', detail: 'there is no such list', value: id },
    ]);
  }
}

async function record(tx: Tx, id: string, change: string, data: Readonly<Record<string, unknown>>, actor: string) {
  await recordChange(tx, { entity: 'import', entityId: id, change, data, actor });
}

function columns(db: Db) {
  return db`
    i.id, i.seq, i.list_id, l.case_type, i.follows_id, i.name, i.format, i.delimiter, i.file_id, i.bytes, i.status, i.columns,
    i.on_duplicate, i.failure, i.rows, i.next_line, i.next_byte, i.share::float8 as share,
    json_build_object('created', i.created, 'updated', i.updated, 'merged', i.merged, 'skipped', i.skipped,
      'rejected', i.rejected, 'withProblems', i.with_problems) as counts,
    i.forgotten_rt is not null as forgotten, i.revision, ms(i.created_at) as created_at, ms(i.started_at) as started_at,
    ms(i.finished_at) as finished_at, i.actor, i.started_by`;
}
