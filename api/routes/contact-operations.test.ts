import { randomUUID } from 'node:crypto';
import { inTransaction } from '../../db/client';
import { carryOn, forgetResults, nextOperation } from '../../db/contact-operation-work';
import { anonymise } from '../../db/erasure-rows';
import { step } from '../../db/step';
import { enrollPage } from '../../db/sweeps/enroll';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, listOf, readyToLaunch } from '../../test/api-people';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const order = (campaignId: string, body: unknown, ask = {}) =>
  api.call('POST', `/v1/campaigns/${campaignId}/contact-operations`, { body, ...ask });
const importIds = (campaignId: string, csv: string, ask = {}) =>
  api.call('POST', `/v1/campaigns/${campaignId}/contact-operations/import`, { body: csv, ...ask });
const rowsOf = async (campaignId: string, query = '') =>
  (await get(`/v1/campaigns/${campaignId}/enrollments?limit=200${query}`)).items;
const nobody = async () => undefined;

let crowds = 0;

/** So many people with ids of their own in one campaign that runs. */
async function crowd(count: number): Promise<{ campaignId: string; ids: string[]; names: string[] }> {
  crowds += 1;
  const names = Array.from({ length: count }, (_, n) => `C${crowds}-${n}`);
  await readyToLaunch(api);
  await api.call('PATCH', '/v1/settings', { body: { address: '1 Example Street' } });
  const listId = await listOf(
    api,
    ['external_id,email', ...names.map((name) => `${name},${name}@example.com`)].join('\n'),
  );
  const messages = [
    { key: 'hello', channel: 'email', when: { kind: 'after_start' }, subject: 'Hello', text: 'Hello.' },
  ];
  const runs = [{ key: 'first', startsOn: '2027-03-08', hours: { mode: 'company_times' }, messages }];
  const campaignId: string = (
    await api.call('POST', '/v1/campaigns', { body: definitionOf(listId, { plan: { runs }, policy: {} }) })
  ).body.id;
  expect((await api.call('POST', `/v1/campaigns/${campaignId}/launch`)).status).toBe(200);
  while ((await api.sql`select from enrollment where campaign_id = ${campaignId}`).length < count)
    await enrollPage(api.sql);
  const rows = await api.sql<
    { id: string }[]
  >`select id from enrollment where campaign_id = ${campaignId} order by seq`;
  return { campaignId, ids: rows.map(({ id }) => id), names };
}

const reasonsOf = ({ body }: { body: { results: { reason: string | null }[] } }) =>
  body.results.map(({ reason }) => reason);

