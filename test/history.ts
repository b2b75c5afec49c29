import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { enrollmentWorkflowId } from '../workflows/contract';
import { until } from './until';

const { EventType } = temporal.api.enums.v1;

/** The kinds of events of a contact's closed workflow, in order. */
export async function historyOf(address: string, enrollmentId: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const handle = new Client({ connection }).workflow.getHandle(enrollmentWorkflowId(enrollmentId));
    await until('the workflow is closed', async () => (await handle.describe()).status.name !== 'RUNNING');
    const { events } = await handle.fetchHistory();
    return (events ?? []).map(({ eventType }) => EventType[eventType ?? 0]?.replace('EVENT_TYPE_', '') ?? 'UNKNOWN');
  } finally {
    await connection.close();
  }
}
