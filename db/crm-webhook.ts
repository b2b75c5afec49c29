import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { Refusal } from './refusal';

/** The number that the address of a connection's webhook is made of; null = there is no such connection. */
export async function webhookNumber(db: Db, connectionId: string): Promise<number | null> {
  const [row] = await db<{ webhookNumber: number }[]>`select webhook_number from connection where id = ${connectionId}`;
  return row?.webhookNumber ?? null;
}

/** From now on another address is good, and none of the former ones. */
export async function renewWebhook(sql: Sql, connectionId: string, actor: string): Promise<number> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<{ webhookNumber: number }[]>`
      update connection set webhook_number = webhook_number + 1 where id = ${connectionId} returning webhook_number`;
    if (row === undefined) throw new Refusal('not_found', `there is no connection ${connectionId}`);
    await recordChange(tx, { entity: 'connection', entityId: connectionId, change: 'webhook_renewed', actor });
    return row.webhookNumber;
  });
}
