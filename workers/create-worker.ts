import {
  type NativeConnection,
  Worker,
  type WorkerDeploymentOptions,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createDeliver, type DeliverDeps } from '../activities/deliver';
import { createDial, type DialDeps } from '../activities/dial';
import { createExecutions, type ExecutionDeps } from '../activities/executions';
import { createReports, type ReportDeps } from '../activities/mail-report';
import { createStep } from '../activities/step';
import type { QueueName } from '../activities/contract';
import type { WorkerVersion } from '../engine/deployment';
import { ENROLLMENTS_QUEUE, queueName } from '../workflows/contract';

/** Nothing but the converter needs to know about encryption. */
export interface EngineLink {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queuePrefix: string;
  readonly dataConverter?: NonNullable<WorkerOptions['dataConverter']>;
}

export interface EnrollmentsOptions {
  readonly bundle: WorkflowBundleOption;
  /**
   * About the number of contacts that are active at the same moment, at least 1. If it is much too small, a workflow may be
   * thrown out while its `step` runs, and that wake is repeated after the ten seconds of a workflow task.
   */
  readonly maxCachedWorkflows: number;
  /** `step` runs in slots of the worker and needs a connection of the pool each. */
  readonly poolSize: number;
  /** Absent = all builds are one to Temporal. */
  readonly version?: WorkerVersion;
}

const SHUTDOWN_GRACE = '25 s';
/** Connections that the pool keeps for everything but `step`. */
const SPARE_CONNECTIONS = 2;

/** Workflow tasks, and `step` as their local activity. Refuses to work without a cache. */
export async function createEnrollmentsWorker(
  link: EngineLink,
  deps: { sql: DialDeps['sql'] },
  options: EnrollmentsOptions,
): Promise<Worker> {
  // Without one the SDK throws a workflow out before the answer of its `step` is told to the server, again and again.
  if (options.maxCachedWorkflows < 1)
    throw new RangeError(`maxCachedWorkflows is ${options.maxCachedWorkflows}; it must be at least 1`);
  return Worker.create({
    ...base(link, queueName(link.queuePrefix, ENROLLMENTS_QUEUE)),
    workflowBundle: options.bundle,
    activities: createStep(deps),
    maxCachedWorkflows: options.maxCachedWorkflows,
    maxConcurrentLocalActivityExecutions: Math.max(1, options.poolSize - SPARE_CONNECTIONS),
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    ...(options.version === undefined ? {} : { workerDeploymentOptions: deploymentOf(options.version) }),
  });
}

/** Contacts outlive many builds: each goes on with them where they stand. Said here, for a workflow that says so itself is refused where builds are not told apart. */
function deploymentOf(version: WorkerVersion): WorkerDeploymentOptions {
  return { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' };
}

export type EffectsDeps = DialDeps & DeliverDeps & ExecutionDeps & ReportDeps;

/** What leaves the machine: a queue per kind, so that a slow one never holds up the others. */
export async function createEffectsWorkers(link: EngineLink, deps: EffectsDeps): Promise<Worker[]> {
  const worker = (queue: QueueName, activities: object, slots: number) =>
    Worker.create({
      ...base(link, queueName(link.queuePrefix, queue)),
      activities,
      maxConcurrentActivityTaskExecutions: slots,
    });
  return Promise.all([
    worker('voice', createDial(deps), VOICE_SLOTS),
    worker('messages', createDeliver(deps), MESSAGE_SLOTS),
    worker('crm', createExecutions(deps), CRM_SLOTS),
    worker('classify', createExecutions(deps), CLASSIFY_SLOTS),
    worker('reports', createReports(deps), REPORT_SLOTS),
  ]);
}

/** More at once than a process gets done makes each of them late, and a late Temporal server loses tasks until they time out. */
const VOICE_SLOTS = 10;
const MESSAGE_SLOTS = 10;
const CRM_SLOTS = 10;
const CLASSIFY_SLOTS = 5;
/** Each holds a whole file. */
const REPORT_SLOTS = 2;

function base({ connection, namespace, dataConverter }: EngineLink, taskQueue: string) {
  return {
    connection,
    namespace,
    taskQueue,
    shutdownGraceTime: SHUTDOWN_GRACE,
    ...(dataConverter === undefined ? {} : { dataConverter }),
  } satisfies WorkerOptions;
}
