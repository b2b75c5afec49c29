import { setTimeout as delay } from 'node:timers/promises';

// Patience, and no measure: a busy machine takes long, and what never comes is found out all the same.
const WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 20;

/** Waits until the question is answered with something true, and answers that; fails with the last answer in words. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  withinMs = WITHIN_MS,
  everyMs = LOOK_EVERY_MS,
): Promise<T> {
  let failure: unknown = null;
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(everyMs)) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      failure = null;
    } catch (error) {
      failure = error;
    }
  }
  throw new Error(`not within ${withinMs} ms: ${what}${failure instanceof Error ? ` (${failure.message})` : ''}`);
}
