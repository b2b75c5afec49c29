import { applyFact } from './apply-fact';
import { CALL_CHECK_SECONDS, closeCall, storeAttemptChange } from './attempt-change';
import { inTransaction, type Sql, type Tx } from './client';
import { lockEnrollment } from './enrollment';
import { lockAddresses } from './suppression';
import { recordTimeline } from './timeline';

/** What the provider answered, written by the activity that asked, or by reconciliation: claimed < unknown < accepted. */

export interface NotSentResult {
  readonly reason: string;
  readonly verdict: 'retry' | 'address_invalid' | 'opted_out' | 'configuration' | 'final';
  /** Real milliseconds to leave the provider alone. */
  readonly retryAfterMs?: number;
}

interface Locked {
  enrollmentId: string;
  contactId: string;
  state: string;
  channel: 'voice' | 'sms' | 'email';
  toHash: string;
  try: number;
  now: number;
  /** Business milliseconds per real one. */
  speed: number;
}

/** A process that stands still must not hold the locks of a person for longer. */
const TIMEOUTS = { transactionTimeoutMs: 15_000 };
const UNKNOWN_CHECK_SECONDS = 30;
const LEAST_BACKOFF_MS = 1_000;
const FIRST_BACKOFF_MS = 30_000;
const MOST_BACKOFF_MS = 900_000;

export async function recordAccepted(sql: Sql, attemptId: string, sid: string): Promise<void> {
  if (await acceptCall(sql, attemptId, sid)) return;
  await inTransaction(
    sql,
    async (tx) => {
      const { state, channel, enrollmentId, now } = await lockAttempt(tx, attemptId);
      const isNews = MAY_BE_ACCEPTED.includes(state);
      await storeAttemptChange(tx, attemptId, null, { sid, ...(isNews ? { state: 'accepted', acceptedAt: now } : {}) });
      if (isNews && channel === 'voice')
        await recordTimeline(tx, { enrollmentId, kind: 'call_started', attemptId, actor: 'system', at: now });
    },
    TIMEOUTS,
  );
}

/** What nearly always happens, in one statement: a call that nobody said anything of meanwhile. */
async function acceptCall(sql: Sql, attemptId: string, sid: string): Promise<boolean> {
  const rows = await sql`
    with owner as (
      select e.id, e.campaign_id, e.contact_id from enrollment e
      where e.id = (select enrollment_id from attempt where id = ${attemptId}) for no key update
    ), accepted as (
      update attempt t set state = 'accepted', provider_sid = coalesce(t.provider_sid, ${sid}), accepted_at = app_now(),
        resolve_by_rt = clock_timestamp() + make_interval(secs => ${CALL_CHECK_SECONDS})
      from owner where t.id = ${attemptId} and t.channel = 'voice' and t.state in ('claimed', 'unknown')
      returning t.id, t.accepted_at
    )
    insert into timeline (campaign_id, enrollment_id, contact_id, kind, attempt_id, actor, at)
    select o.campaign_id, o.id, o.contact_id, 'call_started', a.id, 'system', a.accepted_at from owner o, accepted a
    returning 1`;
  return rows.length > 0;
}

/** Whoever looked for it in vain and took it for not sent is corrected by the provider's own answer. */
const MAY_BE_ACCEPTED: readonly string[] = ['claimed', 'unknown', 'not_sent'];

/** Nothing happened at the provider, unless a callback has proved the opposite meanwhile. */
export async function recordNotSent(
  sql: Sql,
  attemptId: string,
  result: NotSentResult,
): Promise<'not_sent' | 'accepted'> {
  const work = async (tx: Tx) => {
    const attempt = await lockAttempt(tx, attemptId, result.verdict === 'opted_out');
    if (attempt.state !== 'claimed' && attempt.state !== 'unknown')
      return attempt.state === 'not_sent' ? 'not_sent' : 'accepted';
    await tx`
      update attempt set state = 'not_sent', status = ${result.verdict}, error_code = ${result.reason}, resolve_by_rt = null
      where id = ${attemptId}`;
    await tx`delete from attempt_address where attempt_id = ${attemptId}`;
    await closeCall(tx, attemptId);
    await tx`update commitment set attempt_id = null where attempt_id = ${attemptId} and state = 'open'`;
    await drawConsequence(tx, attemptId, attempt, result);
    return 'not_sent';
  };
  return inTransaction(sql, work, TIMEOUTS);
}

