import { startTestApi, type TestApi } from '../test/api';
import { CALLS, definitionOf, hoursOf, listOf, planWith, readyToLaunch } from '../test/api-people';
import { inTransaction } from './client';

let api: TestApi;
let listId: string;
let emptyListId: string;

beforeAll(async () => {
  api = await startTestApi();
  listId = await listOf(api, 'external_id,phone\nE-1,+12125550101\n');
  emptyListId = await listOf(api, null);
});
afterAll(() => api.stop());

const create = (body: unknown) => api.call('POST', '/v1/campaigns', { body });
const createDraft = async (overrides?: Record<string, unknown>): Promise<string> =>
  (await create(definitionOf(listId, overrides))).body.id;
const post = (id: string, verb: string) => api.call('POST', `/v1/campaigns/${id}/${verb}`);

describe('a launch', () => {
  it('is refused with every problem at its field, and the campaign stays a draft', async () => {
    await api.call('PATCH', '/v1/settings', { body: { callerNumbers: [], mailFrom: '' } });
    const run = {
      ...planWith({ hours: hoursOf(['09:00', '17:00']), calls: CALLS }).plan.runs[0],
      messages: [{ key: 'mail', channel: 'email', when: { kind: 'after_start' }, subject: 'Hello', text: 'Hello.' }],
    };
    const id = (await create(definitionOf(emptyListId, { plan: { runs: [run] }, policy: {} }))).body.id;
    const refused = await post(id, 'launch');
    expect(refused.body).toMatchObject({
      status: 422,
      code: 'launch_refused',
      errors: [
        { pointer: '#/listId', value: emptyListId },
        { pointer: '#/plan/runs/0/calls', detail: expect.stringContaining('callerNumbers') },
        { pointer: '#/plan/runs/0/messages/0', detail: expect.stringContaining('mailFrom') },
        { pointer: '#/plan/runs/0/messages/0', detail: expect.stringContaining('address') },
      ],
    });
    expect((await api.call('GET', `/v1/campaigns/${id}`)).body).toMatchObject({ status: 'draft', version: null });
    expect(await api.sql`select id from version where campaign_id = ${id}`).toHaveLength(0);
  });

  it('is refused while a case of the list is of another type (S1-20)', async () => {
    await readyToLaunch(api);
    const mixed = (await api.call('POST', '/v1/lists', { body: { name: 'Mixed', caseType: 'intake' } })).body.id;
    await api.call('POST', `/v1/lists/${mixed}/import`, { body: 'external_id,phone\nM-1,+12125550103\n' });
    await api.sql`update cases set case_type = 'other' where external_id = 'M-1'`;
    const id = (await create(definitionOf(mixed))).body.id;
    expect((await post(id, 'launch')).body).toMatchObject({
      code: 'launch_refused',
      errors: [{ pointer: '#/listId', detail: expect.stringContaining("1 of the list's 1 cases") }],
    });
  });

  it('freezes version 1 and is told in timeline and change log with its actor (N-14)', async () => {
    await readyToLaunch(api);
    const id = await createDraft();
    const launched = await api.call('POST', `/v1/campaigns/${id}/launch`, { key: api.keys.editor });
    expect(launched.body).toMatchObject({ status: 'active', version: 1, launchedAt: '2027-03-01T17:00:00.000Z' });
    const told = await api.sql`select kind, actor from timeline where campaign_id = ${id}`;
    expect(told).toEqual([{ kind: 'campaign_launched', actor: 'key:Ed' }]);
    const changes =
      await api.sql`select change, actor from change_log where entity = 'campaign' and entity_id = ${id} order by id`;
    expect(changes).toEqual([
      { change: 'created', actor: 'key:Ada' },
      { change: 'campaign_launched', actor: 'key:Ed' },
    ]);
  });

  it('done twice at once launches once', async () => {
    await readyToLaunch(api);
    const id = await createDraft();
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(id, 'launch')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await api.sql`select id from version where campaign_id = ${id}`).toHaveLength(1);
    expect(await api.sql`select id from timeline where campaign_id = ${id}`).toHaveLength(1);
  });

  it('makes the definition unchangeable as a whole', async () => {
    await readyToLaunch(api);
    const id = await createDraft();
    await post(id, 'launch');
    const refused = await api.call('PUT', `/v1/campaigns/${id}`, {
      body: { revision: 1, definition: definitionOf(listId) },
    });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'wrong_status',
      detail: expect.stringContaining('active'),
    });
  });
});

