import type { Tx } from './client';

/** Lines: the right to have one live call. Taking one and granting one hold the same lock, so limits hold at every instant. */

/** A granted line that nobody binds to a call is free again after this long, in real time. */
export const GRANT_SECONDS = 30;
/** Calls that were due in the last moments may catch up, so that the beat of the grant sweep costs no rate. */
export const PACE_SLACK_SECONDS = 0.5;

export interface LineAsk {
  readonly enrollmentId: string;
  readonly attemptId: string;
  readonly campaignId: string;
  readonly lineGroupId: string;
  /** 0 = the company's limit alone. */
  readonly concurrencyLimit: number;
  readonly callsPerMinute: number | null;
}

/** Leases and queue rows refer to the group, so it is locked in a way that lets them in. */
export async function lockLineGroup(tx: Tx, lineGroupId: string): Promise<boolean> {
  const rows = await tx`select 1 from line_group where id = ${lineGroupId} for no key update`;
  return rows.length > 0;
}

/** Grants a line if the company's rate, the campaign's limit and its pacing allow one more. The caller holds the group's lock. */
export async function grantLine(tx: Tx, ask: LineAsk): Promise<boolean> {
  const [row] = await tx<{ granted: boolean }[]>`
    select grant_line(${ask.enrollmentId}, ${ask.attemptId}, ${ask.campaignId}, ${ask.lineGroupId}, ${ask.concurrencyLimit},
      ${ask.callsPerMinute}, ${PACE_SLACK_SECONDS}, ${GRANT_SECONDS}) as granted`;
  return row?.granted === true;
}

/** Grants that nobody used have run out; their enrollments left the queue when they got them, so they have to ask again. The caller holds the group's lock. */
export async function freeUnusedGrants(tx: Tx, lineGroupId: string): Promise<void> {
  await tx`
    with expired as (
      select attempt_id from lease
      where line_group_id = ${lineGroupId} and state = 'granted' and freed_rt is null and expires_rt <= clock_timestamp()
      for update skip locked
    ), freed as (
      update lease set freed_rt = clock_timestamp() where attempt_id in (select attempt_id from expired)
      returning enrollment_id
    )
    insert into wake (enrollment_id, reason) select enrollment_id, 'grant_expired' from freed`;
}
