import { createHmac } from 'node:crypto';
import { forgetArrivals } from '../../db/crm-arrival';
import { takeStatuses } from '../../db/crm-status';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, listOf } from '../../test/api-people';
import { CONNECTION_BODY_EXAMPLE } from '../answers/connections';
import { CRM_RECORD_EXAMPLE } from '../answers/feeds';

let api: TestApi;
let connectionId: string;
let hook: string;
let leads = 0;

beforeAll(async () => {
  api = await startTestApi();
  connectionId = (await api.call('POST', '/v1/connections', { body: CONNECTION_BODY_EXAMPLE })).body.id;
  hook = await hookOf(connectionId);
});
afterAll(() => api.stop());

const post = (path: string, body: unknown = {}) => api.call('POST', path, { body });
const get = async (path: string) => (await api.call('GET', path)).body;
async function hookOf(id: string): Promise<string> {
  const { url } = await get(`/v1/connections/${id}/webhook`);
  expect(url).toMatch(/^https:\/\/outreach\.example\.com\/webhooks\/crm\/[\w-]{44}$/);
  return String(url).slice('https://outreach.example.com'.length);
}

/** A person of their own each time. */
function lead(more: Record<string, unknown> = {}) {
  leads += 1;
  const CellPhone = `+1212555${String(100 + leads).padStart(4, '0')}`;
  return {
    ...CRM_RECORD_EXAMPLE,
    LeadId: `L-${leads}`,
    FirstName: `Lead ${leads}`,
    Email: `lead${leads}@example.com`,
    CellPhone,
    ...more,
  };
}
const tell = (body: unknown, query = '') => api.call('POST', `${hook}${query}`, { key: null, body });
const newList = async (name: string) => (await post('/v1/lists', { name, caseType: 'intake' })).body.id;
const onList = async (listId: string): Promise<string[]> =>
  (await get(`/v1/lists/${listId}/members`)).items.map(({ externalId }: { externalId: string }) => externalId).sort();

