import { areCallsOver } from '../domain/call-candidates';
import { decide } from '../domain/decide';
import type { Decision, Touch } from '../domain/decision';
import { explain } from '../domain/explain';
import type { Instant } from '../domain/instant';
import type { PlannerInput } from '../domain/planner-input';
import { closeCommitments } from './commitment';
import { inTransaction, type Sql, type Tx } from './client';
import { findOwnFacts, foldLeftovers } from './found-facts';
import { GRANT_SECONDS, PACE_SLACK_SECONDS } from './line';
import { reservePace } from './pace';
import { loadPlannerFrame, type PlannerFrame } from './planner-input';
import { recordTimeline } from './timeline';
import { attemptIdOf } from './tokens';

export interface StepAsk {
  readonly enrollmentId: string;
  readonly workflowRunId: string;
  readonly running: readonly string[];
}

export interface PendingExecution {
  readonly id: string;
  readonly kind: string;
}

export type StepOutcome =
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'decided';
      readonly decision: Decision;
      readonly now: Instant;
      readonly speed: number;
      /** Real milliseconds to wait for the sender's pace before the touch, 0 = none. */
      readonly paceMs: number;
      readonly attemptId: string | null;
      readonly executions: readonly PendingExecution[];
    };

const STATEMENT_TIMEOUT_MS = 1_500;
const LOCK_TIMEOUT_MS = 1_000;
const TRANSACTION_TIMEOUT_MS = 1_800;
/** Business time from a due touch to its claim. */
const CLAIM_WITHIN_MS = 120_000;

/** One wake of an enrollment: fold what was left, ask the planner, take or queue for a line, remember the answer. Safe to run again. */
export async function step(sql: Sql, ask: StepAsk): Promise<StepOutcome> {
  return inTransaction(sql, async (tx) => stepIn(tx, ask), {
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
    isUniform: true,
  });
}

async function stepIn(tx: Tx, ask: StepAsk): Promise<StepOutcome> {
  const { enrollmentId } = ask;
  const { isCurrent, seenEpoch, hasLeftovers } = await open(tx, ask);
  if (!isCurrent) return { kind: 'stale' };
  if (hasLeftovers) await foldLeftovers(tx, enrollmentId);
  const frame = await upToDate(tx, enrollmentId);
  const first = decide(frame.input);
  if (first.kind === 'finish') await endRow(tx, frame, first);
  const paceMs = first.kind === 'touch' ? await paceOf(tx, frame, first.touch) : 0;
  // A line is mostly free: what comes of having it is worked out before, so that nobody waits for that.
  const hoped = first.kind === 'queue' ? decide({ ...frame.input, line: 'granted' } satisfies PlannerInput) : first;
  const { hasLine, executions } = await close(tx, ask, { frame, seenEpoch, paceMs, first, hoped });
  const decision = first.kind === 'queue' && !hasLine ? first : hoped;
  const touch = decision.kind === 'touch' ? decision.touch : null;
  return {
    kind: 'decided',
    decision,
    now: frame.input.now,
    speed: frame.speed,
    paceMs,
    attemptId: touch === null ? null : attemptIdFor(enrollmentId, touch),
    // While the installation is locked for recovery nothing leaves the machine.
    executions: frame.input.isLocked === true ? [] : executions,
  };
}

interface Opened {
  /** False for a workflow run that another has followed. */
  readonly isCurrent: boolean;
  readonly seenEpoch: number | null;
  readonly hasLeftovers: boolean;
}

async function open(tx: Tx, { enrollmentId, workflowRunId }: StepAsk): Promise<Opened> {
  const [opened] = await tx<Opened[]>`select * from open_step(${enrollmentId}, ${workflowRunId})`;
  if (opened === undefined) throw new Error('a step was not opened');
  return opened;
}

async function upToDate(tx: Tx, enrollmentId: string): Promise<PlannerFrame> {
  const frame = await loadPlannerFrame(tx, enrollmentId, 'none');
  return (await findOwnFacts(tx, frame.input)) ? loadPlannerFrame(tx, enrollmentId, 'none') : frame;
}

async function paceOf(tx: Tx, frame: PlannerFrame, touch: Touch): Promise<number> {
  return reservePace(tx, {
    enrollmentId: frame.input.enrollment.id,
    sender: touch.channel,
    reservation: `${touch.key}#${touch.try}`,
    perSecond: frame.messagesPerSecond,
  });
}

async function endRow(tx: Tx, { input }: PlannerFrame, finish: Decision & { kind: 'finish' }): Promise<void> {
  if (input.enrollment.state !== 'open') return;
  const { reason } = finish;
  const enrollmentId = input.enrollment.id;
  await tx`
    update enrollment set state = 'ended', reason = ${reason}, ended_at = at_ms(${input.now})
    where id = ${enrollmentId} and state = 'open'`;
  await closeCommitments(tx, { enrollmentId, state: 'broken', reason, keptBy: null, actor: 'system', at: input.now });
  await recordTimeline(tx, {
    enrollmentId,
    kind: 'contact_status_changed',
    data: { status: 'completed', reason, why: explain(finish) },
    actor: 'system',
    at: input.now,
  });
}

/** When the row has to be heard of again. A touch is claimed soon, or whoever was told to do so is lost. */
function dueAtOf(decision: Decision, { input, speed }: PlannerFrame, paceMs: number): Instant | null {
  if (decision.kind === 'finish') return null;
  if (decision.kind !== 'touch') return decision.askAt;
  return Math.min(decision.askAt, input.now + paceMs * speed + CLAIM_WITHIN_MS);
}

interface Answer {
  readonly frame: PlannerFrame;
  readonly seenEpoch: number | null;
  readonly paceMs: number;
  /** Without a line. */
  readonly first: Decision;
  /** With one in hand, where one is wanted. */
  readonly hoped: Decision;
}

interface Closed {
  readonly hasLine: boolean;
  readonly executions: PendingExecution[];
}

/** Remembers the answer, and takes or queues for a line where one is wanted: whatever follows would hold the lock that everybody wants. */
async function close(
  tx: Tx,
  { enrollmentId, running }: StepAsk,
  { frame, seenEpoch, paceMs, first, hoped }: Answer,
): Promise<Closed> {
  const { campaignId, lineGroupId } = frame;
  const { concurrencyLimit, callsPerMinute } = frame.input.policy;
  const wanted = first.kind === 'queue' ? first.touch : null;
  const [closed] = await tx<Closed[]>`
    select * from close_step(${enrollmentId}, ${[...running]}::uuid[], ${seenEpoch ?? 0}, ${areCallsOver(frame.input)}, ${first.kind === 'finish'},
      ${JSON.stringify(hoped)}, at_ms(${dueAtOf(hoped, frame, paceMs)}), ${JSON.stringify(first)}, at_ms(${dueAtOf(first, frame, paceMs)}),
      ${wanted === null ? null : attemptIdFor(enrollmentId, wanted)}, ${campaignId}, ${lineGroupId}, ${concurrencyLimit}, ${callsPerMinute},
      ${PACE_SLACK_SECONDS}, ${GRANT_SECONDS}, ${wanted?.key ?? null}, ${wanted?.commitmentId !== undefined},
      at_ms(${wanted?.untilAt ?? null}))`;
  if (closed === undefined) throw new Error('a step was not closed');
  return closed;
}

function attemptIdFor(enrollmentId: string, touch: Touch): string {
  return attemptIdOf(enrollmentId, touch.key, touch.try);
}
