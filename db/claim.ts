import { addressKindOf } from '../domain/channel';
import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import { explain, explainRefusal } from '../domain/explain';
import { inTransaction, type Sql, type Tx } from './client';
import { loadPlannerFrame, type PlannerFrame } from './planner-input';
import { type Content, correspondentsOf, prepareContent, type Prepared } from './content';
import { permitOf } from './permit';
import { type Sender, senderFor } from './senders';
import { expectedCost, takeMoney } from './spend';
import { recordTimeline } from './timeline';
import { addressHash, attemptToken, hashSecret } from './tokens';

export interface ClaimAsk {
  readonly enrollmentId: string;
  readonly attemptId: string;
  readonly touchKey: string;
  readonly try: number;
}

/** Keys that never leave the process: one hides addresses, one signs what goes into URLs. */
export interface ClaimKeys {
  readonly addressKey: string;
  readonly secretKey: string;
  readonly publicUrl: string;
}

export type ClaimOutcome =
  | {
      readonly kind: 'claimed';
      readonly from: string;
      readonly to: string;
      readonly content: Content;
      readonly postByMs: number;
      readonly untilMs: number;
    }
  /** Somebody claimed it before: whoever did may have sent it. */
  | { readonly kind: 'existing'; readonly state: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** From the claim until the request has to have left the machine. */
const POST_WITHIN_SECONDS = 5;
/** From the claim until reconciliation looks after it: the HTTP deadline of ten seconds and time to store the answer. */
const RESOLVE_WITHIN_SECONDS = 20;
/** How long a person who is being called by another campaign is left alone. */
const BUSY_ELSEWHERE_SECONDS = 120;
const NO_SENDER_SECONDS = 900;
/** A process that stands still must not hold the locks of a person for longer. */
const TIMEOUTS = { lockTimeoutMs: 3_000, transactionTimeoutMs: 10_000, isUniform: true };
/** With a fast clock those seconds are over in an instant; nothing is asked for more often than this. */
const LEAST_REFUSAL_REAL_MS = 2_000;

/** Nothing reaches a person without this: the planner is asked again under the locks, in the transaction that writes the attempt. */
export async function claim(sql: Sql, ask: ClaimAsk, keys: ClaimKeys): Promise<ClaimOutcome> {
  return inTransaction(sql, async (tx) => claimIn(tx, ask, keys), TIMEOUTS);
}

async function claimIn(tx: Tx, ask: ClaimAsk, keys: ClaimKeys): Promise<ClaimOutcome> {
  const [opened] = await tx<Opened[]>`select * from open_claim(${ask.enrollmentId}, ${ask.attemptId})`;
  if (opened === undefined) return { kind: 'refused', reason: 'no_enrollment' };
  if (opened.existing !== null) return { kind: 'existing', state: opened.existing };
  const frame = await loadPlannerFrame(tx, ask.enrollmentId, opened.hasLine ? 'granted' : 'none');
  // An import has just added one: what is known of it was not read under its lock, so the next ask decides.
  if (frame.input.contact.addresses.some(({ hash }) => !opened.locked.includes(hash)))
    return refuse(tx, ask, frame, 'addresses_changed');
  const decision = decide(frame.input);
  if (decision.kind !== 'touch' || decision.touch.key !== ask.touchKey || decision.touch.try !== ask.try)
    return refuse(tx, ask, frame, decision.kind === 'touch' ? 'another_touch' : decision.kind, 0, decision);
  return carryOut(tx, ask, frame, decision, keys);
}

/** With the locks of campaign, enrollment, addresses and attempt in hand. */
interface Opened {
  readonly locked: readonly string[];
  /** The attempt's state if somebody claimed it before. */
  readonly existing: string | null;
  /** Its line is bound to it now. */
  readonly hasLine: boolean;
}

async function carryOut(
  tx: Tx,
  ask: ClaimAsk,
  frame: PlannerFrame,
  decision: Decision & { kind: 'touch' },
  keys: ClaimKeys,
): Promise<ClaimOutcome> {
  const { touch } = decision;
  const correspondents = await correspondentsOf(tx, ask.enrollmentId, touch.toHash);
  const sender = senderFor(correspondents, touch, frame, keys);
  if (sender === null) return refuse(tx, ask, frame, 'no_sender', NO_SENDER_SECONDS);
  const content = prepareContent(correspondents, { touch, frame, keys });
  const { to } = correspondents;
  if (to === null) return refuse(tx, ask, frame, 'no_address');
  if (content.kind === 'incomplete') {
    await storeRefused(tx, { ask, frame, decision, sender, keys, content });
    return refuse(tx, ask, frame, 'template_variable_missing');
  }
  const cost = expectedCost(frame, touch);
  // Somebody else has just claimed the last of the money: from now on the planner sees it.
  if (!(await takeMoney(tx, frame, cost))) return refuse(tx, ask, frame, 'spend_limit');
  const postByMs = await storeClaim(tx, { ask, frame, decision, sender, keys, content });
  if (postByMs === null) {
    await takeMoney(tx, frame, -cost);
    return refuse(tx, ask, frame, 'busy_elsewhere', BUSY_ELSEWHERE_SECONDS);
  }
  const realLeftMs = frame.speed === 0 ? Number.MAX_SAFE_INTEGER : (touch.untilAt - frame.input.now) / frame.speed;
  return { kind: 'claimed', from: sender.from, to, content, postByMs, untilMs: realLeftMs };
}

/**
 * Two attempts at one pair of addresses, or two calls at one person, lose against the first: every claim holds the locks of
 * the person's addresses while it looks for others, and the unique rows stand behind that. Answers until when the request
 * has to have left, null when somebody was first.
 */
async function storeClaim(tx: Tx, claimed: NewAttempt): Promise<number | null> {
  const { frame, decision } = claimed;
  const { channel, commitmentId } = decision.touch;
  const [stored] = await tx<{ postByMs: number }[]>`
    with person as (
      select a.hash, a.kind from contact_address ca join address a on a.hash = ca.hash where ca.contact_id = ${frame.contactId}
    ), stored as (
      insert into attempt (${columnsOf(tx)})
      select n.* from (${valuesOf(tx, claimed, 'claimed')}) n
      where not exists (
          select 1 from open_call where ${channel === 'voice'} and hash in (select hash from person where kind = 'phone'))
        and not exists (
          select 1 from attempt o
          where o.channel = n.channel and o.from_hash = n.from_hash and o.to_hash = n.to_hash
            and (o.state in ('claimed', 'unknown') or (o.state = 'accepted' and o.channel = 'voice')))
      returning id, channel, claimed_at, post_by_rt
    ), counted as (
      insert into attempt_address (hash, attempt_id, channel, claimed_at)
      select p.hash, s.id, s.channel, s.claimed_at from stored s, person p
    ), called as (
      insert into open_call (hash, attempt_id)
      select p.hash, s.id from stored s, person p where s.channel = 'voice' and p.kind = 'phone'
    ), promised as (
      update commitment c set attempt_id = s.id from stored s where c.id = ${commitmentId ?? null}::uuid
    )
    select ms(post_by_rt) as post_by_ms from stored`;
  return stored?.postByMs ?? null;
}

/** A text that can't be filled in is refused for good: the row says so, and the plan goes on without it. */
async function storeRefused(tx: Tx, refused: NewAttempt): Promise<void> {
  await tx`insert into attempt (${columnsOf(tx)}) ${valuesOf(tx, refused, 'not_sent')}`;
  await tx`
    update attempt set status = 'final', error_code = 'template_variable_missing' where id = ${refused.ask.attemptId}`;
}

interface NewAttempt {
  readonly ask: ClaimAsk;
  readonly frame: PlannerFrame;
  readonly decision: Decision & { kind: 'touch' };
  readonly sender: Sender;
  readonly keys: ClaimKeys;
  readonly content: Prepared;
}

function columnsOf(tx: Tx) {
  return tx`id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash, state, token_hash,
    claimed_at, post_by_rt, resolve_by_rt, version_id, permit, content, cost_micros`;
}

function valuesOf(tx: Tx, { ask, frame, decision, sender, keys, content }: NewAttempt, state: 'claimed' | 'not_sent') {
  const { touch } = decision;
  const fromHash = addressHash(keys.addressKey, addressKindOf(touch.channel), sender.from);
  const permit = { ...permitOf(frame, decision), ...sender.evidence };
  const tokenHash = hashSecret(attemptToken(keys.secretKey, ask.attemptId));
  return tx`
    select ${ask.attemptId}::uuid, ${ask.enrollmentId}::uuid, ${touch.key}::text, ${touch.try}::integer, ${touch.runKey}::text,
      ${touch.stepKey}::text, ${touch.ordinal}::integer, ${touch.channel}::text as channel, ${fromHash}::text as from_hash,
      ${touch.toHash}::text as to_hash, ${state}::text, ${tokenHash}::text, at_ms(${frame.input.now}),
      clock_timestamp() + make_interval(secs => ${POST_WITHIN_SECONDS}),
      case when ${state === 'claimed'} then clock_timestamp() + make_interval(secs => ${RESOLVE_WITHIN_SECONDS}) end,
      ${frame.input.planVersionId}::uuid, ${JSON.stringify(permit)}::text::jsonb, ${JSON.stringify(content)}::text::jsonb,
      ${expectedCost(frame, touch)}::bigint`;
}

/** No attempt comes of it; the line goes back, and the reason stays readable. Nothing may refuse in a loop: where the planner can't foresee it, it waits. */
async function refuse(
  tx: Tx,
  ask: ClaimAsk,
  { input, speed }: PlannerFrame,
  reason: string,
  waitSeconds = 0,
  decision: Decision | null = null,
): Promise<ClaimOutcome> {
  await tx`update lease set freed_rt = clock_timestamp() where attempt_id = ${ask.attemptId} and freed_rt is null`;
  if (waitSeconds > 0) {
    const untilAt = input.now + Math.max(waitSeconds * 1000, LEAST_REFUSAL_REAL_MS * speed);
    await tx`
      update enrollment set not_before_at = greatest(not_before_at, at_ms(${untilAt})), wants_workflow = true
      where id = ${ask.enrollmentId}`;
  }
  await recordTimeline(tx, {
    enrollmentId: ask.enrollmentId,
    kind: 'touch_refused',
    data: {
      touch: ask.touchKey,
      try: ask.try,
      reason,
      why: decision === null ? explainRefusal(reason) : explain(decision),
    },
    actor: 'system',
    at: input.now,
  });
  return { kind: 'refused', reason };
}
