import { callsOf, endOf, hasSpoken, isUnresolved, nextTry, settlesSeries } from './attempts';
import { addressFor, type Candidate } from './candidate';
import type { Reason } from './decision';
import { MINUTE_MS } from './instant';
import { preCallMessages, type PreCall } from './message-candidates';
import type { CallPlan, Run } from './plan';
import type { AttemptView, PlannerInput } from './planner-input';
import { type PromiseToKeep, promisesToKeep } from './promises';
import { CALL_STEP, CALLBACK_STEP, PROMISES_RUN, touchKeyOf } from './touch-key';

/** The calls that the plan still has in store for one contact. */
export function callCandidates(input: PlannerInput): Candidate[] {
  if (input.enrollment.callsStoppedAt !== null) return [];
  const promises = promisesToKeep(input);
  const to = addressFor(input, 'voice', promises.length > 0 ? 'promised' : 'planned');
  if (to === null) return [];
  // A promise outranks retries, which wait until it is kept.
  if (promises.length > 0) return promises.map((promise) => callbackCandidate(promise, to.hash));
  if (input.policy.callsScheduledExternally === true) return [];
  return input.plan.runs.flatMap((run) => callOfRun(input, run, to.hash) ?? []);
}

/** Runs whose unanswered series can have no further attempt: spent here; "the run is over" is for the caller to find out. */
export function seriesOf(input: PlannerInput, run: Run): 'none' | 'going' | 'settled' | 'spent' {
  const calls = callsOf(input.attempts);
  return run.calls === undefined ? 'none' : seriesAmong(input, run, run.calls, calls, callsIn(run, calls));
}

function seriesAmong(
  input: PlannerInput,
  run: Run,
  { attempts }: CallPlan,
  calls: readonly AttemptView[],
  own: readonly AttemptView[],
): 'going' | 'settled' | 'spent' {
  if (settledBy(calls, run, own) || (input.policy.callsScheduledExternally === true && calls.some(settlesSeries)))
    return 'settled';
  return own.length >= attempts ? 'spent' : 'going';
}

function callsIn({ key }: Run, calls: readonly AttemptView[]): AttemptView[] {
  return calls.filter((call) => call.runKey === key);
}

/** S1-104: no call of this campaign reaches the contact any more, though messages may go on. */
export function areCallsOver(input: PlannerInput): boolean {
  const states = input.plan.runs.map((run) => seriesOf(input, run));
  if (states.every((state) => state === 'none')) return false;
  if (input.enrollment.callsStoppedAt !== null) return true;
  return input.commitments.length === 0 && !states.includes('going') && !input.attempts.some(isUnresolved);
}

/** Was somebody dialled in this run and nobody reached? */
export function isUnansweredSeries(input: PlannerInput, run: Run): boolean {
  const own = callsIn(run, callsOf(input.attempts));
  return own.length > 0 && !own.some(hasSpoken);
}

function settledBy(calls: readonly AttemptView[], run: Run, own: readonly AttemptView[]): boolean {
  const begunAt = own[0]?.claimedAt;
  return calls.some(
    (call) =>
      settlesSeries(call) &&
      (call.runKey === run.key || (call.runKey === PROMISES_RUN && begunAt !== undefined && call.claimedAt >= begunAt)),
  );
}

function callOfRun(input: PlannerInput, run: Run, toHash: string): Candidate | null {
  if (run.calls === undefined) return null;
  const calls = callsOf(input.attempts);
  const own = callsIn(run, calls);
  if (seriesAmong(input, run, run.calls, calls, own) !== 'going') return null;
  const ordinal = own.length + 1;
  const key = touchKeyOf(run.key, CALL_STEP, ordinal);
  const nth = nextTry(input.attempts, key);
  if (nth === null) return null;
  const preCall: PreCall = ordinal === 1 ? preCallMessages(input, run) : { kind: 'none' };
  if (preCall.kind === 'pending') return null;
  const spacing = spacingAfter(calls.at(-1), run.calls);
  const readyAt = preCall.kind === 'sent' ? preCall.callFromAt : input.enrollment.enrolledAt;
  return {
    key,
    run,
    runKey: run.key,
    stepKey: CALL_STEP,
    ordinal,
    channel: 'voice',
    try: nth,
    toHash,
    earliestAt: Math.max(readyAt, spacing?.fromAt ?? readyAt),
    reasons: [
      { code: 'retry', attempt: ordinal, of: run.calls.attempts },
      ...(spacing === null ? [] : [spacing.reason]),
      ...(preCall.kind === 'sent' ? [{ code: 'pre_call_message', fromAt: preCall.callFromAt } as const] : []),
    ],
  };
}

/** Spacing runs from the end of the last call of any run, by how that call ended. */
function spacingAfter(last: AttemptView | undefined, calls: CallPlan): { fromAt: number; reason: Reason } | null {
  if (last === undefined) return null;
  const minutes = spacingMinutes(last, calls);
  return { fromAt: endOf(last) + minutes * MINUTE_MS, reason: { code: 'spacing', minutes, after: last.disposition } };
}

function spacingMinutes({ disposition }: AttemptView, { spacingMinutes: spacing }: CallPlan): number {
  switch (disposition) {
    case 'busy':
      return spacing.busy ?? spacing.default;
    case 'no_answer':
      return spacing.noAnswer ?? spacing.default;
    case 'voicemail':
      return spacing.voicemail ?? spacing.default;
    case 'failed':
    case 'canceled':
      return spacing.failed ?? spacing.default;
    case 'answered':
      return spacing.unsuccessful ?? spacing.default;
    // Nobody knows how it ended.
    default:
      return spacing.default;
  }
}

function callbackCandidate({ commitment, ...touch }: PromiseToKeep, toHash: string): Candidate {
  const { id, ordinal, promisedAt } = commitment;
  return {
    ...touch,
    run: null,
    runKey: PROMISES_RUN,
    stepKey: CALLBACK_STEP,
    ordinal,
    channel: 'voice',
    toHash,
    earliestAt: promisedAt,
    reasons: [{ code: 'callback', promisedAt }],
    commitmentId: id,
  };
}
