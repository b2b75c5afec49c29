import { endOf, hasResult, isSpent, nextTry } from './attempts';
import { addressFor, barOfTouch, type Candidate } from './candidate';
import { missingConsent } from './consent';
import { callsOfRun } from './external-schedule';
import { localDateOf, plainLocalToInstant } from './local-time';
import { MINUTE_MS, type Instant } from './instant';
import { place } from './placement';
import type { CallResult, PlannedMessage, Run } from './plan';
import { cameInAt, type PlanHistory, stepNameOf } from './plan-history';
import { homeZoneOf, hoursOf, notBeforeRun } from './planner-hours';
import type { AttemptView, PlannerInput } from './planner-input';
import { promisesToKeep } from './promises';
import { minuteOf } from './slots';
import { CALL_STEP, touchKeyOf } from './touch-key';

/** The messages that the plan still has in store for one contact. */
export function messageCandidates(input: PlannerInput): Candidate[] {
  if (input.enrollment.messagesStoppedAt !== null) return [];
  return input.plan.runs.flatMap((run) => run.messages.flatMap((message) => candidatesOf(input, run, message)));
}

/** What stands between a contact and the first call of a run. */
export type PreCall =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'sent'; readonly callFromAt: Instant };

/** S0-70, K-14: a call waits for its text ahead and then for the text's delay; a text that can't be sent is no reason not to call. */
export function preCallMessages(input: PlannerInput, run: Run): PreCall {
  let callFromAt: Instant | null = null;
  for (const message of run.messages) {
    if (message.when.kind !== 'before_call') continue;
    const key = touchKeyOf(run.key, message.key, 1);
    const sent = input.attempts.find((attempt) => attempt.touchKey === key && isSpent(attempt));
    if (sent !== undefined)
      callFromAt = Math.max(callFromAt ?? 0, sent.claimedAt + message.when.delayMinutes * MINUTE_MS);
    else if (canBeSent(input, run, message)) return { kind: 'pending' };
  }
  return callFromAt === null ? { kind: 'none' } : { kind: 'sent', callFromAt };
}

function canBeSent(input: PlannerInput, run: Run, message: PlannedMessage): boolean {
  if (input.enrollment.messagesStoppedAt !== null) return false;
  return candidatesOf(input, run, message).some((candidate) => place(input, candidate) !== null);
}

interface Moment {
  readonly ordinal: number;
  readonly earliestAt: Instant;
  /** How the call ended that it follows. */
  readonly after?: string;
}

function candidatesOf(input: PlannerInput, run: Run, message: PlannedMessage): Candidate[] {
  const to = addressFor(input, message.channel);
  if (to === null) return [];
  // What comes only once, and has come, needs no instant.
  if (message.when.kind !== 'after_call' && nextTry(input.attempts, touchKeyOf(run.key, message.key, 1)) === null)
    return [];
  return momentsOf(input, run, message).flatMap(({ ordinal, earliestAt, after }) => {
    const key = touchKeyOf(run.key, message.key, ordinal);
    const nth = nextTry(input.attempts, key);
    if (nth === null) return [];
    return {
      key,
      run,
      runKey: run.key,
      stepKey: message.key,
      ordinal,
      channel: message.channel,
      try: nth,
      toHash: to.hash,
      earliestAt,
      reasons: [
        {
          code: message.when.kind === 'at' ? 'scheduled' : 'message_delay',
          step: message.key,
          ...(after === undefined ? {} : { after }),
        },
      ],
    };
  });
}

/** When the message falls due, once for each time that it does. */
function momentsOf(input: PlannerInput, run: Run, message: PlannedMessage): Moment[] {
  const cameAt = cameInAt(input.planVersion.history, stepNameOf(run.key, message.key));
  const moments = plannedMoments(input, run, message);
  // E-7: what came into the plan behind somebody's place is not for them. The text ahead of a call has its place before it.
  if (cameAt === null || input.enrollment.enrolledAt >= cameAt || message.when.kind === 'before_call') return moments;
  return moments.filter(({ earliestAt }) => earliestAt >= cameAt);
}

function plannedMoments(input: PlannerInput, run: Run, { key, when, channel }: PlannedMessage): Moment[] {
  if (when.kind === 'after_call') return momentsAfterCalls(input, run, key, when);
  // A run that came in later begins then for those who were there.
  const enrolledAt = Math.max(input.enrollment.enrolledAt, cameInAt(input.planVersion.history, run.key) ?? 0);
  switch (when.kind) {
    case 'before_call':
      return wantsFirstCall(input, run) ? [{ ordinal: 1, earliestAt: enrolledAt }] : [];
    case 'after_start': {
      const opening = hoursOf(input, run, channel).next(notBeforeRun(input, run, enrolledAt));
      if (opening === null) return [];
      return [{ ordinal: 1, earliestAt: Math.max(enrolledAt, opening.opensAt) + when.delayMinutes * MINUTE_MS }];
    }
    case 'at': {
      const zone = homeZoneOf(input.contact);
      // Too late for somebody who came in on a later day.
      if (localDateOf(zone, enrolledAt) > when.on) return [];
      return [{ ordinal: 1, earliestAt: plainLocalToInstant(zone, when.on, minuteOf(when.time)) }];
    }
  }
}

function momentsAfterCalls(
  input: PlannerInput,
  run: Run,
  key: string,
  { results, repeat, delayMinutes }: PlannedMessage['when'] & { kind: 'after_call' },
): Moment[] {
  const ended = endedCalls(input, run);
  if (ended.length === 0) return [];
  const former = input.planVersion.history.formerResults[stepNameOf(run.key, key)] ?? [];
  const matching = ended.filter((call) => hasResult(call, resultsFor(call, former) ?? results));
  const chosen = repeat === 'each' ? matching : firstUnlessSent(input, run, key, matching);
  return chosen.map((call) => ({
    ordinal: call.ordinal,
    earliestAt: endOf(call) + delayMinutes * MINUTE_MS,
    after: call.outcome ?? call.disposition ?? 'unknown',
  }));
}

/** E-11: whoever is past the branch stays on their side of it. */
function resultsFor(
  call: AttemptView,
  former: PlanHistory['formerResults'][string],
): readonly CallResult[] | undefined {
  return former.find(({ untilAt }) => endOf(call) < untilAt)?.results;
}

/** Once is once, even if a correction makes another call the first that matches. */
function firstUnlessSent(
  { attempts }: PlannerInput,
  run: Run,
  stepKey: string,
  matching: AttemptView[],
): AttemptView[] {
  const wasSent = attempts.some(
    (attempt) => attempt.runKey === run.key && attempt.stepKey === stepKey && isSpent(attempt),
  );
  return wasSent ? [] : matching.slice(0, 1);
}

/** A text ahead of a call makes sense only while the first call of its run comes next. */
function wantsFirstCall(input: PlannerInput, run: Run): boolean {
  if (input.policy.callsScheduledExternally === true) return false;
  const to = addressFor(input, 'voice');
  if (to === null || input.enrollment.callsStoppedAt !== null || promisesToKeep(input).length > 0) return false;
  if (barOfTouch(input, { channel: 'voice', toHash: to.hash }) !== null) return false;
  if (missingConsent(input, { run, stepKey: CALL_STEP, channel: 'voice' }) !== null) return false;
  return !input.attempts.some(
    (attempt) => attempt.runKey === run.key && attempt.channel === 'voice' && isSpent(attempt),
  );
}

function endedCalls(input: PlannerInput, run: Run): AttemptView[] {
  return callsOfRun(input, run).filter(({ state }) => state === 'ended' || state === 'unknown_final');
}
