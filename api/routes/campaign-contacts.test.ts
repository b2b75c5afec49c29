import { tallyPage } from '../../db/campaign-tally';
import { countNext } from '../../db/campaign-stats';
import { inTransaction } from '../../db/client';
import { enrollPage } from '../../db/sweeps/enroll';
import { balance } from '../../db/balance';
import { startTestApi, type TestApi } from '../../test/api';
import { answerAndEnd, insertAttempt, launchForOne } from '../../test/api-people';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const add = (campaignId: string, body: unknown) => api.call('POST', `/v1/campaigns/${campaignId}/contacts`, { body });
const remove = (campaignId: string, contactId: string) =>
  api.call('DELETE', `/v1/campaigns/${campaignId}/contacts/${contactId}`);
const order = (enrollmentId: string, body: unknown) =>
  api.call('POST', `/v1/enrollments/${enrollmentId}/orders`, { body });

/** The one that says who has a row in which campaign. */
async function audience() {
  const { equations } = await balance(api.sql, { settled: true });
  return equations.find(({ name }) => name === 'audience');
}

describe('one contact of a campaign that lives (U-13)', () => {
  it('joins with a case of its type, once, and the list stays as it is', async () => {
    const { campaignId, listId } = await launchForOne(api);
    const newcomer = await launchForOne(api);
    const added = await add(campaignId, { contactId: newcomer.contactId });
    expect(added).toMatchObject({
      status: 200,
      body: { change: 'enrolled', state: 'open', status: 'active', reason: null, sentence: 'The contact is enrolled.' },
    });
    const { id, cases } = await get(`/v1/enrollments/${added.body.enrollmentId}`);
    expect([id, cases.length]).toEqual([added.body.enrollmentId, 1]);
    expect((await add(campaignId, { contactId: newcomer.contactId })).body).toMatchObject({
      change: 'unchanged',
      enrollmentId: id,
    });
    expect(await get(`/v1/lists/${listId}`)).toMatchObject({ contacts: 1 });
    expect(await audience()).toMatchObject({ ok: true });
    const others = [await launchForOne(api), await launchForOne(api)];
    const both = await Promise.all(others.map(({ contactId }) => add(campaignId, { contactId })));
    expect(both.map(({ body }) => body.change)).toEqual(['enrolled', 'enrolled']);
  });

  it('is enrolled once though it is added by two at the same moment', async () => {
    const { campaignId } = await launchForOne(api);
    const { contactId } = await launchForOne(api);
    const both = await Promise.all([add(campaignId, { contactId }), add(campaignId, { contactId })]);
    expect(both.map(({ body }) => body.change)).toEqual(expect.arrayContaining(['enrolled', 'unchanged']));
    expect(await api.sql`select from enrollment where campaign_id = ${campaignId}`).toHaveLength(2);
  });

  it('is rejected with the reason, and looked at again when it is added again', async () => {
    const { campaignId } = await launchForOne(api);
    const { contactId } = await launchForOne(api);
    await api.sql`update contact_address set unusable = 'invalid' where contact_id = ${contactId}`;
    const rejected = await add(campaignId, { contactId });
    expect(rejected.body).toMatchObject({
      change: 'rejected',
      state: 'rejected',
      reason: 'no_usable_address',
      sentence: 'The contact can not be reached: no_usable_address.',
    });
    expect((await add(campaignId, { contactId })).body).toMatchObject({ change: 'unchanged', state: 'rejected' });
    await api.sql`update contact_address set unusable = null where contact_id = ${contactId}`;
    expect((await add(campaignId, { contactId })).body).toMatchObject({ change: 'enrolled', state: 'open' });
  });

  it('needs a case of the type, of its own, and a campaign that lives', async () => {
    const { campaignId, contactId: inside } = await launchForOne(api);
    const other = await launchForOne(api);
    const [own] = await api.sql<{ id: string }[]>`select id from cases where contact_id = ${inside}`;
    expect((await add(campaignId, { contactId: other.contactId, caseId: own?.id })).body).toMatchObject({
      code: 'unknown_reference',
      errors: [{ pointer: '#/caseId' }],
    });
    await api.sql`update cases set case_type = 'other' where contact_id = ${other.contactId}`;
    expect((await add(campaignId, { contactId: other.contactId })).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('no case of the type "intake"'),
    });
    expect((await add(campaignId, { contactId: campaignId })).body).toMatchObject({
      code: 'unknown_reference',
      errors: [{ pointer: '#/contactId' }],
    });
    await api.call('POST', `/v1/campaigns/${campaignId}/stop`);
    expect((await add(campaignId, { contactId: inside })).body).toMatchObject({ code: 'wrong_status' });
  });

  it('is taken out with the reason, once, and comes back by being added alone', async () => {
    const { campaignId, contactId, enrollmentId } = await launchForOne(api);
    expect((await remove(campaignId, contactId)).body).toMatchObject({
      change: 'removed',
      state: 'ended',
      reason: 'removed_by_operator',
      sentence: 'The contact is out; nothing more is begun.',
    });
    expect((await remove(campaignId, contactId)).body).toMatchObject({ change: 'unchanged', state: 'ended' });
    expect((await order(enrollmentId, { order: 'resume' })).body).toMatchObject({
      code: 'order_refused',
      detail: 'the contact was removed from the campaign; add the contact to it again',
    });
    await enrollPage(api.sql);
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended' });
    expect((await add(campaignId, { contactId })).body).toMatchObject({
      change: 'reopened',
      state: 'open',
      enrollmentId,
    });
    await remove(campaignId, contactId);
    await api.call('POST', `/v1/contacts/${contactId}/opt-out`, { body: {} });
    expect((await add(campaignId, { contactId })).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('opted out'),
    });
    expect((await remove(campaignId, campaignId)).status).toBe(404);
  });

  it('comes back by being added when it had left with the list, and stays though it is on no list', async () => {
    const { campaignId, contactId, enrollmentId, listId } = await launchForOne(api, {
      policy: { leavesWithList: true },
    });
    const [own] = await api.sql<{ id: string }[]>`select id from cases where contact_id = ${contactId}`;
    await api.call('POST', `/v1/lists/${listId}/members/remove`, { body: { caseIds: [own?.id] } });
    await api.sql`update enrollment set state = 'ended', reason = 'left_list', ended_at = app_now() where id = ${enrollmentId}`;
    expect((await add(campaignId, { contactId })).body).toMatchObject({
      change: 'reopened',
      state: 'open',
      reason: null,
      enrollmentId,
    });
    expect((await get(`/v1/enrollments/${enrollmentId}`)).next.decision).not.toBe('finish');
  });

  it('is kept out though the list names it and nobody had enrolled it yet', async () => {
    const { campaignId, listId } = await launchForOne(api);
    const items = [{ contact: { firstName: 'Late', emails: ['late@example.com'] } }];
    const { results } = (await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).body;
    expect((await remove(campaignId, results[0].contactId)).body).toMatchObject({
      state: 'ended',
      reason: 'removed_by_operator',
    });
    await api.sql`update campaign set enroll_scanned_rt = null where id = ${campaignId}`;
    for (let n = 0; n < 20; n += 1) await enrollPage(api.sql);
    expect(await api.sql`select state from enrollment where contact_id = ${results[0].contactId}`).toEqual([
      { state: 'ended' },
    ]);
  });
});

