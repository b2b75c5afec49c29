import type { Request } from 'express';
import { type CrmWebhook, findWebhookSecret, isFromCrm } from '../db/crm-webhook';
import type { ApiDeps } from './deps';
import { ApiError } from './errors';

/** How a CRM proves that we have told it an address: the secret stands in the address itself, or signs what is sent there. */

const SIGNATURE_HEADER = 'x-followthrough-signature';

/** For whoever sets a CRM up. */
export const SIGNING =
  'The address is a secret. A CRM that can sign adds `X-Followthrough-Signature: t=<seconds>,v1=<hex>`, the HMAC-SHA256 of `<seconds>.<body>` under the secret, and needs no secret in the address then.';

/** The address that the CRM is given. */
export function crmWebhookUrl(publicUrl: string, { of, connectionId }: CrmWebhook, secret: string): string {
  const base = `${publicUrl.replace(/\/+$/, '')}/webhooks`;
  return of === 'records' ? `${base}/crm/${secret}` : `${base}/crm-status/${connectionId}?token=${secret}`;
}

interface Told {
  readonly of: CrmWebhook['of'];
  /** The connection that the address names; null = none. */
  readonly connectionId: string | null;
  /** The secret that stands in the address; null = none. */
  readonly token: string | null;
  /** As it came, for a signature is over these bytes. */
  readonly body: Buffer;
}

/** The connection whose CRM it is. Throws `forged` for whoever has neither the secret nor a right signature. */
export async function admitCrm(
  { sql, config, log }: ApiDeps,
  request: Request,
  { of, connectionId, token, body }: Told,
): Promise<string> {
  const secret = connectionId === null ? null : await findWebhookSecret(sql, config.secretKey, { of, connectionId });
  const signature = request.get(SIGNATURE_HEADER) ?? null;
  const isOurs = secret !== null && isFromCrm(secret, { token, signature, body, nowMs: Date.now() });
  if (isOurs && connectionId !== null) return connectionId;
  log.warn('a webhook of a CRM had no right token or signature');
  throw new ApiError('forged', 'the request has neither the secret of this address nor a right signature');
}
