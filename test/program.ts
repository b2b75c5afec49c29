import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '../local/child';
import { BUILT } from './build';
import { until } from './until';

export interface ProgramPlan {
  /** Below the compiled program, such as `api/main.js`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** It is ready when it has said this. */
  readonly readyWords: string;
  readonly logFile?: string;
}

const READY_WITHIN_MS = 60_000;

/** One of our programs as a server would run it: compiled, in a process of its own, ready to work. */
export async function startProgram({ program, env, readyWords, logFile }: ProgramPlan): Promise<Child> {
  let ready = false;
  const child = await startChild(process.execPath, [join(BUILT, program)], {
    env: { ...process.env, ...env },
    log: (line) => {
      if (line.includes(readyWords)) ready = true;
      if (logFile !== undefined) appendFileSync(logFile, `${line}\n`);
    },
  });
  const outcome = await until(
    `${program} is ready`,
    async () => (child.isRunning() ? ready : 'gone'),
    READY_WITHIN_MS,
  ).catch(async (error: unknown) => {
    await child.kill();
    throw error;
  });
  if (outcome === 'gone') throw new Error(`${program} ended (${await child.exited}):\n${child.lastLines()}`);
  return child;
}
