import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../local/child';

/** One of our compiled programs in a process of its own, which can be held still while the other side is measured. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  hold(): void;
  release(): void;
  stop(): Promise<void>;
  /** Ends it as a power cut would, and tells nobody. */
  kill(): Promise<void>;
}

export interface ProgramPlan {
  readonly name: string;
  /** Below the compiled program, such as `api/main.js`. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Up as soon as one of its lines has this in it. */
  readonly readyWhen: string;
  /** Told when it ends without having been asked to. */
  readonly ended: (what: string) => void;
}

/** Of either side: about as many contacts as are active at the same moment. */
export const WORKFLOW_CACHE = '500';

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

export async function startProgram({ name, path, env, readyWhen, ended }: ProgramPlan): Promise<Program> {
  let isReady = false;
  const child = await startChild(process.execPath, [...profileArgs(name), join(__dirname, '..', path)], {
    env,
    log: (line) => {
      isReady ||= line.includes(readyWhen);
    },
  });
  for (const until = Date.now() + READY_WITHIN_MS; !isReady; await delay(LOOK_EVERY_MS)) {
    if (child.isRunning() && Date.now() < until) continue;
    const said = child.lastLines();
    await child.stop();
    throw new Error(`the ${name} did not start:\n${said}`);
  }
  let isStopping = false;
  void child.exited.then((how) => {
    if (!isStopping) ended(`the ${name} ended (${how}):\n${child.lastLines()}`);
  });
  return {
    name,
    pid: child.pid,
    hold: () => void process.kill(child.pid, 'SIGSTOP'),
    release: () => void process.kill(child.pid, 'SIGCONT'),
    async stop() {
      isStopping = true;
      if (child.isRunning()) process.kill(child.pid, 'SIGCONT');
      await child.stop();
    },
    async kill() {
      isStopping = true;
      await child.kill();
    },
  };
}

/** BENCH_PROFILE names a folder for a CPU profile of each process, to see where its time goes. */
export function profileArgs(name: string): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder ? ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-name', `${name}.cpuprofile`] : [];
}
