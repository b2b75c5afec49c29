import { createApiKey } from '../db/api-key';
import { startTestApi, type TestApi } from '../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('API keys (T23)', () => {
  it('are needed for everything under /v1, as a bearer or in X-Api-Key', async () => {
    const refused = await api.call('GET', '/v1/settings', { key: null });
    expect(refused.body).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(
      (await api.call('GET', '/v1/settings', { key: null, headers: { 'x-api-key': api.keys.viewer } })).status,
    ).toBe(200);
  });

  it.each(['', 'nonsense', 'ft_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
    '"%s" lets nobody in',
    async (key) => {
      expect((await api.call('GET', '/v1/settings', { key })).status).toBe(401);
    },
  );

  it('with one wrong character or disabled let nobody in', async () => {
    const key = await createApiKey(api.sql, 'Old', 'admin');
    expect((await api.call('GET', '/v1/settings', { key })).status).toBe(200);
    const other = key.endsWith('A') ? `${key.slice(0, -1)}B` : `${key.slice(0, -1)}A`;
    expect((await api.call('GET', '/v1/settings', { key: other })).status).toBe(401);
    await api.sql`update api_key set disabled = true where name = 'Old'`;
    expect((await api.call('GET', '/v1/settings', { key })).status).toBe(401);
  });

  it('are stored as hashes only, with the time of their last use', async () => {
    await api.call('GET', '/v1/settings', { key: api.keys.viewer });
    const [row] = await api.sql<{ row: string; used: boolean }[]>`
      select row_to_json(k)::text as row, last_used_rt is not null as used from api_key k where name = 'Vi'`;
    expect(row?.used).toBe(true);
    expect(row?.row).not.toContain(api.keys.viewer.split('_').slice(2).join('_'));
  });

  it.each([
    ['viewer', 'GET', '/v1/campaigns', 200],
    ['viewer', 'POST', '/v1/lists', 403],
    ['editor', 'POST', '/v1/lists', 201],
    ['editor', 'PATCH', '/v1/settings', 403],
    ['admin', 'PATCH', '/v1/settings', 200],
  ] as const)('of a %s: %s %s answers %i', async (role, method, path, status) => {
    const body = method === 'GET' ? {} : { body: path === '/v1/lists' ? { name: 'By role', caseType: 'x' } : {} };
    expect((await api.call(method, path, { key: api.keys[role], ...body })).status).toBe(status);
  });

  it('are looked at before the body is read', async () => {
    expect((await api.call('POST', '/v1/lists', { key: null, body: { broken: true } })).status).toBe(401);
  });
});
