import type { Db, Sql } from '../client';
import type { EnrollmentRef } from '../enrollment';

/** A workflow that was started this long ago and never stepped is started again. */
const UNSTEPPED_SECONDS = 120;

/** Rows that want a workflow and have none, soonest due first; with them, no more than `ahead` are started and have not stepped yet. */
export async function rowsToStart(sql: Sql, ahead: number): Promise<EnrollmentRef[]> {
  return sql<EnrollmentRef[]>`
    select id as enrollment_id, campaign_id, contact_id
    from enrollment
    where wants_workflow and started_rt is null
    order by due_at nulls first, seq
    limit greatest(0, ${ahead} - (
      select count(*) from enrollment where wants_workflow and started_rt is not null and stepped_rt is null))`;
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

/** Temporal's database was lost: every row that still needs a workflow wants it anew. */
export async function startAnew(db: Db): Promise<void> {
  await db`
    update enrollment set started_rt = null, stepped_rt = null
    where id in (${unfinished(db)} order by e.id for no key update)`;
}

/** Rows and workflows tell different stories: every workflow looks at its row again, and where there is none one is started. */
export async function wakeAll(db: Db): Promise<void> {
  await db`insert into wake (enrollment_id, reason) select id, 'recovered' from (${unfinished(db)}) wanting`;
}

function unfinished(db: Db) {
  return db`
    select e.id from enrollment e
    where e.wants_workflow and (e.state = 'open'
      or exists (select 1 from execution x where x.enrollment_id = e.id and x.state = 'pending')
      or exists (select 1 from fact f where f.enrollment_id = e.id and f.wakes and f.seen_rt is null))`;
}
