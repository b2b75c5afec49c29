import type { Policy } from '../../domain/policy';
import { inTransaction, type Sql, type Tx } from '../client';
import type { EnrollmentRef } from '../enrollment';
import { freeUnusedGrants, grantLine, lockLineGroup, PACE_SLACK_SECONDS } from '../line';

const MOST_GRANTS = 100;

/** One round of handing out lines. Answers whom to tell. Commitments first, then fair between campaigns, then first come. */
export async function grantRound(sql: Sql, lineGroupId: string): Promise<(EnrollmentRef & { attemptId: string })[]> {
  return inTransaction(sql, async (tx) => {
    if (!(await lockLineGroup(tx, lineGroupId))) return [];
    await freeUnusedGrants(tx, lineGroupId);
    const granted: (EnrollmentRef & { attemptId: string })[] = [];
    for (const asking of await queue(tx, lineGroupId)) {
      const limits = { concurrencyLimit: asking.policy.concurrencyLimit, callsPerMinute: asking.policy.callsPerMinute };
      if (!(await grantLine(tx, { ...asking, lineGroupId, ...limits }))) continue;
      await tx`delete from line_queue where enrollment_id = ${asking.enrollmentId}`;
      granted.push(asking);
    }
    return granted;
  });
}

export async function lineGroupIds(sql: Sql): Promise<string[]> {
  const rows = await sql<{ lineGroupId: string }[]>`
    select line_group_id from line_queue
    union
    select line_group_id from lease where freed_rt is null and state = 'granted' and expires_rt <= clock_timestamp()`;
  return rows.map(({ lineGroupId }) => lineGroupId);
}

interface Asking extends EnrollmentRef {
  readonly attemptId: string;
  readonly policy: Pick<Policy, 'concurrencyLimit' | 'callsPerMinute'>;
}

/**
 * A campaign's nth waiter stands behind every other campaign's waiter with fewer live and waiting before them. Who is
 * beyond the limit or the pace of their campaign is left out, so that they don't keep others from free lines, and no more
 * are read than the company's pace lets go. A row that
 * a step holds is skipped: the step is about to ask for the group's lock, which is ours.
 */
async function queue(tx: Tx, lineGroupId: string): Promise<Asking[]> {
  return tx<Asking[]>`
    with live as (
      select campaign_id, count(*) as calls from lease
      where line_group_id = ${lineGroupId} and freed_rt is null
      group by campaign_id
    ), waiting as (
      select q.enrollment_id, e.contact_id, coalesce(l.calls, 0) as calls, c.calls_tat_rt <= (select clock_timestamp()) as in_pace,
        (v.policy ->> 'concurrencyLimit')::int as most, (v.policy ->> 'callsPerMinute')::int as per_minute,
        row_number() over (partition by q.campaign_id order by q.commitment desc, q.queued_rt, q.enrollment_id) as place
      from line_queue q
      join enrollment e on e.id = q.enrollment_id and e.state = 'open' and e.paused_at is null
      join campaign c on c.id = q.campaign_id and c.status = 'active' and not ('voice' = any (c.paused_channels))
      join version v on v.id = c.current_version_id
      left join live l on l.campaign_id = q.campaign_id
      where q.line_group_id = ${lineGroupId} and q.eligible_until_at > (select app_now())
    )
    select q.enrollment_id, q.attempt_id, q.campaign_id, w.contact_id,
      json_build_object('concurrencyLimit', w.most, 'callsPerMinute', w.per_minute) as policy
    from waiting w
    join line_queue q on q.enrollment_id = w.enrollment_id
    where (w.most = 0 or w.calls + w.place <= w.most)
      and (w.per_minute is null or (w.in_pace and w.place <= 1 + ceil(w.per_minute / 60.0 * ${PACE_SLACK_SECONDS})))
    order by q.commitment desc, w.place + w.calls, q.queued_rt
    limit (
      select case when g.calls_per_second is null then ${MOST_GRANTS}::int
        when g.calls_tat_rt > clock_timestamp() then 0
        else least(${MOST_GRANTS}::int, 1 + ceil(g.calls_per_second * ${PACE_SLACK_SECONDS}))::int end
      from line_group g where g.id = ${lineGroupId})
    for update of q skip locked`;
}
