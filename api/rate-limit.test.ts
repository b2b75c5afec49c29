import { createApiKey } from '../db/api-key';
import { startTestApi, type TestApi } from '../test/api';
import { withinOneHour } from '../test/hour';

let api: TestApi;
let other: TestApi['call'];

const LIMIT = 30;

beforeAll(async () => {
  api = await startTestApi({ requestsPerHour: LIMIT });
  other = await api.another();
});
afterAll(() => api.stop());

beforeEach(() => withinOneHour(api.sql));

const keyOf = (name: string) => createApiKey(api.sql, name, 'editor');
const remaining = (headers: Headers) => Number(/^"hour";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1]);

describe('the limit per hour and key (K-30)', () => {
  it('is told with every answer', async () => {
    const key = await keyOf('Told');
    const first = await api.call('GET', '/v1/settings', { key });
    const second = await other('GET', '/v1/campaigns/nonsense', { key });
    expect(first.headers.get('ratelimit-policy')).toBe(`"hour";q=${LIMIT};w=3600`);
    expect([remaining(first.headers), remaining(second.headers)]).toEqual([LIMIT - 1, LIMIT - 2]);
    expect(first.headers.get('retry-after')).toBeNull();
  });

  it('lets exactly so many through when they come at once to two processes (T26)', async () => {
    const key = await keyOf('Crowd');
    const answers = await Promise.all(
      Array.from({ length: LIMIT + 15 }, (_, ix) => (ix % 2 === 0 ? api.call : other)('GET', '/v1/session', { key })),
    );
    const through = answers.filter(({ status }) => status === 200);
    expect(through.map(({ headers }) => remaining(headers)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: LIMIT }, (_, ix) => ix),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(15);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 429, code: 'rate_limited' });
      expect(headers.get('content-type')).toContain('application/problem+json');
      const wait = Number(headers.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(3600);
      expect(remaining(headers)).toBe(0);
    }
  });

  it('is each key its own, and an hour later is another', async () => {
    const [spent, fresh] = [await keyOf('Spent'), await keyOf('Fresh')];
    for (let n = 0; n <= LIMIT; n++) await api.call('GET', '/v1/session', { key: spent });
    expect((await api.call('GET', '/v1/session', { key: spent })).status).toBe(429);
    expect((await api.call('GET', '/v1/session', { key: fresh })).status).toBe(200);
    await api.sql`update api_usage set hour_rt = hour_rt - interval '1 hour'`;
    expect((await api.call('GET', '/v1/session', { key: spent })).status).toBe(200);
  });

  it('is not of those who do not have the key', async () => {
    const key = await keyOf('Victim');
    const wrong = `${key.slice(0, -43)}${'A'.repeat(43)}`;
    for (let n = 0; n < LIMIT + 5; n++) await api.call('GET', '/v1/session', { key: wrong });
    expect(remaining((await api.call('GET', '/v1/session', { key })).headers)).toBe(LIMIT - 1);
  });

  it('holds back no fact and no opt-out, and leaves webhooks, opt-out links and health alone', async () => {
    const key = await keyOf('Platform');
    const spend = () => api.call('GET', '/v1/session', { key });
    await Promise.all(Array.from({ length: LIMIT + 1 }, spend));
    expect((await spend()).status).toBe(429);
    const told = [
      ['POST', '/v1/facts'],
      ['POST', '/v1/contacts/0f8fad5b-d9cb-469f-a165-70867728950e/opt-out'],
      ['POST', '/webhooks/twilio/status'],
      ['GET', '/u/nonsense'],
      ['GET', '/healthz'],
    ] as const;
    for (const [method, path] of told) {
      const answer = await api.call(method, path, { key });
      expect(answer.status).not.toBe(429);
      expect(answer.headers.get('ratelimit')).toBeNull();
    }
  });

  it('is a hundred times as much for the sessions of a key together, and does not touch the key itself', async () => {
    const key = await keyOf('Person');
    const session = async () => {
      const answer = await api.call('POST', '/v1/session', { key: null, body: { apiKey: key } });
      return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    };
    const ask = (cookie: string) => api.call('GET', '/v1/session', { key: null, headers: { cookie } });
    const [one, two] = [await ask(await session()), await ask(await session())];
    expect(one.headers.get('ratelimit-policy')).toBe(`"hour";q=${LIMIT * 100};w=3600`);
    expect([remaining(one.headers), remaining(two.headers)]).toEqual([LIMIT * 100 - 1, LIMIT * 100 - 2]);
    expect(remaining((await api.call('GET', '/v1/session', { key })).headers)).toBe(LIMIT - 1);
  });

  it('forgets the hours that are over', async () => {
    await api.sql`update api_usage set hour_rt = hour_rt - interval '3 hours'`;
    await api.call('GET', '/v1/session', { key: await keyOf('Next') });
    const [row] = await api.sql<{ rows: number }[]>`select count(*)::int as rows from api_usage`;
    expect(row?.rows).toBe(1);
  });
});

describe('when the requests can not be counted', () => {
  it('nobody gets in, nothing breaks, and it goes on afterwards', async () => {
    await api.sql`alter table api_usage rename to api_usage_gone`;
    const during = await api.call('POST', '/v1/lists', { body: { name: 'Uncounted', caseType: 'x' } });
    await api.sql`alter table api_usage_gone rename to api_usage`;
    expect(during.status).toBe(500);
    expect(during.body.detail).not.toMatch(/usage|relation|table/i);
    expect(await api.sql`select id from list where name = 'Uncounted'`).toHaveLength(0);
    expect((await api.call('GET', '/v1/session')).status).toBe(200);
  });

  it('says so with 503 while connections break, and has changed nothing', async () => {
    await api.sql`create function drop_connection() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`;
    await api.sql`create trigger drop_connection before insert on api_usage for each row execute function drop_connection()`;
    const during = await api.call('POST', '/v1/lists', { body: { name: 'Cut off', caseType: 'x' } });
    await api.sql`drop trigger drop_connection on api_usage`;
    expect(during.body).toMatchObject({ status: 503, code: 'unavailable' });
    expect(during.headers.get('retry-after')).toBe('1');
    expect(await api.sql`select id from list where name = 'Cut off'`).toHaveLength(0);
    expect((await api.call('GET', '/v1/session')).status).toBe(200);
  });
});
