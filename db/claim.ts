import { addressKindOf } from '../domain/channel';
import { decide } from '../domain/decide';
import type { Decision, Touch } from '../domain/decision';
import { inTransaction, savepoint, type Sql, type Tx } from './client';
import { lockEnrollment } from './enrollment';
import { bindLine } from './line';
import { loadPlannerFrame, type PlannerFrame } from './planner-input';
import { prepareContent, type Content } from './content';
import { lockAddresses } from './suppression';
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
const TIMEOUTS = { lockTimeoutMs: 3_000, transactionTimeoutMs: 10_000 };
/** With a fast clock those seconds are over in an instant; nothing is asked for more often than this. */
const LEAST_REFUSAL_REAL_MS = 2_000;

/** Nothing reaches a person without this: the planner is asked again under the locks, in the transaction that writes the attempt. */
export async function claim(sql: Sql, ask: ClaimAsk, keys: ClaimKeys): Promise<ClaimOutcome> {
  return inTransaction(sql, async (tx) => claimIn(tx, ask, keys), TIMEOUTS);
}

async function claimIn(tx: Tx, ask: ClaimAsk, keys: ClaimKeys): Promise<ClaimOutcome> {
  const [row] = await tx<{ contactId: string; seq: number }[]>`
    select e.contact_id, c.seq from enrollment e join campaign c on c.id = e.campaign_id where e.id = ${ask.enrollmentId}`;
  if (row === undefined) return { kind: 'refused', reason: 'no_enrollment' };
  await tx`select pg_advisory_xact_lock_shared(1, ${row.seq})`;
  await lockEnrollment(tx, ask.enrollmentId);
  const locked = await lockAddresses(tx, row.contactId);
  const [existing] = await tx<
    { state: string }[]
  >`select state from attempt where id = ${ask.attemptId} for no key update`;
  if (existing !== undefined) return { kind: 'existing', state: existing.state };
  const lined = await bindLine(tx, ask.attemptId);
  const frame = await loadPlannerFrame(tx, ask.enrollmentId, lined ? 'granted' : 'none');
  // An import has just added one: what is known of it was not read under its lock, so the next ask decides.
  if (frame.input.contact.addresses.some(({ hash }) => !locked.includes(hash)))
    return refuse(tx, ask, frame, 'addresses_changed');
  const decision = decide(frame.input);
  if (decision.kind !== 'touch' || decision.touch.key !== ask.touchKey || decision.touch.try !== ask.try)
    return refuse(tx, ask, frame, decision.kind === 'touch' ? 'another_touch' : decision.kind);
  return carryOut(tx, ask, frame, decision, keys);
}

async function carryOut(
  tx: Tx,
  ask: ClaimAsk,
  frame: PlannerFrame,
  decision: Decision & { kind: 'touch' },
  keys: ClaimKeys,
): Promise<ClaimOutcome> {
  const { touch } = decision;
  const from = await senderFor(tx, touch, ask.enrollmentId);
  if (from === null) return refuse(tx, ask, frame, 'no_sender', NO_SENDER_SECONDS);
  const content = await prepareContent(tx, { touch, frame, keys, attemptId: ask.attemptId });
  const [to] = await tx<{ value: string }[]>`select value from address where hash = ${touch.toHash}`;
  if (to === undefined) return refuse(tx, ask, frame, 'no_address');
  if (content.kind === 'incomplete') {
    await storeRefused(tx, ask, frame, decision, from, content.missing, keys);
    return refuse(tx, ask, frame, 'template_variable_missing');
  }
  const claimed = await tryToStore(tx, async (inner) => storeClaim(inner, ask, frame, decision, from, content, keys));
  if (!claimed) return refuse(tx, ask, frame, 'busy_elsewhere', BUSY_ELSEWHERE_SECONDS);
  const [deadline] = await tx<
    { postByMs: number }[]
  >`select ms(post_by_rt) as post_by_ms from attempt where id = ${ask.attemptId}`;
  const realLeftMs = frame.speed === 0 ? Number.MAX_SAFE_INTEGER : (touch.untilAt - frame.input.now) / frame.speed;
  return { kind: 'claimed', from, to: to.value, content, postByMs: deadline?.postByMs ?? 0, untilMs: realLeftMs };
}

