import type { Sql } from '../../db/client';
import { forgetForecasts } from '../../db/forecast';
import { ForecastWork } from '../../db/forecast-work';
import type { Sweep } from './sweep';

/** A round only looks after the work that is under way beside it. */
const LOOK_MS = 500;
/** The sweeps have been stopped when no round has come for so long. */
const SILENCE_MS = 10_000;

/** Forecasts that were too large to be answered at once: one at a time in each bulk worker, in slices between all other work. */
export function forecasts({ sql }: { readonly sql: Sql }): Sweep {
  let work: Promise<void> | null = null;
  let failure: Error | null = null;
  let lookedMs = 0;
  return {
    name: 'forecasts',
    everyMs: 1_000,
    async round() {
      lookedMs = performance.now();
      await throwFailure();
      if (work === null) await begin();
      if (work === null) return (await forgetForecasts(sql)) > 0;
      await Promise.race([work, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
      return true;
    },
  };

  async function begin(): Promise<void> {
    const taken = await ForecastWork.take(sql);
    if (taken === null) return;
    work = taken
      .run(() => performance.now() - lookedMs < SILENCE_MS)
      .catch((error: unknown) => void (failure = asError(error)))
      .finally(() => void (work = null));
  }

  /** The next round says what became of the work; whoever comes first takes it over. */
  async function throwFailure(): Promise<void> {
    const error = failure;
    failure = null;
    if (error !== null) throw error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
