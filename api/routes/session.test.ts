import { createApiKey } from '../../db/api-key';
import { startTestApi, type TestApi } from '../../test/api';
import { withinOneHour } from '../../test/hour';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ publicUrl: 'http://127.0.0.1:3000' });
});
afterAll(() => api.stop());

const ORIGIN = 'http://127.0.0.1:3000';

const signIn = (apiKey: string, headers: Record<string, string> = {}) =>
  api.call('POST', '/v1/session', { key: null, body: { apiKey }, headers });

async function cookieOf(apiKey: string): Promise<string> {
  const answer = await signIn(apiKey);
  expect(answer.status).toBe(201);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

const asBrowser = (method: string, path: string, cookie: string, more: Record<string, string> = {}, body?: unknown) =>
  api.call(method, path, { key: null, headers: { cookie, ...more }, ...(body === undefined ? {} : { body }) });

describe('signing in', () => {
  it('gives a cookie that no script reads and that lives a day at most, and says who one is', async () => {
    const answer = await signIn(api.keys.editor, { origin: ORIGIN });
    expect(answer.body).toMatchObject({
      name: 'Ed',
      role: 'editor',
      scopes: null,
      simulated: true,
      temporalUiUrl: 'http://127.0.0.1:8233',
    });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^followthrough=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
    );
    expect(Date.parse(answer.body.session.endsAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });

  it('lets the session do what its key may', async () => {
    const cookie = await cookieOf(api.keys.editor);
    expect((await asBrowser('GET', '/v1/session', cookie)).body).toMatchObject({ name: 'Ed', role: 'editor' });
    const list = { name: 'By cookie', caseType: 'x' };
    expect((await asBrowser('POST', '/v1/lists', cookie, { origin: ORIGIN }, list)).status).toBe(201);
    expect((await asBrowser('PATCH', '/v1/settings', cookie, { origin: ORIGIN }, {})).status).toBe(403);
  });
});

describe('a session', () => {
  it('ends by signing out, by two idle hours and after a day, whatever the cookie says', async () => {
    const [out, idle, old] = [
      await cookieOf(api.keys.admin),
      await cookieOf(api.keys.admin),
      await cookieOf(api.keys.admin),
    ];
    const status = async (cookie: string) => (await asBrowser('GET', '/v1/session', cookie)).status;
    const signedOut = await asBrowser('DELETE', '/v1/session', out, { origin: ORIGIN });
    expect([signedOut.status, signedOut.headers.get('set-cookie')]).toEqual([
      204,
      'followthrough=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    ]);
    expect(await status(out)).toBe(401);
    const [signOut] = (await api.call('GET', '/v1/changes?entity=api_key&limit=1')).body.items;
    expect(signOut).toMatchObject({ change: 'signed_out', actor: 'key:Ada' });
    const ids = await api.sql<{ id: string }[]>`select id from session order by created_rt desc limit 2`;
    await api.sql`update session set seen_rt = clock_timestamp() - interval '119 minutes' where id = ${ids[1]?.id ?? null}`;
    expect(await status(idle)).toBe(200);
    await api.sql`update session set seen_rt = clock_timestamp() - interval '2 hours' where id = ${ids[1]?.id ?? null}`;
    await api.sql`update session set ends_rt = clock_timestamp() where id = ${ids[0]?.id ?? null}`;
    expect([await status(idle), await status(old)]).toEqual([401, 401]);
    await cookieOf(api.keys.viewer);
    const [row] = await api.sql<{ gone: boolean }[]>`
      select count(*) = 0 as gone from session where id = any (${ids.map(({ id }) => id)})`;
    expect(row?.gone).toBe(true);
  });

  it('ends with its key', async () => {
    const key = await createApiKey(api.sql, 'Ending', 'viewer');
    const cookie = await cookieOf(key);
    expect((await asBrowser('GET', '/v1/session', cookie)).status).toBe(200);
    await api.sql`update api_key set expires_rt = clock_timestamp() where name = 'Ending'`;
    expect((await asBrowser('GET', '/v1/session', cookie)).status).toBe(401);
  });

  it('stays alive as long as somebody uses it', async () => {
    const cookie = await cookieOf(api.keys.admin);
    await api.sql`update session set seen_rt = clock_timestamp() - interval '100 minutes'`;
    await asBrowser('GET', '/v1/campaigns', cookie);
    const [row] = await api.sql<{ fresh: boolean }[]>`
      select bool_or(seen_rt > clock_timestamp() - interval '1 minute') as fresh from session`;
    expect(row?.fresh).toBe(true);
  });

  it('is kept as a hash, and every one has another token', async () => {
    const cookies = [await cookieOf(api.keys.viewer), await cookieOf(api.keys.viewer)];
    const tokens = cookies.map((cookie) => cookie.split('=')[1] ?? '');
    expect(new Set(tokens).size).toBe(2);
    const [row] = await api.sql<{ text: string }[]>`select json_agg(s)::text as text from session s`;
    for (const token of tokens) expect(row?.text).not.toContain(token);
    expect(api.logged.join()).not.toContain(tokens[0]);
  });

  it.each([
    ['no token of ours', `followthrough=${'A'.repeat(43)}`],
    ['a hash instead of the token', 'followthrough=HASH'],
    ['SQL', "followthrough=' or 1=1 --"],
    ['another name', 'session=TOKEN'],
    ['the name that HTTPS has', '__Host-followthrough=TOKEN'],
    ['a longer token', 'followthrough=TOKENA'],
    ['a shorter token', 'followthrough=TOKEN-1'],
    ['quotes', 'followthrough="TOKEN"'],
    ['nothing', 'followthrough='],
    ['garbage', ';;;=;followthrough;=x;%00'],
    ['very much of it', 'x='.repeat(4000)],
  ])('is not that of a cookie with %s', async (_, cookie) => {
    const token = (await cookieOf(api.keys.admin)).split('=')[1] ?? '';
    const [row] = await api.sql<{ hash: string }[]>`select token_hash as hash from session limit 1`;
    const forged = cookie
      .replace('TOKEN-1', token.slice(0, -1))
      .replace('TOKEN', token)
      .replace('HASH', row?.hash ?? '');
    expect((await asBrowser('GET', '/v1/session', forged)).body).toMatchObject({ status: 401, code: 'unauthorized' });
  });

  it('is found among other cookies, and behind one of the same name that somebody slipped in', async () => {
    const cookie = await cookieOf(api.keys.admin);
    expect((await asBrowser('GET', '/v1/session', `a=b; ${cookie}; c=d`)).status).toBe(200);
    expect((await asBrowser('GET', '/v1/session', `followthrough=x; ${cookie}`)).status).toBe(200);
  });

  it('goes after a key that comes with it, good or bad', async () => {
    const cookie = await cookieOf(api.keys.admin);
    const both = (key: string) => api.call('GET', '/v1/session', { key, headers: { cookie } });
    expect((await both(api.keys.viewer)).body).toMatchObject({ name: 'Vi', session: null });
    expect((await both('nonsense')).status).toBe(401);
  });
});

describe('where HTTPS is spoken', () => {
  let secure: TestApi;
  beforeAll(async () => {
    secure = await startTestApi({ publicUrl: 'https://outreach.example.com' });
  });
  afterAll(() => secure.stop());

  const open = (headers: Record<string, string> = {}) =>
    secure.call('POST', '/v1/session', { key: null, body: { apiKey: secure.keys.admin }, headers });

  it('no other host can set the cookie, and it never goes in plain', async () => {
    const cookie = (await open()).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-followthrough=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure$/);
    const [pair = ''] = cookie.split(';');
    const read = (sent: string) => secure.call('GET', '/v1/session', { key: null, headers: { cookie: sent } });
    expect((await read(pair)).status).toBe(200);
    expect((await read(pair.replace('__Host-', ''))).status).toBe(401);
  });

  it.each([
    ['https://outreach.example.com', 201],
    ['http://outreach.example.com', 403],
    ['https://outreach.example.com:8443', 403],
    ['https://outreach.example.com.example.org', 403],
    ['https://example.org', 403],
    ['null', 403],
  ])('a page of %s signs somebody in with %i', async (origin, status) => {
    expect((await open({ origin })).status).toBe(status);
  });
});

describe('failed sign-ins', () => {
  let behindProxy: TestApi['call'];
  beforeAll(async () => {
    behindProxy = await api.another({ trustedProxies: 1 });
  });
  beforeEach(async () => {
    await withinOneHour(api.sql);
    await api.sql`delete from api_usage`;
  });

  const fail = (call: TestApi['call'], from?: string) =>
    call('POST', '/v1/session', {
      key: null,
      body: { apiKey: `ft_000000000000_${'A'.repeat(43)}` },
      ...(from === undefined ? {} : { headers: { 'x-forwarded-for': from } }),
    });

  it('are thirty an hour for an address, however many come at once; good ones do not count', async () => {
    for (let n = 0; n < 3; n++) await cookieOf(api.keys.viewer);
    const answers = await Promise.all(Array.from({ length: 35 }, () => fail(api.call)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
    const refused = await signIn(api.keys.viewer);
    expect(refused.body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('are not those of another address that the client makes up', async () => {
    for (let n = 0; n < 31; n++) await fail(api.call, `203.0.113.${n}`);
    expect((await fail(api.call, '198.51.100.1')).status).toBe(429);
    expect((await fail(behindProxy, '198.51.100.1')).status).toBe(401);
  });

  it('are those of a whole network of IPv6, and leave no address behind', async () => {
    for (let n = 0; n < 31; n++) await fail(behindProxy, `2001:db8:1:2:${n.toString(16)}::1`);
    expect((await fail(behindProxy, '2001:db8:1:2::ffff')).status).toBe(429);
    expect((await fail(behindProxy, '2001:db8:1:3::1')).status).toBe(401);
    const rows = await api.sql<{ subject: string }[]>`select subject from api_usage`;
    expect(rows.every(({ subject }) => /^sign-in:[0-9a-f]{5}$/.test(subject))).toBe(true);
  });
});
