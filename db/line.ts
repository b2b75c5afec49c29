import type { Tx } from './client';

/** Lines: the right to have one live call. Taking one and granting one hold the same lock, so limits hold at every instant. */

/** A granted line that nobody binds to a call is free again after this long, in real time. */
const GRANT_SECONDS = 30;

export interface LineAsk {
  readonly enrollmentId: string;
  readonly attemptId: string;
  readonly campaignId: string;
  readonly lineGroupId: string;
  /** 0 = the company's limit alone. */
  readonly concurrencyLimit: number;
  readonly callsPerMinute: number | null;
}

export interface QueueAsk extends LineAsk {
  readonly touchKey: string;
  readonly commitment: boolean;
  /** Epoch milliseconds of business time; after that nobody needs to grant it any more. */
  readonly eligibleUntilAt: number;
}

/** Is a line reserved for this attempt and not yet used or run out? */
export async function hasGrantedLine(tx: Tx, attemptId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from lease
    where attempt_id = ${attemptId} and freed_rt is null and state = 'granted' and expires_rt > clock_timestamp()`;
  return rows.length > 0;
}

/** Takes a line at once if one is free and nobody waits for one. Locks the line group: make it the last statement but the row's own. */
export async function takeFreeLine(tx: Tx, ask: LineAsk): Promise<boolean> {
  if (!(await lockLineGroup(tx, ask.lineGroupId))) return false;
  const [waiting] = await tx`
    select 1 from line_queue where line_group_id = ${ask.lineGroupId} and enrollment_id <> ${ask.enrollmentId} limit 1`;
  if (waiting !== undefined) return false;
  return grantLine(tx, ask);
}

export async function lockLineGroup(tx: Tx, lineGroupId: string): Promise<boolean> {
  const rows = await tx`select 1 from line_group where id = ${lineGroupId} for update`;
  return rows.length > 0;
}

/** Grants a line if the company's rate, the campaign's limit and its pacing allow one more. The caller holds the group's lock. */
export async function grantLine(tx: Tx, ask: LineAsk): Promise<boolean> {
  const [room] = await tx<{ hasRoom: boolean }[]>`
    select count(*) < greatest(1, floor(g.lines * g.rate_percent / 100.0))
      and (${ask.concurrencyLimit} = 0 or count(*) filter (where l.campaign_id = ${ask.campaignId}) < ${ask.concurrencyLimit}) as has_room
    from line_group g
    left join lease l on l.line_group_id = g.id and l.freed_rt is null
      and (l.state = 'bound' or l.expires_rt > clock_timestamp())
    where g.id = ${ask.lineGroupId}
    group by g.id`;
  if (room?.hasRoom !== true) return false;
  if (ask.callsPerMinute !== null && !(await takePace(tx, ask.campaignId, ask.callsPerMinute))) return false;
  await tx`
    insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state, expires_rt)
    values (${ask.attemptId}, ${ask.enrollmentId}, ${ask.campaignId}, ${ask.lineGroupId}, 'granted',
      clock_timestamp() + make_interval(secs => ${GRANT_SECONDS}))
    on conflict (attempt_id) do update
      set state = 'granted', granted_rt = clock_timestamp(), expires_rt = excluded.expires_rt, freed_rt = null
      where lease.freed_rt is not null or lease.state = 'granted'`;
  return true;
}

/** GCRA with no burst: the next call of the campaign may begin one interval after the last. */
async function takePace(tx: Tx, campaignId: string, callsPerMinute: number): Promise<boolean> {
  const rows = await tx`
    update campaign set calls_tat_rt = greatest(calls_tat_rt, clock_timestamp()) + make_interval(secs => ${60 / callsPerMinute})
    where id = ${campaignId} and calls_tat_rt <= clock_timestamp()
    returning 1`;
  return rows.length > 0;
}

export async function queueForLine(tx: Tx, ask: QueueAsk): Promise<void> {
  await tx`
    insert into line_queue (enrollment_id, attempt_id, campaign_id, line_group_id, touch_key, commitment, eligible_until_at)
    values (${ask.enrollmentId}, ${ask.attemptId}, ${ask.campaignId}, ${ask.lineGroupId}, ${ask.touchKey}, ${ask.commitment}, at_ms(${ask.eligibleUntilAt}))
    on conflict (enrollment_id) do update
      set attempt_id = excluded.attempt_id, touch_key = excluded.touch_key, commitment = excluded.commitment,
        eligible_until_at = excluded.eligible_until_at`;
}

/** The enrollment wants no line now, or another one than before: its place in the queue and unused grants are void. */
export async function leaveQueue(tx: Tx, enrollmentId: string, keepAttemptId: string | null): Promise<void> {
  await tx`delete from line_queue where enrollment_id = ${enrollmentId}`;
  await tx`
    update lease set freed_rt = clock_timestamp()
    where enrollment_id = ${enrollmentId} and state = 'granted' and freed_rt is null and attempt_id is distinct from ${keepAttemptId}::uuid`;
}

/** The claim makes the grant the call's own; from here on only evidence about the call frees it. */
export async function bindLine(tx: Tx, attemptId: string): Promise<boolean> {
  const rows = await tx`
    update lease set state = 'bound', expires_rt = null
    where attempt_id = ${attemptId} and freed_rt is null and state = 'granted' and expires_rt > clock_timestamp()
    returning 1`;
  return rows.length > 0;
}
