import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { dataConverter } from '../engine/data-converter';
import type { PayloadKey } from '../engine/payload-codec';
import { enrollmentWorkflowId } from '../workflows/contract';
import { until } from './until';

const { EventType } = temporal.api.enums.v1;

/** How somebody with Temporal's own tools sees the workflows of a test, and what they may do to them. */
export interface Temporal {
  readonly client: Client;
  /** The latest run of a contact's workflow, or the one that is named. */
  workflowOf(enrollmentId: string, runId?: string): WorkflowHandle;
  /** Ends the activity of this type that is under way as an operator can. */
  failByHand(workflow: WorkflowHandle, type: string): Promise<void>;
  close(): Promise<void>;
}

export async function connectTemporal(address: string, payloadKeys: readonly PayloadKey[] = []): Promise<Temporal> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, dataConverter: dataConverter(payloadKeys) });
  return {
    client,
    workflowOf: (enrollmentId, runId) => client.workflow.getHandle(enrollmentWorkflowId(enrollmentId), runId),
    async failByHand(workflow, type) {
      const { workflowId } = workflow;
      // Between two tries it can't be failed, so this is tried as well.
      await until(`the activity "${type}" is failed`, async () => {
        const activityId = await activityOf(workflow, type);
        if (activityId === undefined) return false;
        await client.activity.fail({ workflowId, activityId }, ApplicationFailure.nonRetryable('by hand'));
        return true;
      });
    },
    close: () => connection.close(),
  };
}

/** The id of the activity of this type that is under way. */
export async function activityOf(workflow: WorkflowHandle, type: string): Promise<string | undefined> {
  const { raw } = await workflow.describe();
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === type)?.activityId ?? undefined;
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
