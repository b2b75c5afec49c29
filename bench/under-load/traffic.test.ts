import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { atRate, createPoster, keepsUp, speedOf } from './traffic';

const counter = () => {
  let n = 0;
  return () => n++;
};

describe('a constant rate', () => {
  it('sends as many as it asks for, however slow the answers are', async () => {
    const traffic = await atRate({ perSecond: 200, seconds: 0.1 }, counter(), async () => {
      await delay(50);
      return true;
    });
    expect(traffic.sent).toBe(20);
    expect(traffic.seconds).toBeLessThan(2);
    expect(speedOf(traffic).p50Ms).toBeGreaterThan(45);
  });

  it('keeps what was not acknowledged', async () => {
    const traffic = await atRate({ perSecond: 1_000, seconds: 0.01 }, counter(), async (n) => n % 5 > 0);
    expect(traffic.refused).toEqual([0, 5]);
    expect(traffic.latenciesMs).toHaveLength(8);
  });

  it('ends when nothing is left', async () => {
    const items = [1, 2];
    const traffic = await atRate(
      { perSecond: 1_000, seconds: 10 },
      () => items.shift() ?? null,
      async () => true,
    );
    expect(traffic.sent).toBe(2);
  });
});

describe('keeping up', () => {
  const traffic = { sent: 100, latenciesMs: Array.from({ length: 100 }, (_, n) => n), refused: [], seconds: 1 };

  it('is an answer to everything, in time', () => {
    expect(keepsUp(traffic, 100)).toBe(true);
    expect(keepsUp(traffic, 98)).toBe(false);
    expect(keepsUp({ ...traffic, refused: [1] }, 100)).toBe(false);
    expect(keepsUp({ ...traffic, latenciesMs: [] }, 100)).toBe(false);
  });

  it('of nothing has no speed', () => expect(speedOf({ latenciesMs: [] })).toEqual({ p50Ms: null, p99Ms: null }));
});

describe('a poster', () => {
  let server: Server;
  const answers = [204, 200, 503];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const status = answers.shift();
      request
        .resume()
        .on('end', () => (status === undefined ? request.socket.destroy() : response.writeHead(status).end()));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('tells an acknowledgement from every other end', async () => {
    const address = server.address();
    const poster = createPoster(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    const webhook = { path: '/', headers: {}, body: 'a=b' };
    const ends: boolean[] = [];
    for (let n = 0; n < 4; n++) ends.push(await poster.post(webhook));
    poster.close();
    expect(ends).toEqual([true, true, false, false]);
  });
});
