import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { AUTH_TOKEN, startProduct, type RigProduct } from '../rig';
import { createWorld, type World } from '../world';
import { createWebhooks, type Webhook } from './webhooks';

const VectorsSchema = z.object({
  authToken: z.string(),
  vectors: z.array(z.object({ url: z.string(), parameters: z.record(z.string(), z.string()), signature: z.string() })),
});

let world: World;
let product: RigProduct;

beforeEach(async () => {
  world = await createWorld({
    accountSid: 'AC1',
    authToken: AUTH_TOKEN,
    webhookTimeoutMs: 100,
    appNow: () => Promise.resolve(0),
  });
  product = await startProduct();
});

afterEach(async () => {
  await world.background.stop();
  await product.stop();
});

function webhook(url: string, more: Partial<Webhook> = {}): Webhook {
  return {
    channel: 'voice',
    kind: 'callback',
    url,
    method: 'POST',
    parameters: { CallSid: 'CA1', CallStatus: 'completed', Body: 'ñ & = “quoted”' },
    sid: 'CA1',
    to: '+12125550123',
    from: '+12125550100',
    ...more,
  };
}

async function portOf(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return (server.address() as AddressInfo).port;
}

describe('the signature', () => {
  const text = readFileSync(join(__dirname, '..', 'fixtures', 'signatures.json'), 'utf8');
  const { authToken, vectors } = VectorsSchema.parse(JSON.parse(text));

  it.each(vectors)('of the published request to $url is $signature', ({ url, parameters, signature }) => {
    expect(getExpectedTwilioSignature(authToken, url, parameters)).toBe(signature);
  });

  it.each(['POST', 'GET'] as const)('of a %s stands over the whole URL and what was sent', async (method) => {
    await createWebhooks(world).send(webhook(`${product.url}/status?a=1&t=x%2Fy`, { method }));
    expect(product.received).toMatchObject([
      { method, isSigned: true, form: { CallStatus: 'completed', Body: 'ñ & = “quoted”' } },
    ]);
  });

  it('leaves the fragment out, which never leaves Twilio', async () => {
    await createWebhooks(world).send(webhook(`${product.url}/status?a=1#rc=2&rp=all`));
    // A busy machine may answer too late, and then it comes again.
    expect(product.received[0]).toMatchObject({ path: '/status', isSigned: true });
  });
});

describe('a request', () => {
  it('looks like one of Twilio’s', async () => {
    await createWebhooks(world).send(webhook(`${product.url}/status`));
    expect(product.received[0]?.headers).toMatchObject({
      'user-agent': 'TwilioProxy/1.1',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'i-twilio-idempotency-token': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('is in the ledger with its answer, without the token in its URL', async () => {
    await createWebhooks(world).send(
      webhook(`${product.url}/status?a=1&t=secret`, { status: 'completed', attemptId: '1' }),
    );
    const [entry] = world.ledger.entries();
    expect(entry).toMatchObject({
      kind: 'callback',
      status: 'completed',
      attemptId: '1',
      detail: { path: '/status', answer: 200 },
    });
    expect(JSON.stringify(entry)).not.toContain('secret');
  });

  it('is not repeated after an error', async () => {
    product.answer = () => ({ status: 503 });
    expect(await createWebhooks(world).send(webhook(`${product.url}/status`))).toMatchObject({ status: 503 });
    expect(product.received).toHaveLength(1);
  });

  it('is not repeated after the connection broke in the middle', async () => {
    let connections = 0;
    const server = createServer((request) => {
      connections += 1;
      request.socket.destroy();
    });
    const url = `http://127.0.0.1:${await portOf(server)}/status`;
    expect(await createWebhooks(world).send(webhook(url))).toBeNull();
    expect(connections).toBe(1);
    expect(world.ledger.entries()).toMatchObject([{ detail: { failure: 'ECONNRESET' } }]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is tried twice when nobody listens', async () => {
    const server = createTcpServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await createWebhooks(world).send(webhook(`http://127.0.0.1:${port}/status`))).toBeNull();
    expect(world.ledger.entries()).toMatchObject([{ detail: { failure: 'ECONNREFUSED', tries: 2 } }]);
  });

  it('is given up after its time, and not repeated', async () => {
    product.answer = () => new Promise(() => undefined);
    expect(await createWebhooks(world).send(webhook(`${product.url}/status`))).toBeNull();
    expect(product.received).toHaveLength(1);
    expect(world.ledger.entries()).toMatchObject([{ detail: { failure: 'TIMEOUT', tries: 1 } }]);
  });

  it.each(['', 'status', 'ftp://example.com/status'])('to “%s” fails', async (url) => {
    expect(await createWebhooks(world).send(webhook(url))).toBeNull();
    expect(world.ledger.entries()).toMatchObject([{ detail: { failure: 'INVALID_URL' } }]);
  });

  it('does not follow a redirect', async () => {
    product.answer = () => ({ status: 302 });
    expect(await createWebhooks(world).send(webhook(`${product.url}/status`))).toMatchObject({ status: 302 });
  });
});
