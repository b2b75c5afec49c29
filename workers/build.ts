import { join } from 'node:path';
import type { Logger } from 'pino';
import { type TemporalEnvironment, temporalConnection } from '../engine/connection';
import { dataConverter } from '../engine/data-converter';
import { promote, type WorkerVersion } from '../engine/deployment';
import { openHistories } from '../engine/histories';
import type { PayloadKey } from '../engine/payload-codec';
import { reportOf, type Verification, verify } from './verify';

/** This build of the workers: its workflow code, its name, and whether it may go on with what is under way. */

export const BUNDLE = { codePath: join(__dirname, '..', 'workflow-bundle.js') };

interface BuildEnvironment extends TemporalEnvironment {
  readonly TEMPORAL_NAMESPACE: string;
  readonly QUEUE_PREFIX: string;
  readonly WORKER_DEPLOYMENT?: string | undefined;
  readonly WORKER_BUILD_ID?: string | undefined;
  readonly VERIFY_HISTORIES: number;
  readonly PAYLOAD_KEYS: readonly PayloadKey[];
}

/** Nothing where builds are not told apart. */
export function versionOf({
  WORKER_DEPLOYMENT: deploymentName,
  WORKER_BUILD_ID: buildId,
}: Pick<BuildEnvironment, 'WORKER_DEPLOYMENT' | 'WORKER_BUILD_ID'>): { version?: WorkerVersion } {
  return deploymentName === undefined || buildId === undefined ? {} : { version: { deploymentName, buildId } };
}

/** `node dist/workers/main.js verify` and `… promote`. */
export async function runCommand(command: string, environment: BuildEnvironment): Promise<void> {
  switch (command) {
    case 'verify': {
      const verification = await verifyServer(environment);
      for (const line of reportOf(verification)) console.log(line);
      if (verification.failures.length > 0) process.exitCode = 1;
      return;
    }
    case 'promote': {
      const { version } = versionOf(environment);
      if (version === undefined)
        throw new Error('promote: WORKER_DEPLOYMENT and WORKER_BUILD_ID say which build is meant');
      await promote(placeOf(environment), version);
      console.log(`Build ${version.buildId} of ${version.deploymentName} is the current one.`);
      return;
    }
    default:
      throw new Error(`"${command}" is no command: there are verify and promote, and without one the worker works`);
  }
}

/** Throws where a history of the server does not replay. */
export async function requireVerified(environment: BuildEnvironment, log: Logger): Promise<void> {
  const { replayed, failures } = await verifyServer(environment);
  if (failures.length > 0) {
    log.error({ workflowIds: failures.map(({ workflowId }) => workflowId) }, 'histories do not replay with this build');
    throw new Error(`${failures.length} of ${replayed} histories do not replay with this build`);
  }
  log.info({ replayed }, 'the histories of the server replay with this build');
}

async function verifyServer(environment: BuildEnvironment): Promise<Verification> {
  const histories = await openHistories(placeOf(environment));
  try {
    return await verify(histories, {
      bundle: BUNDLE,
      most: environment.VERIFY_HISTORIES,
      dataConverter: dataConverter(environment.PAYLOAD_KEYS),
    });
  } finally {
    await histories.close();
  }
}

function placeOf(environment: BuildEnvironment) {
  const { TEMPORAL_NAMESPACE: namespace, QUEUE_PREFIX: queuePrefix } = environment;
  return { ...temporalConnection(environment), namespace, queuePrefix };
}
