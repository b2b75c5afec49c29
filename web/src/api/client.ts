import { connection } from './connection';

/** What the API refuses, in its own words (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail === '' ? title : detail);
  }
}

/** No answer, or one that a proxy made up: nothing is known about the request but that it may be asked again. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface AskOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Names what is asked for, so that asking twice does it once. */
  readonly onceKey?: string;
}

type Method = 'GET' | 'POST' | 'DELETE';

const PATIENCE_MS = 15_000;
const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** Asks the API. Throws a `Problem` or `Unreachable`. */
export async function ask<T>(method: Method, path: string, options: AskOptions = {}): Promise<T> {
  const response = await reach(method, path, options);
  if (GATEWAY_ERRORS.has(response.status)) {
    const reason = (await problemOf(response)).detail;
    connection.lost(reason);
    throw new Unreachable(reason);
  }
  connection.found();
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return JSON.parse(text === '' ? 'null' : text);
}

async function reach(method: Method, path: string, { body, signal, onceKey }: AskOptions): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(`/v1${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(onceKey === undefined ? {} : { 'idempotency-key': onceKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    connection.lost('');
    throw new Unreachable('The server does not answer.');
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const document: unknown = await response.json().catch(() => null);
  return new Problem(
    response.status,
    textOf(document, 'title') ?? `The server answered ${response.status}`,
    textOf(document, 'detail') ?? '',
  );
}

function textOf(document: unknown, field: string): string | null {
  if (typeof document !== 'object' || document === null) return null;
  const value: unknown = Reflect.get(document, field);
  return typeof value === 'string' ? value : null;
}

/** `crypto.randomUUID` is missing where the page came without TLS from another machine. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
