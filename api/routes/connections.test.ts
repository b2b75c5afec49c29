import { startTestApi, type TestApi } from '../../test/api';
import { CONNECTION_BODY_EXAMPLE as EXAMPLE } from '../answers/connections';

const SECRET = 'a key that nobody may see';
const BODY = { ...EXAMPLE, credentials: { token: SECRET } };
const LAWRULER = {
  kind: 'lawruler',
  settings: { endpoint: 'https://firm.example.com/api-legalcrmapp.aspx' },
  credentials: { key: SECRET },
};

let api: TestApi;
let real: TestApi['call'];
let made = 0;
beforeAll(async () => {
  api = await startTestApi();
  real = await api.another({ simulated: false });
});
afterAll(() => api.stop());

async function create(more: object = {}) {
  const { body } = await api.call('POST', '/v1/connections', { body: { ...BODY, name: `CRM ${++made}`, ...more } });
  return body;
}

const get = async (id: string) => (await api.call('GET', `/v1/connections/${id}`)).body;
const patch = (id: string, body: object) => api.call('PATCH', `/v1/connections/${id}`, { body });

it('a connection is made, shown and listed without its credentials, which are nowhere in plain', async () => {
  const answer = await api.call('POST', '/v1/connections', { body: BODY });
  expect(answer.status).toBe(201);
  const { id } = answer.body;
  expect(answer.headers.get('location')).toBe(`/v1/connections/${id}`);
  expect(answer.body).toMatchObject({ name: 'Case manager', state: 'ok', hasCredentials: true, held: 0, revision: 1 });
  expect(answer.body.settings).toMatchObject({ timeoutSeconds: 10, auth: { kind: 'header', prefix: '' } });
  const { text } = await api.call('GET', '/v1/connections');
  expect(text).toContain(id);
  await patch(id, { credentials: { token: `${SECRET}, the next` } });
  const rows =
    await api.sql`select to_jsonb(c)::text as all, (select jsonb_agg(l)::text from change_log l) as log from connection c`;
  const [idempotency] = await api.sql`select jsonb_agg(i)::text as all from idempotency i`;
  expect(JSON.stringify([answer.text, text, rows, idempotency, api.logged])).not.toContain(SECRET);
});

it('the same request under the same Idempotency-Key makes one', async () => {
  const ask = { body: { ...BODY, name: 'Once' }, headers: { 'idempotency-key': 'connect-once' } };
  const [first, second] = [
    await api.call('POST', '/v1/connections', ask),
    await api.call('POST', '/v1/connections', ask),
  ];
  expect(second.body.id).toBe(first.body.id);
});

it('two connections have two names', async () => {
  const { id } = await create({ name: 'Mine' });
  expect(await api.call('POST', '/v1/connections', { body: { ...BODY, name: 'Mine' } })).toMatchObject({ status: 409 });
  const { id: other } = await create();
  expect(await patch(other, { name: 'Mine' })).toMatchObject({ status: 409, body: { code: 'wrong_status' } });
  expect((await patch(id, { name: 'Mine' })).status).toBe(200);
});

it.each<[name: string, body: object, pointer: string]>([
  ['credentials of another kind', { credentials: { username: SECRET, password: SECRET } }, '#/credentials/token'],
  ['credentials that are no object', { credentials: SECRET }, '#/credentials'],
  ['a line break in a token', { credentials: { token: `${SECRET}\n` } }, '#/credentials'],
  ['an unknown field', { credentials: { token: SECRET, more: SECRET } }, '#/credentials'],
  ['no address', { settings: { ...EXAMPLE.settings, baseUrl: 'crm' } }, '#/settings/baseUrl'],
  [
    'a variable that nobody knows',
    { settings: { ...EXAMPLE.settings, test: { path: '/{{x}}' } } },
    '#/settings/test/path',
  ],
  [
    'a character that can’t be kept',
    { settings: { ...EXAMPLE.settings, addNote: { path: '/', body: '{{marker}}\u0000' } } },
    '#/settings/addNote/body',
  ],
  ['another kind', { kind: 'fax' }, '#/kind'],
])('%s is refused by name, and no secret is quoted', async (_, more, pointer) => {
  const answer = await api.call('POST', '/v1/connections', { body: { ...BODY, name: 'Bad', ...more } });
  expect(answer.status).toBe(422);
  expect(answer.body.errors[0].pointer).toContain(pointer);
  expect(answer.text).not.toContain(SECRET);
});

describe('an address by plain http', () => {
  it('is for simulations alone', async () => {
    const auth = { kind: 'oauth2', grant: 'client_credentials', tokenUrl: 'http://id.example.com' };
    const settings = { ...EXAMPLE.settings, baseUrl: 'http://crm.example.com', auth };
    const credentials = { clientId: 'a', clientSecret: SECRET };
    const answer = await real('POST', '/v1/connections', { body: { ...BODY, name: 'Plain', settings, credentials } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '#/settings/baseUrl',
      '#/settings/auth/tokenUrl',
    ]);
    const { id } = await create(LAWRULER);
    const changed = await real('PATCH', `/v1/connections/${id}`, {
      body: { settings: { endpoint: 'http://firm.example.com/' } },
    });
    expect(changed).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/settings/endpoint' }] } });
  });
});

