import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { activities } from './activities';
import { say, TASK_QUEUE } from './messages';

/** `node worker.js workflows|activities`: one worker process of the bare engine, with the SDK's defaults. */
async function main(role: string | undefined): Promise<void> {
  Runtime.install({ shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const worker = await Worker.create({ connection, namespace: 'default', taskQueue: TASK_QUEUE, ...parts(role) });
  const run = worker.run();
  process.once('disconnect', () => worker.shutdown());
  say({ is: 'ready' });
  await run;
  await connection.close();
}

/** In processes of their own, as the product's are; so no activity is ever handed over with a workflow task. */
function parts(role: string | undefined): Partial<WorkerOptions> {
  if (role === 'activities') return { activities };
  return {
    workflowsPath: require.resolve('./workflow'),
    maxCachedWorkflows: Number(process.env['WORKFLOW_CACHE']),
  };
}

void main(process.argv[2]);
