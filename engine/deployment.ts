import { Connection } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineOptions } from './engine';

/** One build of the workers among those that run side by side. */
export interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

type Place = Pick<EngineOptions, 'address' | 'namespace' | 'tls' | 'apiKey'>;

const KNOWN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 500;
/** `NOT_FOUND` and `FAILED_PRECONDITION` of gRPC: no worker of this build has been seen yet. */
const NOT_YET: ReadonlySet<unknown> = new Set([5, 9]);

/**
 * From now on new workflows begin with this build, and those of contacts go on with it. `percent` = with so many of them, as a
 * trial. Waits until a worker of the build has been seen.
 */
export async function promote(
  { address, tls = false, apiKey, namespace }: Place,
  { deploymentName, buildId }: WorkerVersion,
  percent = 100,
): Promise<void> {
  const connection = await Connection.connect({ address, tls, ...(apiKey === undefined ? {} : { apiKey }) });
  const { workflowService } = connection;
  const version = { namespace, deploymentName, buildId, identity: 'followthrough' };
  try {
    await untilKnown(() =>
      percent === 100
        ? workflowService.setWorkerDeploymentCurrentVersion(version)
        : workflowService.setWorkerDeploymentRampingVersion({ ...version, percentage: percent }),
    );
  } finally {
    await connection.close();
  }
}

async function untilKnown(ask: () => Promise<unknown>): Promise<void> {
  for (const endMs = Date.now() + KNOWN_WITHIN_MS; ; await delay(LOOK_EVERY_MS)) {
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > endMs || !(error instanceof Error) || !('code' in error) || !NOT_YET.has(error.code))
        throw error;
    }
  }
}
