import { Client, Connection } from '@temporalio/client';
import type { Sql } from '../db/client';
import { enrollmentWorkflowId } from '../workflows/contract';

/** What one contact of one call leaves in Temporal. */
export interface HistoryCost {
  /** Averages, for it is chance whether a call is answered before or after its order was acknowledged. */
  readonly events: number;
  readonly workflowTasks: number;
}

const SAMPLE = 40;

export async function historyCost(temporalAddress: string, workflowIds: readonly string[]): Promise<HistoryCost> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const { workflow } = new Client({ connection, namespace: 'default' });
    const sample = workflowIds.slice(0, SAMPLE);
    let events = 0;
    let workflowTasks = 0;
    for (const id of sample) {
      const history = await workflow.getHandle(id).fetchHistory();
      const all = history.events ?? [];
      events += all.length;
      workflowTasks += all.filter(({ workflowTaskCompletedEventAttributes: done }) => done != null).length;
    }
    return { events: events / sample.length, workflowTasks: workflowTasks / sample.length };
  } finally {
    await connection.close();
  }
}

export async function workflowIdsOf(sql: Sql, campaignId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from enrollment where campaign_id = ${campaignId} order by seq limit ${SAMPLE}`;
  return rows.map(({ id }) => enrollmentWorkflowId(id));
}
