import { startTestApi, type TestApi } from '../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ask = (id: string | null, path = '/v1/lists/nonsense', key: string | null = api.keys.admin) =>
  api.call('GET', path, { key, headers: id === null ? {} : { 'x-request-id': id } });

describe('a request', () => {
  it.each(['abc', 'crm-sync:2027-03-01_17.05', 'A'.repeat(128), '0f8fad5b-d9cb-469f-a165-70867728950e'])(
    'keeps its name %s in the answer, the problem and the log',
    async (id) => {
      const { headers, body } = await ask(id);
      expect(headers.get('x-request-id')).toBe(id);
      expect(body.instance).toBe(`urn:${UUID.test(id) ? 'uuid' : 'followthrough:request'}:${id}`);
      expect(api.logged.some((line) => JSON.parse(line).requestId === id)).toBe(true);
    },
  );

  it.each(['A'.repeat(129), 'two words', '"quoted"', '<b>', 'a/b', '-a', 'näme', '${jndi:x}', ',', '%0a'])(
    'gets another name than %j',
    async (id) => {
      const { headers, body } = await ask(id);
      expect(headers.get('x-request-id')).toMatch(UUID);
      expect(body.instance).toBe(`urn:uuid:${headers.get('x-request-id')}`);
      expect(api.logged.some((line) => JSON.parse(line).requestId === id)).toBe(false);
    },
  );

  it('without a name gets one, wherever it is answered', async () => {
    const answers = await Promise.all(
      ['/', '/healthz', '/v1/session', '/v1/nothing', '/u/x'].map((path) => ask(null, path, null)),
    );
    const names = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(names.every((name) => UUID.test(name ?? ''))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('requests at the same time keep their names apart, down to the changes that they make', async () => {
  const ids = Array.from({ length: 10 }, (_, ix) => `parallel-${ix}`);
  const made = await Promise.all(
    ids.map((id) =>
      api.call('POST', '/v1/lists', { body: { name: id, caseType: 'x' }, headers: { 'x-request-id': id } }),
    ),
  );
  const rows = await api.sql<{ requestId: string; entityId: string }[]>`
    select request_id, entity_id from change_log where change = 'created' order by request_id`;
  expect(rows).toEqual(
    made.map(({ body, headers }) => ({ requestId: headers.get('x-request-id'), entityId: body.id })),
  );
});

it('whatever goes wrong on the way of a request is logged under its name', async () => {
  await api.sql`alter table list rename to list_gone`;
  const answer = await ask('goes-wrong', '/v1/lists');
  await api.sql`alter table list_gone rename to list`;
  expect(answer.status).toBe(500);
  const lines = api.logged.map((line) => JSON.parse(line)).filter(({ requestId }) => requestId === 'goes-wrong');
  expect(lines.map(({ msg }) => msg)).toContain('request failed');
});