export async function recordUnknown(sql: Sql, attemptId: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx`
      update attempt set state = 'unknown', resolve_by_rt = clock_timestamp() + make_interval(secs => ${UNKNOWN_CHECK_SECONDS})
      where id = ${attemptId} and state = 'claimed'`;
  });
}

async function drawConsequence(
  tx: Tx,
  attemptId: string,
  attempt: Locked,
  { verdict, reason, retryAfterMs }: NotSentResult,
): Promise<void> {
  const { enrollmentId, now } = attempt;
  await recordTimeline(tx, {
    enrollmentId,
    kind: 'touch_refused',
    attemptId,
    data: { reason, verdict },
    actor: 'system',
    at: now,
  });
  switch (verdict) {
    case 'opted_out': {
      const body = { kind: 'opted_out', source: 'provider', channels: ['voice', 'sms', 'email'] } as const;
      const [fact] = await tx<{ id: string }[]>`
        insert into fact (name, kind, enrollment_id, attempt_id, body, actor, at)
        values (${`provider-opt-out/${attemptId}`}, 'opted_out', ${enrollmentId}, ${attemptId}, ${JSON.stringify(body)}::text::jsonb, 'provider', at_ms(${now}))
        on conflict (name) do nothing returning id`;
      if (fact !== undefined)
        await applyFact(tx, {
          id: fact.id,
          body: { ...body, channels: [...body.channels] },
          enrollmentId,
          contactId: null,
          attemptId,
          actor: 'provider',
        });
      return;
    }
    case 'address_invalid':
      await tx`
        update contact_address set unusable = 'invalid'
        where contact_id = ${attempt.contactId} and hash = ${attempt.toHash} and unusable is null`;
      return;
    case 'final':
      return;
    case 'retry':
    case 'configuration':
      await waitBeforeRetry(tx, enrollmentId, now + backoffMs(attempt.try, verdict, retryAfterMs) * attempt.speed);
  }
}

function backoffMs(nth: number, verdict: 'retry' | 'configuration', retryAfterMs: number | undefined): number {
  if (verdict === 'configuration') return MOST_BACKOFF_MS;
  return Math.max(retryAfterMs ?? Math.min(FIRST_BACKOFF_MS * 2 ** (nth - 1), MOST_BACKOFF_MS), LEAST_BACKOFF_MS);
}

async function waitBeforeRetry(tx: Tx, enrollmentId: string, untilAt: number): Promise<void> {
  await tx`
    update enrollment set not_before_at = greatest(coalesce(not_before_at, '-infinity'), at_ms(${untilAt}))
    where id = ${enrollmentId}`;
}

/** Locks in the one order: enrollment, then the person's addresses where a suppression may follow, then attempt. */
async function lockAttempt(tx: Tx, attemptId: string, withAddresses = false): Promise<Locked> {
  const [owner] = await tx<{ enrollmentId: string; contactId: string }[]>`
    select a.enrollment_id, e.contact_id from attempt a join enrollment e on e.id = a.enrollment_id
    where a.id = ${attemptId}`;
  if (owner === undefined) throw new Error(`there is no attempt ${attemptId}`);
  await lockEnrollment(tx, owner.enrollmentId);
  if (withAddresses) await lockAddresses(tx, owner.contactId);
  const [row] = await tx<Locked[]>`
    select a.enrollment_id, e.contact_id, a.state, a.channel, a.to_hash, a.try, ms(app_now()) as now,
      greatest(1, coalesce((select speed from clock), 1)) as speed
    from attempt a join enrollment e on e.id = a.enrollment_id
    where a.id = ${attemptId} for no key update of a`;
  if (row === undefined) throw new Error(`there is no attempt ${attemptId}`);
  return row;
}