describe('statistics of a campaign', () => {
  const count = async () => {
    while (await tallyPage(api.sql));
    while (await countNext(api.sql));
  };

  it('add up what happened, by channel, run and stage, each contact once per stage', async () => {
    const { campaignId, enrollmentId, contactId, phone } = await launchForOne(api);
    for (const ordinal of [1, 2]) {
      const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: null, ordinal });
      await api.sql`
        insert into timeline (campaign_id, enrollment_id, contact_id, kind, attempt_id, actor, at)
        values (${campaignId}, ${enrollmentId}, ${contactId}, 'call_started', ${attemptId}, 'system', app_now())`;
      await answerAndEnd(api, attemptId);
      const fact = { kind: 'call_outcome', eventId: `outcome-${attemptId}`, attemptId, outcome: 'converted' };
      await api.call('POST', '/v1/facts', { body: fact });
    }
    await api.call('POST', '/v1/facts', {
      body: { kind: 'form_completed', eventId: 'form', enrollmentId },
    });
    await count();
    const path = `/v1/campaigns/${campaignId}/statistics`;
    const told = await get(path);
    expect(told).toMatchObject({
      campaignId,
      countedAt: '2027-03-01T17:00:00.000Z',
      funnel: {
        listed: 1,
        enrolled: 1,
        contacted: 1,
        responded: 1,
        answered: 1,
        replied: 0,
        formStarted: 1,
        formCompleted: 1,
        converted: 1,
      },
      runs: [{ run: 'first' }],
      outcomes: [{ run: 'first', channel: 'voice', outcome: 'converted', calls: 2 }],
      optOuts: 0,
    });
    expect(told.channels[0]).toMatchObject({ channel: 'voice', touches: 2, answered: 2, answerRate: 1 });
    expect((await get(`${path}?from=2027-03-01T17:15:00Z`)).channels[0]).toMatchObject({
      touches: 0,
      answerRate: null,
    });
    expect(
      (await get(`${path}?from=2027-03-01T17:00:00Z&until=2027-03-01T17:15:00Z&run=first`)).channels[0].touches,
    ).toBe(2);
    expect((await get(`${path}/times?by=hour&zone=Asia/Kolkata`)).items).toEqual([
      { on: '2027-03-01', weekday: 1, hour: 22, touches: 2, answered: 2, replies: 0, optOuts: 0 },
    ]);
    expect((await get(`${path}/times?by=day&channel=sms`)).items).toEqual([]);

    const corrected = { kind: 'call_outcome', eventId: 'corrected', outcome: 'unsuccessful', by: 'operator' };
    const [attempt] = (await get(`/v1/enrollments/${enrollmentId}/attempts`)).items;
    await api.call('POST', '/v1/facts', { body: { ...corrected, attemptId: attempt.id } });
    await count();
    await count();
    expect(
      (await get(path)).outcomes.map(({ outcome, calls }: { outcome: string; calls: number }) => [outcome, calls]),
    ).toEqual([
      ['converted', 1],
      ['unsuccessful', 1],
    ]);
  });

  it('agree with the rows they were counted from', async () => {
    await count();
    const [sums] = await api.sql`
      select (select coalesce(sum(count), 0)::int from campaign_tally where figure = 'answered') as answered,
        (select count(*)::int from timeline t join attempt a on a.id = t.attempt_id
          where t.kind = 'call_ended' and a.disposition = 'answered') as ended`;
    expect(sums?.['answered']).toBe(sums?.['ended']);
    expect(await tallyPage(api.sql)).toBe(false);
  });

  it('do not count what may still be followed by something earlier', async () => {
    const { campaignId } = await launchForOne(api);
    await count();
    const [before] = await api.sql`select timeline_id from tally_cursor`;
    await inTransaction(api.sql, async (tx) => {
      await tx`insert into timeline (campaign_id, kind, actor, at) values (${campaignId}, 'opted_out', 'test', app_now())`;
      await api.sql`insert into timeline (campaign_id, kind, actor, at) values (${campaignId}, 'opted_out', 'test', app_now())`;
      await tallyPage(api.sql);
      expect(await api.sql`select timeline_id from tally_cursor`).toEqual([before]);
    });
    await count();
    expect(await get(`/v1/campaigns/${campaignId}/statistics`)).toMatchObject({ optOuts: 2 });
  });

  it.each([
    ['from=2027-03-01T17:05:00Z', '#/from'],
    ['from=2027-03-02T00:00:00Z&until=2027-03-01T00:00:00Z', '#/from'],
    ['zone=Mars/Base', '#/zone'],
    ['from=2020-01-01T00:00:00Z', '#/from'],
    ['by=minute', '#/by'],
  ])('refuse %s, naming the field', async (query, pointer) => {
    const { campaignId } = await launchForOne(api);
    expect(await get(`/v1/campaigns/${campaignId}/statistics/times?${query}`)).toMatchObject({
      status: 400,
      errors: [{ pointer }],
    });
  });
});
