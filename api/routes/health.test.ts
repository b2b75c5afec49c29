import { clockProblem } from '../../db/readiness';
import { startTestApi, type TestApi } from '../../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('the process itself', () => {
  it('says that it lives, and that it is ready: without Temporal, too, for facts are taken all the same', async () => {
    expect((await api.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' });
    const ready = await api.call('GET', '/readyz', { key: null });
    expect(ready).toMatchObject({
      status: 200,
      body: { status: 'ready', parts: { database: 'ok', migrations: 'ok', clock: 'ok', temporal: 'no answer' } },
    });
    expect(ready.headers.get('cache-control')).toBe('no-store');
  });

  it('is not ready while a migration is missing, and says so', async () => {
    const behind = await startTestApi();
    await behind.sql`delete from migration where number = 1`;
    expect(await behind.call('GET', '/readyz', { key: null })).toMatchObject({
      status: 503,
      body: { status: 'not ready', parts: { database: 'ok', migrations: 'behind' } },
    });
    await behind.stop();
  });

  it('is not ready on a database that nobody has migrated', async () => {
    const bare = await startTestApi();
    await bare.sql`drop table migration`;
    expect((await bare.call('GET', '/readyz', { key: null })).body.parts.migrations).toBe('missing');
    await bare.stop();
  });

  it('is not ready while its database is away, and answers in time', async () => {
    const alone = await startTestApi();
    await alone.sql.end();
    const startedMs = performance.now();
    // Without a limit of its own it would wait for half a minute.
    expect(await alone.call('GET', '/readyz', { key: null })).toMatchObject({
      status: 503,
      body: { status: 'not ready', parts: { database: 'no answer' } },
    });
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await alone.stop();
  });

  it('takes a database with a business clock of its own for a demo, and never for ready near real people', async () => {
    expect(await clockProblem(api.sql, false)).toBe('not real time');
    expect(await clockProblem(api.sql, true)).toBeNull();
  });

  it('never says what it is made of', async () => {
    const { headers } = await api.call('GET', '/healthz', { key: null });
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
  });
});
