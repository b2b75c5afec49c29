import * as http from 'node:http';
import * as https from 'node:https';
import { BarredAddress, guardedLookup, isReachable, type Reach } from './outside-address';
import { readRetryAfter } from './provider-errors';
import { Wire } from './wire';

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly body: string;
}

/** No whole answer came; without a byte that left, nothing can have been done. */
interface Broken {
  readonly kind: 'broken';
  readonly bytesLeft: boolean;
}

/** The address is none that may be reached. */
interface Barred {
  readonly kind: 'barred';
}

/** More than any answer to a form that we post; the rest of a longer one isn't worth waiting for. */
const LONGEST_BODY = 1_000_000;

/**
 * Posts a form once: no redirects, no second try, and no error that could quote what was posted. `reach` limits where to,
 * if the address is one that somebody typed in.
 */
export async function postForm(
  url: string,
  form: Readonly<Record<string, string>>,
  timeoutMs: number,
  reach?: Reach,
): Promise<Answered | Broken | Barred> {
  if (reach !== undefined && !isReachable(new URL(url), reach)) return { kind: 'barred' };
  const wire = new Wire({ leaveByMs: Number.POSITIVE_INFINITY, connectTimeoutMs: timeoutMs, now: Date.now });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return await exchange(new URL(url), new URLSearchParams(form).toString(), wire, signal, reach);
  } catch (error) {
    if (error instanceof BarredAddress) return { kind: 'barred' };
    return { kind: 'broken', bytesLeft: wire.bytesLeft };
  }
}

async function exchange(
  url: URL,
  body: string,
  wire: Wire,
  signal: AbortSignal,
  reach: Reach | undefined,
): Promise<Answered> {
  const headers = {
    accept: 'application/json, application/xml;q=0.9, text/xml;q=0.9',
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  const { request, agent } =
    url.protocol === 'https:'
      ? { request: https.request, agent: wire.httpsAgent }
      : { request: http.request, agent: wire.httpAgent };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const guard = reach === undefined ? {} : { lookup: guardedLookup(reach) };
    request(url, { method: 'POST', agent, headers, signal, ...guard }, resolve)
      .on('error', reject)
      .end(body);
  });
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    retryAfterMs: readRetryAfter(response.headers['retry-after'], Date.now()),
    body: await textOf(response),
  };
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > LONGEST_BODY) break;
  }
  return text;
}