describe('Mark Completed for many (S1-92)', () => {
  it('ends outreach to those who were chosen, answers for each, and leaves the others alone', async () => {
    const { campaignId, ids } = await crowd(4);
    const stranger = (await launchForOne(api)).enrollmentId;
    await api.call('POST', `/v1/enrollments/${ids[1]}/orders`, { body: { order: 'complete' } });
    const [first = '', second = ''] = ids;
    const answer = await order(campaignId, {
      order: 'complete',
      enrollmentIds: [first, second, first.toUpperCase(), stranger],
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { state: 'done', total: 3, done: 2, unchanged: 1, skipped: 1, repeated: 1, left: 0, actor: 'key:Ada' },
    });
    expect(reasonsOf(answer)).toEqual([null, 'already_completed', 'no_contact']);
    expect(answer.headers.get('location')).toBe(`/v1/contact-operations/${answer.body.id}`);
    expect((await rowsOf(campaignId)).map(({ status }: { status: string }) => status)).toEqual([
      'completed',
      'completed',
      'active',
      'active',
    ]);
    expect(await get(`/v1/enrollments/${stranger}`)).toMatchObject({ state: 'open' });
    expect(await get(`/v1/contact-operations/${answer.body.id}`)).toEqual(answer.body);
    expect((await get(`/v1/contact-operations/${answer.body.id}/results?result=skipped`)).items).toEqual([
      answer.body.results[2],
    ]);
    const [line] = (await get(`/v1/campaigns/${campaignId}/contact-operations`)).items;
    expect(line).toMatchObject({ id: answer.body.id, order: 'complete', source: 'ids', done: 2 });
  });

  it('is for everybody of a filter only as long as they are as many as were seen', async () => {
    const { campaignId, names } = await crowd(3);
    const path = `/v1/campaigns/${campaignId}/enrollments/count`;
    expect([await get(path), await get(`${path}?query=${names[1]}`), await get(`${path}?state=ended`)]).toEqual([
      { count: 3 },
      { count: 1 },
      { count: 0 },
    ]);
    const refused = await order(campaignId, { order: 'complete', filter: {}, count: 2 });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'order_refused',
      detail: '3 contacts match now, not 2; look again and confirm the new number',
      errors: [{ pointer: '#/count', value: 2 }],
    });
    expect(await rowsOf(campaignId, '&status=active')).toHaveLength(3);
    const one = await order(campaignId, { order: 'complete', filter: { query: names[1] }, count: 1 });
    expect(one.body).toMatchObject({ source: 'filter', total: 1, done: 1 });
    expect((await order(campaignId, { order: 'complete', filter: { state: 'open' }, count: 2 })).body).toMatchObject({
      done: 2,
    });
    expect((await order(campaignId, { order: 'complete', filter: { state: 'open' }, count: 0 })).body).toMatchObject({
      state: 'done',
      total: 0,
    });
  });

  it('resumes nobody who has opted out of one channel after the other (S1-118)', async () => {
    const { campaignId, ids } = await crowd(1);
    const enrollmentIds = ids;
    for (const channels of [['voice', 'sms'], ['email']])
      await api.sql`
        insert into suppression (hash, channels, source, at, actor)
        select ca.hash, ${channels}, 'import', app_now(), 'test'
        from enrollment e join contact_address ca on ca.contact_id = e.contact_id where e.id = any (${ids}::uuid[])`;
    await order(campaignId, { order: 'complete', enrollmentIds });
    expect(reasonsOf(await order(campaignId, { order: 'resume', enrollmentIds }))).toEqual(['opted_out']);
    expect(await get(`/v1/enrollments/${ids[0]}`)).toMatchObject({ state: 'ended' });
  });

  it('names what is wrong with it', async () => {
    const { campaignId } = await crowd(1);
    const refused = async (body: unknown) =>
      (await order(campaignId, body)).body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await refused({ order: 'complete' })).toEqual(['#/enrollmentIds']);
    expect(await refused({ order: 'complete', enrollmentIds: [] })).toEqual(['#/enrollmentIds']);
    expect(await refused({ order: 'complete', filter: {} })).toEqual(['#/count']);
    expect(await refused({ order: 'complete', filter: {}, count: 1, enrollmentIds: [campaignId] })).toEqual([
      '#/filter',
    ]);
    expect(await refused({ order: 'erase', filter: { dueBefore: 'soon' }, count: 0 })).toEqual([
      '#/order',
      '#/filter/dueBefore',
    ]);
    const many = Array.from({ length: 201 }, () => campaignId);
    expect(await refused({ order: 'complete', enrollmentIds: many })).toEqual(['#/enrollmentIds']);
    expect(
      (await order('0f8fad5b-d9cb-469f-a165-70867728950e', { order: 'complete', filter: {}, count: 0 })).status,
    ).toBe(404);
    expect(
      (await order(campaignId, { order: 'complete', filter: {}, count: 1 }, { key: api.keys.viewer })).status,
    ).toBe(403);
  });
});

it('no order is given for a draft, which can be deleted at any time', async () => {
  const listId = await listOf(api, 'external_id,email\nD-1,d1@example.com');
  const draftId: string = (await api.call('POST', '/v1/campaigns', { body: definitionOf(listId) })).body.id;
  const answers = [
    await order(draftId, { order: 'complete', filter: {}, count: 0 }),
    await order(draftId, { order: 'resume', enrollmentIds: [draftId] }),
    await importIds(draftId, 'external_id\nD-1\n'),
  ];
  for (const { body } of answers) expect(body).toMatchObject({ status: 409, code: 'wrong_status' });
  expect((await api.call('DELETE', `/v1/campaigns/${draftId}`)).status).toBe(204);
});

