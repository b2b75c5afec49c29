import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { attemptToken } from '../db/tokens';
import { callbackUrl } from '../domain/callback-url';
import type { Reply, TestApi } from './api';
import { insertAttempt, type Launched, launchForOne } from './api-people';

/** What somebody changes who is not the provider. */
export interface Forgery {
  readonly token?: string;
  readonly signature?: string | null;
  readonly signedUrl?: string;
  readonly sent?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** Sends a webhook as the provider signs it, but for the forgery. */
export async function sendWebhook(
  api: TestApi,
  path: string,
  fields: Record<string, string>,
  forgery: Forgery = {},
): Promise<Reply> {
  const { publicUrl, twilio } = api.config;
  const params = { AccountSid: twilio?.accountSid ?? '', ...fields };
  const signedUrl = forgery.signedUrl ?? `${publicUrl}${path}`;
  const signature =
    forgery.signature === undefined
      ? getExpectedTwilioSignature(forgery.token ?? twilio?.authToken ?? '', signedUrl, params)
      : forgery.signature;
  return api.call('POST', path, {
    key: null,
    body: new URLSearchParams(forgery.sent ?? params).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(signature === null ? {} : { 'x-twilio-signature': signature }),
      ...forgery.headers,
    },
  });
}

/** Path and query of an attempt's own webhook. */
export function hookPath({ config }: TestApi, name: string, attemptId: string): string {
  const { publicUrl, secretKey } = config;
  const url = callbackUrl(publicUrl, `/webhooks/twilio/${name}`, attemptId, attemptToken(secretKey, attemptId));
  return url.slice(publicUrl.length);
}

let sids = 0;

export function newSid(kind: 'CA' | 'SM'): string {
  sids += 1;
  return `${kind}${String(sids).padStart(32, '0')}`;
}

/** A call that the provider has taken and says nothing of yet. */
export async function placeCall(api: TestApi): Promise<Launched & { attemptId: string; sid: string; phone: string }> {
  const person = await launchForOne(api);
  return { ...person, attemptId: await insertAttempt(api, { ...person, sid: null }), sid: newSid('CA') };
}

/** All that a webhook may write, to be compared before and after. */
export async function writtenState({ sql }: TestApi): Promise<unknown> {
  const [row] = await sql`
    select (select json_agg(a order by id) from (
        select id, state, status, rank, disposition, answered_by, error_code, ended_at from attempt) a) as attempts,
      (select count(*) from inbox) as inbox, (select count(*) from fact) as facts, (select count(*) from suppression) as suppressions,
      (select count(*) from execution) as executions, (select count(*) from timeline) as timeline, (select count(*) from address) as addresses`;
  return row;
}

export async function attemptRow({ sql }: TestApi, id: string) {
  const [row] = await sql`
    select state, status, disposition, answered_by, provider_sid, duration_seconds, error_code from attempt where id = ${id}`;
  return row;
}

export async function factKinds({ sql }: TestApi, enrollmentId: string): Promise<string[]> {
  const rows = await sql<{ kind: string }[]>`select kind from fact where enrollment_id = ${enrollmentId} order by seq`;
  return rows.map(({ kind }) => kind);
}
