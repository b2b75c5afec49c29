import { createApiKey } from '../../db/api-key';
import { readApiKey } from '../../db/tokens';
import { startTestApi, type TestApi } from '../../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const make = (body: object, headers: Record<string, string> = {}, key = api.keys.admin) =>
  api.call('POST', '/v1/api-keys', { body, headers, key });
const change = (id: string, body: object, ask: { key?: string; headers?: Record<string, string> } = {}) =>
  api.call('PATCH', `/v1/api-keys/${id}`, { body, ...ask });
const asks = async (key: string) => (await api.call('GET', '/v1/settings', { key })).status;

describe('a new API key (K-30)', () => {
  it('is shown once, works, and never comes again', async () => {
    const made = await make({ name: 'Intake form', role: 'editor' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Intake form',
        role: 'editor',
        scopes: null,
        disabled: false,
        createdBy: 'key:Ada',
        lastUsedAt: null,
      },
    });
    const { key, id, prefix } = made.body;
    expect(readApiKey(key)).not.toBeNull();
    expect(key.startsWith(`${prefix}_`)).toBe(true);
    expect(made.headers.get('location')).toBe(`/v1/api-keys/${id}`);
    expect(await asks(key)).toBe(200);
    const shown = await api.call('GET', `/v1/api-keys/${id}`);
    expect(shown.body).toMatchObject({ id, lastUsedAt: expect.stringMatching(/Z$/) });
    const everything = shown.text + (await api.call('GET', '/v1/api-keys')).text + api.logged.join();
    const secret = readApiKey(key)?.secret ?? '';
    expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(/hash/i);
  });

  it('is nowhere in the database, not even under an Idempotency-Key, whose repetition shows it again', async () => {
    const headers = { 'idempotency-key': 'make-once' };
    const first = await make({ name: 'Once', role: 'viewer' }, headers);
    const again = await make({ name: 'Once', role: 'viewer' }, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await asks(again.body.key)).toBe(200);
    expect(await api.sql`select id from api_key where name = 'Once'`).toHaveLength(1);
    const secret = readApiKey(first.body.key)?.secret ?? '';
    const [kept] = await api.sql<{ text: string }[]>`
      select (select json_agg(k)::text from api_key k) || (select json_agg(i)::text from idempotency i)
        || (select json_agg(c)::text from change_log c) as text`;
    expect(kept?.text).not.toContain(secret);
  });

  it('of an ended hour lets nobody in', async () => {
    const made = await make({ name: 'Short', role: 'viewer', expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect(await asks(made.body.key)).toBe(200);
    await api.sql`update api_key set expires_rt = clock_timestamp() where id = ${made.body.id}`;
    expect(await asks(made.body.key)).toBe(401);
  });

  it.each([
    [{ name: 'x', role: 'owner' }, '#/role'],
    [{ name: '', role: 'viewer' }, '#/name'],
    [{ name: 'x', role: 'viewer', scopes: [] }, '#/scopes'],
    [{ name: 'x', role: 'viewer', scopes: ['everything'] }, '#/scopes/0'],
    [{ name: 'x', role: 'viewer', scopes: ['facts:write', 'facts:write'] }, '#/scopes'],
    [{ name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, '#/expiresAt'],
  ])('%j is refused at %s', async (body, pointer) => {
    expect((await make(body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });
});

describe('an API key', () => {
  it('that was disabled lets nobody in, by itself or by a session, until it is enabled', async () => {
    const { key, id } = (await make({ name: 'Sam', role: 'editor' })).body;
    const signedIn = await api.call('POST', '/v1/session', { key: null, body: { apiKey: key } });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const bySession = async () => (await api.call('GET', '/v1/session', { key: null, headers: { cookie } })).status;
    expect(await bySession()).toBe(200);
    expect((await change(id, { disabled: true })).body).toMatchObject({ disabled: true, revision: 2 });
    expect([await asks(key), await bySession()]).toEqual([401, 401]);
    expect((await change(id, { disabled: false })).body).toMatchObject({ disabled: false, revision: 3 });
    expect([await asks(key), await bySession()]).toEqual([200, 401]);
  });

  it('changes name, role and scopes, and its sessions with it', async () => {
    const { key, id } = (await make({ name: 'Kim', role: 'viewer' })).body;
    const write = async () =>
      (await api.call('POST', '/v1/lists', { key, body: { name: 'By Kim', caseType: 'x' } })).status;
    expect(await write()).toBe(403);
    await change(id, { role: 'editor', name: 'Kim the editor' });
    expect(await write()).toBe(201);
    await change(id, { scopes: ['facts:write'] });
    expect(await write()).toBe(403);
    expect((await change(id, { scopes: null })).body).toMatchObject({
      name: 'Kim the editor',
      role: 'editor',
      revision: 4,
    });
    expect(await write()).toBe(201);
  });

  it('stays as it is when nothing about it changes', async () => {
    const { id } = (await make({ name: 'Same', role: 'viewer' })).body;
    expect((await change(id, { name: 'Same', disabled: false })).body.revision).toBe(1);
  });

  it('of another installation is a stranger', async () => {
    const other = await startTestApi();
    try {
      expect(await asks(other.keys.admin)).toBe(401);
      const made = await other.call('POST', '/v1/session', { key: null, body: { apiKey: other.keys.admin } });
      const cookie = (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      expect((await other.call('GET', '/v1/session', { key: null, headers: { cookie } })).status).toBe(200);
      expect((await api.call('GET', '/v1/session', { key: null, headers: { cookie } })).status).toBe(401);
    } finally {
      await other.stop();
    }
  });
});

describe('the list of API keys', () => {
  it('comes in pages, newest first, each key once', async () => {
    for (const name of ['P1', 'P2', 'P3']) await make({ name, role: 'viewer' });
    const first = await api.call('GET', '/v1/api-keys?limit=2');
    expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(['P3', 'P2']);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await api.call('GET', `/v1/api-keys?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    }
    const [count] = await api.sql<{ count: number }[]>`select count(*)::int as count from api_key`;
    expect([seen.length, new Set(seen).size]).toEqual([count?.count, count?.count]);
  });
});

describe('the last admin key', () => {
  let lone: TestApi;
  let id: string;
  beforeAll(async () => {
    lone = await startTestApi();
    const [row] = await lone.sql<{ id: string }[]>`select id from api_key where role = 'admin'`;
    id = row?.id ?? '';
  });
  afterAll(() => lone.stop());

  it.each([
    { disabled: true },
    { role: 'editor' },
    { scopes: ['access:write'] },
    { expiresAt: '2099-01-01T00:00:00Z' },
  ])('can not be changed by %j', async (body) => {
    const refused = await lone.call('PATCH', `/v1/api-keys/${id}`, { body });
    expect(refused.body).toMatchObject({ status: 409, code: 'last_admin' });
    expect((await lone.call('GET', '/v1/api-keys')).status).toBe(200);
  });

  it('is not made up for by one that is limited, ends or is disabled', async () => {
    await lone.call('POST', '/v1/api-keys', { body: { name: 'a', role: 'admin', scopes: ['access:write'] } });
    await lone.call('POST', '/v1/api-keys', { body: { name: 'b', role: 'admin', expiresAt: '2099-01-01T00:00:00Z' } });
    const refused = await lone.call('PATCH', `/v1/api-keys/${id}`, { body: { disabled: true } });
    expect(refused.body.code).toBe('last_admin');
  });

  it('is one of two that disable each other at the same time', async () => {
    const other = await createApiKey(lone.sql, 'Other', 'admin');
    await lone.call('GET', '/v1/session', { key: other });
    const [row] = await lone.sql<{ id: string }[]>`select id from api_key where name = 'Other'`;
    // So slowly that both have looked before either is done.
    await lone.sql`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return new; end $$`;
    await lone.sql`create trigger slowly before insert on change_log for each row execute function slowly()`;
    const answers = await Promise.all([
      lone.call('PATCH', `/v1/api-keys/${row?.id}`, { body: { disabled: true } }),
      lone.call('PATCH', `/v1/api-keys/${id}`, { body: { disabled: true }, key: other }),
    ]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const left = await lone.sql`
      select id from api_key where role = 'admin' and not disabled and scopes is null and expires_rt is null`;
    expect(left).toHaveLength(1);
  });
});

describe('a limited admin key', () => {
  it('neither makes nor touches a key that may do more', async () => {
    const limited = (await make({ name: 'Limited', role: 'admin', scopes: ['access:write', 'facts:write'] })).body;
    const by = (body: object) => make(body, {}, limited.key);
    expect((await by({ name: 'y', role: 'editor', scopes: ['facts:write'] })).status).toBe(201);
    for (const scopes of [null, ['settings:write'], ['facts:write', 'contacts:read']])
      expect((await by({ name: 'y', role: 'viewer', scopes })).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await change(limited.id, { scopes: null }, { key: limited.key })).status).toBe(403);
    const { id } = (await make({ name: 'Wide', role: 'viewer' })).body;
    expect((await change(id, { disabled: true }, { key: limited.key })).status).toBe(403);
  });
});
