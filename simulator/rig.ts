import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio, { type Twilio } from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
import type Response from 'twilio/lib/http/response';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import type { Ledger, LedgerFilter } from './ledger';
import type { LedgerEntry } from './ledger-entry';
import { createSimulator, type Simulator } from './simulator';
import type { SimulatorDeps, Timings } from './settings';

/** What the simulator's own tests need: a product that only listens, and the real SDK of the provider. */

export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'rig-auth-token';
export const OURS = '+12125550100';
export const THEIRS = '+12125550123';

const FAST: Timings = { dialMs: [0, 1], ringMs: [4, 8], talkMs: [8, 16], deliverMs: [1, 3], replyMs: [1, 3] };

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The form, or the query of a GET. */
  readonly form: Readonly<Record<string, string>>;
  readonly isSigned: boolean;
}

export interface ProductAnswer {
  readonly status?: number;
  readonly body?: string;
}

export interface RigProduct {
  readonly url: string;
  readonly received: readonly Received[];
  /** May be replaced by a test. */
  answer: (request: Received) => ProductAnswer | Promise<ProductAnswer>;
  to(path: string): readonly Received[];
  until(wanted: (request: Received) => boolean): Promise<Received>;
  stop(): Promise<void>;
}

export interface Rig {
  readonly simulator: Simulator;
  readonly ledger: Ledger;
  readonly product: RigProduct;
  readonly client: Twilio;
  /** Business time; set by the test. */
  clock: { now: number };
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  entry(filter: LedgerFilter, matches?: (entry: LedgerEntry) => boolean): Promise<LedgerEntry>;
  stop(): Promise<void>;
}

export async function startRig(deps: Partial<SimulatorDeps> = {}): Promise<Rig> {
  const clock = { now: Date.UTC(2026, 10, 2, 15) };
  const product = await startProduct();
  const simulator = await createSimulator({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    publicUrl: product.url,
    apiKey: 'rig-api-key',
    appNow: () => Promise.resolve(clock.now),
    timings: FAST,
    weights: { never_answers: 1 },
    ...deps,
  });
  return {
    simulator,
    ledger: simulator.ledger,
    product,
    clock,
    client: sdkClient(simulator.httpUrl),
    async control(method, path, body) {
      const answer = await fetch(`${simulator.httpUrl}/sim${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
    entry: ({ channel, kind, attemptId, to }, matches = () => true) =>
      simulator.ledger.until(
        (entry) =>
          (channel === undefined || entry.channel === channel) &&
          (kind === undefined || entry.kind === kind) &&
          (attemptId === undefined || entry.attemptId === attemptId) &&
          (to === undefined || entry.to === to) &&
          matches(entry),
      ),
    async stop() {
      await simulator.stop();
      await product.stop();
    },
  };
}

/** The provider's own SDK; only the host that it talks to is another one. */
export function sdkClient(baseUrl: string, { authToken = AUTH_TOKEN, timeoutMs = 5000 } = {}): Twilio {
  class Redirected extends RequestClient {
    override request<T>(options: RequestClient.RequestOptions<T>): Promise<Response<T>> {
      return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', baseUrl) });
    }
  }
  return twilio(ACCOUNT_SID, authToken, { httpClient: new Redirected({ timeout: timeoutMs, keepAlive: false }) });
}

export async function startProduct(): Promise<RigProduct> {
  const received: Received[] = [];
  const arrived = new EventEmitter().setMaxListeners(0);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = receivedOf(product.url, method, url, headers, Buffer.concat(chunks).toString('utf8'));
      received.push(one);
      arrived.emit('request');
      void Promise.resolve(product.answer(one)).then(({ status = 200, body = '' }) =>
        response.writeHead(status).end(body),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const product: RigProduct = {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    answer: () => ({}),
    to: (path) => received.filter((request) => request.path === path),
    async until(wanted) {
      for (;;) {
        const found = received.find(wanted);
        if (found !== undefined) return found;
        await once(arrived, 'request');
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return product;
}

function receivedOf(base: string, method: string, url: string, headers: IncomingHttpHeaders, text: string): Received {
  const { pathname, searchParams } = new URL(url, base);
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const form = Object.fromEntries(isForm ? new URLSearchParams(text) : searchParams);
  const signature = headers['x-twilio-signature'];
  const isSigned =
    typeof signature === 'string' && validateRequest(AUTH_TOKEN, signature, `${base}${url}`, isForm ? form : {});
  return { method, path: pathname, query: searchParams, headers, text, form, isSigned };
}

function portOf(server: Server): number {
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return (server.address() as AddressInfo).port;
}
