import type { Background } from './background';
import type { BusinessClock } from './business-clock';

/** What will happen after so much business time, which may stand still, race or jump. */
export interface Agenda {
  after(businessMs: number, task: () => Promise<unknown>): Promise<void>;
  /** Runs what has fallen due, in the order of its time, and waits for it; true if there was anything. */
  catchUp(): Promise<boolean>;
  nextAt(): number | null;
  clear(): void;
}

interface Appointment {
  readonly at: number;
  readonly task: () => Promise<unknown>;
}

const LOOK_EVERY_MS = 200;

/** Whoever waits here doesn't count as busy: nobody could wait for a clock that stands still. */
export function createAgenda(clock: BusinessClock, background: Background): Agenda {
  let appointments: Appointment[] = [];
  let timer: NodeJS.Timeout | undefined;

  function lookAgain(): void {
    clearTimeout(timer);
    timer = appointments.length === 0 ? undefined : setTimeout(() => void catchUp(), LOOK_EVERY_MS).unref();
  }

  async function catchUp(): Promise<boolean> {
    if (appointments.length === 0) return false;
    const now = await clock.read();
    const due = appointments.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at);
    appointments = appointments.filter(({ at }) => at > now);
    lookAgain();
    await background.run(async () => {
      for (const { task } of due) await task();
    });
    return due.length > 0;
  }

  return {
    async after(businessMs, task) {
      const now = await clock.read();
      // Only now: the list may have been another one before the clock was read.
      appointments = [...appointments, { at: now + businessMs, task }];
      lookAgain();
    },
    catchUp,
    nextAt: () => (appointments.length === 0 ? null : Math.min(...appointments.map(({ at }) => at))),
    clear() {
      appointments = [];
      lookAgain();
    },
  };
}
