import type { Sql } from '../db/client';
import { step as stepInDatabase, type PendingExecution, type StepOutcome } from '../db/step';
import type { Decision } from '../domain/decision';
import { explain } from '../domain/explain';
import { toIso, type Instant } from '../domain/instant';
import type { OrderedExecution, StepActivities, StepInput, StepResult, TouchOrder } from './contract';

/** Under a frozen clock nothing falls due by itself; whoever moves the clock wakes the sleepers. */
const FROZEN_WAIT_MS = 3_600_000;
const STALE: StepResult = {
  decision: 'stale',
  dueAt: null,
  waitMs: null,
  dial: null,
  deliver: null,
  executions: [],
  summary: 'another run lives this row',
};

/** One wake of an enrollment. Database only: nothing that leaves the machine is ever in here. */
export function createStep({ sql }: { sql: Sql }): StepActivities {
  return {
    async step({ enrollmentId, workflowRunId, running }: StepInput): Promise<StepResult> {
      const outcome = await stepInDatabase(sql, { enrollmentId, workflowRunId, running: running.filter(isUuid) });
      return outcome.kind === 'stale' ? STALE : toResult(enrollmentId, running, outcome);
    },
  };
}

function toResult(
  enrollmentId: string,
  running: readonly string[],
  outcome: StepOutcome & { kind: 'decided' },
): StepResult {
  const { decision, now, speed, paceMs, attemptId, executions } = outcome;
  const begins = decision.kind === 'touch' && attemptId !== null && paceMs === 0 && !running.includes(attemptId);
  const order: TouchOrder | null =
    begins && decision.kind === 'touch'
      ? { enrollmentId, attemptId, touchKey: decision.touch.key, try: decision.touch.try }
      : null;
  const voice = decision.kind === 'touch' && decision.touch.channel === 'voice';
  return {
    decision: decision.kind,
    dueAt: decision.kind === 'finish' ? null : toIso(decision.askAt),
    waitMs: paceMs > 0 ? paceMs : waitMs(decision, now, speed),
    dial: voice ? order : null,
    deliver: voice ? null : order,
    executions: executions.map(toOrder),
    summary: explain(decision),
  };
}

/** Who waits for somebody's word has a guard in the database; only a wait for an instant gets a timer. */
function waitMs(decision: Decision, now: Instant, speed: number): number | null {
  if (decision.kind !== 'wait' && decision.kind !== 'hold') return null;
  if (decision.reasons.some(({ code }) => code === 'awaiting_tag' || code === 'reply_unread')) return null;
  if (speed === 0) return FROZEN_WAIT_MS;
  return Math.max(1, Math.ceil((decision.askAt - now) / speed));
}

function toOrder({ id, kind }: PendingExecution): OrderedExecution {
  return { id, queue: kind === 'classify' ? 'classify' : 'crm' };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isUuid(text: string): boolean {
  return UUID.test(text);
}
