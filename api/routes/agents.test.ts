import { transferNumberOf } from '../../db/agent';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, insertAttempt, launchForOne, listOf, readyToLaunch } from '../../test/api-people';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await readyToLaunch(api);
});
afterAll(() => api.stop());

const call = (method: string, path: string, body?: unknown) =>
  api.call(method, `/v1${path}`, { key: api.keys.editor, ...(body === undefined ? {} : { body }) });
const made = async (path: string, body: unknown): Promise<string> => (await call('POST', path, body)).body.id;
const namesOf = async (path: string) => (await call('GET', path)).body.items.map(({ name }: { name: string }) => name);

describe('a form', () => {
  it('has a name and a case type, which may come later (S1-21)', async () => {
    const formed = await call('POST', '/forms', { name: 'Intake questions' });
    expect(formed).toMatchObject({ status: 201, body: { name: 'Intake questions', caseType: null, revision: 1 } });
    const path = `/forms/${formed.body.id}`;
    expect((await call('PATCH', path, { caseType: 'intake', revision: 1 })).body).toMatchObject({
      caseType: 'intake',
      revision: 2,
    });
    expect((await call('PATCH', path, { name: 'Intake questions' })).body.revision).toBe(2);
    expect((await call('PATCH', path, { name: 'Late', revision: 1 })).body.code).toBe('revision_conflict');
  });

  it.each([
    [{ name: 'ab' }, '#/name'],
    [{ name: 'Questions', caseType: '' }, '#/caseType'],
    [{ name: 'Questions', pages: [] }, '#/pages'],
  ])('is refused as %j', async (body, pointer) => {
    expect((await call('POST', '/forms', body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('is listed newest first, in pages, by name and by case type', async () => {
    for (const name of ['Listed one', 'Listed two', 'Listed three'])
      await made('/forms', { name, caseType: name === 'Listed two' ? 'listed' : 'other' });
    expect(await namesOf('/forms?query=listed')).toEqual(['Listed three', 'Listed two', 'Listed one']);
    expect(await namesOf('/forms?caseType=listed')).toEqual(['Listed two']);
    const { items, nextCursor } = (await call('GET', '/forms?query=listed&limit=2')).body;
    expect(items).toHaveLength(2);
    expect(await namesOf(`/forms?query=listed&limit=2&cursor=${nextCursor}`)).toEqual(['Listed one']);
    expect(await namesOf('/forms?query=nothing')).toEqual([]);
  });

  it('is deleted unless an agent has it, or what was launched', async () => {
    const formId = await made('/forms', { name: 'Needed', caseType: 'intake' });
    const agentId = await made('/agents', { name: 'Receptionist', formId });
    expect((await call('DELETE', `/forms/${formId}`)).body).toMatchObject({
      code: 'wrong_status',
      detail: expect.stringContaining('1 agents'),
    });
    await call('PATCH', `/agents/${agentId}`, { formId: null });
    const { campaignId } = await launchForOne(api, { plan: { ...(definitionOf('x').plan as object), formId } });
    expect((await call('GET', `/campaigns/${campaignId}`)).body.status).toBe('active');
    expect((await call('DELETE', `/forms/${formId}`)).body.detail).toContain('1 campaigns');
    const free = await made('/forms', { name: 'Free' });
    expect((await call('DELETE', `/forms/${free}`)).status).toBe(204);
    expect((await call('GET', `/forms/${free}`)).status).toBe(404);
  });
});

describe('an agent', () => {
  it('has a name, and perhaps a form, a voice, a greeting and a number for transfers (K-21)', async () => {
    const formId = await made('/forms', { name: 'Questions', caseType: 'intake' });
    const agent = await call('POST', '/agents', {
      name: 'Receptionist',
      formId,
      voice: 'warm',
      greeting: 'Hello.',
      transferNumber: '+12125550178',
    });
    expect(agent).toMatchObject({
      status: 201,
      body: { formId, voice: 'warm', transferNumber: '+12125550178', revision: 1 },
    });
    const path = `/agents/${agent.body.id}`;
    expect((await call('PATCH', path, { voice: 'calm', revision: 1 })).body).toMatchObject({
      voice: 'calm',
      greeting: 'Hello.',
      revision: 2,
    });
    expect(await namesOf(`/agents?formId=${formId}`)).toEqual(['Receptionist']);
    expect(await namesOf('/agents?query=recept')).toContain('Receptionist');
  });

  it.each([
    [{ name: 'ab' }, '#/name'],
    [{ name: 'Receptionist', transferNumber: '555' }, '#/transferNumber'],
    [{ name: 'Receptionist', formId: 'intake' }, '#/formId'],
    [{ name: 'Receptionist', formId: '0f8fad5b-d9cb-469f-a165-70867728950e' }, '#/formId'],
  ])('is refused as %j', async (body, pointer) => {
    expect((await call('POST', '/agents', body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('that a campaign was launched with stays; another one is deleted', async () => {
    const agentId = await made('/agents', { name: 'Needed' });
    const plan = { ...(definitionOf('x').plan as object), agentId };
    const listId = await listOf(api, 'external_id,phone\nA-1,+12125550101\n');
    const id = await made('/campaigns', definitionOf(listId, { plan }));
    expect((await call('POST', `/campaigns/${id}/launch`)).status).toBe(200);
    expect((await call('DELETE', `/agents/${agentId}`)).body).toMatchObject({ code: 'wrong_status' });
    const free = await made('/agents', { name: 'Free' });
    expect((await call('DELETE', `/agents/${free}`)).status).toBe(204);
    expect((await call('DELETE', `/agents/${free}`)).status).toBe(404);
  });

  it('that is deleted while a draft with it is launched is either gone or needed, never both', async () => {
    const listId = await listOf(api, 'external_id,phone\nA-2,+12125550102\n');
    const agentId = await made('/agents', { name: 'Raced' });
    const id = await made(
      '/campaigns',
      definitionOf(listId, { plan: { ...(definitionOf('x').plan as object), agentId } }),
    );
    const [launched, deleted] = await Promise.all([
      call('POST', `/campaigns/${id}/launch`),
      call('DELETE', `/agents/${agentId}`),
    ]);
    expect([launched.status, deleted.status]).toEqual(launched.status === 200 ? [200, 409] : [422, 204]);
  });

  it('puts calls through to its own number, else to that of the company (R-11)', async () => {
    await api.call('PATCH', '/v1/settings', { body: { transferNumber: '+12125550177' } });
    const agentId = await made('/agents', { name: 'Receptionist', transferNumber: '+12125550178' });
    const plan = { ...(definitionOf('x').plan as object), agentId };
    const [theirs, ours] = [await launchForOne(api, { plan }), await launchForOne(api)];
    const numbers = await Promise.all(
      [theirs, ours].map(async (person, ix) =>
        transferNumberOf(api.sql, await insertAttempt(api, { ...person, sid: `CA${String(ix).padStart(32, '0')}` })),
      ),
    );
    expect(numbers).toEqual(['+12125550178', '+12125550177']);
  });
});
