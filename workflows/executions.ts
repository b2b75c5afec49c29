import * as wf from '@temporalio/workflow';
import type { OrderedExecution, QueueName } from '../activities/contract';
import { executionsOn, retryOn } from './proxies';

/** Carries out the actions that rules ordered, one activity per queue. True when one of them made a fact, so that the plan must be asked again. */
export async function carryOutExecutions(
  enrollmentId: string,
  executions: readonly OrderedExecution[],
): Promise<boolean> {
  const queues = [...new Set(executions.map(({ queue }) => queue))];
  const news = await Promise.all(
    queues.map((queue) =>
      carryOutOn(
        enrollmentId,
        queue,
        executions.filter((execution) => execution.queue === queue).map(({ id }) => id),
      ),
    ),
  );
  return news.includes(true);
}

async function carryOutOn(enrollmentId: string, queue: QueueName, executionIds: readonly string[]): Promise<boolean> {
  const { failed, news } = await executionsOn(queue).runExecutions({ enrollmentId, executionIds });
  const retried = await Promise.all(failed.map((executionId) => retry(queue, executionId)));
  return news || retried.includes(true);
}

/** An action that stays impossible for a day is recorded as failed; an operator may open it again. */
async function retry(queue: QueueName, executionId: string): Promise<boolean> {
  try {
    return (await retryOn(queue).retryExecution({ executionId })).news;
  } catch (error) {
    if (!(error instanceof wf.ActivityFailure) || wf.isCancellation(error)) throw error;
    await executionsOn(queue).giveUpExecution({ executionId });
    return false;
  }
}
