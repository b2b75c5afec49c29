import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, listOf } from '../../test/api-people';
import { CONNECTION_BODY_EXAMPLE } from '../answers/connections';

let api: TestApi;
let elsewhere: TestApi;

beforeAll(async () => {
  [api, elsewhere] = await Promise.all([startTestApi(), startTestApi()]);
});
afterAll(() => Promise.all([api.stop(), elsewhere.stop()]));

const get = async (path: string) => (await api.call('GET', `/v1${path}`)).body;
const post = (path: string, body?: unknown, at = api, key = at.keys.editor) =>
  at.call('POST', `/v1${path}`, { key, ...(body === undefined ? {} : { body }) });
const made = async (path: string, body: unknown, at = api, key = at.keys.editor): Promise<string> =>
  (await post(path, body, at, key)).body.id;

describe('a copy', () => {
  it('of a campaign of any status is a new draft that says the same, and has done nothing', async () => {
    const { campaignId } = await launchForOne(api);
    const { definition } = await get(`/campaigns/${campaignId}`);
    const connectionId = await made('/connections', CONNECTION_BODY_EXAMPLE, api, api.keys.admin);
    await api.call('PUT', `/v1/campaigns/${campaignId}/connection`, { body: { connectionId } });
    for (const status of ['active', 'completed']) {
      const copy = await post(`/campaigns/${campaignId}/duplicate`);
      expect(copy).toMatchObject({ status: 201, body: { status: 'draft', revision: 1, lastStep: 'basics' } });
      expect(copy.body.name).toBe(`${definition.name} (copy)`);
      const { steps } = await get(`/campaigns/${copy.body.id}/draft`);
      expect(steps).toMatchObject({
        schedule: { runs: definition.plan.runs },
        rules: { rules: definition.policy.rules },
      });
      expect(await api.sql`select id from enrollment where campaign_id = ${copy.body.id}`).toHaveLength(0);
      expect((await get(`/campaigns/${copy.body.id}/connection`)).connectionId).toBe(connectionId);
      expect((await get(`/campaigns/${campaignId}`)).status).toBe(status);
      if (status === 'active') await post(`/campaigns/${campaignId}/stop`);
    }
  });

  it('of a draft keeps what is half typed, under the name that is asked for', async () => {
    const id = await made('/campaigns/drafts', { name: 'Q' });
    const steps = { basics: { name: 'Q', colour: 'red' }, schedule: { runs: ['half'] } };
    await api.call('PATCH', `/v1/campaigns/${id}/draft`, { body: { revision: 1, steps } });
    const copy = await post(`/campaigns/${id}/duplicate`, { name: 'Another' });
    expect(copy.body.steps).toEqual({ ...steps, basics: { name: 'Another', colour: 'red' } });
  });
});

