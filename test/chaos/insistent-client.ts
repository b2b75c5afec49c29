import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A client of the public API that lives with crashes: it repeats a request under one Idempotency-Key until it is answered. */

const PATIENCE_MS = 90_000;
const TRY_AGAIN_MS = 300;
const TIMEOUT_MS = 10_000;
/** Nobody answered, somebody else is still at it, or the database is away. */
const WORTH_REPEATING: ReadonlySet<number> = new Set([409, 429, 500, 502, 503, 504]);

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

export class InsistentClient {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  /** The answer, whatever it says, as long as it is one: 4xx is for the caller to judge. */
  async ask<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Reply<T>> {
    const key = randomUUID();
    for (const until = Date.now() + PATIENCE_MS; ; await delay(TRY_AGAIN_MS)) {
      const reply = await this.tryOnce<T>(method, path, body, key);
      if (reply !== null && !isRepeatable(reply)) return reply;
      if (Date.now() > until) throw new Error(`no answer to ${method} ${path}: ${JSON.stringify(reply)}`);
    }
  }

  /** The body of an answer that must be a success. */
  async send<T>(method: 'POST' | 'PATCH', path: string, body?: unknown): Promise<T> {
    const reply = await this.ask<T>(method, path, body);
    if (reply.status >= 300)
      throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  private async tryOnce<T>(method: string, path: string, body: unknown, key: string): Promise<Reply<T> | null> {
    try {
      const answer = await fetch(`${this.baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          'content-type': 'application/json',
          ...(method === 'POST' ? { 'idempotency-key': key } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.text();
      // The caller names the shape that the API documents for this operation.
      return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T };
    } catch {
      return null;
    }
  }
}

/** An order that is refused is answered with 409 as well, and is no reason to ask again. */
function isRepeatable({ status, body }: Reply<unknown>): boolean {
  if (status !== 409) return WORTH_REPEATING.has(status);
  return typeof body === 'object' && body !== null && 'code' in body && body.code === 'idempotency_in_flight';
}
