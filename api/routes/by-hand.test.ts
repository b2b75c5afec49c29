import { startTestApi, type Reply, type TestApi } from '../../test/api';
import { definitionOf, listOf } from '../../test/api-people';
import { CONNECTION_BODY_EXAMPLE } from '../answers/connections';

/** People who are put in one by one, and lists that are taken away. */

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', `/v1/${path}`)).body;
const create = (body: object, headers: Record<string, string> = {}) =>
  api.call('POST', '/v1/contacts', { body, headers });
const contacts = async () => (await api.sql`select id from contact`).length;
const newList = async (more: object = {}): Promise<string> =>
  (await api.call('POST', '/v1/lists', { body: { name: 'By hand', caseType: 'intake', ...more } })).body.id;

async function refused(body: object): Promise<Reply['body']> {
  const before = await contacts();
  const answer = await create(body);
  expect(await contacts()).toBe(before);
  return answer.body;
}

describe('a contact that is put in by hand', () => {
  it('has its phones and mails in the order of use (U-6), its cases, consents and place, and stands on the list', async () => {
    const listId = await newList();
    await api.call('POST', '/v1/attributes', { body: { name: 'damage', label: 'Damage', type: 'number' } });
    const answer = await create({
      externalId: 'H-1',
      firstName: 'Asha',
      lastName: 'Rivera',
      language: 'es',
      zone: 'America/Chicago',
      phones: ['(212) 555-0102', '+12125550101'],
      emails: ['asha@example.com'],
      attributes: { damage: '1200.50' },
      tags: ['spring'],
      consents: [{ class: 'live_call', source: 'web form', text: 'Yes, call me.' }],
      cases: [
        { externalId: 'H-1-a', title: 'First', status: 'New' },
        { caseType: 'intake', title: 'Second' },
      ],
      listId,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        externalId: 'H-1',
        language: 'es',
        places: { zones: expect.arrayContaining(['America/Chicago']) },
        attributes: { damage: '1200.5' },
        tags: ['spring'],
        consents: [{ class: 'live_call', source: 'web form' }],
        revision: 1,
      },
    });
    const { id, addresses, cases } = answer.body;
    expect(answer.headers.get('location')).toBe(`/v1/contacts/${id}`);
    expect(addresses.map(({ value }: { value: string }) => value)).toEqual([
      '+12125550102',
      '+12125550101',
      'asha@example.com',
    ]);
    expect(cases).toMatchObject([
      { externalId: 'H-1-a', caseType: 'intake', title: 'First', status: 'New' },
      { externalId: expect.stringMatching(/^case:/), title: 'Second', status: null },
    ]);
    expect(await get(`contacts/${id}`)).toEqual(answer.body);
    expect(await get(`lists/${listId}`)).toMatchObject({ cases: 2, contacts: 1 });
    expect(await get(`changes?entity=contact&entityId=${id}`)).toMatchObject({
      items: [{ change: 'created', actor: 'key:Ada', data: { listId, cases: 2 } }],
    });
  });

  it('may stand on no list and have no case; on a list it gets one, as imports have it', async () => {
    expect((await create({ phones: ['+12125550103'] })).body).toMatchObject({ cases: [], externalId: null });
    const listId = await newList();
    expect((await create({ externalId: 'H-2', phones: ['+12125550104'], listId })).body).toMatchObject({
      cases: [{ externalId: 'H-2', caseType: 'intake', title: '', status: null }],
    });
  });

  it('that is known already is refused with the one that there is, by id, by case, by name and address (K-33)', async () => {
    const cases = [{ externalId: 'H-3-a', caseType: 'intake' }];
    const { id } = (await create({ externalId: 'H-3', firstName: 'Ben', phones: ['+12125550105'], cases })).body;
    const exists = (pointer: string, contactId: string) => ({
      status: 409,
      code: 'contact_exists',
      detail: expect.stringContaining(contactId),
      errors: [{ pointer, current: contactId }],
    });
    expect(await refused({ externalId: 'H-3', phones: ['+12125550106'] })).toMatchObject(exists('#/externalId', id));
    expect(await refused({ phones: ['+12125550106'], cases })).toMatchObject(exists('#/cases/0/externalId', id));
    const nora = { firstName: 'Nora', lastName: 'Lee', phones: ['+12125550107'] };
    const known = (await create(nora)).body.id;
    expect(await refused({ ...nora, firstName: 'NORA', emails: ['nora@example.com'] })).toMatchObject(
      exists('#', known),
    );
    // Two of a household share a number.
    expect((await create({ ...nora, firstName: 'Theo' })).status).toBe(201);
    expect(await get(`contacts/${id}`)).toMatchObject({ firstName: 'Ben', revision: 1 });
  });

  it('comes once, however many put it in at the same moment', async () => {
    for (const [n, body] of [
      { externalId: 'H-4', phones: ['+12125550108'] },
      { firstName: 'Max', phones: ['+12125550109'] },
      { externalId: 'H-5', phones: ['+12125550110'], cases: [{ externalId: 'H-5-a', caseType: 'intake' }] },
    ].entries()) {
      const before = await contacts();
      const other = n === 2 ? { ...body, externalId: 'H-6' } : body;
      const answers = await Promise.all([body, other, body, other].map((each) => create(each)));
      expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([201, 409, 409, 409]);
      expect(await contacts()).toBe(before + 1);
    }
  });

  it('stays barred where its address is, and its own opt-outs add to that (K-33)', async () => {
    const first = (await create({ externalId: 'H-7', phones: ['+12125550111'] })).body.id;
    await api.call('POST', `/v1/contacts/${first}/opt-out`, { body: { channels: ['sms'] } });
    const phones = ['+12125550111', '+12125550112'];
    const { body } = await create({ externalId: 'H-8', phones, optOut: ['voice', 'sms'] });
    expect(body.addresses).toMatchObject([
      { value: '+12125550111', suppressed: ['sms', 'voice'] },
      { value: '+12125550112', suppressed: ['sms', 'voice'] },
    ]);
    expect((await get(`contacts/${first}`)).addresses).toMatchObject([{ suppressed: ['sms', 'voice'] }]);
    expect(await get(`changes?entity=contact&entityId=${body.id}`)).toMatchObject({
      items: [{ change: 'opted_out', data: { channels: ['sms', 'voice'] } }, { change: 'created' }],
    });
  });

  it.each<[string, object, string, string]>([
    ['a number that is none', { phones: ['+12125550113', '123'] }, '#/phones/1', 'invalid_body'],
    ['nothing to reach the person at', { firstName: 'Nobody' }, '#', 'invalid_body'],
    [
      'an attribute that does not fit',
      { phones: ['+12125550113'], attributes: { damage: 'much' } },
      '#/attributes/damage',
      'invalid_body',
    ],
    [
      'a case named twice',
      { phones: ['+12125550113'], cases: [{ externalId: 'x' }, { externalId: 'x' }] },
      '#/cases/1/externalId',
      'invalid_body',
    ],
    ['a case without a type', { phones: ['+12125550113'], cases: [{}] }, '#/cases/0/caseType', 'case_conflict'],
    [
      'a list that there is not',
      { phones: ['+12125550113'], listId: '0f8fad5b-d9cb-469f-a165-70867728950e' },
      '#/listId',
      'unknown_reference',
    ],
  ])('is refused as a whole with %s', async (_, body, pointer, code) => {
    expect(await refused(body)).toMatchObject({ code, errors: [{ pointer }] });
  });

  it('is refused on a list of another type (S1-20), and on one that fills itself', async () => {
    const phones = ['+12125550113'];
    const listId = await newList();
    expect(await refused({ phones, listId, cases: [{ caseType: 'mva' }] })).toMatchObject({
      code: 'case_conflict',
      errors: [{ pointer: '#/cases/0/caseType', detail: expect.stringContaining('"intake"'), value: 'mva' }],
    });
    const conditions = { groups: [{ conditions: [{ field: 'tag', op: 'is', values: ['vip'] }] }] };
    const dynamic = await api.call('POST', '/v1/lists', {
      body: { name: 'Fills itself', caseType: 'intake', kind: 'dynamic', conditions },
    });
    expect(dynamic.status).toBe(201);
    expect(await refused({ phones, listId: dynamic.body.id })).toMatchObject({ code: 'wrong_status' });
  });
});

