import type { Db, Sql, Tx } from './client';
import { storableJson } from './storable';

/** What became of each row of an import. */

export const ROW_OUTCOMES = ['created', 'updated', 'merged', 'skipped', 'rejected'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

export interface RowProblem {
  /** As `phone_2`; `row` = the whole of it. */
  readonly field: string;
  readonly value?: unknown;
  readonly rule: string;
}

export interface ImportRow {
  /** From 1, without the header. */
  readonly row: number;
  readonly line: number;
  readonly status: RowOutcome;
  readonly contactId: string | null;
  readonly problems: readonly RowProblem[];
}

export interface RowResult extends ImportRow {
  /** As they stood in the file; kept of rejected rows only. */
  readonly cells: readonly string[];
}

export async function insertResults(tx: Tx, importId: string, results: readonly RowResult[]): Promise<void> {
  const of = <V>(read: (result: RowResult) => V) => results.map(read);
  const cells = of(({ status, cells: each }) => (status === 'rejected' ? storableJson(each) : null));
  await tx`
    insert into import_row (import_id, row, line, status, contact_id, problems, cells)
    select ${importId}::uuid, row, line, status, contact_id, problems::jsonb,
      case when cells is not null then array(select jsonb_array_elements_text(cells::jsonb)) end
    from unnest(${of(({ row }) => row)}::int[], ${of(({ line }) => line)}::int[], ${of(({ status }) => status)}::text[],
      ${of(({ contactId }) => contactId)}::uuid[], ${of(({ problems }) => (problems.length === 0 ? null : storableJson(problems)))}::text[],
      ${cells}::text[]) as r (row, line, status, contact_id, problems, cells)`;
}

export interface RowFilter {
  readonly status?: RowOutcome | undefined;
  readonly hasProblems?: boolean | undefined;
  readonly after: number | null;
  readonly limit: number;
}

/** In the order of the file. */
export async function listRows(db: Db, importId: string, filter: RowFilter): Promise<ImportRow[]> {
  const { status = null, hasProblems = null, after, limit } = filter;
  return db<ImportRow[]>`
    select row, line, status, contact_id, coalesce(problems, '[]') as problems
    from import_row
    where import_id = ${importId} and row > ${after ?? 0}
      ${status === null ? db`` : db`and status = ${status}`}
      ${hasProblems === null ? db`` : hasProblems ? db`and problems is not null` : db`and problems is null`}
    order by row
    limit ${limit}`;
}

/** The rows that were rejected, as they stood in the file, a page at a time. */
export async function rejectedRows(
  db: Db,
  importId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ row: number; line: number; problems: RowProblem[]; cells: string[] }[]> {
  return db`
    select row, line, coalesce(problems, '[]') as problems, coalesce(cells, '{}') as cells
    from import_row
    where import_id = ${importId} and status = 'rejected' and row > ${after}
    order by row
    limit ${limit}`;
}

const KEPT_DAYS = 30;
const FORGET_PAGE = 5_000;

/** What people wrote into a file is not kept for ever: a page of it goes; answers how many rows. */
export async function forgetRows(sql: Sql): Promise<number> {
  const [old] = await sql<{ id: string }[]>`
    select id from import
    where finished_rt < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) and forgotten_rt is null
    order by finished_rt
    limit 1`;
  if (old === undefined) return 0;
  const forgotten = await sql`
    update import_row set cells = null,
      problems = (select jsonb_agg(problem - 'value') from jsonb_array_elements(problems) as problem)
    where import_id = ${old.id} and row in (
      select row from import_row
      where import_id = ${old.id} and (cells is not null or problems @? '$[*].value')
      limit ${FORGET_PAGE})
    returning 1`;
  if (forgotten.length < FORGET_PAGE)
    await sql`update import set forgotten_rt = clock_timestamp() where id = ${old.id}`;
  return Math.max(1, forgotten.length);
}

/** One that nobody started in all that time is given up, and its file with it. */
export async function staleImports(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from import
    where status in ('uploaded', 'mapped') and created_rt < clock_timestamp() - make_interval(days => ${KEPT_DAYS})
    limit 20`;
  return rows.map(({ id }) => id);
}

/** Of one who is erased: what was told of their row. */
export async function eraseRows(tx: Tx, contactId: string): Promise<void> {
  await tx`
    update import_row set cells = null, problems = null
    where contact_id = ${contactId} and problems is not null`;
}
