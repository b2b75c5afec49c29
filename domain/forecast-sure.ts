import type { Decision, ReasonCode, Touch } from './decision';
import type { Instant } from './instant';
import { solicitsOn } from './number-rules';
import type { PlannerInput } from './planner-input';
import type { Policy } from './policy';
import type { Spending } from './spend';

/** What spares the planner questions to which the answer is known. Each is held against the planner itself by a test. */

/** A touch and the instant at which it is due, as long as the money is what it was. */
export interface Planned {
  readonly touch: Touch;
  readonly at: Instant;
  readonly spending: Spending;
}

/** A call that wants a line, and until when it is the one that is made with it. */
export interface Asked extends Planned {
  readonly until: Instant;
}

export function stands({ at, until, spending }: Asked, now: Instant, money: Spending): boolean {
  return spending === money && (at === now || now < until);
}

/** Is the call, once it is due, due until the planner wants to be asked again? Not where it avoids an hour that may begin, or where what a solicitation rests on may end. */
export function isSteady(
  { runKey, channel }: Touch,
  setting: Pick<PlannerInput, 'plan' | 'policy' | 'planVersion'>,
): boolean {
  if (solicitsOn(setting, channel)) return false;
  return setting.plan.runs.find(({ key }) => key === runKey)?.calls?.avoidFailedHour !== true;
}

/** Reasons that move a touch to one instant and not, at that instant, to a later one. */
const STEADY: ReadonlySet<ReasonCode> = new Set([
  'retry',
  'spacing',
  'message_delay',
  'pre_call_message',
  'scheduled',
  'callback',
  'outside_hours',
  'opening_jitter',
]);

/** The touch that a contact waits for, if asking again at its instant would say the same; null = it might not. */
export function sureOf(decision: Decision, spending: Spending): Planned | null {
  if (decision.kind !== 'wait' || decision.touch === undefined || decision.keptWait !== undefined) return null;
  if (!decision.reasons.every(({ code }) => STEADY.has(code))) return null;
  return { touch: decision.touch, at: decision.askAt, spending };
}

const STOPS: ReadonlySet<string> = new Set(['stop_calls', 'stop_messaging', 'stop_campaign']);

/** Does the end of an unanswered series change anything for a contact? Notes and statuses in a CRM don't. */
export function hearsOfSeries({ rules }: Policy): boolean {
  return rules.some(
    ({ when, then }) =>
      when.trigger === 'call_outcome' && when.outcome === 'unsuccessful' && then.some(({ kind }) => STOPS.has(kind)),
  );
}
