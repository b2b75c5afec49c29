import { startTestApi, type TestApi } from '../../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('the process itself', () => {
  it('says that it lives, and that it is ready', async () => {
    expect((await api.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/readyz', { key: null })).body).toEqual({ status: 'ready' });
  });

  it('is not ready while a migration is missing', async () => {
    const behind = await startTestApi();
    await behind.sql`delete from migration`;
    expect(await behind.call('GET', '/readyz', { key: null })).toMatchObject({
      status: 503,
      body: { status: 'not ready' },
    });
    await behind.stop();
  });

  it('greets people with a page, and never says what it is made of', async () => {
    const page = await api.call('GET', '/', { key: null });
    expect(page.text).toContain('Followthrough API');
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
  });
});