describe('Resume Outreach for many (S1-93)', () => {
  it('takes up both Completed kinds and nobody who opted out, left for good or is active (S1-118, R-8, R-9)', async () => {
    const { campaignId, ids } = await crowd(7);
    const [ended, stopped, out, forGood, active, paused, spent] = ids;
    for (const id of [ended, out, forGood])
      await api.call('POST', `/v1/enrollments/${id}/orders`, { body: { order: 'complete' } });
    await api.call('POST', `/v1/enrollments/${stopped}/orders`, { body: { order: 'stop_calls' } });
    await api.call('POST', `/v1/enrollments/${paused}/orders`, { body: { order: 'pause' } });
    const [person] = await api.sql<{ id: string }[]>`select contact_id as id from enrollment where id = ${out ?? ''}`;
    await api.call('POST', `/v1/contacts/${person?.id}/opt-out`, { body: {} });
    await api.sql`update enrollment set left_for_good = true where id = ${forGood ?? ''}`;
    await api.sql`update enrollment set calls_over = true where id = ${spent ?? ''}`;
    const answer = await order(campaignId, { order: 'resume', enrollmentIds: ids, note: 'the office is open again' });
    expect(answer.body).toMatchObject({ total: 7, done: 3, skipped: 4 });
    expect(reasonsOf(answer)).toEqual([
      null,
      null,
      'opted_out',
      'left_for_good',
      'already_active',
      'pause_ended',
      'calls_spent',
    ]);
    expect(answer.body.results[3].sentence).toBe('a rule took the contact out of the campaign for good');
    const statuses = new Map(
      (await rowsOf(campaignId)).map((row: { id: string; status: string }) => [row.id, row.status]),
    );
    expect([ended, stopped, out, forGood, active, paused, spent].map((id) => statuses.get(id ?? ''))).toEqual([
      ...['active', 'active', 'completed', 'completed', 'active', 'active', 'completed_all_calls'],
    ]);
    expect((await get(`/v1/enrollments/${paused}`)).pausedAt).toBeNull();
  });
});

it('Resume Outreach takes up who agreed anew after an opt-out, one alone and among many (S1-112)', async () => {
  const { campaignId, ids } = await crowd(3);
  const people = await api.sql<{ id: string; contactId: string }[]>`
    select id, contact_id from enrollment where id = any (${ids}::uuid[]) order by seq`;
  for (const { id, contactId } of people) {
    await api.call('POST', `/v1/contacts/${contactId}/opt-out`, { body: { reason: 'wants nothing' } });
    await step(api.sql, { enrollmentId: id, workflowRunId: randomUUID(), running: [] });
    expect(await get(`/v1/enrollments/${id}`)).toMatchObject({ state: 'ended', reason: 'opted_out' });
  }
  const [first, second] = people;
  const refused = await api.call('POST', `/v1/enrollments/${first?.id}/orders`, { body: { order: 'resume' } });
  expect(refused.body).toMatchObject({
    code: 'order_refused',
    detail: 'the contact opted out; outreach reopens only where a new consent frees a channel of the campaign',
  });
  const consent = { class: 'marketing_email', source: 'by phone', text: 'You may write to me again.' };
  for (const person of [first, second])
    expect((await api.call('POST', `/v1/contacts/${person?.contactId}/opt-in`, { body: { consent } })).status).toBe(
      200,
    );
  expect((await api.call('POST', `/v1/enrollments/${first?.id}/orders`, { body: { order: 'resume' } })).status).toBe(
    202,
  );
  const answer = await order(campaignId, { order: 'resume', enrollmentIds: ids });
  expect(reasonsOf(answer)).toEqual(['already_active', null, 'opted_out']);
  expect((await rowsOf(campaignId)).map(({ status }: { status: string }) => status)).toEqual([
    'active',
    'active',
    'completed',
  ]);
});