describe('a list that is deleted', () => {
  const remove = (id: string, headers: Record<string, string> = {}) =>
    api.call('DELETE', `/v1/lists/${id}`, { headers });

  it('is gone with its members and the reports of its imports; contacts and cases stay', async () => {
    const listId = await listOf(api, 'external_id,phone\nD-1,+12125550121\n');
    await api.sql`
      insert into import (id, list_id, name, format, bytes, sha256, status, columns, on_duplicate, next_line, next_byte, actor)
      values (gen_random_uuid(), ${listId}, 'Spring', 'csv', 1, '', 'done', '[]', 'skip', 2, 1, 'test')`;
    expect(await remove(listId)).toMatchObject({ status: 204 });
    expect((await api.call('GET', `/v1/lists/${listId}`)).status).toBe(404);
    expect((await get('contacts?query=D-1')).items).toMatchObject([{ cases: [{ externalId: 'D-1' }] }]);
    expect((await get('cases?query=D-1')).items).toMatchObject([{ lists: [] }]);
    expect(await get(`changes?entity=list&entityId=${listId}`)).toMatchObject({
      items: [{ change: 'deleted', actor: 'key:Ada', data: { cases: 1 } }, {}, { change: 'created' }],
    });
    expect((await remove(listId)).status).toBe(404);
  });

  it('is refused while a campaign, a feed or an import uses it, and each is named', async () => {
    const listId = await newList();
    const campaign = (await api.call('POST', '/v1/campaigns', { body: definitionOf(listId) })).body.id;
    const draft = (await api.call('POST', '/v1/campaigns/drafts', { body: { name: 'Not complete' } })).body;
    await api.call('PATCH', `/v1/campaigns/${draft.id}/draft`, { body: { revision: 1, steps: { list: { listId } } } });
    const connection = (await api.call('POST', '/v1/connections', { body: CONNECTION_BODY_EXAMPLE })).body;
    const feed = { listId, connectionId: connection.id };
    const feedId = (await api.call('POST', '/v1/list-feeds', { body: feed })).body.id;
    const file = await api.call('POST', `/v1/imports?listId=${listId}`, { body: 'phone\n+12125550122\n' });
    const refusal = (await remove(listId)).body;
    expect(refusal).toMatchObject({ status: 409, code: 'wrong_status' });
    expect(refusal.errors).toEqual([
      { pointer: '#/campaigns', detail: 'the campaign "Intake follow-up" (draft) uses it', value: campaign },
      { pointer: '#/campaigns', detail: 'the campaign "Not complete" (draft) uses it', value: draft.id },
      { pointer: '#/feeds', detail: expect.stringContaining(connection.name), value: feedId },
      { pointer: '#/imports', detail: expect.stringContaining('(mapped) uses it'), value: file.body.id },
    ]);
    expect((await api.call('GET', `/v1/lists/${listId}`)).status).toBe(200);
  });

  it('is refused from a revision that does not stand any more', async () => {
    const listId = await newList();
    const { headers } = await api.call('GET', `/v1/lists/${listId}`);
    await api.call('PATCH', `/v1/lists/${listId}`, { body: { name: 'Renamed' } });
    expect((await remove(listId, { 'if-match': headers.get('etag') ?? '' })).status).toBe(412);
    expect((await api.call('GET', `/v1/lists/${listId}`)).status).toBe(200);
  });

  it('while somebody begins to use it is either gone or in use, never both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const listId = await newList();
      const [gone, made, put] = await Promise.all([
        remove(listId),
        api.call('POST', '/v1/campaigns', { body: definitionOf(listId) }),
        create({ phones: [`+1212555013${round}`], firstName: `Race ${round}`, listId }),
      ]);
      expect([gone.status, made.status]).toEqual(gone.status === 204 ? [204, 422] : [409, 201]);
      // Whoever was put on it before it went is still there.
      expect([201, 422]).toContain(put.status);
    }
  });
});
