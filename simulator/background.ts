import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** What goes on after a request was answered: ringing phones, callbacks, people who think before they reply. */
export interface Background {
  /** Aborted by `reset` and `stop`. */
  readonly signal: AbortSignal;
  readonly busy: number;
  /** The promise resolves when the task is over, however it ended. */
  run(task: () => Promise<void>): Promise<void>;
  /** Rejects with an AbortError when the background is reset, stopped, or `signal` is aborted. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Waits for the promise to settle, but not longer than `ms`; never rejects. */
  atMost(ms: number, promise: Promise<unknown>): Promise<void>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
  /** Breaks off everything under way and waits until it is gone. */
  reset(): Promise<void>;
  /** Like `reset`, and rejects if any task ended by an error of its own. */
  stop(): Promise<void>;
}

export function createBackground(): Background {
  let controller = freshController();
  const tasks = new Set<Promise<void>>();
  const failures: unknown[] = [];

  async function idle(): Promise<void> {
    while (tasks.size > 0) await Promise.all(tasks);
  }

  async function reset(): Promise<void> {
    controller.abort();
    await idle();
    controller = freshController();
  }

  return {
    get signal() {
      return controller.signal;
    },
    get busy() {
      return tasks.size;
    },
    run(task) {
      const running = task()
        .catch((error: unknown) => {
          if (!isAbort(error)) failures.push(error);
        })
        .finally(() => tasks.delete(running));
      tasks.add(running);
      return running;
    },
    async pause(ms, signal = controller.signal) {
      await delay(ms, undefined, { signal });
    },
    async atMost(ms, promise) {
      const decided = new AbortController();
      const late = delay(ms, undefined, { signal: AbortSignal.any([decided.signal, controller.signal]) });
      await Promise.race([promise.catch(() => undefined), late.catch(() => undefined)]);
      decided.abort();
    },
    idle,
    reset,
    async stop() {
      await reset();
      if (failures.length > 0) throw new AggregateError(failures, 'tasks of the simulator failed');
    },
  };
}

/** By name: what Node itself throws need not be an instance of the Error class we see. */
export function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
}

function freshController(): AbortController {
  const controller = new AbortController();
  // Every ringing phone listens to it.
  setMaxListeners(0, controller.signal);
  return controller;
}
