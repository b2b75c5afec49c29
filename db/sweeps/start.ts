import type { Sql } from '../client';
import type { EnrollmentRef } from '../enrollment';

/** So many workflows may have been started without having taken their first step. */
const MOST_UNSTEPPED = 200;
/** A workflow that was started this long ago and never stepped is started again. */
const UNSTEPPED_SECONDS = 120;

/** Rows that want a workflow and have none, soonest due first; no more than the workers keep up with. */
export async function rowsToStart(sql: Sql, most: number): Promise<EnrollmentRef[]> {
  return sql<EnrollmentRef[]>`
    select id as enrollment_id, campaign_id, contact_id
    from enrollment
    where wants_workflow and started_rt is null
    order by due_at nulls first, seq
    limit greatest(0, least(${most}, ${MOST_UNSTEPPED} - (
      select count(*) from enrollment where wants_workflow and started_rt is not null and stepped_rt is null)))`;
}

export async function markStarted(sql: Sql, enrollmentIds: readonly string[]): Promise<void> {
  await sql`
    update enrollment set started_rt = clock_timestamp()
    where id = any(${[...enrollmentIds]}::uuid[]) and started_rt is null`;
}

/** What was started and never heard of again wants to be started again. */
export async function forgetUnstepped(sql: Sql): Promise<void> {
  await sql`
    update enrollment set started_rt = null
    where wants_workflow and stepped_rt is null
      and started_rt < clock_timestamp() - make_interval(secs => ${UNSTEPPED_SECONDS})`;
}

/** Another namespace under the same name: Temporal's database was lost, so every row that wants a workflow wants it anew. */
export async function noticeNamespace(sql: Sql, namespaceId: string): Promise<boolean> {
  const changed = await sql`
    update installation set namespace_id = ${namespaceId}
    where namespace_id is distinct from ${namespaceId}
    returning (select namespace_id from installation) is not null as had_one`;
  if (changed.length === 0) return false;
  await sql`update enrollment set started_rt = null, stepped_rt = null where wants_workflow`;
  return true;
}
