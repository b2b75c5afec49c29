import { startTestApi, type TestApi } from '../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const makeList = (key: string, name: string, ask: { key?: string } = {}) =>
  api.call('POST', '/v1/lists', { body: { name, caseType: 'intake' }, headers: { 'idempotency-key': key }, ...ask });
const countLists = async (name: string) => (await api.sql`select id from list where name = ${name}`).length;

describe('a request with an Idempotency-Key', () => {
  it('is carried out once; its repetition gets the same answer, marked', async () => {
    const first = await makeList('key-1', 'Once');
    const second = await makeList('key-1', 'Once');
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect(await countLists('Once')).toBe(1);
  });

  it('is carried out once when it comes many times at once; the others hear 409 or the answer', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => makeList('key-2', 'Race')));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(statuses).toContain(201);
    expect(await countLists('Race')).toBe(1);
    expect((await makeList('key-2', 'Race')).status).toBe(201);
  });

  it('is refused with another body, or for another operation', async () => {
    await makeList('key-3', 'First body');
    expect((await makeList('key-3', 'Other body')).body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
    const elsewhere = await api.call('POST', '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/launch', {
      headers: { 'idempotency-key': 'key-3' },
    });
    expect(elsewhere.body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  });

  it('belongs to the key of the API that it came with', async () => {
    await makeList('key-4', 'Of Ada');
    expect((await makeList('key-4', 'Of Ed', { key: api.keys.editor })).status).toBe(201);
  });

  it('that was refused may be sent again under the same key', async () => {
    const path = '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/launch';
    const send = () => api.call('POST', path, { headers: { 'idempotency-key': 'key-5' } });
    expect((await send()).status).toBe(404);
    expect((await send()).status).toBe(404);
    expect((await makeList('key-5', 'After a refusal')).status).toBe(201);
  });

  it('that a dead process left behind blocks its key for a minute, not for ever', async () => {
    await makeList('key-6', 'Crashed');
    await api.sql`update idempotency set status = null, response = null where key = 'key-6'`;
    expect((await makeList('key-6', 'Crashed')).body).toMatchObject({ status: 409, code: 'idempotency_in_flight' });
    await api.sql`update idempotency set created_rt = clock_timestamp() - interval '61 seconds' where key = 'key-6'`;
    const taken = await Promise.all([makeList('key-6', 'Crashed'), makeList('key-6', 'Crashed')]);
    expect(taken.map(({ status }) => status)).toContain(201);
    expect(await countLists('Crashed')).toBe(2);
  });

  it('is refused when the key is too long', async () => {
    expect((await makeList('k'.repeat(201), 'Long')).body).toMatchObject({ status: 400, errors: [{ in: 'header' }] });
  });

  it('launches once, however often', async () => {
    const list = await makeList('key-7', 'To launch');
    await api.call('POST', `/v1/lists/${list.body.id}/import`, { body: 'external_id,phone\nX-1,+12125550101\n' });
    await api.call('PATCH', '/v1/settings', { body: { callerNumbers: ['+12125550199'] } });
    const plan = {
      runs: [
        {
          key: 'first',
          startsOn: '2027-03-01',
          hours: { mode: 'company_times' },
          calls: { attempts: 1, greeting: 'Hello.' },
        },
      ],
    };
    const campaign = await api.call('POST', '/v1/campaigns', { body: { name: 'Keyed', listId: list.body.id, plan } });
    const launch = () =>
      api.call('POST', `/v1/campaigns/${campaign.body.id}/launch`, { headers: { 'idempotency-key': 'launch-1' } });
    const first = await launch();
    await api.call('POST', `/v1/campaigns/${campaign.body.id}/pause`);
    expect((await launch()).body).toEqual(first.body);
    expect(await api.sql`select id from version where campaign_id = ${campaign.body.id}`).toHaveLength(1);
  });
});
