import type { Channel } from '../domain/channel';
import type { Decision } from '../domain/decision';
import type { Instant } from '../domain/instant';
import type { ContactView, PlannerInput } from '../domain/planner-input';
import type { ClaimKeys } from './claim';
import type { Tx } from './client';
import { type Content, correspondentsOf, prepareContent } from './content';
import { lockEnrollment } from './enrollment';
import { permitOf } from './permit';
import type { PlannerFrame } from './planner-input';
import { expectedCost, takeMoney } from './spend';
import { lockAddresses } from './suppression';
import { attemptIdOf, attemptToken, hashSecret } from './tokens';

/** An attempt that was made and forgotten, written down again. Nothing is sent by any of this. */

/** Whose it may have been. */
export interface Candidate {
  readonly id: string;
  readonly contactId: string;
  readonly seq: number;
}

/** The claim's order of locks. */
export async function lockCandidate(tx: Tx, { id, contactId, seq }: Candidate): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(1, ${seq})`;
  await lockEnrollment(tx, id);
  await lockAddresses(tx, contactId);
}

/**
 * What would have been done on this channel at that instant. The other channels are left out, because in which order things
 * happened within a second nobody knows; and neither today's lock nor a pause had been thought of.
 */
export function inputAt(input: PlannerInput, at: Instant, channel: Channel): PlannerInput {
  const others = CHANNELS.filter((other) => other !== channel);
  const barred = (suppressed: readonly Channel[]) => [...new Set([...suppressed, ...others])];
  const contact = withSuppressed(input.contact, barred);
  return {
    ...input,
    now: at,
    isLocked: false,
    campaign: { ...input.campaign, status: 'active', pausedChannels: [], resumedAt: {} },
    contact,
  };
}

/** It was done, so nothing that would forbid it today was known then. */
export function asNothingForbade(input: PlannerInput): PlannerInput {
  const { enrollment, contact } = input;
  return {
    ...input,
    unreadReplies: 0,
    spending: { ...input.spending, limits: [] },
    contact: withSuppressed(contact, () => []),
    enrollment: {
      ...enrollment,
      state: 'open',
      reason: null,
      callsStoppedAt: null,
      messagesStoppedAt: null,
      heldUntilAt: null,
      notBeforeAt: null,
      pausedAt: null,
    },
  };
}

function withSuppressed(contact: ContactView, change: (suppressed: readonly Channel[]) => Channel[]): ContactView {
  const addresses = contact.addresses.map((address) => ({ ...address, suppressed: change(address.suppressed) }));
  return { ...contact, addresses };
}

const CHANNELS: readonly Channel[] = ['voice', 'sms', 'email'];

export interface Past {
  readonly frame: PlannerFrame;
  readonly at: Instant;
  readonly decision: Decision & { kind: 'touch' };
  readonly claimedRt: number;
  readonly fromHash: string;
  readonly keys: ClaimKeys;
  readonly state: 'claimed' | 'unknown_final';
  readonly evidence: Readonly<Record<string, string>>;
}

/** Writes down an attempt that was made: what counts against caps, bars the person and holds a line as if it had been claimed here. Null = it can't have been this one. */
export async function storePast(tx: Tx, past: Past): Promise<string | null> {
  const { frame, decision, keys } = past;
  const { touch } = decision;
  const attemptId = attemptIdOf(frame.input.enrollment.id, touch.key, touch.try);
  const person = await correspondentsOf(tx, frame.input.enrollment.id, touch.toHash);
  const content = prepareContent(person, { touch, frame, keys });
  // A text that could not be filled in was never sent.
  if (content.kind === 'incomplete') return null;
  return (await insertPast(tx, attemptId, content, past)) ? attemptId : null;
}

/** False = the unique rows say that it is another one's place. */
async function insertPast(tx: Tx, attemptId: string, content: Content, past: Past): Promise<boolean> {
  const { frame, at, decision, claimedRt, fromHash, keys, state, evidence } = past;
  const { touch } = decision;
  const { input } = frame;
  const enrollmentId = input.enrollment.id;
  const permit = { ...permitOf(frame, decision), at, recovered: evidence };
  const isOver = state === 'unknown_final';
  const stored = await tx`
    insert into attempt (id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash, state,
      token_hash, claimed_at, claimed_rt, post_by_rt, resolve_by_rt, ended_at, version_id, permit, content)
    values (${attemptId}, ${enrollmentId}, ${touch.key}, ${touch.try}, ${touch.runKey}, ${touch.stepKey}, ${touch.ordinal},
      ${touch.channel}, ${fromHash}, ${touch.toHash}, ${state}, ${hashSecret(attemptToken(keys.secretKey, attemptId))},
      at_ms(${at}), at_ms(${claimedRt}), at_ms(${claimedRt}), ${isOver ? null : tx`clock_timestamp()`},
      ${isOver ? tx`at_ms(${at})` : null}, ${input.policyVersionId}, ${JSON.stringify(permit)}::text::jsonb,
      ${JSON.stringify(content)}::text::jsonb)
    on conflict do nothing
    returning 1`;
  if (stored.length === 0) return false;
  await tx`
    insert into attempt_address (hash, attempt_id, channel, claimed_at)
    select hash, ${attemptId}, ${touch.channel}, at_ms(${at}) from contact_address where contact_id = ${frame.contactId}`;
  // As far as the limits allow: money that is spent can't be refused.
  const cost = expectedCost(frame, touch);
  if (await takeMoney(tx, frame, cost)) await tx`update attempt set cost_micros = ${cost} where id = ${attemptId}`;
  if (touch.commitmentId !== undefined)
    await tx`update commitment set attempt_id = ${attemptId} where id = ${touch.commitmentId}`;
  if (touch.channel === 'voice') await holdLine(tx, attemptId, frame);
  return true;
}

async function holdLine(
  tx: Tx,
  attemptId: string,
  { contactId, campaignId, lineGroupId, input }: PlannerFrame,
): Promise<void> {
  await tx`
    insert into open_call (hash, attempt_id)
    select a.hash, ${attemptId} from contact_address ca join address a on a.hash = ca.hash
    where ca.contact_id = ${contactId} and a.kind = 'phone'
    on conflict do nothing`;
  await tx`
    insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state)
    values (${attemptId}, ${input.enrollment.id}, ${campaignId}, ${lineGroupId}, 'bound')
    on conflict (attempt_id) do update set state = 'bound', expires_rt = null, freed_rt = null`;
}
