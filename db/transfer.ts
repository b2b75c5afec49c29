import { keepArrival } from './arrival';
import { inTransaction, type Sql } from './client';
import { appNow } from './clock';
import type { Arrival } from './inbox';
import { recordTimeline } from './timeline';

type TransferStep = 'transfer_started' | 'transfer_bridged' | 'transfer_cancelled' | 'transfer_ended';

export interface Transfer extends Omit<Arrival, 'fact'> {
  readonly attemptId: string;
  readonly enrollmentId: string;
  readonly steps: readonly TransferStep[];
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Writes into the contact's story how a call was put through to the team: once, however often the provider tells it (K-32). */
export async function recordTransfer(
  sql: Sql,
  { steps, attemptId, enrollmentId, data = {}, ...arrival }: Transfer,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const { duplicate } = await keepArrival(tx, arrival);
    if (duplicate) return;
    const at = await appNow(tx);
    for (const kind of steps)
      await recordTimeline(tx, { enrollmentId, kind, attemptId, data, actor: arrival.actor, at });
  });
}
