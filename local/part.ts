import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from './child';

/** One of our own programs, run as a process of its own, as on a server. */
export interface PartPlan {
  readonly name: string;
  /** Below the compiled program, such as `api/main.js`. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** It is up when this address answers with success; without one, as soon as it runs. */
  readonly readyUrl?: string;
  readonly logFile: string;
  readonly tell: (line: string) => void;
  /** Breaks the starting off; from then on the part is not started again either. */
  readonly signal: AbortSignal;
}

export interface Part {
  /** Answers when the part ended too often to be started again, with its last words. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** More often than this within a minute it is not worth starting again. */
export const MOST_RESTARTS = 5;
const RESTARTS_WITHIN_MS = 60_000;

/** Starts a part and keeps it up: one that ends without being asked to is started again. */
export async function startPart(plan: PartPlan): Promise<Part> {
  let child = await launch(plan);
  await becomesReady(plan, child).catch(async (error: unknown) => {
    await child.stop();
    throw error;
  });
  let isStopping = false;
  const keptUp = keepUp();
  // An error of ours, such as a program that is gone, is an end as well.
  const broken = keptUp.then(waitForGood, (error: unknown) => `the ${plan.name}: ${String(error)}`);

  /** Answers when it has been stopped; null unless it ended too often. */
  async function keepUp(): Promise<string | null> {
    let ends: number[] = [];
    for (;;) {
      const how = await child.exited;
      if (isStopping || plan.signal.aborted) return null;
      ends = [...ends.filter((at) => at > Date.now() - RESTARTS_WITHIN_MS), Date.now()];
      if (ends.length > MOST_RESTARTS) return lastWords(plan, how, child);
      plan.tell(`the ${plan.name} ended (${how}) and is started again`);
      child = await launch(plan);
      if (isStopping) await child.stop();
    }
  }

  return {
    broken,
    async stop() {
      isStopping = true;
      await child.stop();
      await keptUp.catch(() => undefined);
    },
  };
}

function waitForGood(ended: string | null): string | Promise<string> {
  return ended ?? new Promise<string>(() => undefined);
}

function launch({ program, env, logFile }: PartPlan): Promise<Child> {
  return startChild(process.execPath, [join(__dirname, '..', program)], {
    env,
    log: (line) => keep(logFile, line),
  });
}

/** A full disk is the database's to complain about: a line less is no reason to end. */
function keep(logFile: string, line: string): void {
  try {
    appendFileSync(logFile, `${line}\n`, { mode: 0o600 });
  } catch {
    // The last lines are kept in memory as well.
  }
}

async function becomesReady({ name, readyUrl, signal, logFile }: PartPlan, child: Child): Promise<void> {
  if (readyUrl === undefined) return;
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await delay(LOOK_EVERY_MS)) {
    signal.throwIfAborted();
    if (!child.isRunning()) throw new Error(`the ${name} did not start (${await child.exited}):\n${child.lastLines()}`);
    if (await isAnswered(readyUrl)) return;
  }
  throw new Error(`the ${name} did not answer within ${READY_WITHIN_MS / 1000} s; see ${logFile}`);
}

function isAnswered(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );
}

function lastWords({ name, logFile }: PartPlan, how: string, child: Child): string {
  return `the ${name} ended ${MOST_RESTARTS + 1} times within a minute, at last with ${how}; see ${logFile}\n${child.lastLines()}`;
}
