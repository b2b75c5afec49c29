import * as http from 'node:http';
import * as https from 'node:https';
import { BarredAddress, guardedLookup, isReachable, type Reach } from './outside-address';
import { readRetryAfter } from './provider-errors';
import { Wire } from './wire';

export interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** Null = longer than anybody would read. */
  readonly body: string | null;
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

export type Exchange = Answered | Broken | Barred;

const LONGEST_BODY = 1_000_000;

/**
 * One request: no redirects, no second try, and no error that could quote what was sent. `reach` limits where to, if the
 * address is one that somebody typed in.
 */
export async function exchange(ask: Ask, reach: Reach | null, timeoutMs: number): Promise<Exchange> {
  if (reach !== null && !isReachable(ask.url, reach)) return { kind: 'barred' };
  const wire = new Wire({ leaveByMs: Number.POSITIVE_INFINITY, connectTimeoutMs: timeoutMs, now: Date.now });
  try {
    return await send(ask, reach, wire, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    if (error instanceof BarredAddress) return { kind: 'barred' };
    return { kind: 'broken', bytesLeft: wire.bytesLeft };
  }
}

async function send(
  { method, url, headers, body }: Ask,
  reach: Reach | null,
  wire: Wire,
  signal: AbortSignal,
): Promise<Answered> {
  const { request, agent } =
    url.protocol === 'https:'
      ? { request: https.request, agent: wire.httpsAgent }
      : { request: http.request, agent: wire.httpAgent };
  const all = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const guard = reach === null ? {} : { lookup: guardedLookup(reach, url) };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request(url, { method, agent, headers: all, signal, ...guard }, resolve)
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

async function textOf(response: http.IncomingMessage): Promise<string | null> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > LONGEST_BODY) return null;
  }
  return text;
}