describe('a change', () => {
  it('has the revision that it was made from, if it names one', async () => {
    const { id } = await create();
    expect(await patch(id, { name: 'Changed', revision: 1 })).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await patch(id, { name: 'Again', revision: 1 })).toMatchObject({ status: 409 });
  });

  it('of the way of being let in needs the credentials for it', async () => {
    const { id } = await create();
    const settings = { ...EXAMPLE.settings, auth: { kind: 'basic' } };
    expect(await patch(id, { settings })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/credentials' }] },
    });
    const credentials = { username: 'us', password: SECRET };
    expect(await patch(id, { settings, credentials })).toMatchObject({
      status: 200,
      body: { settings: { auth: { kind: 'basic' } } },
    });
    expect(await patch(id, { credentials: { token: SECRET } })).toMatchObject({ status: 422 });
    expect((await patch(id, { settings: { ...settings, timeoutSeconds: 5 } })).status).toBe(200);
  });

  it('of LawRuler takes its endpoint and its key', async () => {
    const { id } = await create(LAWRULER);
    expect((await patch(id, { settings: LAWRULER.settings, credentials: { key: SECRET } })).status).toBe(200);
    expect(await patch(id, { credentials: { token: SECRET } })).toMatchObject({ status: 422 });
    expect(await patch(id, { settings: {} })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/settings/endpoint' }] },
    });
  });

  it('has a held connection asked anew, and drops its token', async () => {
    const { id } = await create();
    await api.sql`update connection set state = 'held', reason = 'credentials', token = 'x' where id = ${id}`;
    expect((await patch(id, { name: 'Renamed' })).body.nextCheckAt).toBeNull();
    expect((await patch(id, { credentials: { token: SECRET } })).body.nextCheckAt).not.toBeNull();
    expect(await api.sql`select token from connection where id = ${id}`).toEqual([{ token: null }]);
  });

  it('makes one of them the default, and no other stays it', async () => {
    const [one, two] = [await create({ isDefault: true }), await create({ isDefault: true })];
    expect([(await get(one.id)).isDefault, (await get(two.id)).isDefault]).toEqual([false, true]);
    expect((await patch(two.id, { isDefault: false })).body.isDefault).toBe(false);
  });

  it('is not for the connection of the environment', async () => {
    const [row] = await api.sql`
      insert into connection (name, kind, from_environment, actor) values ('Environment', 'lawruler', true, 'system') returning id`;
    const id = String(row?.['id']);
    expect(await patch(id, { credentials: { key: SECRET } })).toMatchObject({
      status: 409,
      body: { code: 'wrong_status' },
    });
    expect(await get(id)).toMatchObject({ hasCredentials: false, fromEnvironment: true });
  });
});

describe('an operator', () => {
  it('disables, resumes and has it tested', async () => {
    const { id } = await create();
    const say = async (word: string) => (await api.call('POST', `/v1/connections/${id}/${word}`)).body;
    expect(await say('resume')).toMatchObject({ state: 'ok', proven: true });
    expect(await say('disable')).toMatchObject({ state: 'disabled', reason: 'by_hand' });
    expect(await say('disable')).toMatchObject({ state: 'disabled' });
    expect(await say('resume')).toMatchObject({ state: 'ok', reason: null, proven: false });
    expect((await say('test')).nextCheckAt).not.toBeNull();
    await api.sql`update connection set checked_rt = clock_timestamp(), check_result = 'ok' where id = ${id}`;
    expect(await get(id)).toMatchObject({ lastCheck: { result: 'ok' } });
    const changes =
      await api.sql`select change from change_log where entity = 'connection' and entity_id = ${id} order by id`;
    expect(changes.map(({ change }) => change)).toEqual(['created', 'disabled', 'resumed']);
  });

  it('must be an admin to set it up', async () => {
    const ask = { key: api.keys.editor, body: BODY };
    expect((await api.call('POST', '/v1/connections', ask)).status).toBe(403);
  });

  it.each([
    'GET /v1/connections/ID',
    'POST /v1/connections/ID/test',
    'POST /v1/connections/ID/resume',
    'POST /v1/connections/ID/disable',
    'GET /v1/campaigns/ID/connection',
  ])('is told that there is none: %s', async (what) => {
    const [method = '', path = ''] = what.replace('ID', '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a01').split(' ');
    expect((await api.call(method, path)).status).toBe(404);
  });
});

it('a campaign names its connection, or the default', async () => {
  const { body: list } = await api.call('POST', '/v1/lists', { body: { name: 'New inquiries', caseType: 'injury' } });
  const run = {
    key: 'week',
    startsOn: '2027-03-01',
    endsOn: '2027-03-05',
    hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
    calls: { attempts: 1, greeting: 'Hello.' },
  };
  const draft = { name: 'Intake', subject: 'intake', listId: list.id, plan: { runs: [run], formId: null }, policy: {} };
  const { body: campaign } = await api.call('POST', '/v1/campaigns', { body: draft });
  const path = `/v1/campaigns/${campaign.id}/connection`;
  const { id: connectionId } = await create();
  expect((await api.call('GET', path)).body).toEqual({ connectionId: null });
  expect((await api.call('PUT', path, { body: { connectionId } })).body).toEqual({ connectionId });
  expect((await api.call('PUT', path, { body: { connectionId } })).status).toBe(200);
  const nobody = { connectionId: campaign.id };
  expect(await api.call('PUT', path, { body: nobody })).toMatchObject({
    status: 422,
    body: { code: 'unknown_reference', errors: [{ pointer: '#/connectionId', value: campaign.id }] },
  });
  expect((await api.call('PUT', path, { body: { connectionId: null } })).body).toEqual({ connectionId: null });
});
