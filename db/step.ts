import { areCallsOver } from '../domain/call-candidates';
import { decide } from '../domain/decide';
import type { Decision, Touch } from '../domain/decision';
import type { Instant } from '../domain/instant';
import type { PlannerInput } from '../domain/planner-input';
import { closeCommitments } from './commitment';
import { inTransaction, type Sql, type Tx } from './client';
import { lockEnrollment } from './enrollment';
import { findOwnFacts, foldLeftovers } from './found-facts';
import { hasGrantedLine, leaveQueue, queueForLine, takeFreeLine } from './line';
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
  });
}

async function stepIn(tx: Tx, ask: StepAsk): Promise<StepOutcome> {
  const { enrollmentId } = ask;
  const [epoch] = await tx<{ epoch: number }[]>`
    select c.epoch from enrollment e join campaign c on c.id = e.campaign_id where e.id = ${enrollmentId}`;
  await lockEnrollment(tx, enrollmentId);
  if (!(await makeCurrent(tx, ask))) return { kind: 'stale' };
  await foldLeftovers(tx, enrollmentId);
  const frame = await upToDate(tx, enrollmentId);
  const first = decide(frame.input);
  await leaveQueue(tx, enrollmentId, first.kind === 'queue' ? { keep: attemptIdFor(enrollmentId, first.touch) } : {});
  if (first.kind === 'finish') await endRow(tx, frame, first.reason);
  const paceMs = first.kind === 'touch' ? await paceOf(tx, frame, first.touch) : 0;
  const executions = await pendingExecutions(tx, ask);
  await tx`update fact set seen_rt = clock_timestamp() where enrollment_id = ${enrollmentId} and wakes and seen_rt is null`;
  const decision = first.kind === 'queue' ? await withLine(tx, frame, first) : first;
  await remember(tx, ask, {
    decision,
    dueAt: dueAtOf(decision, frame, paceMs),
    epoch: epoch?.epoch ?? 0,
    callsOver: areCallsOver(frame.input),
  });
  const touch = decision.kind === 'touch' ? decision.touch : null;
  return {
    kind: 'decided',
    decision,
    now: frame.input.now,
    speed: frame.speed,
    paceMs,
    attemptId: touch === null ? null : attemptIdFor(enrollmentId, touch),
    executions,
  };
}

/** The first step of a workflow run that was never seen makes that run current; a run that another has followed is stale. */
async function makeCurrent(tx: Tx, { enrollmentId, workflowRunId }: StepAsk): Promise<boolean> {
  const fresh = await tx`
    insert into enrollment_run (workflow_run_id, enrollment_id) values (${workflowRunId}, ${enrollmentId})
    on conflict do nothing returning 1`;
  if (fresh.length > 0) {
    await tx`update enrollment set run_id = ${workflowRunId} where id = ${enrollmentId}`;
    return true;
  }
  const current = await tx`select 1 from enrollment where id = ${enrollmentId} and run_id = ${workflowRunId}`;
  return current.length > 0;
}

async function upToDate(tx: Tx, enrollmentId: string): Promise<PlannerFrame> {
  const frame = await loadPlannerFrame(tx, enrollmentId, 'none');
  return (await findOwnFacts(tx, frame.input)) ? loadPlannerFrame(tx, enrollmentId, 'none') : frame;
}

/** A due call takes its line here if it can; the planner is asked once more with it in hand. */
async function withLine(tx: Tx, frame: PlannerFrame, queued: Decision & { kind: 'queue' }): Promise<Decision> {
  const { input, campaignId, lineGroupId } = frame;
  const ask = {
    enrollmentId: input.enrollment.id,
    attemptId: attemptIdFor(input.enrollment.id, queued.touch),
    campaignId,
    lineGroupId,
    concurrencyLimit: input.policy.concurrencyLimit,
    callsPerMinute: input.policy.callsPerMinute,
  };
  if ((await hasGrantedLine(tx, ask.attemptId)) || (await takeFreeLine(tx, ask))) {
    await leaveQueue(tx, ask.enrollmentId, { keepGrantOf: ask.attemptId });
    return decide({ ...input, line: 'granted' } satisfies PlannerInput);
  }
  const { touch } = queued;
  await queueForLine(tx, {
    ...ask,
    touchKey: touch.key,
    commitment: touch.commitmentId !== undefined,
    eligibleUntilAt: touch.untilAt,
  });
  return queued;
}

async function paceOf(tx: Tx, frame: PlannerFrame, touch: Touch): Promise<number> {
  return reservePace(tx, {
    enrollmentId: frame.input.enrollment.id,
    sender: touch.channel,
    reservation: `${touch.key}#${touch.try}`,
    perSecond: frame.messagesPerSecond,
  });
}

async function endRow(tx: Tx, { input }: PlannerFrame, reason: string): Promise<void> {
  if (input.enrollment.state !== 'open') return;
  const enrollmentId = input.enrollment.id;
  await tx`
    update enrollment set state = 'ended', reason = ${reason}, ended_at = at_ms(${input.now})
    where id = ${enrollmentId} and state = 'open'`;
  await closeCommitments(tx, { enrollmentId, state: 'broken', reason, keptBy: null, actor: 'system', at: input.now });
  await recordTimeline(tx, {
    enrollmentId,
    kind: 'contact_status_changed',
    data: { status: 'completed', reason },
    actor: 'system',
    at: input.now,
  });
}

async function pendingExecutions(tx: Tx, { enrollmentId, running }: StepAsk): Promise<PendingExecution[]> {
  return tx<PendingExecution[]>`
    select id, kind from execution
    where enrollment_id = ${enrollmentId} and state = 'pending' and held_rt is null and not (id = any(${[...running]}::uuid[]))
    order by seq`;
}

interface Answer {
  readonly decision: Decision;
  readonly dueAt: Instant | null;
  readonly epoch: number;
  readonly callsOver: boolean;
}

/** When the row has to be heard of again. A touch is claimed soon, or whoever was told to do so is lost. */
function dueAtOf(decision: Decision, { input, speed }: PlannerFrame, paceMs: number): Instant | null {
  if (decision.kind === 'finish') return null;
  if (decision.kind !== 'touch') return decision.askAt;
  return Math.min(decision.askAt, input.now + paceMs * speed + CLAIM_WITHIN_MS);
}

/** `wants_workflow` falls only when nothing is left that a workflow has to do. */
async function remember(
  tx: Tx,
  { enrollmentId }: StepAsk,
  { decision, dueAt, epoch, callsOver }: Answer,
): Promise<void> {
  await tx`
    update enrollment set decision = ${JSON.stringify(decision)}::text::jsonb, due_at = at_ms(${dueAt}), epoch = ${epoch}, calls_over = ${callsOver},
      steps = steps + 1, stepped_rt = clock_timestamp(), started_rt = coalesce(started_rt, clock_timestamp()),
      not_before_at = case when not_before_at <= app_now() then null else not_before_at end,
      wants_workflow = ${decision.kind !== 'finish'} or exists (
        select 1 from execution where enrollment_id = ${enrollmentId} and state = 'pending')
    where id = ${enrollmentId}`;
}

function attemptIdFor(enrollmentId: string, touch: Touch): string {
  return attemptIdOf(enrollmentId, touch.key, touch.try);
}
