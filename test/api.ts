import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { pino } from 'pino';
import { createApiKey } from '../db/api-key';
import { createSql, type Sql } from '../db/client';
import { freezeClock } from '../db/clock';
import { requestFields } from '../db/request-context';
import { fromIso } from '../domain/instant';
import type { Engine } from '../engine/engine';
import { apiRoutes, createApp } from '../api/app';
import type { ApiConfig, ApiDeps } from '../api/deps';
import { openApiDocument } from '../api/openapi';
import { Contract, watchAnswers } from './contract';
import { createTestDatabase } from './database';

/** The whole API over HTTP on a database of its own, with a Temporal that is down. */
export interface TestApi {
  readonly url: string;
  /** The first that was started, to look into. */
  readonly app: Express;
  readonly sql: Sql;
  readonly config: ApiConfig;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** With the admin's key unless another one, or null for none, is given. */
  call(method: string, path: string, ask?: Ask): Promise<Reply>;
  /** The same from another process over the same database. */
  another(settings?: Partial<ApiConfig>): Promise<TestApi['call']>;
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

export async function startTestApi(settings: Partial<ApiConfig> = {}): Promise<TestApi> {
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
    requestsPerHour: 1_000_000,
    trustedProxies: 0,
    simulated: true,
    temporalUiUrl: 'http://127.0.0.1:8233',
    ...settings,
  };
  const logged: string[] = [];
  const log = pino({ level: 'trace', mixin: requestFields }, { write: (line: string) => void logged.push(line) });
  const servers: Server[] = [];
  const violations: string[] = [];
  const pools: Sql[] = [];
  const serve = async (pool: Sql, own: ApiConfig) => {
    const deps: ApiDeps = { sql: pool, engine: temporalIsDown(), config: own, log };
    contract ??= new Contract(openApiDocument(apiRoutes(deps)));
    const app = createApp(deps);
    const server = createServer(watchAnswers(app, contract, violations));
    servers.push(server);
    return { app, url: await listen(server) };
  };
  const { app, url } = await serve(sql, config);
  const keys = {
    admin: await createApiKey(sql, 'Ada', 'admin'),
    editor: await createApiKey(sql, 'Ed', 'editor'),
    viewer: await createApiKey(sql, 'Vi', 'viewer'),
  };
  return {
    url,
    app,
    sql,
    config,
    logged,
    keys,
    call: async (method, path, ask = {}) => {
      const reply = await call(`${url}${path}`, method, { key: keys.admin, ...ask });
      requireNone(violations);
      return reply;
    },
    async another(more = {}) {
      const pool = createSql(database.url, { max: 10 });
      pools.push(pool);
      const { url: place } = await serve(pool, { ...config, ...more });
      return (method, path, ask = {}) => call(`${place}${path}`, method, { key: keys.admin, ...ask });
    },
    async stop() {
      await Promise.all(servers.map(close));
      await Promise.all(pools.map((pool) => pool.end()));
      await database.drop();
      requireNone(violations);
    },
  };
}

/** One for the tests of a file: the document is the same for all of them. */
let contract: Contract | undefined;

/** Every answer, whoever asked, has to be what the OpenAPI document says. */
function requireNone(violations: string[]): void {
  if (violations.length > 0) throw new Error(`not as documented:\n${violations.splice(0).join('\n')}`);
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
    startReport: fail,
    forget: fail,
    readMark: fail,
    writeMark: fail,
    workflowUrl: (enrollmentId) => `http://127.0.0.1:8233/workflows/enrollment%2F${enrollmentId}`,
    close: async () => undefined,
  };
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function call(url: string, method: string, { key, body, headers }: Ask): Promise<Reply> {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null || key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}
