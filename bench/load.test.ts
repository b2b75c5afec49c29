import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { latencies, percentile } from './load';

describe('a percentile', () => {
  it.each([
    [0.5, 2],
    [0.99, 4],
    [0, 1],
  ])('at %d is one of the numbers', (share, expected) => {
    expect(percentile([1, 2, 3, 4], share)).toBe(expected);
  });

  it('of nothing is no number', () => expect(percentile([], 0.99)).toBeNaN());
});

describe('a constant load', () => {
  let server: Server;
  const answers: number[] = [];
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${String(request.headers['x-one'])}`);
      request.resume().on('end', () => response.writeHead(answers.shift() ?? 204).end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const url = () => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  };
  const next = () => ({ path: '/here?n=1', body: 'a=b', headers: { 'x-one': 'two' } });

  it('sends as many as the rate asks for', async () => {
    const { p50Ms, p99Ms } = await latencies(url(), next, { perSecond: 200, seconds: 0.1 });
    expect(seen).toEqual(Array.from({ length: 20 }, () => 'POST /here?n=1 two'));
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  });

  it('fails when a webhook is refused', async () => {
    answers.push(403);
    await expect(latencies(url(), next, { perSecond: 10, seconds: 0.1 })).rejects.toThrow('answered with 403');
  });
});