describe('a CRM that tells of a case (K-18)', () => {
  it('has it stored with its client, as JSON or as a form', async () => {
    const record = lead({ State: 'NY', TimeZone: 'Eastern' });
    const { status, body } = await tell(record);
    expect([status, body]).toEqual([
      200,
      { result: 'created', reason: null, contactId: expect.any(String), lists: [], leftOut: ['zone'] },
    ]);
    expect(await get(`/v1/contacts/${body.contactId}`)).toMatchObject({
      firstName: record.FirstName,
      state: 'NY',
      addresses: [{ value: record.CellPhone }, { value: record.Email }],
      cases: [{ externalId: record.LeadId, caseType: 'intake', status: 'New' }],
    });
    const form = new URLSearchParams({ ...lead(), State: 'TX' }).toString();
    const byForm = await api.call('POST', hook, {
      key: null,
      body: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(byForm.body.result).toBe('created');
  });

  it('tells the status of a case as news of it, when it is another than it was (U-1)', async () => {
    const record = lead({ Status: 'New' });
    const { body } = await tell(record);
    const facts = () =>
      api.sql`select body ->> 'value' as value from fact where kind = 'crm_status' and contact_id = ${body.contactId}`;
    await tell({ ...record, FirstName: 'Other' });
    const statuses = () => api.sql`
      select c.statuses from crm_case c join cases k on k.id = c.case_id where k.external_id = ${record.LeadId}`;
    expect(await statuses()).toEqual([{ statuses: { status: 'New' } }]);
    await tell({ LeadId: record.LeadId, Status: 'Retained' });
    expect(await statuses()).toEqual([{ statuses: { status: 'Retained' } }]);
    // In no campaign, so there is no enrollment to tell it to.
    expect(await facts()).toEqual([]);
  });

  it('tells of a status that is too long to be one, or of the same twice, and nothing else is lost by it (R-20)', async () => {
    const record = lead();
    await tell(record);
    const long = 'x'.repeat(150);
    expect((await tell({ ...record, Status: long })).status).toBe(200);
    const news = {
      connectionId,
      caseExternalId: record.LeadId,
      how: 'asked' as const,
      statuses: [
        { field: 'substatus' as const, value: 'Twice' },
        { field: 'substatus' as const, value: 'twice' },
        { field: 'status' as const, value: long },
      ],
    };
    expect((await takeStatuses(api.sql, news)).caseId).toEqual(expect.any(String));
    const { status, body } = await api.call('GET', `/v1/connections/${connectionId}/mapping`);
    expect(status).toBe(200);
    const values = body.statuses.map(({ value }: { value: string }) => value.toLowerCase());
    expect(values.filter((value: string) => value === 'twice')).toHaveLength(1);
    expect(values).not.toContain(long);
    expect((await tell({ ...record, Status: 'Retained' })).status).toBe(200);
  });

  it('changes nothing by telling the same again, and changes the case by telling more', async () => {
    const record = lead();
    const first = await tell(record);
    const revision = async () => (await get(`/v1/contacts/${first.body.contactId}`)).revision;
    const before = await revision();
    expect((await tell(record)).body.result).toBe('repeated');
    expect(await revision()).toBe(before);
    expect((await tell({ LeadId: record.LeadId, Status: 'Retained' })).body.result).toBe('updated');
    const [known] = (await get(`/v1/cases?query=${record.LeadId}`)).items;
    expect(known).toMatchObject({ status: 'Retained', revision: 2, actor: `crm:${connectionId}` });
    // Back again is news, and no repetition.
    expect((await tell(record)).body.result).toBe('updated');
    expect((await get(`/v1/cases/${known.id}`)).status).toBe('New');
  });

  it('is stored once, however often at the same moment', async () => {
    const record = lead();
    const answers = await Promise.all(Array.from({ length: 6 }, () => tell(record)));
    expect(answers.map(({ body }): string => body.result).sort()).toEqual([
      'created',
      ...Array.from({ length: 5 }, () => 'repeated'),
    ]);
    expect(await api.sql`select 1 from cases where external_id = ${record.LeadId}`).toHaveLength(1);
  });

  it.each([
    ['list_id', (listId: string) => `?list_id=${listId}`],
    ['list_name', () => '?list_name=by%20address%20list_name'],
    ['list_action', (listId: string) => `?list_id=${listId}&list_action=attach`],
  ])('says by %s on which list it comes', async (name, queryOf) => {
    const listId = await newList(`By address ${name}`);
    const record = lead();
    const { body } = await tell(record, queryOf(listId));
    expect(body.lists).toEqual([{ listId, move: 'added', reason: null }]);
    expect(await onList(listId)).toEqual([record.LeadId]);
  });

  it.each(['list_action=remove', 'list_action=detach', 'remove_from_list=true'])(
    'says by %s that it leaves',
    async (action) => {
      const listId = await newList(`Leaving by ${action}`);
      const [one, other] = [lead(), lead()];
      for (const record of [one, other]) await tell(record, `?list_id=${listId}`);
      expect((await tell(one, `?list_id=${listId}&${action}`)).body.lists).toEqual([
        { listId, move: 'removed', reason: null },
      ]);
      expect(await onList(listId)).toEqual([other.LeadId]);
      expect((await tell(lead(), `?list_id=${listId}&${action}`)).body.lists).toMatchObject([{ move: 'unchanged' }]);
    },
  );

  it('says by campaign_id that it comes onto the list of a campaign; fields of the record may say it all', async () => {
    const listId = await listOf(api, 'external_id,phone\nOF-1,+12125550198\n');
    const campaignId = (await post('/v1/campaigns', definitionOf(listId))).body.id;
    const record = lead();
    await tell(record, `?campaign_id=${campaignId}`);
    const other = lead({ campaign_id: campaignId, list_action: 'add' });
    await tell(other);
    expect(await onList(listId)).toEqual(['OF-1', record.LeadId, other.LeadId].sort());
  });

  it.each([
    ['?list_id=42', '#/list_id'],
    ['?list_action=swap', '#/list_action'],
    ['?list_action=remove', '#/list_id'],
    ['?remove_from_list=perhaps', '#/remove_from_list'],
  ])('is told what is wrong with %s', async (query, pointer) => {
    expect((await tell(lead(), query)).body).toMatchObject({ status: 400, errors: [{ pointer, in: 'query' }] });
  });

  it.each([
    [{ LeadId: '' }, '', null],
    [{ CaseType: 'mva' }, 'LIST', 'the case is of the type "mva", the list is of "intake"'],
    [
      { CellPhone: '12', Email: '' },
      '',
      'the case is not known, and the person can not be stored: phones.0: the number is not a phone number',
    ],
    [{ CaseType: '' }, '', 'the record names no case type'],
    [{}, '?list_name=Nowhere', 'there is no list "Nowhere"'],
    [
      {},
      '?campaign_id=0f8fad5b-d9cb-469f-a165-70867728950e',
      'there is no campaign 0f8fad5b-d9cb-469f-a165-70867728950e',
    ],
  ])('is told why %j%s comes onto no list, and it is kept', async (change, query, reason) => {
    const listId = await newList('For refusals');
    const record = lead(change);
    const { status, body } = await tell(record, query === 'LIST' ? `?list_id=${listId}` : query);
    if (reason === null) return expect(body).toMatchObject({ status: 422, errors: [{ pointer: '#/LeadId' }] });
    expect([status, await onList(listId)]).toEqual([200, []]);
    const told = query === 'LIST' ? body.lists[0].reason : body.reason;
    expect(told).toMatch(new RegExp(reason.slice(0, 40).replaceAll(/[().]/g, '.')));
    const [kept] = (await get(`/v1/connections/${connectionId}/arrivals?limit=1`)).items;
    expect(kept).toMatchObject({ caseExternalId: record.LeadId, result: body.result, reason: body.reason });
  });

  it('is refused a record without bottom (T8)', async () => {
    const record = JSON.stringify(lead()).replace(/\}$/, `,"deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
    const headers = { 'content-type': 'application/json' };
    const { body } = await api.call('POST', hook, { key: null, body: record, headers });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '#', detail: expect.stringContaining('levels') }] });
  });

  it('is nobody without the address, and with a former one (T1)', async () => {
    const other = (await post('/v1/connections', { ...CONNECTION_BODY_EXAMPLE, name: 'Renewed' })).body.id;
    const former = await hookOf(other);
    const renewed = (await post(`/v1/connections/${other}/webhook`)).body.url.slice(
      'https://outreach.example.com'.length,
    );
    expect(renewed).not.toBe(former);
    const forged = [
      former,
      `${renewed.slice(0, -1)}${renewed.endsWith('A') ? 'B' : 'A'}`,
      '/webhooks/crm/x',
      `/webhooks/crm/${'A'.repeat(44)}`,
    ];
    for (const path of forged)
      expect((await api.call('POST', path, { key: null, body: lead() })).body).toMatchObject({
        status: 403,
        code: 'forged',
      });
    expect((await api.call('POST', renewed, { key: null, body: lead() })).status).toBe(200);
    expect((await api.call('GET', `/v1/connections/${other}/webhook`, { key: api.keys.editor })).status).toBe(403);
    expect(api.logged.join('')).not.toContain(former.split('/').at(-1));
  });

  it('may sign what it tells in place of the secret in the address; a wrong signature is never let in (T1)', async () => {
    const { secret } = await get(`/v1/connections/${connectionId}/webhook`);
    const bare = `/webhooks/crm/${connectionId}`;
    const send = (path: string, body: string, signature: string | null, type = 'application/json') =>
      api.call('POST', path, {
        key: null,
        body,
        headers: { 'content-type': type, ...(signature === null ? {} : { 'x-followthrough-signature': signature }) },
      });
    const sign = (body: string, seconds = Math.floor(Date.now() / 1000), key = secret) =>
      `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
    const [json, other] = [JSON.stringify(lead()), JSON.stringify(lead())];
    expect((await send(bare, json, sign(json))).body.result).toBe('created');
    const form = new URLSearchParams({ ...lead(), Email: 'form@example.com' }).toString();
    const type = 'application/x-www-form-urlencoded';
    expect((await send(bare, form, sign(form), type)).body.result).toBe('created');
    const old = sign(other, Math.floor(Date.now() / 1000) - 600);
    for (const signature of [sign(json), old, sign(other, undefined, 'another'), 'x'])
      for (const path of [bare, hook]) expect((await send(path, other, signature)).body.code).toBe('forged');
    expect((await send(bare, other, null)).body.code).toBe('forged');
  });

  it('has a secret for its records and one for its statuses, and another of the one leaves the other good', async () => {
    const { id } = (await post('/v1/connections', { ...CONNECTION_BODY_EXAMPLE, name: 'Of two secrets' })).body;
    const statuses = async () => (await get(`/v1/connections/${id}/status-webhook`)).secret;
    const records = async () => (await get(`/v1/connections/${id}/webhook`)).secret;
    const told = async (token: string) =>
      (
        await api.call('POST', `/webhooks/crm-status/${id}?token=${token}`, {
          key: null,
          body: { caseId: 'x', status: 'y' },
        })
      ).status;
    const [ofStatuses, ofRecords] = [await statuses(), await records()];
    expect([await told(ofStatuses), await told(ofRecords)]).toEqual([204, 403]);
    await post(`/v1/connections/${id}/webhook`);
    expect([await statuses(), await told(ofStatuses)]).toEqual([ofStatuses, 204]);
    const renewed = await records();
    await post(`/v1/connections/${id}/status-webhook/renew`);
    expect([await records(), await told(ofStatuses), await told(await statuses())]).toEqual([renewed, 403, 204]);
  });
});

it('what a CRM told is forgotten after ninety days', async () => {
  await tell(lead());
  await api.sql`update crm_arrival set at = app_now() - interval '91 days' where id = (select min(id) from crm_arrival)`;
  const count = async () => (await api.sql`select 1 from crm_arrival`).length;
  const before = await count();
  expect([await forgetArrivals(api.sql), await count()]).toEqual([false, before - 1]);
});

describe('a feed of a list (K-18)', () => {
  const feed = async (listId: string, settings: object = {}) =>
    (await post('/v1/list-feeds', { listId, connectionId, ...settings })).body;

  it('is switched on and off, and takes what fits its case types and statuses', async () => {
    const listId = await newList('Fed');
    const { id } = await feed(listId, { statuses: ['new', 'Open'], caseTypes: ['intake'] });
    const [fits, closed, typed] = [lead({ Status: 'New' }), lead({ Status: 'Closed' }), lead({ CaseType: 'mva' })];
    for (const record of [fits, closed, typed]) await tell(record);
    expect(await onList(listId)).toEqual([fits.LeadId]);
    await tell({ ...closed, Status: 'Open' });
    expect(await onList(listId)).toEqual([fits.LeadId, closed.LeadId].sort());
    await api.call('PATCH', `/v1/list-feeds/${id}`, { body: { enabled: false } });
    await tell(lead({ Status: 'New' }));
    expect(await onList(listId)).toHaveLength(2);
    expect((await get(`/v1/list-feeds?listId=${listId}`)).items).toMatchObject([{ id, enabled: false, revision: 2 }]);
  });

  it('takes a case in at the first sync alone, where it says so', async () => {
    const listId = await newList('First sync');
    const known = lead();
    await tell(known);
    await feed(listId, { firstSyncOnly: true });
    const fresh = lead();
    for (const record of [known, fresh]) await tell({ ...record, Status: 'Open' });
    expect(await onList(listId)).toEqual([fresh.LeadId]);
    await post(`/v1/lists/${listId}/members/remove`, { externalIds: [fresh.LeadId] });
    await tell({ ...fresh, Status: 'Signed' });
    expect(await onList(listId)).toEqual([]);
  });

  it('does not bring back who was taken off a hybrid list by hand', async () => {
    const conditions = { groups: [{ conditions: [{ field: 'tag', op: 'is', values: ['nobody'] }] }] };
    const listId = (await post('/v1/lists', { name: 'Hybrid, fed', caseType: 'intake', kind: 'hybrid', conditions }))
      .body.id;
    await feed(listId);
    const record = lead();
    await tell(record);
    expect(await onList(listId)).toEqual([record.LeadId]);
    await post(`/v1/lists/${listId}/members/remove`, { externalIds: [record.LeadId] });
    const { body } = await tell({ ...record, Status: 'Open' });
    expect(body.lists).toContainEqual({ listId, move: 'refused', reason: 'it was taken off the list by hand' });
    expect(await onList(listId)).toEqual([]);
  });

  it('is one for each list and connection, of a list that takes people in, and of its type', async () => {
    const listId = await newList('Twice fed');
    await feed(listId);
    const conditions = { groups: [{ conditions: [{ field: 'tag', op: 'is', values: ['x'] }] }] };
    const dynamic = (await post('/v1/lists', { name: 'Dynamic', caseType: 'intake', kind: 'dynamic', conditions })).body
      .id;
    const nowhere = '0f8fad5b-d9cb-469f-a165-70867728950e';
    expect(await feed(listId)).toMatchObject({ status: 409, errors: [{ pointer: '#/connectionId' }] });
    expect(await feed(dynamic)).toMatchObject({ status: 422, errors: [{ pointer: '#/listId' }] });
    expect(await feed(await newList('Other'), { caseTypes: ['mva'] })).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/caseTypes' }],
    });
    expect((await post('/v1/list-feeds', { listId: nowhere, connectionId: nowhere })).body.errors).toMatchObject([
      { pointer: '#/listId' },
      { pointer: '#/connectionId' },
    ]);
  });
});
