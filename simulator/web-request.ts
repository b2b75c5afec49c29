import http from 'node:http';
import https from 'node:https';

export interface WebOrder {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first byte to the last. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WebAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** No whole answer came; `connected` tells whether the other side may have read the request. */
export class WebFailure extends Error {
  override readonly name = 'WebFailure';
  constructor(
    readonly code: string,
    readonly connected: boolean,
  ) {
    super(`the request failed: ${code}`);
  }
}

/** One connection for each request: a kept socket that died would blur whether anything was sent. Redirects are answers. */
export async function webRequest(order: WebOrder): Promise<WebAnswer> {
  const url = parsedUrl(order.url);
  const transport = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    let connected = false;
    const request = transport.request(url, {
      method: order.method,
      agent: false,
      signal: order.signal,
      headers: { ...order.headers, 'content-length': Buffer.byteLength(order.body), connection: 'close' },
    });
    const timer = setTimeout(() => request.destroy(new WebFailure('TIMEOUT', connected)), order.timeoutMs);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    const fail = (error: Error): void =>
      settle(() =>
        reject(order.signal.aborted || error instanceof WebFailure ? error : new WebFailure(codeOf(error), connected)),
      );
    request.once('socket', (socket) => socket.once('connect', () => (connected = true)));
    request.once('error', fail);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', fail);
      response.once('end', () =>
        settle(() =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        ),
      );
    });
    request.end(order.body);
  });
}

function parsedUrl(text: string): URL {
  if (!URL.canParse(text)) throw new WebFailure('INVALID_URL', false);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new WebFailure('INVALID_URL', false);
  return url;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
