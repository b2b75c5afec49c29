import type { Policy } from '../../domain/policy';
import { inTransaction, type Sql, type Tx } from '../client';
import type { EnrollmentRef } from '../enrollment';
import { grantLine, lockLineGroup } from '../line';

const MOST_GRANTS = 100;

/** One round of handing out lines. Answers whom to tell. Commitments first, then fair between campaigns, then first come. */
export async function grantRound(sql: Sql, lineGroupId: string): Promise<(EnrollmentRef & { attemptId: string })[]> {
  return inTransaction(sql, async (tx) => {
    if (!(await lockLineGroup(tx, lineGroupId))) return [];
    // A grant that nobody used runs out; its enrollment left the queue when it got it, so it has to ask again.
    await tx`
      with expired as (
        update lease set freed_rt = clock_timestamp()
        where line_group_id = ${lineGroupId} and state = 'granted' and freed_rt is null and expires_rt <= clock_timestamp()
        returning enrollment_id)
      insert into wake (enrollment_id, reason) select enrollment_id, 'grant_expired' from expired`;
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

/** A campaign's nth waiter stands behind every other campaign's waiter with fewer live and waiting before them. */
async function queue(tx: Tx, lineGroupId: string): Promise<Asking[]> {
  return tx<Asking[]>`
    select q.enrollment_id, q.attempt_id, q.campaign_id, e.contact_id,
      json_build_object('concurrencyLimit', v.policy -> 'concurrencyLimit', 'callsPerMinute', v.policy -> 'callsPerMinute') as policy
    from line_queue q
    join enrollment e on e.id = q.enrollment_id
    join campaign c on c.id = q.campaign_id and c.status = 'active'
    join version v on v.id = c.current_version_id
    where q.line_group_id = ${lineGroupId} and q.eligible_until_at > app_now()
    order by q.commitment desc,
      row_number() over (partition by q.campaign_id order by q.commitment desc, q.queued_rt)
        + (select count(*) from lease l where l.campaign_id = q.campaign_id and l.freed_rt is null),
      q.queued_rt
    limit ${MOST_GRANTS}`;
}
