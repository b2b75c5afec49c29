import { parseScrape, valueOf } from '../test/prometheus';
import { Metrics } from './metrics';
import { type OperationsServer, startOperationsServer } from './server';
import type { Readiness } from './readiness';

let server: OperationsServer;
let readiness: Readiness = { isReady: true, parts: { workers: 'ok' } };
const metrics = new Metrics();

beforeAll(async () => {
  server = await startOperationsServer({ host: '127.0.0.1', port: 0, metrics, readiness: async () => readiness });
});
afterAll(() => server.close());

const get = async (path: string, method = 'GET') => {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('the port for those who watch', () => {
  it('says that the process lives', async () => {
    expect(await get('/healthz')).toEqual({ status: 200, type: 'application/json', text: '{"status":"ok"}' });
  });

  it('says what is not ready', async () => {
    expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready","parts":{"workers":"ok"}}' });
    readiness = { isReady: false, parts: { workers: 'not running' } };
    const answer = await get('/readyz');
    expect(answer).toMatchObject({ status: 503, text: '{"status":"not ready","parts":{"workers":"not running"}}' });
  });

  it("serves its own figures and, after them, other sources', without one that fails", async () => {
    metrics.gauge('test_gauge', 'A gauge.', ['kind']).set({ kind: 'a "quoted"\nlabel' }, 3);
    metrics.addSource(async () => '# HELP temporal_x X.\n# TYPE temporal_x counter\ntemporal_x 2\n');
    metrics.addSource(async () => {
      throw new Error('not there');
    });
    const answer = await get('/metrics');
    expect(answer).toMatchObject({ status: 200, type: metrics.contentType });
    const samples = parseScrape(answer.text);
    expect(valueOf(samples, 'followthrough_test_gauge')).toBe(3);
    expect(valueOf(samples, 'temporal_x')).toBe(2);
  });

  it('answers nothing else', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics?x=1')).status).toBe(200);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });

  it('says no more than that it failed when figures can not be had', async () => {
    const broken = new Metrics();
    broken.beforeScrape(async () => {
      throw new Error('hush');
    });
    const other = await startOperationsServer({
      host: '127.0.0.1',
      port: 0,
      metrics: broken,
      readiness: async () => readiness,
    });
    const answer = await fetch(`http://127.0.0.1:${other.port}/metrics`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe('{"status":"failed"}');
    await other.close();
  });
});

describe('a scrape', () => {
  it.each([
    ['a sample without a type', 'x 1'],
    ['a sample that is told twice', '# TYPE x gauge\nx 1\nx 1'],
    ['a type that is told twice', '# TYPE x gauge\n# TYPE x gauge'],
    ['a label without quotes', '# TYPE x gauge\nx{a=b} 1'],
    ['a value that is none', '# TYPE x gauge\nx one'],
  ])('with %s would be refused by these tests', (_, text) => {
    expect(() => parseScrape(text)).toThrow('no Prometheus text');
  });
});
