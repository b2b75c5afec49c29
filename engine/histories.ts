import { Client, Connection, type HistoryAndWorkflowId, WorkflowNotFoundError } from '@temporalio/client';
import type { EngineOptions } from './engine';
import { ENROLLMENT_WORKFLOW, ENROLLMENTS_QUEUE, queueName, REPORT_WORKFLOW } from '../workflows/contract';

/** The histories of contacts, and of reports, that a server holds, for whoever wants to know whether other code understands them. */
export interface Histories {
  /** Of those who are under way, newest first, then of those who have come to their end; no more than `most`. */
  recent(most: number): AsyncIterable<HistoryAndWorkflowId>;
  close(): Promise<void>;
}

type Place = Pick<EngineOptions, 'address' | 'namespace' | 'queuePrefix' | 'tls' | 'apiKey'>;

export async function openHistories({
  address,
  tls = false,
  apiKey,
  namespace,
  queuePrefix,
}: Place): Promise<Histories> {
  const connection = await Connection.connect({ address, tls, ...(apiKey === undefined ? {} : { apiKey }) });
  const { workflow } = new Client({ connection, namespace });
  const ours = `WorkflowType in ('${ENROLLMENT_WORKFLOW}', '${REPORT_WORKFLOW}') and TaskQueue = '${queueName(queuePrefix, ENROLLMENTS_QUEUE)}'`;
  return {
    async *recent(most) {
      let left = most;
      for (const state of [`ExecutionStatus = 'Running'`, `ExecutionStatus != 'Running'`]) {
        if (left <= 0) return;
        for await (const { workflowId, runId } of workflow.list({ query: `${ours} and ${state}`, pageSize: left })) {
          const history = await workflow
            .getHandle(workflowId, runId)
            .fetchHistory()
            .catch((error: unknown) => {
              // Its time was over while the list was read.
              if (error instanceof WorkflowNotFoundError) return null;
              throw error;
            });
          if (history !== null) yield { workflowId, history };
          left -= 1;
          if (left <= 0) return;
        }
      }
    },
    close: () => connection.close(),
  };
}