describe('an import by external id', () => {
  it('completes whoever is the only one to carry an id, and says of every other line why not (S1-97..S1-101, R-16)', async () => {
    const { campaignId, names } = await crowd(3);
    const other = await crowd(1);
    const [one, two, three] = names;
    await api.sql`update cases set external_id = ${`twin ${crowds}`} where external_id = ${one ?? ''}`;
    await api.sql`update contact set external_id = ${`twin ${crowds}`} where external_id = ${two ?? ''}`;
    const file = `External ID\n  ${one} \n\ntwin ${crowds}\n${other.names[0]}\n${one}\n${one?.toLowerCase()}\n"a","b"\n`;
    const answer = await importIds(campaignId, file);
    expect(answer.body).toMatchObject({
      source: 'import',
      order: 'complete',
      total: 5,
      done: 1,
      skipped: 4,
      repeated: 1,
    });
    expect(
      answer.body.results.map(({ position, given, reason }: Record<string, unknown>) => [position, given, reason]),
    ).toEqual([
      [2, one, null],
      [4, `twin ${crowds}`, 'several_contacts'],
      [5, other.names[0], 'no_contact'],
      [7, one?.toLowerCase(), 'no_contact'],
      [8, null, 'unreadable'],
    ]);
    expect(answer.body.results[4].sentence).toBe('the line can not be read: it holds more than one id');
    const facts = () => api.sql`select id from fact where kind = 'order'`;
    const before = await facts();
    expect((await importIds(campaignId, file)).body).toMatchObject({ done: 1, unchanged: 1, skipped: 4 });
    expect(await facts()).toEqual(before);
    expect((await rowsOf(campaignId)).map(({ status }: { status: string }) => status).sort()).toEqual([
      'active',
      'active',
      'completed',
    ]);
    // By the id of a case that the contact is enrolled with.
    await api.sql`update cases set external_id = ${`case of ${three}`} where external_id = ${three ?? ''}`;
    expect((await importIds(campaignId, `case of ${three}`)).body).toMatchObject({ total: 1, done: 1 });
  });

  it('completes whoever is on the list and not enrolled yet as well, so that nobody reaches them later (S1-98)', async () => {
    const { campaignId } = await crowd(1);
    const { listId } = await get(`/v1/campaigns/${campaignId}`);
    await api.call('POST', `/v1/campaigns/${campaignId}/pause`);
    const late = ['a', 'b', 'c'].map((each) => `late ${crowds}${each}`);
    const [byOwn, byCase, other] = late;
    const items = late.map((externalId, n) => ({
      contact: { externalId, emails: [`late${crowds}${n}@example.com`] },
      cases: [{ externalId: `case of ${externalId}` }],
    }));
    expect((await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).status).toBe(200);
    const answer = await importIds(campaignId, `${byOwn}\ncase of ${byCase}\nnobody ${crowds}\n`);
    expect(answer.body).toMatchObject({ total: 3, done: 2, unchanged: 0, skipped: 1 });
    const rows = await api.sql<{ id: string; state: string; reason: string }[]>`
      select p.external_id as id, e.state, e.reason from enrollment e join contact p on p.id = e.contact_id
      where e.campaign_id = ${campaignId} and p.external_id = any (${late}) order by p.external_id`;
    expect(rows).toEqual([
      { id: byOwn, state: 'ended', reason: 'completed_by_operator' },
      { id: byCase, state: 'ended', reason: 'completed_by_operator' },
    ]);
    expect(rows.map(({ id }) => id)).not.toContain(other);
  });

  it('completes who could not be enrolled, as the orders for one and for many do, and tells it (S1-92, S1-98)', async () => {
    const { campaignId } = await crowd(1);
    const { listId } = await get(`/v1/campaigns/${campaignId}`);
    const mute = ['one', 'many', 'import'].map((each) => `mute ${crowds} ${each}`);
    const items = mute.map((externalId, n) => ({
      contact: { externalId, phones: [`+1212555018${n}`] },
      cases: [{ externalId: `case of ${externalId}` }],
    }));
    expect((await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).status).toBe(200);
    await api.sql`update campaign set enroll_scanned_rt = null where id = ${campaignId}`;
    const rejected = () => rowsOf(campaignId, '&state=rejected');
    while ((await rejected()).length < mute.length) await enrollPage(api.sql);
    const idOf = new Map<string, string>(
      (await rejected()).map((row: { id: string; contact: { externalId: string } }) => [
        row.contact.externalId,
        row.id,
      ]),
    );
    const [one = '', many = '', byImport = ''] = mute.map((name) => idOf.get(name));
    expect((await api.call('POST', `/v1/enrollments/${one}/orders`, { body: { order: 'complete' } })).status).toBe(202);
    const answers = [
      await order(campaignId, { order: 'complete', enrollmentIds: [many] }),
      await importIds(campaignId, mute[2] ?? ''),
    ];
    for (const { body } of answers) expect(body).toMatchObject({ total: 1, done: 1, unchanged: 0, skipped: 0 });
    for (const id of [one, many, byImport]) {
      expect(await get(`/v1/enrollments/${id}`)).toMatchObject({ state: 'ended', reason: 'completed_by_operator' });
      expect((await get(`/v1/enrollments/${id}/timeline`)).items).toMatchObject([
        { kind: 'operator_order', actor: 'key:Ada', data: { order: 'complete' } },
        { kind: 'contact_status_changed', data: { status: 'completed', reason: 'completed_by_operator' } },
      ]);
    }
    expect((await order(campaignId, { order: 'resume', enrollmentIds: [many] })).body).toMatchObject({ done: 1 });
  });

  it('is refused as a whole only when there is no id in it', async () => {
    const { campaignId } = await crowd(1);
    expect((await importIds(campaignId, 'external_id\n')).body).toMatchObject({
      code: 'invalid_body',
      errors: [{ pointer: '#', detail: 'the file has no line with an id' }],
    });
  });

  it('that comes twice at once completes each contact once', async () => {
    const { campaignId, names } = await crowd(30);
    const both = await Promise.all([importIds(campaignId, names.join('\n')), importIds(campaignId, names.join('\n'))]);
    expect(both.map(({ body }) => [body.done, body.skipped, body.state])).toEqual([
      [30, 0, 'done'],
      [30, 0, 'done'],
    ]);
    expect(both[0]?.body.unchanged + both[1]?.body.unchanged).toBe(30);
    expect(
      await api.sql`
      select 1 from timeline where campaign_id = ${campaignId} and kind = 'contact_status_changed'`,
    ).toHaveLength(30);
  });

  it('keeps the id of a line no longer than the person it names', async () => {
    const { campaignId, names, ids } = await crowd(1);
    const { id } = (await importIds(campaignId, names.join())).body;
    const [person] = await api.sql<
      { contactId: string }[]
    >`select contact_id from enrollment where id = ${ids[0] ?? ''}`;
    await api.call('POST', `/v1/contacts/${person?.contactId}/erase`);
    await inTransaction(api.sql, (tx) => anonymise(tx, person?.contactId ?? ''));
    expect((await get(`/v1/contact-operations/${id}`)).results).toMatchObject([
      { given: null, contact: { externalId: null } },
    ]);
  });
});

