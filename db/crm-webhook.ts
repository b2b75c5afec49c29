import { createHmac } from 'node:crypto';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { Refusal } from './refusal';
import { crmWebhookSecret, equalInConstantTime } from './tokens';

/**
 * The secrets of the addresses at which a CRM tells us something. Each is known to the CRM alone, stands in its address or
 * signs what comes there, and can be made anew when it got about.
 */

/** Cases with their clients (K-18), and statuses that somebody set (U-1): two addresses of each connection. */
export interface CrmWebhook {
  readonly of: 'records' | 'statuses';
  readonly connectionId: string;
}

/** How long a signature is good for, real seconds, before and after. */
const FRESH_SECONDS = 300;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;
const RENEWED = { records: 'webhook_renewed', statuses: 'status_webhook_renewed' } as const;

/** Null = there is no such connection. */
export async function findWebhookSecret(db: Db, secretKey: string, webhook: CrmWebhook): Promise<string | null> {
  const [row] = await db<{ generation: string }[]>`
    select ${columnOf(db, webhook)}::text as generation from connection where id = ${webhook.connectionId}`;
  return row === undefined ? null : crmWebhookSecret(secretKey, webhook, row.generation);
}

export async function webhookSecret(db: Db, secretKey: string, webhook: CrmWebhook): Promise<string> {
  const secret = await findWebhookSecret(db, secretKey, webhook);
  if (secret === null) throw new Refusal('not_found', `there is no connection ${webhook.connectionId}`);
  return secret;
}

/** From now on another secret is good, and none of the former ones. */
export async function renewWebhookSecret(
  sql: Sql,
  secretKey: string,
  webhook: CrmWebhook,
  actor: string,
): Promise<string> {
  return inTransaction(sql, async (tx) => {
    const { of, connectionId: entityId } = webhook;
    const column = columnOf(tx, webhook);
    const next = of === 'records' ? tx`${column} + 1` : tx`gen_random_uuid()`;
    await tx`update connection set ${column} = ${next} where id = ${entityId}`;
    const secret = await webhookSecret(tx, secretKey, webhook);
    await recordChange(tx, { entity: 'connection', entityId, change: RENEWED[of], actor });
    return secret;
  });
}

interface CrmCall {
  /** From the address; null = it has none. */
  readonly token: string | null;
  readonly signature: string | null;
  readonly body: Buffer;
  readonly nowMs: number;
}

/** Is it from whoever was given the secret? A signature counts more than the address: one that is wrong is never let in. */
export function isFromCrm(secret: string, { token, signature, body, nowMs }: CrmCall): boolean {
  if (signature === null) return token !== null && equalInConstantTime(secret, token);
  const [, seconds = '', mac = ''] = SIGNATURE.exec(signature) ?? [];
  if (mac === '' || Math.abs(nowMs / 1000 - Number(seconds)) > FRESH_SECONDS) return false;
  const signed = createHmac('sha256', secret).update(`${seconds}.`, 'utf8').update(body).digest('hex');
  return equalInConstantTime(signed, mac);
}

/** What is another with each renewal. */
function columnOf(db: Db, { of }: CrmWebhook) {
  return of === 'records' ? db`webhook_number` : db`hook_nonce`;
}