/** Two attempts at one pair of addresses, or two calls at one person, lose against the first: the unique rows decide. */
async function tryToStore(tx: Tx, store: (inner: Tx) => Promise<void>): Promise<boolean> {
  try {
    await savepoint(tx, store);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

async function storeClaim(
  tx: Tx,
  ask: ClaimAsk,
  frame: PlannerFrame,
  decision: Decision & { kind: 'touch' },
  from: string,
  content: Content,
  keys: ClaimKeys,
): Promise<void> {
  const { touch } = decision;
  await insertAttempt(tx, { ask, frame, decision, from, keys, state: 'claimed', status: null, content });
  await tx`
    insert into attempt_address (hash, attempt_id, channel, claimed_at)
    select hash, ${ask.attemptId}, ${touch.channel}, at_ms(${frame.input.now}) from contact_address where contact_id = ${frame.contactId}`;
  if (touch.channel === 'voice') {
    await tx`
      insert into open_call (hash, attempt_id)
      select a.hash, ${ask.attemptId} from contact_address ca join address a on a.hash = ca.hash
      where ca.contact_id = ${frame.contactId} and a.kind = 'phone'`;
  }
  if (touch.commitmentId !== undefined)
    await tx`update commitment set attempt_id = ${ask.attemptId} where id = ${touch.commitmentId}`;
}

/** A text that can't be filled in is refused for good: the row says so, and the plan goes on without it. */
async function storeRefused(
  tx: Tx,
  ask: ClaimAsk,
  frame: PlannerFrame,
  decision: Decision & { kind: 'touch' },
  from: string,
  missing: readonly string[],
  keys: ClaimKeys,
): Promise<void> {
  await insertAttempt(tx, {
    ask,
    frame,
    decision,
    from,
    keys,
    state: 'not_sent',
    status: 'final',
    content: { kind: 'incomplete', missing },
  });
  await tx`update attempt set error_code = 'template_variable_missing' where id = ${ask.attemptId}`;
}

interface NewAttempt {
  readonly ask: ClaimAsk;
  readonly frame: PlannerFrame;
  readonly decision: Decision & { kind: 'touch' };
  readonly from: string;
  readonly keys: ClaimKeys;
  readonly state: 'claimed' | 'not_sent';
  readonly status: string | null;
  readonly content: Content | { readonly kind: 'incomplete'; readonly missing: readonly string[] };
}

async function insertAttempt(
  tx: Tx,
  { ask, frame, decision, from, keys, state, status, content }: NewAttempt,
): Promise<void> {
  const { touch } = decision;
  const tokenHash = hashSecret(attemptToken(keys.secretKey, ask.attemptId));
  await tx`
    insert into attempt (id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash, state, status,
      token_hash, claimed_at, post_by_rt, resolve_by_rt, version_id, permit, content)
    values (${ask.attemptId}, ${ask.enrollmentId}, ${touch.key}, ${touch.try}, ${touch.runKey}, ${touch.stepKey}, ${touch.ordinal},
      ${touch.channel}, ${addressHash(keys.addressKey, addressKindOf(touch.channel), from)}, ${touch.toHash}, ${state}, ${status}, ${tokenHash},
      at_ms(${frame.input.now}), clock_timestamp() + make_interval(secs => ${POST_WITHIN_SECONDS}),
      ${state === 'claimed' ? tx`clock_timestamp() + make_interval(secs => ${RESOLVE_WITHIN_SECONDS})` : null},
      ${frame.input.policyVersionId}, ${JSON.stringify(permitOf(frame, decision))}::text::jsonb, ${JSON.stringify(content)}::text::jsonb)`;
}

/** The evidence why this was allowed, without anything that names the person (INV-15). */
function permitOf({ input }: PlannerFrame, decision: Decision): Record<string, unknown> {
  return {
    at: input.now,
    decision,
    planVersionId: input.planVersionId,
    policyVersionId: input.policyVersionId,
    settingsRevision: input.company.revision,
    closingMarginMs: input.company.closingMarginMs,
    zones: input.contact.zones,
    placeKnown: input.contact.placeKnown,
    personAttempts: input.personAttempts.length,
    tzVersion: process.versions.tz ?? null,
  };
}

/** The same person always hears from the same of our numbers. */
async function senderFor(tx: Tx, { channel }: Touch, enrollmentId: string): Promise<string | null> {
  const [settings] = await tx<
    { callerNumbers: string[]; mailFrom: string }[]
  >`select caller_numbers, mail_from from settings`;
  if (settings === undefined) return null;
  if (channel === 'email') return settings.mailFrom === '' ? null : settings.mailFrom;
  const at = Number.parseInt(enrollmentId.slice(0, 8), 16) % Math.max(1, settings.callerNumbers.length);
  return settings.callerNumbers[at] ?? null;
}

/** No attempt comes of it; the line goes back, and the reason stays readable. Nothing may refuse in a loop: where the planner can't foresee it, it waits. */
async function refuse(
  tx: Tx,
  ask: ClaimAsk,
  { input, speed }: PlannerFrame,
  reason: string,
  waitSeconds = 0,
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
    data: { touch: ask.touchKey, try: ask.try, reason },
    actor: 'system',
    at: input.now,
  });
  return { kind: 'refused', reason };
}

const UNIQUE_VIOLATION = '23505';

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
}
