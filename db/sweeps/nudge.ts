import { decide } from '../../domain/decide';
import { CASE_LISTED, carryListed } from '../carried-case';
import { inTransaction, type Db, type Sql } from '../client';
import type { EnrollmentRef } from '../enrollment';
import { loadPlannerFrame } from '../planner-input';

const PAGE = 500;
/** A row that should have asked again this long ago, in real time, is reminded; and not more often than that. */
const OVERDUE_SECONDS = 60;
const REMIND_AGAIN_SECONDS = 30;
/** Actions that nobody reports on for this long may have lost their workflow. */
const SILENT_SECONDS = 600;

/** How long an attempt under way is left to reconciliation: only its end can change what comes next. */
const IN_FLIGHT_SECONDS = 900;

/** Takes who was asked to be woken and hands each to `tell`, which answers whom it has told; the others stay for the next round. */
export async function drainWakes(
  sql: Sql,
  tell: (rows: readonly EnrollmentRef[]) => Promise<readonly EnrollmentRef[]>,
): Promise<number> {
  return inTransaction(sql, async (tx) => {
    const rows = await tx<(EnrollmentRef & { id: number; reason: string })[]>`
      select w.id, w.reason, w.enrollment_id, e.campaign_id, e.contact_id
      from wake w join enrollment e on e.id = w.enrollment_id
      order by w.id limit ${PAGE} for update of w skip locked`;
    if (rows.length === 0) return 0;
    // In a transaction of its own: nobody's enrollment is held while others are told.
    const listed = rows.filter(({ reason }) => reason === CASE_LISTED);
    await carryListed(sql, ids(listed));
    const told = new Set((await tell(distinct(rows))).map(({ enrollmentId }) => enrollmentId));
    const done = rows.filter(({ enrollmentId }) => told.has(enrollmentId)).map(({ id }) => id);
    await tx`delete from wake where id = any(${done}::bigint[])`;
    return done.length;
  });
}

/** Rows whose instant has passed without a step, and ended ones whose actions have gone silent. With a frozen clock "passed" is at once. */
export async function overdueRows(sql: Sql): Promise<EnrollmentRef[]> {
  return sql<EnrollmentRef[]>`
    with overdue as (${pastDue(sql)}), silent as (${silent(sql)})
    update enrollment set nudged_rt = clock_timestamp()
    where id in (
      select id from enrollment where id in (select id from overdue union select id from silent)
      for no key update skip locked)
    returning id as enrollment_id, campaign_id, contact_id`;
}

function pastDue(sql: Sql) {
  return sql`
    select e.id
    from enrollment e
    join campaign c on c.id = e.campaign_id and c.status <> 'paused'
    where e.state = 'open' and ${isRemindable(sql)}
      and e.due_at <= (select app_now() - make_interval(secs => ${OVERDUE_SECONDS} * coalesce((select speed from clock), 1)))
      and not exists (select 1 from attempt t
        where t.enrollment_id = e.id and (t.state in ('claimed', 'unknown') or (t.state = 'accepted' and t.channel = 'voice'))
          and t.claimed_rt > (select clock_timestamp()) - make_interval(secs => ${IN_FLIGHT_SECONDS}))
    order by e.due_at limit ${PAGE}`;
}

function silent(sql: Sql) {
  return sql`
    select e.id
    from execution x
    join enrollment e on e.id = x.enrollment_id
    where x.state = 'pending' and x.held_rt is null and e.wants_workflow and ${isRemindable(sql)}
      and e.stepped_rt < (select clock_timestamp()) - make_interval(secs => ${SILENT_SECONDS})
    limit ${PAGE}`;
}

function isRemindable(sql: Sql) {
  return sql`(e.nudged_rt is null or e.nudged_rt < e.stepped_rt
    or e.nudged_rt < (select clock_timestamp()) - make_interval(secs => ${REMIND_AGAIN_SECONDS}))`;
}

interface BehindRow extends EnrollmentRef {
  readonly epoch: number;
  readonly dueAt: number | null;
}

/**
 * After a change of the campaign: a page of rows that have not looked since; answers those that must act earlier than
 * planned, or end. Who has never taken a step is about to take the first one and needs no word.
 */
export async function rowsBehindEpoch(sql: Sql): Promise<EnrollmentRef[]> {
  const rows = await sql<BehindRow[]>`
    select e.*
    from campaign c
    cross join lateral (
      select id as enrollment_id, campaign_id, contact_id, c.epoch, ms(due_at) as due_at
      from enrollment
      where campaign_id = c.id and state = 'open' and epoch < c.epoch and stepped_rt is not null
        and (nudged_epoch is distinct from c.epoch
          or nudged_rt < (select clock_timestamp()) - make_interval(secs => ${REMIND_AGAIN_SECONDS}))
      order by enrollment.epoch
      limit ${PAGE}
    ) e
    where c.status in ('active', 'completed', 'archived')
    limit ${PAGE}`;
  const affected: BehindRow[] = [];
  for (const row of rows) {
    if (await mustLook(sql, row)) affected.push(row);
    else await sql`update enrollment set epoch = ${row.epoch} where id = ${row.enrollmentId} and epoch < ${row.epoch}`;
  }
  await sql`
    with told as (
      select e.id, t.epoch
      from enrollment e
      join unnest(${affected.map(({ enrollmentId }) => enrollmentId)}::uuid[], ${affected.map(({ epoch }) => epoch)}::int[]) as t (id, epoch)
        using (id)
      order by e.id for no key update of e)
    update enrollment e set nudged_rt = clock_timestamp(), nudged_epoch = told.epoch from told where e.id = told.id`;
  return affected;
}

async function mustLook(db: Db, { enrollmentId, dueAt }: BehindRow): Promise<boolean> {
  try {
    const decision = decide((await loadPlannerFrame(db, enrollmentId, 'none')).input);
    return decision.kind !== 'wait' || dueAt === null || decision.askAt < dueAt;
  } catch {
    // One row that nothing can be decided for must not keep the change from all others; its own step will say what is wrong.
    return true;
  }
}

function ids(rows: readonly EnrollmentRef[]): string[] {
  return rows.map(({ enrollmentId }) => enrollmentId);
}

function distinct(rows: readonly EnrollmentRef[]): EnrollmentRef[] {
  return [...new Map(rows.map((row) => [row.enrollmentId, row])).values()];
}
