import type { Instant } from './instant';
import type { CallResult } from './plan';
import type { AttemptView } from './planner-input';

/** Questions about the attempts of one enrollment. */

/** Nobody knows yet how it ends: nothing else may be begun meanwhile. */
export function isUnresolved({ state, channel }: Pick<AttemptView, 'state' | 'channel'>): boolean {
  return state === 'claimed' || state === 'unknown' || (state === 'accepted' && channel === 'voice');
}

/** It reached the provider, or may have: it counts against the plan and against every cap. */
export function isSpent({ state }: Pick<AttemptView, 'state'>): boolean {
  return state !== 'not_sent';
}

/** A person was on the line. */
export function wasAnswered({ disposition }: Pick<AttemptView, 'disposition'>): boolean {
  return disposition === 'answered';
}

/** Answered, over, and the agent has not said yet what came of it. */
export function awaitsTag(attempt: AttemptView): boolean {
  return attempt.state === 'ended' && wasAnswered(attempt) && attempt.outcome === null;
}

/** Reached for good: an answered call after which a retry would be a second call at the same person. */
export function settlesSeries(attempt: AttemptView): boolean {
  return wasAnswered(attempt) && attempt.outcome !== 'unsuccessful';
}

/** The agent's tag was acted upon when it came (S0-19), so the series has nothing left to say about the person. */
export function hasSpoken({ disposition, outcome }: AttemptView): boolean {
  return disposition === 'answered' || (disposition === 'voicemail' && outcome === 'unsuccessful');
}

/** Does the ended call have one of the results that a message asks for? */
export function hasResult(call: AttemptView, results: readonly CallResult[]): boolean {
  return results.some((result) => {
    if (result === 'any') return true;
    if (result === 'unanswered') return !wasAnswered(call);
    if (result === 'voicemail') return call.disposition === 'voicemail';
    return call.outcome === result;
  });
}

/** The next try of a touch, or null when the touch is done, under way or refused for good. */
export function nextTry(attempts: readonly AttemptView[], touchKey: string): number | null {
  const tries = attempts.filter((attempt) => attempt.touchKey === touchKey);
  if (tries.some((attempt) => isSpent(attempt) || !attempt.retryable)) return null;
  return tries.length < MAX_TRIES ? tries.length + 1 : null;
}

/** A touch that the provider refused this often without a word of finality is given up. */
const MAX_TRIES = 20;

/** When the attempt was over, as far as spacing is concerned. */
export function endOf(attempt: AttemptView): Instant {
  return attempt.endedAt ?? attempt.claimedAt;
}

/** Calls that have used up their touch: made, perhaps made, or refused for good. */
export function callsOf(attempts: readonly AttemptView[]): AttemptView[] {
  return attempts.filter((attempt) => attempt.channel === 'voice' && (isSpent(attempt) || !attempt.retryable));
}