describe('the life of a campaign', () => {
  it('goes active, paused, active, completed, archived; each order given twice is harmless', async () => {
    await readyToLaunch(api);
    const id = await createDraft();
    await post(id, 'launch');
    const epoch = async () =>
      (await api.sql<{ epoch: number }[]>`select epoch from campaign where id = ${id}`)[0]?.epoch;
    expect((await post(id, 'pause')).body.status).toBe('paused');
    expect((await post(id, 'pause')).body.status).toBe('paused');
    expect((await post(id, 'launch')).body).toMatchObject({
      code: 'wrong_status',
      detail: expect.stringContaining('paused'),
    });
    const before = await epoch();
    expect((await post(id, 'resume')).body.status).toBe('active');
    expect((await post(id, 'resume')).body.status).toBe('active');
    expect(await epoch()).toBe(Number(before) + 1);
    expect((await post(id, 'stop')).body).toMatchObject({
      status: 'completed',
      statusReason: 'stopped',
      endedAt: '2027-03-01T17:00:00.000Z',
    });
    expect((await post(id, 'stop')).body.status).toBe('completed');
    expect(await epoch()).toBe(Number(before) + 2);
    for (const verb of ['launch', 'pause', 'resume'])
      expect((await post(id, verb)).body).toMatchObject({ status: 409, detail: expect.stringContaining('completed') });
    expect((await post(id, 'archive')).body.status).toBe('archived');
    const kinds = await api.sql<{ kind: string }[]>`select kind from timeline where campaign_id = ${id} order by id`;
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'campaign_launched',
      'campaign_paused',
      'campaign_resumed',
      'campaign_ended',
    ]);
  });

  it('waits for claims under way: a pause takes the lock that every claim shares', async () => {
    await readyToLaunch(api);
    const id = await createDraft();
    await post(id, 'launch');
    const [campaign] = await api.sql<{ seq: number }[]>`select seq from campaign where id = ${id}`;
    const { pausing } = await inTransaction(api.sql, async (tx) => {
      await tx`select pg_advisory_xact_lock_shared(1, ${campaign?.seq ?? 0}::int)`;
      const reply = post(id, 'pause');
      const [waiting] = await waitFor(
        () => api.sql<{ n: number }[]>`select count(*) as n from pg_locks where locktype = 'advisory' and not granted`,
      );
      expect(waiting?.n).toBe(1);
      expect((await tx<{ status: string }[]>`select status from campaign where id = ${id}`)[0]?.status).toBe('active');
      return { pausing: reply };
    });
    await pausing;
    expect((await api.call('GET', `/v1/campaigns/${id}`)).body.status).toBe('paused');
  });

  it('is listed by status, newest first', async () => {
    const drafts = await api.call('GET', '/v1/campaigns?status=draft&limit=1');
    expect(drafts.body.items).toHaveLength(1);
    expect(drafts.body.items[0]).not.toHaveProperty('definition');
    expect((await api.call('GET', '/v1/campaigns?status=moon')).body).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      errors: [{ pointer: '#/status', in: 'query', value: 'moon' }],
    });
    expect((await api.call('GET', '/v1/campaigns?cursor=moon')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '#/cursor' }],
    });
  });
});

/** Asks until the answer is not 0 any more; the database says when, not a clock. */
async function waitFor(ask: () => Promise<{ n: number }[]>): Promise<{ n: number }[]> {
  for (;;) {
    const rows = await ask();
    if (rows[0]?.n !== 0) return rows;
  }
}
