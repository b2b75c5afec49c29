import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CrmHook, usualHook } from '../domain/crm-hook';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { getConnection } from './connection';
import { getMapping } from './crm-mapping';

/** The address at which a CRM tells us of changes. It is known to the CRM alone, and can be made anew when it got about. */

/** How long a signature is good for, real seconds, before and after. */
const FRESH_SECONDS = 300;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** Stands in the address, and signs what comes to it. */
export async function hookSecret(db: Db, secretKey: string, connectionId: string): Promise<string> {
  const [row] = await db<{ hookNonce: string }[]>`select hook_nonce from connection where id = ${connectionId}`;
  // Says that there is no such connection.
  if (row === undefined) await getConnection(db, connectionId);
  return createHmac('sha256', secretKey)
    .update(`crm-hook:${connectionId.toLowerCase()}:${row?.hookNonce ?? ''}`, 'utf8')
    .digest('base64url');
}

/** The old address is good for nothing from now on. */
export async function renewHook(sql: Sql, connectionId: string, actor: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await getConnection(tx, connectionId);
    await tx`update connection set hook_nonce = gen_random_uuid() where id = ${connectionId}`;
    await recordChange(tx, { entity: 'connection', entityId: connectionId, change: 'status_webhook_renewed', actor });
  });
}

interface HookRequest {
  /** From the address; null = it has none. */
  readonly token: string | null;
  readonly signature: string | null;
  readonly body: Buffer;
  readonly nowMs: number;
}

/** Is it from whoever was given the address? A signature counts more than the address: one that is wrong is never let in. */
export function isFromCrm(secret: string, { token, signature, body, nowMs }: HookRequest): boolean {
  if (signature === null) return token !== null && isEqual(secret, token);
  const [, seconds = '', mac = ''] = SIGNATURE.exec(signature) ?? [];
  if (mac === '' || Math.abs(nowMs / 1000 - Number(seconds)) > FRESH_SECONDS) return false;
  return isEqual(signatureOf(secret, seconds, body), mac);
}

function signatureOf(secret: string, seconds: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`${seconds}.`, 'utf8').update(body).digest('hex');
}

/** Where what it tells has what. */
export async function hookOf(db: Db, connectionId: string): Promise<CrmHook> {
  const [{ kind }, { mapping }] = [await getConnection(db, connectionId), await getMapping(db, connectionId)];
  return mapping.hook ?? usualHook(kind);
}

function isEqual(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
