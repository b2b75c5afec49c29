import { type PlanHistory, stepNameOf } from './plan-history';
import type { PlannerInput } from './planner-input';

/** Why a contact has no place in the campaign any more since it was edited (E-9, E-13), or null. */
export function leavingReason({ enrollment, planVersion }: PlannerInput): 'left_list' | 'step_removed' | null {
  if (enrollment.isDropped) return 'left_list';
  const { standing } = enrollment;
  if (standing === null) return null;
  return wasRemovedSince(planVersion.history, stepNameOf(standing.runKey, standing.stepKey), standing.version)
    ? 'step_removed'
    : null;
}

function wasRemovedSince({ removedIn }: PlanHistory, name: string, version: number): boolean {
  const number = removedIn[name];
  return number !== undefined && number > version;
}
