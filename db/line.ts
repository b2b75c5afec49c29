import type { Tx } from './client';

/** Lines: the right to have one live call. Taking one and granting one hold the same lock, so limits hold at every instant. */

/** A granted line that nobody binds to a call is free again after this long, in real time. */
const GRANT_SECONDS = 30;
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
  // Whoever stands in the queue of a campaign that is paused or ended can't be served, so nobody has to wait for them.
  const [waiting] = await tx`
    select 1 from line_queue q join campaign c on c.id = q.campaign_id and c.status = 'active'
    where q.line_group_id = ${ask.lineGroupId} and q.enrollment_id <> ${ask.enrollmentId}
      and q.eligible_until_at > (select app_now()) limit 1`;
  if (waiting !== undefined) return false;
  return grantLine(tx, ask);
}

/** Leases and queue rows refer to the group, so it is locked in a way that lets them in. */
export async function lockLineGroup(tx: Tx, lineGroupId: string): Promise<boolean> {
  const rows = await tx`select 1 from line_group where id = ${lineGroupId} for no key update`;
  return rows.length > 0;
}

/**
 * Grants a line if the company's rate, the campaign's limit and its pacing allow one more. The caller holds the group's
 * lock. A grant that ran out still counts until somebody who holds that lock has freed it: it may be being bound just now.
 */
export async function grantLine(tx: Tx, ask: LineAsk): Promise<boolean> {
  const [room] = await tx<{ hasRoom: boolean }[]>`
    select count(l.attempt_id) < greatest(1, floor(g.lines * g.rate_percent / 100.0))
      and (${ask.concurrencyLimit} = 0 or count(*) filter (where l.campaign_id = ${ask.campaignId}) < ${ask.concurrencyLimit}) as has_room
    from line_group g
    left join lease l on l.line_group_id = g.id and l.freed_rt is null
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

/** Evenly spaced (GCRA) with a little room to catch up, and in no rolling minute more than the limit. */
async function takePace(tx: Tx, campaignId: string, callsPerMinute: number): Promise<boolean> {
  const rows = await tx`
    update campaign c set calls_tat_rt = greatest(calls_tat_rt, clock_timestamp() - make_interval(secs => ${PACE_SLACK_SECONDS}))
      + make_interval(secs => ${60 / callsPerMinute})
    where id = ${campaignId} and calls_tat_rt <= clock_timestamp()
      and (select count(*) from lease l
        where l.campaign_id = c.id and l.granted_rt > (select clock_timestamp()) - interval '1 minute') < ${callsPerMinute}
    returning 1`;
  return rows.length > 0;
}

/** Who stands in the queue already keeps the place. */
export async function queueForLine(tx: Tx, ask: QueueAsk): Promise<void> {
  await tx`
    insert into line_queue (enrollment_id, attempt_id, campaign_id, line_group_id, touch_key, commitment, eligible_until_at)
    values (${ask.enrollmentId}, ${ask.attemptId}, ${ask.campaignId}, ${ask.lineGroupId}, ${ask.touchKey}, ${ask.commitment}, at_ms(${ask.eligibleUntilAt}))
    on conflict (enrollment_id) do update
      set attempt_id = excluded.attempt_id, touch_key = excluded.touch_key, commitment = excluded.commitment,
        eligible_until_at = excluded.eligible_until_at`;
}

interface Kept {
  /** The attempt that still wants a line: it keeps its place in the queue and its grant. */
  readonly keep?: string;
  /** The attempt that has got its line: it keeps that, and waits no more. */
  readonly keepGrantOf?: string;
}

/** The enrollment wants no line now, or another one than before: its place in the queue and unused grants are void. */
export async function leaveQueue(tx: Tx, enrollmentId: string, { keep, keepGrantOf }: Kept): Promise<void> {
  await tx`
    with gone as (
      delete from line_queue where enrollment_id = ${enrollmentId} and attempt_id is distinct from ${keep ?? null}::uuid)
    update lease set freed_rt = clock_timestamp()
    where enrollment_id = ${enrollmentId} and state = 'granted' and freed_rt is null
      and attempt_id is distinct from ${keep ?? keepGrantOf ?? null}::uuid`;
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

/** The claim makes the grant the call's own; from here on only evidence about the call frees it. */
export async function bindLine(tx: Tx, attemptId: string): Promise<boolean> {
  const rows = await tx`
    update lease set state = 'bound', expires_rt = null
    where attempt_id = ${attemptId} and freed_rt is null and state = 'granted' and expires_rt > clock_timestamp()
    returning 1`;
  return rows.length > 0;
}
