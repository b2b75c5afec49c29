import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { enrollmentWorkflowId } from '../workflows/contract';
import { until } from './until';

const { EventType } = temporal.api.enums.v1;

/** How somebody with Temporal's own tools sees the workflows of a test, and what they may do to them. */
export interface Temporal {
  readonly client: Client;
  /** The latest run of a contact's workflow, or the one that is named. */
  workflowOf(enrollmentId: string, runId?: string): WorkflowHandle;
  close(): Promise<void>;
}

export async function connectTemporal(address: string): Promise<Temporal> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    client,
    workflowOf: (enrollmentId, runId) => client.workflow.getHandle(enrollmentWorkflowId(enrollmentId), runId),
    close: () => connection.close(),
  };
}

/** The kinds of events of a workflow, in order. */
export async function eventsOf(workflow: WorkflowHandle): Promise<string[]> {
  const { events } = await workflow.fetchHistory();
  return (events ?? []).map(({ eventType }) => EventType[eventType ?? 0]?.replace('EVENT_TYPE_', '') ?? 'UNKNOWN');
}

/** Waits for the workflow's end and answers how it ended. */
export async function endOf(workflow: WorkflowHandle): Promise<string> {
  return until('the workflow is closed', async () => {
    const { status } = await workflow.describe();
    return status.name === 'RUNNING' ? null : status.name;
  });
}

/** The kinds of events of a workflow that is closed, or about to be. */
export async function historyOf(workflow: WorkflowHandle): Promise<string[]> {
  await endOf(workflow);
  return eventsOf(workflow);
}
