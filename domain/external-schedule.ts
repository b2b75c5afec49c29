import { callsOf, settlesSeries } from './attempts';
import { addressFor } from './candidate';
import { localDateOf } from './local-time';
import type { Run } from './plan';
import { homeZoneOf } from './planner-hours';
import type { AttemptView, PlannerInput } from './planner-input';
import { PROMISES_RUN } from './touch-key';

/**
 * K-8, calls that are scheduled elsewhere: each is ordered from outside as a callback at an instant, and is placed by us within
 * law, caps and lines. The plan's runs say how the calls are made and what follows them, never when they come.
 */

/** May the outside still order a call of this contact? Until the last run with calls is over, or the person was reached. */
export function awaitsOrder(input: PlannerInput): boolean {
  const { attempts, contact, enrollment, plan, policy } = input;
  if (policy.callsScheduledExternally !== true || enrollment.callsStoppedAt !== null) return false;
  if (addressFor(input, 'voice') === null || callsOf(attempts).some(settlesSeries)) return false;
  const today = localDateOf(homeZoneOf(contact), input.now);
  return plan.runs.some(({ calls, endsOn }) => calls !== undefined && (endsOn === null || today <= endsOn));
}

/** The calls that count as the run's own: those that were ordered from outside belong to the runs of their day. */
export function callsOfRun({ attempts, contact, policy }: PlannerInput, run: Run): AttemptView[] {
  return callsOf(attempts).filter(
    (call) =>
      call.runKey === run.key ||
      (policy.callsScheduledExternally === true &&
        call.runKey === PROMISES_RUN &&
        isOnDayOf(run, homeZoneOf(contact), call)),
  );
}

function isOnDayOf({ calls, startsOn, endsOn }: Run, zone: string, { claimedAt }: AttemptView): boolean {
  const day = localDateOf(zone, claimedAt);
  return calls !== undefined && day >= startsOn && (endsOn === null || day <= endsOn);
}
