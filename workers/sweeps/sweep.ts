import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Sql } from '../../db/client';
import { tryAlone } from '../../db/sweeps/alone';

/** Work that belongs to no single contact: small, idempotent, bounded, and done by one process at a time unless it is shared. */
export interface Sweep {
  readonly name: string;
  readonly everyMs: number;
  /** Any number of processes may be at it at once: it sees to it itself who does what. */
  readonly isShared?: boolean;
  /** One bounded round; true asks for the next one at once. */
  round(): Promise<boolean>;
}

export interface RunningSweeps {
  stop(): Promise<void>;
}

/** Runs each sweep on its own beat until stopped. A failing round is logged and tried again at the next beat. */
export function runSweeps(sweeps: readonly Sweep[], { sql, log }: { sql: Sql; log: Logger }): RunningSweeps {
  const stopping = new AbortController();
  // Each of them listens while it pauses.
  setMaxListeners(sweeps.length, stopping.signal);
  const loops = sweeps.map((sweep) => loop(sweep, { sql, log, signal: stopping.signal }));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(sweep: Sweep, { sql, log, signal }: { sql: Sql; log: Logger; signal: AbortSignal }): Promise<void> {
  while (!signal.aborted) {
    const again = await roundOf(sweep, sql, log);
    if (!again) await pause(sweep.everyMs, signal);
  }
}

async function roundOf(sweep: Sweep, sql: Sql, log: Logger): Promise<boolean> {
  try {
    if (sweep.isShared === true) return await sweep.round();
    // Several bulk workers may run: whoever holds the sweep's lock does the round.
    return (await tryAlone(sql, sweep.name, () => sweep.round())) ?? false;
  } catch (error) {
    log.warn(
      { sweep: sweep.name, err: error instanceof Error ? { name: error.name, message: error.message } : {} },
      'a sweep failed',
    );
    return false;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
