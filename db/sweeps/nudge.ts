import { decide } from '../../domain/decide';
import { inTransaction, type Db, type Sql } from '../client';
import type { EnrollmentRef } from '../enrollment';
import { loadPlannerFrame } from '../planner-input';

const PAGE = 500;
/** A row that should have asked again this long ago, in real time, is reminded; and not more often than that. */
const OVERDUE_SECONDS = 60;
const REMIND_AGAIN_SECONDS = 30;
/** Actions that nobody reports on for this long may have lost their workflow. */
const SILENT_SECONDS = 600;

/** Takes who was asked to be woken and hands each to `tell`; a failure leaves them for the next round. */
export async function drainWakes(sql: Sql, tell: (rows: readonly EnrollmentRef[]) => Promise<void>): Promise<number> {
  return inTransaction(sql, async (tx) => {
    const rows = await tx<(EnrollmentRef & { id: number })[]>`
      select w.id, w.enrollment_id, e.campaign_id, e.contact_id
      from wake w join enrollment e on e.id = w.enrollment_id
      order by w.id limit ${PAGE} for update of w skip locked`;
    if (rows.length === 0) return 0;
    await tell(distinct(rows));
    await tx`delete from wake where id = any(${rows.map(({ id }) => id)}::bigint[])`;
    return rows.length;
  });
}

/** Rows whose instant has passed without a step, and ended ones whose actions have gone silent. With a frozen clock "passed" is at once. */
export async function overdueRows(sql: Sql): Promise<EnrollmentRef[]> {
  return sql<EnrollmentRef[]>`
    update enrollment set nudged_rt = clock_timestamp()
    where id in (
      select e.id from enrollment e join campaign c on c.id = e.campaign_id
      where (
          (e.state = 'open' and c.status <> 'paused'
            and e.due_at <= app_now() - make_interval(secs => ${OVERDUE_SECONDS} * coalesce((select speed from clock), 1)))
          or (e.wants_workflow and e.stepped_rt < clock_timestamp() - make_interval(secs => ${SILENT_SECONDS})
            and exists (select 1 from execution x where x.enrollment_id = e.id and x.state = 'pending'))
        )
        and (e.nudged_rt is null or e.nudged_rt < e.stepped_rt
          or e.nudged_rt < clock_timestamp() - make_interval(secs => ${REMIND_AGAIN_SECONDS}))
      order by e.due_at limit ${PAGE} for update of e skip locked)
    returning id as enrollment_id, campaign_id, contact_id`;
}

/** After a change of the campaign: a page of rows that have not looked since; answers those that must act earlier than planned, or end. */
export async function rowsBehindEpoch(sql: Sql): Promise<EnrollmentRef[]> {
  const rows = await sql<(EnrollmentRef & { epoch: number; dueAt: number | null })[]>`
    select e.id as enrollment_id, e.campaign_id, e.contact_id, c.epoch, ms(e.due_at) as due_at
    from campaign c join enrollment e on e.campaign_id = c.id
    where c.status in ('active', 'completed') and e.state = 'open' and e.epoch < c.epoch
      and (e.nudged_rt is null or e.nudged_rt < clock_timestamp() - make_interval(secs => ${REMIND_AGAIN_SECONDS}))
    limit ${PAGE}`;
  const affected: EnrollmentRef[] = [];
  for (const row of rows) {
    if (await mustLook(sql, row)) affected.push(row);
    else await sql`update enrollment set epoch = ${row.epoch} where id = ${row.enrollmentId} and epoch < ${row.epoch}`;
  }
  await sql`update enrollment set nudged_rt = clock_timestamp() where id = any(${affected.map(({ enrollmentId }) => enrollmentId)}::uuid[])`;
  return affected;
}

async function mustLook(
  db: Db,
  { enrollmentId, dueAt }: { enrollmentId: string; dueAt: number | null },
): Promise<boolean> {
  const decision = decide((await loadPlannerFrame(db, enrollmentId, 'none')).input);
  return decision.kind !== 'wait' || dueAt === null || decision.askAt < dueAt;
}

function distinct(rows: readonly EnrollmentRef[]): EnrollmentRef[] {
  return [...new Map(rows.map((row) => [row.enrollmentId, row])).values()];
}