describe('a file', () => {
  it('of a campaign makes the same draft again, where the ids are known', async () => {
    const listId = await listOf(api, null);
    const formId = await made('/forms', { name: 'Questions', caseType: 'intake' });
    const agentId = await made('/agents', { name: 'Receptionist', formId });
    const plan = { ...(definitionOf(listId).plan as object), agentId, formId };
    const id = await made('/campaigns', definitionOf(listId, { plan }));
    const file = await get(`/campaigns/${id}/export`);
    expect(file.references).toEqual([
      { kind: 'list', id: listId, name: 'Intake list', caseType: 'intake' },
      { kind: 'agent', id: agentId, name: 'Receptionist', caseType: null },
      { kind: 'form', id: formId, name: 'Questions', caseType: 'intake' },
    ]);
    const again = await post('/campaigns/import', file);
    expect(again.status).toBe(201);
    expect(again.body.matches.map(({ by }: { by: string }) => by)).toEqual(['id', 'id', 'id']);
    expect((await get(`/campaigns/${again.body.id}`)).definition).toEqual((await get(`/campaigns/${id}`)).definition);
  });

  it('keeps the key of a form that is kept in another system', async () => {
    const listId = await listOf(api, null);
    const file = await get(`/campaigns/${await made('/campaigns', definitionOf(listId))}/export`);
    const again = (await post('/campaigns/import', file)).body;
    expect(again.steps.form).toEqual({ formId: 'intake' });
    expect(again.matches.map(({ kind }: { kind: string }) => kind)).toEqual(['list']);
  });

  it('is read elsewhere by names, and what is not found there, or twice, is a problem', async () => {
    const listId = await listOf(api, null);
    const formId = await made('/forms', { name: 'Questions', caseType: 'intake' });
    const agentId = await made('/agents', { name: 'Alone', formId });
    const plan = { ...(definitionOf(listId).plan as object), agentId, formId: null };
    const file = await get(`/campaigns/${await made('/campaigns', definitionOf(listId, { plan }))}/export`);
    const there = await listOf(elsewhere, null);
    await made('/forms', { name: 'Questions', caseType: 'intake' }, elsewhere);
    await made('/forms', { name: 'Questions', caseType: 'injury' }, elsewhere);
    const read = await post('/campaigns/import', file, elsewhere);
    expect(read.status).toBe(201);
    const matches = Object.fromEntries(read.body.matches.map((match: { kind: string }) => [match.kind, match]));
    expect(matches).toMatchObject({
      list: { from: listId, to: there, by: 'name' },
      agent: { name: 'Alone', from: agentId, to: null, by: null },
      form: { from: formId, to: expect.any(String), by: 'name' },
    });
    expect(read.body.steps).toMatchObject({
      list: { listId: there },
      agent: { agentId },
      form: { formId: matches['form'].to },
    });
    expect(read.body.problems).toContainEqual(
      expect.objectContaining({ step: 'agent', rule: 'there is no such agent', value: agentId }),
    );
    await listOf(elsewhere, null);
    const twice = await post('/campaigns/import', file, elsewhere);
    expect(twice.body.matches[0]).toMatchObject({ kind: 'list', to: null, by: null });
  });

  it.each([
    [{ format: 'another', formatVersion: 1, steps: {} }, '#/format'],
    [{ format: 'followthrough.campaign', formatVersion: 2, steps: {} }, '#/formatVersion'],
    [{ format: 'followthrough.campaign', formatVersion: 1, steps: { stairs: {} } }, '#/steps/stairs'],
  ])('that is none of ours is refused with the place: %j', async (file, pointer) => {
    const before = (await api.sql`select id from campaign`).length;
    expect((await post('/campaigns/import', file)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect(await api.sql`select id from campaign`).toHaveLength(before);
  });
});

describe('templates (U-9)', () => {
  it('are the three types of campaign and the five rules', async () => {
    const { items } = await get('/campaign-templates');
    expect(items.map(({ kind, key }: { kind: string; key: string }) => `${kind}: ${key}`)).toEqual([
      'campaign: voice',
      'campaign: messaging-only',
      'campaign: multi-channel',
      'rule: converted',
      'rule: unsuccessful',
      'rule: opted-out',
      'rule: form-completed',
      'rule: handoff',
    ]);
  });

  it('begin a draft that lacks only what is for its author to choose', async () => {
    const begun = await post('/campaigns/drafts', { name: 'Spring', template: 'messaging-only' });
    expect(begun.body.steps).toMatchObject({
      basics: { name: 'Spring' },
      rules: { rules: [{ key: 'opted-out' }, { key: 'handoff' }] },
    });
    const { problems } = await get(`/campaigns/${begun.body.id}/problems`);
    const places = problems.map(({ step, field }: { step: string; field: string }) => `${step}: ${field}`);
    expect(places.slice(0, 2)).toEqual(['list: listId', 'schedule: runs/0/startsOn']);
    expect((await post('/campaigns/drafts', { name: 'x', template: 'none' })).body.errors).toMatchObject([
      { pointer: '#/template' },
    ]);
  });
});
