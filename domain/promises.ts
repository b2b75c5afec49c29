import { nextTry } from './attempts';
import type { Commitment, PlannerInput } from './planner-input';
import { CALLBACK_STEP, PROMISES_RUN, touchKeyOf } from './touch-key';

/** A callback that was promised and can still be made. */
export interface PromiseToKeep {
  readonly commitment: Commitment;
  readonly key: string;
  readonly try: number;
}

/** One whose call was made, perhaps made or refused for good is left out: nothing waits for it any more. */
export function promisesToKeep({ attempts, commitments }: PlannerInput): PromiseToKeep[] {
  return commitments.flatMap((commitment) => {
    const key = touchKeyOf(PROMISES_RUN, CALLBACK_STEP, commitment.ordinal);
    const nth = nextTry(attempts, key);
    return nth === null ? [] : [{ commitment, key, try: nth }];
  });
}
