import { randomUUID } from 'node:crypto';
import { isAbort } from './background';
import type { LedgerChannel } from './ledger-entry';
import { WebFailure, webRequest } from './web-request';
import type { World } from './world';

/** A fact as the public API takes it, without the id and the call that go with it. */
export type FactDraft =
  | {
      readonly kind: 'call_outcome';
      readonly outcome: 'successful' | 'unsuccessful' | 'converted' | 'disqualified';
      readonly summary?: string;
    }
  | { readonly kind: 'handoff_requested'; readonly reason: string }
  | { readonly kind: 'callback_requested'; readonly text: string }
  | { readonly kind: 'wrong_number' }
  | { readonly kind: 'form_started'; readonly formToken: string }
  | { readonly kind: 'form_completed'; readonly formToken: string; readonly answers: Readonly<Record<string, string>> }
  | {
      readonly kind: 'inbound_email';
      readonly from: string;
      readonly to: string;
      readonly subject: string;
      readonly text: string;
      readonly messageId: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** What the fact is about, for the ledger; facts of a call carry its sid. */
export interface FactOrigin {
  readonly channel: LedgerChannel;
  readonly person: string;
  readonly callSid?: string | undefined;
  readonly attemptId?: string | undefined;
}

export interface FactPoster {
  /** Posts until it is taken or refused, for a minute at most; resolves with the last HTTP status, null without an answer. */
  post(fact: FactDraft, origin: FactOrigin): Promise<number | null>;
}

const PATIENCE_MS = 60_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;
const TIMEOUT_MS = 15_000;

/** What an outside platform does: it repeats a fact with the same id until it is taken, because a lost outcome is lost work. */
export function createFactPoster({
  product,
  background,
  ledger,
}: Pick<World, 'product' | 'background' | 'ledger'>): FactPoster {
  async function tryOnce(body: string, eventId: string): Promise<number | null> {
    const { publicUrl, apiKey } = product;
    if (publicUrl === null) return null;
    try {
      const answer = await webRequest({
        url: `${publicUrl}/v1/facts`,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': eventId,
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body,
        timeoutMs: TIMEOUT_MS,
        signal: background.signal,
      });
      return answer.status;
    } catch (error) {
      if (isAbort(error) || !(error instanceof WebFailure)) throw error;
      return null;
    }
  }

  return {
    async post(fact, origin) {
      const eventId = `sim-${randomUUID()}`;
      const call = origin.callSid === undefined ? {} : { callSid: origin.callSid };
      const body = JSON.stringify({ ...fact, ...call, eventId });
      const until = Date.now() + PATIENCE_MS;
      let tries = 1;
      let status = await tryOnce(body, eventId);
      for (
        let waitMs = FIRST_RETRY_MS;
        isWorthRetrying(status) && Date.now() + waitMs < until;
        waitMs = Math.min(2 * waitMs, LAST_RETRY_MS)
      ) {
        await background.pause(waitMs);
        status = await tryOnce(body, eventId);
        tries += 1;
      }
      await ledger.record({
        channel: origin.channel,
        kind: 'fact',
        sid: origin.callSid,
        from: origin.person,
        attemptId: origin.attemptId,
        status: fact.kind,
        accepted: status !== null && status < 300,
        detail: { eventId, tries, answer: status, fact },
      });
      return status;
    },
  };
}

function isWorthRetrying(status: number | null): boolean {
  // 409: the same key is still being worked on.
  return status === null || status === 409 || status === 429 || status >= 500;
}
