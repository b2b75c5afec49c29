import { randomUUID } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import type { LedgerChannel, LedgerKind } from '../ledger-entry';
import { type WebAnswer, WebFailure, webRequest } from '../web-request';
import type { World } from '../world';
import type { Parameters } from './parameters';

export interface Webhook {
  readonly channel: LedgerChannel;
  readonly kind: LedgerKind;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly parameters: Parameters;
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly attemptId?: string | undefined;
  readonly status?: string | undefined;
  /** Gives the request up, as a call does that is over; else only the end of the simulator does. */
  readonly signal?: AbortSignal | undefined;
}

export interface Webhooks {
  /** Null when no answer came. Every request is in the ledger, with its answer. */
  send(webhook: Webhook): Promise<WebAnswer | null>;
}

/** Signed requests as Twilio makes them: a time limit, one retry if the connection failed, none after an answer of any kind. */
export function createWebhooks({
  settings,
  background,
  ledger,
}: Pick<World, 'settings' | 'background' | 'ledger'>): Webhooks {
  async function request(webhook: Webhook, token: string): Promise<WebAnswer> {
    const { url, body } = placed(webhook);
    const signed = getExpectedTwilioSignature(
      settings.authToken,
      url,
      webhook.method === 'POST' ? { ...webhook.parameters } : {},
    );
    return webRequest({
      url,
      method: webhook.method,
      headers: {
        accept: '*/*',
        'user-agent': 'TwilioProxy/1.1',
        'i-twilio-idempotency-token': token,
        'x-twilio-signature': signed,
        ...(webhook.method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } : {}),
      },
      body,
      timeoutMs: settings.webhookTimeoutMs,
      signal: webhook.signal ?? background.signal,
    });
  }

  /** The answer or what went wrong, and how often it was tried. */
  async function requestTwice(webhook: Webhook): Promise<{ outcome: WebAnswer | WebFailure; tries: number }> {
    const token = randomUUID();
    const outcome = await failureAsValue(request(webhook, token));
    const isRetried = outcome instanceof WebFailure && !outcome.connected;
    return isRetried ? { outcome: await failureAsValue(request(webhook, token)), tries: 2 } : { outcome, tries: 1 };
  }

  return {
    async send(webhook) {
      const { outcome, tries } = await requestTwice(webhook);
      const answered = outcome instanceof WebFailure ? { failure: outcome.code } : { answer: outcome.status };
      await ledger.record({
        channel: webhook.channel,
        kind: webhook.kind,
        sid: webhook.sid,
        to: webhook.to,
        from: webhook.from,
        attemptId: webhook.attemptId,
        status: webhook.status,
        // Without the query: it carries the product's token.
        detail: { path: pathOf(webhook.url), parameters: webhook.parameters, tries, ...answered },
      });
      return outcome instanceof WebFailure ? null : outcome;
    },
  };
}

/** The URL that is signed and the body that is sent. A fragment is for Twilio's own use and never leaves it. */
function placed(webhook: Webhook): { url: string; body: string } {
  const url = webhook.url.replace(/#.*$/s, '');
  const query = new URLSearchParams(webhook.parameters).toString();
  if (webhook.method === 'POST') return { url, body: query };
  return { url: `${url}${url.includes('?') ? '&' : '?'}${query}`, body: '' };
}

async function failureAsValue(answer: Promise<WebAnswer>): Promise<WebAnswer | WebFailure> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WebFailure) return error;
    throw error;
  }
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '';
}
