import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createApiKey } from '../db/api-key';
import type { Sql } from '../db/client';
import { freezeClock } from '../db/clock';
import { fromIso } from '../domain/instant';
import type { Engine } from '../engine/engine';
import { createApp } from '../api/app';
import type { ApiConfig } from '../api/deps';
import { createTestDatabase } from './database';

/** The whole API over HTTP on a database of its own, with a Temporal that is down. */
export interface TestApi {
  readonly url: string;
  readonly sql: Sql;
  readonly config: ApiConfig;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** With the admin's key unless another one, or null for none, is given. */
  call(method: string, path: string, ask?: Ask): Promise<Reply>;
  readonly keys: Readonly<Record<'admin' | 'editor' | 'viewer', string>>;
  stop(): Promise<void>;
}

export interface Ask {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** JSON, read at will. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A Monday noon in New York, well inside every hour that tests use. */
export const MONDAY_NOON = fromIso('2027-03-01T17:00:00Z');

export async function startTestApi(): Promise<TestApi> {
  const database = await createTestDatabase();
  const { sql } = database;
  await freezeClock(sql, MONDAY_NOON);
  const config: ApiConfig = {
    publicUrl: 'https://outreach.example.com',
    secretKey: 'a-secret-key-of-at-least-32-characters',
    addressKey: 'an-address-key-of-at-least-32-characters',
    twilio: {
      accountSid: 'AC00000000000000000000000000000001',
      authToken: 'twilio-auth-token',
      secondaryAuthToken: 'the-next-token',
    },
  };
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const server = createServer(createApp({ sql, engine: temporalIsDown(), config, log }));
  const url = await listen(server);
  const keys = {
    admin: await createApiKey(sql, 'Ada', 'admin'),
    editor: await createApiKey(sql, 'Ed', 'editor'),
    viewer: await createApiKey(sql, 'Vi', 'viewer'),
  };
  return {
    url,
    sql,
    config,
    logged,
    keys,
    call: (method, path, ask = {}) => call(`${url}${path}`, method, { key: keys.admin, ...ask }),
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await database.drop();
    },
  };
}

/** Everything that the API says to Temporal fails; the facts must be safe all the same. */
function temporalIsDown(): Engine {
  const fail = async () => {
    throw new Error('14 UNAVAILABLE');
  };
  return {
    start: fail,
    signal: fail,
    namespaceId: fail,
    workflowUrl: (enrollmentId) => `http://127.0.0.1:8233/workflows/enrollment%2F${enrollmentId}`,
    close: async () => undefined,
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function call(url: string, method: string, { key, body, headers }: Ask): Promise<Reply> {
  const isText = typeof body === 'string';
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null || key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}
