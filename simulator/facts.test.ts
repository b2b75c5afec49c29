import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startProduct, type RigProduct } from './rig';
import { createFactPoster } from './facts';
import { createWorld, type World } from './world';

const FACT = { kind: 'wrong_number' } as const;
const ORIGIN = { channel: 'voice', person: '+12125550123', callSid: 'CA1', attemptId: 'one' } as const;

let world: World;
let product: RigProduct;

beforeEach(async () => {
  product = await startProduct();
  world = await createWorld({
    accountSid: 'AC1',
    authToken: 'token',
    apiKey: 'key',
    publicUrl: product.url,
    appNow: () => Promise.resolve(0),
  });
});

afterEach(async () => {
  await world.background.stop();
  await product.stop();
});

describe('a fact', () => {
  it('is posted with the key of the API and a key of its own', async () => {
    expect(await createFactPoster(world).post(FACT, ORIGIN)).toBe(200);
    const [request] = product.to('/v1/facts');
    const body = JSON.parse(request?.text ?? '');
    expect(body).toEqual({ kind: 'wrong_number', callSid: 'CA1', eventId: expect.stringMatching(/^sim-/) });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key',
      'idempotency-key': body.eventId,
      'content-type': 'application/json',
    });
    expect(world.ledger.entries()).toMatchObject([
      { kind: 'fact', status: 'wrong_number', accepted: true, sid: 'CA1', attemptId: 'one' },
    ]);
  });

  it('is repeated under the same keys until the product takes it', async () => {
    const statuses = [503, 429, 409, 202];
    product.answer = () => ({ status: statuses[product.received.length - 1] ?? 500 });
    expect(await createFactPoster(world).post(FACT, ORIGIN)).toBe(202);
    expect(
      new Set(product.received.map(({ text, headers }) => `${text} ${String(headers['idempotency-key'])}`)).size,
    ).toBe(1);
    expect(world.ledger.entries()).toMatchObject([{ accepted: true, detail: { tries: 4, answer: 202 } }]);
  });

  it('is repeated while nobody listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
    const closed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    const urls = [closed, product.url];
    const moved = {
      apiKey: null,
      get publicUrl() {
        return urls.shift() ?? null;
      },
    };
    expect(await createFactPoster({ ...world, product: moved }).post(FACT, ORIGIN)).toBe(200);
    expect(world.ledger.entries()).toMatchObject([{ detail: { tries: 2 } }]);
    expect(product.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('waits until the product’s address is known', async () => {
    world.product.publicUrl = null;
    const posted = createFactPoster(world).post(FACT, ORIGIN);
    world.product.publicUrl = product.url;
    expect(await posted).toBe(200);
  });

  it('that is refused is not repeated', async () => {
    product.answer = () => ({ status: 422 });
    expect(await createFactPoster(world).post(FACT, ORIGIN)).toBe(422);
    expect(product.received).toHaveLength(1);
    expect(world.ledger.entries()).toMatchObject([{ accepted: false, detail: { answer: 422 } }]);
  });
});
