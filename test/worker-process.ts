import { join } from 'node:path';
import { startChild, type Child } from '../local/child';
import { until } from './until';
import type { World } from './world';

const PROGRAM = join(__dirname, '..', 'dist', 'workers', 'main.js');

export interface WorkerProcess {
  readonly child: Child;
}

/** A worker as a server would run it: the built program in a process of its own. */
export async function startWorkerProcess(world: World, roles = 'enrollments,effects,bulk'): Promise<WorkerProcess> {
  let ready = false;
  const child = await startChild(process.execPath, [PROGRAM], {
    env: { ...process.env, ...world.environment(), ROLES: roles },
    log: (line) => {
      if (line.includes('the worker is ready')) ready = true;
    },
  });
  world.alsoStop(() => child.kill());
  await until('the worker process is ready', async () => {
    if (!child.isRunning()) throw new Error(child.lastLines());
    return ready;
  });
  return { child };
}
