import { type EnrichmentAnswer, EnrichmentAnswerSchema } from '../../domain/enrichment';
import type { Enricher, EnrichmentReply } from './enricher';
import { type Answered, type Exchange, exchange } from './http-exchange';
import type { Reach } from './outside-address';

export interface HttpEnricherOptions {
  readonly url: string;
  readonly header: string;
  readonly prefix: string;
  /** Null = the service asks for none. */
  readonly token: string | null;
  readonly timeoutSeconds: number;
  readonly reach: Reach;
}

/**
 * JSON over HTTP: one POST with who it is and what is wanted, answered by `{"found": [...], "costMicros": n}`; 404 says that
 * nothing is known. No redirects, no second try from here; the address may lead to public hosts alone, whoever typed it in.
 */
export function createHttpEnricher({
  url,
  header,
  prefix,
  token,
  timeoutSeconds,
  reach,
}: HttpEnricherOptions): Enricher {
  return {
    async lookUp({ operationId, kinds, person }) {
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': operationId,
        ...(token === null ? {} : { [header]: `${prefix}${token}` }),
      };
      const body = JSON.stringify({ operationId, kinds, person });
      const ask = { method: 'POST', url: new URL(url), headers, body };
      return replyOf(await exchange(ask, reach, timeoutSeconds * 1000));
    },
  };
}

function replyOf(answer: Exchange): EnrichmentReply {
  if (answer.kind === 'barred') return later('barred_address', null, true);
  if (answer.kind === 'broken') return answer.bytesLeft ? lost('answer_lost') : later('unreachable', null, true);
  const { status } = answer;
  if (status >= 200 && status < 300) return readAnswer(answer);
  if (status === 404) return { kind: 'answered', answer: { found: [] } };
  return refusalOf(answer);
}

/** A body that can't be read may have been paid for: asking again brings the same. */
function readAnswer({ status, body }: Answered): EnrichmentReply {
  if (status === 204) return { kind: 'answered', answer: { found: [] } };
  const answer = parse(body);
  return answer === null ? { kind: 'final', code: 'not_understood' } : { kind: 'answered', answer };
}

function refusalOf({ status, retryAfterMs }: Answered): EnrichmentReply {
  if (status === 401 || status === 403 || status === 407) return later('credentials', null, true);
  if (status === 402) return later('out_of_credit', null, true);
  if (status === 429) return later('rate_limited', retryAfterMs, true);
  if (status === 503) return later('unavailable', retryAfterMs, true);
  if (status < 400) return later('redirected', null, true);
  return status >= 500 || status === 408 ? lost('failed') : { kind: 'final', code: 'refused' };
}

function later(code: string, retryAfterMs: number | null, isServiceWide: boolean): EnrichmentReply {
  return { kind: 'later', code, retryAfterMs, isServiceWide };
}

function lost(code: string): EnrichmentReply {
  return { kind: 'lost', code };
}

function parse(body: string | null): EnrichmentAnswer | null {
  try {
    const parsed = EnrichmentAnswerSchema.safeParse(JSON.parse(body ?? ''));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
