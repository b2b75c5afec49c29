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
    where started_rt is null and id in (
      select id from enrollment where id = any(${[...enrollmentIds]}::uuid[]) order by id for no key update)`;
}

/** What was started and never heard of again wants to be started again. */
export async function forgetUnstepped(sql: Sql): Promise<void> {
  await sql`
    update enrollment set started_rt = null
    where id in (
      select id from enrollment
      where wants_workflow and stepped_rt is null
        and started_rt < clock_timestamp() - make_interval(secs => ${UNSTEPPED_SECONDS})
      for no key update skip locked)`;
}

/** Another namespace under the same name: Temporal's database was lost, so every row that still needs a workflow wants it anew. */
export async function noticeNamespace(sql: Sql, namespaceId: string): Promise<boolean> {
  const [changed] = await sql<{ hadOne: boolean }[]>`
    update installation i set namespace_id = ${namespaceId}
    from installation old
    where i.namespace_id is distinct from ${namespaceId}
    returning old.namespace_id is not null as had_one`;
  // The first that is ever seen was never another: whatever was started lives there.
  if (changed?.hadOne !== true) return false;
  await sql`
    update enrollment set started_rt = null, stepped_rt = null
    where id in (
      select e.id from enrollment e
      where e.wants_workflow and (e.state = 'open'
        or exists (select 1 from execution x where x.enrollment_id = e.id and x.state = 'pending')
        or exists (select 1 from fact f where f.enrollment_id = e.id and f.wakes and f.seen_rt is null))
      order by e.id for no key update)`;
  return true;
}
