import { setTimeout as delay } from 'node:timers/promises';

export interface BusinessClock {
  /** Epoch milliseconds of business time, read at the source after this call began. */
  read(): Promise<number>;
}

const PATIENCE_MS = 2000;

/**
 * Reads the business clock at its source for every entry, at most one query at a time: whoever asks while one is
 * under way shares the next one, because the answer of the running one may be older than what the asker just saw.
 * While the source is out of reach the last reading stands in, so that a restarting database loses no entry.
 */
export function createBusinessClock(source: () => Promise<number>): BusinessClock {
  let last: number | null = null;
  let running: Promise<number> | null = null;
  let next: Promise<number> | null = null;

  async function ask(): Promise<number> {
    try {
      last = await within(PATIENCE_MS, source());
    } catch (error) {
      if (last === null) throw error;
    }
    return last;
  }

  function start(): Promise<number> {
    const asked = ask().finally(() => {
      if (running === asked) running = null;
    });
    running = asked;
    return asked;
  }

  async function startAfter(previous: Promise<number>): Promise<number> {
    await previous.catch(() => undefined);
    next = null;
    return start();
  }

  return {
    read() {
      if (running === null && next === null) return start();
      next ??= startAfter(running ?? Promise.resolve(0));
      return next;
    },
  };
}

async function within(ms: number, answer: Promise<number>): Promise<number> {
  const patience = new AbortController();
  const tooLate = delay(ms, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`the business clock gave no answer within ${ms} ms`);
  });
  // The loser of the race may still fail; it has been answered for.
  tooLate.catch(() => undefined);
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    patience.abort();
  }
}
