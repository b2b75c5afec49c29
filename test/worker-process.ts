import type { Child } from '../local/child';
import { startProgram } from './program';
import type { World } from './world';

export const WORKER_IS_READY = 'the worker is ready';

export interface WorkerProcess {
  readonly child: Child;
}

/** A worker as a server would run it, in a process of its own; it ends with the world at the latest. */
export async function startWorkerProcess(world: World, roles = 'enrollments,effects,bulk'): Promise<WorkerProcess> {
  const child = await startProgram({
    program: 'workers/main.js',
    env: { ...world.environment(), ROLES: roles },
    readyWords: WORKER_IS_READY,
  });
  world.alsoStop(() => child.kill());
  return { child };
}
