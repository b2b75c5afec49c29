import { startTestApi, type TestApi } from '../../test/api';
import { answerAndEnd, insertAttempt, launchForOne } from '../../test/api-people';

let api: TestApi;
let events = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const order = (id: string, body: unknown) => api.call('POST', `/v1/enrollments/${id}/orders`, { body });
const tell = (body: Record<string, unknown>) => {
  events += 1;
  return api.call('POST', '/v1/facts', { body: { eventId: `event-${events}`, ...body } });
};

describe('orders for one contact', () => {
  it('complete and resume (S1-92, S1-93)', async () => {
    const { enrollmentId } = await launchForOne(api);
    expect((await order(enrollmentId, { order: 'complete' })).status).toBe(202);
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({
      state: 'ended',
      status: 'completed',
      reason: 'completed_by_operator',
    });
    expect((await order(enrollmentId, { order: 'resume' })).status).toBe(202);
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({
      state: 'open',
      status: 'active',
      reason: null,
    });
  });

  it('never resume somebody who opted out, and say why (S1-118)', async () => {
    const { enrollmentId, contactId } = await launchForOne(api);
    await order(enrollmentId, { order: 'complete' });
    await api.call('POST', `/v1/contacts/${contactId}/opt-out`, { body: {} });
    expect((await order(enrollmentId, { order: 'resume' })).body).toMatchObject({
      status: 409,
      code: 'order_refused',
      detail: expect.stringContaining('opted out'),
    });
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended' });
  });

  it('never resume somebody whom a rule took out for good, and say why (R-8)', async () => {
    const { enrollmentId } = await launchForOne(api);
    await order(enrollmentId, { order: 'complete' });
    await api.sql`update enrollment set left_for_good = true where id = ${enrollmentId}`;
    expect((await order(enrollmentId, { order: 'resume' })).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('for good'),
    });
  });

  it('an admin brings one contact back whom a rule took out for good; who, when and why is told (R-8, S0-36)', async () => {
    const { enrollmentId } = await launchForOne(api);
    const bringBack = (body: object, key = api.keys.admin) =>
      api.call('POST', `/v1/enrollments/${enrollmentId}/bring-back`, { body, key });
    const note = 'the rule was wrong';
    expect((await bringBack({ note })).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('no rule has taken'),
    });
    await order(enrollmentId, { order: 'complete' });
    await api.sql`update enrollment set left_for_good = true where id = ${enrollmentId}`;
    expect((await bringBack({ note }, api.keys.editor)).status).toBe(403);
    expect((await bringBack({})).body).toMatchObject({ code: 'invalid_body', errors: [{ pointer: '#/note' }] });
    expect((await order(enrollmentId, { order: 'bring_back' })).status).toBe(422);
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended', leftForGood: true });
    expect((await bringBack({ note })).status).toBe(202);
    expect(await get(`/v1/enrollments/${enrollmentId}`)).toMatchObject({
      state: 'open',
      status: 'active',
      reason: null,
      leftForGood: false,
    });
    const { items } = await get(`/v1/enrollments/${enrollmentId}/timeline`);
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'operator_order',
        actor: 'key:Ada',
        at: '2027-03-01T17:00:00.000Z',
        data: { order: 'bring_back', note },
      }),
    );
    expect(await get(`/v1/changes?entity=enrollment&entityId=${enrollmentId}&limit=1`)).toMatchObject({
      items: [{ change: 'order:bring_back', actor: 'key:Ada' }],
    });
  });

  it('not even an admin brings back who opted out besides (R-8, S1-118)', async () => {
    const { enrollmentId, contactId } = await launchForOne(api);
    await api.call('POST', `/v1/contacts/${contactId}/opt-out`, { body: {} });
    await api.sql`update enrollment set left_for_good = true where id = ${enrollmentId}`;
    const body = { note: 'all the same' };
    expect((await api.call('POST', `/v1/enrollments/${enrollmentId}/bring-back`, { body })).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('opted out'),
    });
  });

  it('never resume anybody in a campaign that is over', async () => {
    const { enrollmentId, campaignId } = await launchForOne(api);
    await order(enrollmentId, { order: 'complete' });
    await api.call('POST', `/v1/campaigns/${campaignId}/stop`);
    expect((await order(enrollmentId, { order: 'resume' })).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('completed'),
    });
  });

  it('are given once per Idempotency-Key, also after a crash between order and answer', async () => {
    const { enrollmentId } = await launchForOne(api);
    const give = () =>
      api.call('POST', `/v1/enrollments/${enrollmentId}/orders`, {
        body: { order: 'stop_messaging' },
        headers: { 'idempotency-key': `order-${enrollmentId}` },
      });
    await give();
    await api.sql`update idempotency set status = null, response = null, created_rt = clock_timestamp() - interval '2 minutes' where key = ${`order-${enrollmentId}`}`;
    expect((await give()).body).toMatchObject({ duplicate: true });
    expect(await api.sql`select id from fact where enrollment_id = ${enrollmentId} and kind = 'order'`).toHaveLength(1);
  });

  it('refuse a word that is none', async () => {
    const { enrollmentId } = await launchForOne(api);
    expect((await order(enrollmentId, { order: 'dance' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/order', value: 'dance' }],
    });
  });

  it('promise a callback, which outranks the plan (K-13)', async () => {
    const { enrollmentId } = await launchForOne(api);
    const ask = (at: string) => api.call('POST', `/v1/enrollments/${enrollmentId}/callbacks`, { body: { at } });
    expect((await ask('2027-03-02T15:00:00-05:00')).status).toBe(202);
    expect(
      await api.sql`select state, ms(promised_at) as at from commitment where enrollment_id = ${enrollmentId}`,
    ).toEqual([{ state: 'open', at: Date.parse('2027-03-02T20:00:00Z') }]);
    expect((await ask('2027-02-01T12:00:00Z')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/at', value: '2027-02-01T12:00:00.000Z' }],
    });
    expect((await ask('tomorrow')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/at', value: 'tomorrow' }],
    });
    await order(enrollmentId, { order: 'complete' });
    expect((await ask('2027-03-03T15:00:00Z')).body).toMatchObject({ status: 409, code: 'order_refused' });
  });
});

describe('a failed action', () => {
  it('is visible and can be retried by hand; one that is done can not', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: null });
    await answerAndEnd(api, attemptId);
    await tell({ kind: 'call_outcome', attemptId, outcome: 'unsuccessful' });
    const [stop, status] = (await get(`/v1/enrollments/${enrollmentId}/executions`)).items;
    await api.sql`update execution set state = 'failed', tries = 9, error_code = 'unreachable', finished_at = app_now() where id = ${status.id}`;
    await api.sql`update enrollment set state = 'ended', reason = 'plan_through', ended_at = app_now(), wants_workflow = false, started_rt = clock_timestamp() where id = ${enrollmentId}`;
    const retry = (id: string) => api.call('POST', `/v1/executions/${id}/retry`);
    expect((await retry(status.id)).body).toMatchObject({
      id: status.id,
      state: 'pending',
      tries: 9,
      errorCode: null,
      finishedAt: null,
    });
    expect((await retry(status.id)).status).toBe(202);
    const [row] = await api.sql`select wants_workflow, started_rt from enrollment where id = ${enrollmentId}`;
    expect(row).toEqual({ wantsWorkflow: true, startedRt: null });
    expect((await retry(stop.id)).body).toMatchObject({ status: 409, code: 'wrong_status' });
    expect((await retry('0f8fad5b-d9cb-469f-a165-70867728950e')).status).toBe(404);
  });
});