describe('an order for more than a page', () => {
  it('goes on in the background, says how far it is, and is taken up by whoever comes after a kill', async () => {
    const { campaignId, names } = await crowd(230);
    const given = (await importIds(campaignId, `${names.join('\n')}\nnobody`)).body;
    expect(given).toMatchObject({ state: 'running', total: 231, done: 0, skipped: 1, left: 230, results: [] });
    expect(await nextOperation(api.sql)).toBe(given.id);
    let heard = 0;
    const killed = carryOn(api.sql, given.id, async () => {
      heard += 1;
      if (heard > 40) throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    const between = await get(`/v1/contact-operations/${given.id}`);
    expect(between.done).toBeGreaterThanOrEqual(41);
    expect(between).toMatchObject({ state: 'running', left: 230 - between.done });
    // Two workers at once.
    await Promise.all([carryOn(api.sql, given.id, nobody), carryOn(api.sql, given.id, nobody)]);
    while (await carryOn(api.sql, given.id, nobody));
    expect(await get(`/v1/contact-operations/${given.id}`)).toMatchObject({
      state: 'done',
      done: 230,
      unchanged: 0,
      skipped: 1,
      left: 0,
    });
    expect(await nextOperation(api.sql)).toBeNull();
    expect(
      await api.sql`
      select 1 from fact f join enrollment e on e.id = f.enrollment_id where e.campaign_id = ${campaignId}`,
    ).toHaveLength(230);
    const page = await get(`/v1/contact-operations/${given.id}/results?limit=200`);
    const rest = await get(`/v1/contact-operations/${given.id}/results?limit=200&cursor=${page.nextCursor}`);
    expect([page.items.length, rest.items.length, rest.nextCursor]).toEqual([200, 31, null]);
    expect(rest.items[30]).toMatchObject({ position: 231, given: 'nobody', reason: 'no_contact' });

    await api.sql`update contact_operation set finished_rt = clock_timestamp() - interval '31 days' where id = ${given.id}`;
    expect([await forgetResults(api.sql), await forgetResults(api.sql)]).toEqual([true, false]);
    expect(await get(`/v1/contact-operations/${given.id}`)).toMatchObject({ done: 230, results: [] });
    expect((await get(`/v1/contact-operations/${given.id}/results`)).items).toEqual([]);
  });
});
