import type { Sql } from './client';

export interface ErasureItem {
  readonly kind: 'call' | 'message' | 'workflow';
  /** The provider's name of a call or text, the id of an enrollment. */
  readonly ref: string;
}

export async function openItems(
  sql: Sql,
  contactId: string,
  kinds: readonly ErasureItem['kind'][],
  most: number,
): Promise<ErasureItem[]> {
  return sql<ErasureItem[]>`
    select kind, ref from erasure_item
    where contact_id = ${contactId} and kind = any (${[...kinds]}::text[]) and done_rt is null
    order by kind, ref limit ${most}`;
}

export async function markItemDone(
  sql: Sql,
  contactId: string,
  { kind, ref }: ErasureItem,
  recordings: number,
): Promise<void> {
  await sql`
    update erasure_item set done_rt = clock_timestamp(), recordings = recordings + ${recordings}
    where contact_id = ${contactId} and kind = ${kind} and ref = ${ref}`;
}

/** What is gone by now, by kind. */
export async function itemCounts(
  sql: Sql,
  contactId: string,
): Promise<Record<ErasureItem['kind'] | 'recording', number>> {
  const [row] = await sql<Record<ErasureItem['kind'] | 'recording', number>[]>`
    select (count(*) filter (where kind = 'call'))::int as call,
      (count(*) filter (where kind = 'message'))::int as message,
      (count(*) filter (where kind = 'workflow'))::int as workflow,
      coalesce(sum(recordings), 0)::int as recording
    from erasure_item
    where contact_id = ${contactId} and done_rt is not null`;
  return row ?? { call: 0, message: 0, workflow: 0, recording: 0 };
}

/** The runs of a workflow that ever took a step. */
export async function workflowRuns(sql: Sql, enrollmentId: string): Promise<string[]> {
  const rows = await sql<{ runId: string }[]>`
    select workflow_run_id as run_id from enrollment_run where enrollment_id = ${enrollmentId} order by seq`;
  return rows.map(({ runId }) => runId);
}
