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

describe('an enrollment', () => {
  it('says its state, its status and in words what comes next and why', async () => {
    const { enrollmentId, campaignId, contactId } = await launchForOne(api);
    const enrollment = await get(`/v1/enrollments/${enrollmentId}`);
    expect(enrollment).toMatchObject({
      id: enrollmentId,
      campaignId,
      contact: { id: contactId, firstName: 'Asha' },
      state: 'open',
      status: 'active',
      reason: null,
      enrolledAt: '2027-03-01T17:00:00.000Z',
      workflowUrl: expect.stringContaining(enrollmentId),
      next: { decision: expect.any(String), sentence: expect.stringMatching(/first\./), reasons: expect.any(Array) },
    });
    expect(enrollment.cases).toHaveLength(1);
    expect(enrollment).not.toHaveProperty('seq');
  });

  it('is listed with what its last step decided, and with the pause that holds everybody', async () => {
    const { enrollmentId, campaignId } = await launchForOne(api);
    const next = async () => (await get(`/v1/campaigns/${campaignId}/enrollments`)).items[0].next;
    expect(await next()).toBeNull();
    const touch = { key: 'first.call.1', channel: 'voice', version: 1 };
    const decision = {
      kind: 'wait',
      touch,
      askAt: Date.parse('2027-03-02T14:00:00Z'),
      reasons: [{ code: 'retry', attempt: 2, of: 3 }],
    };
    await api.sql`update enrollment set decision = ${JSON.stringify(decision)}::text::jsonb where id = ${enrollmentId}`;
    expect(await next()).toEqual({
      decision: 'wait',
      touch,
      sentence: 'Next is first.call.1 (voice) at 2027-03-02T14:00:00.000Z: call 2 of 3.',
      reasons: decision.reasons,
      askAt: '2027-03-02T14:00:00.000Z',
    });
    await api.call('POST', `/v1/campaigns/${campaignId}/pause`);
    expect(await next()).toMatchObject({ decision: 'hold', sentence: 'Outreach is held: the campaign is paused.' });
  });

  it('is found in its campaign by state and status, page by page', async () => {
    const { enrollmentId, campaignId } = await launchForOne(api);
    const items = async (query: string) =>
      (await get(`/v1/campaigns/${campaignId}/enrollments?${query}`)).items.map(({ id }: { id: string }) => id);
    expect(await items('state=open')).toEqual([enrollmentId]);
    expect(await items('state=ended')).toEqual([]);
    await order(enrollmentId, { order: 'stop_calls' });
    expect(await items('status=completed_all_calls')).toEqual([enrollmentId]);
    expect(await items('status=active')).toEqual([]);
    await order(enrollmentId, { order: 'complete' });
    expect(await items('status=completed')).toEqual([enrollmentId]);
    expect((await get(`/v1/campaigns/${campaignId}`)).counts).toMatchObject({
      contacts: 1,
      enrolled: 1,
      rejected: 0,
      open: 0,
      ended: 1,
      status: { active: 0, completedAllCalls: 0, completed: 1 },
      reasons: { completed_by_operator: 1 },
    });
  });

  it('whose person can not be reached is a row with a reason, and counted as rejected', async () => {
    const { campaignId, listId } = await launchForOne(api);
    await api.call('POST', `/v1/lists/${listId}/contacts`, {
      body: { items: [{ contact: { externalId: 'gone', emails: ['gone@example.com'] } }] },
    });
    const [row] = await api.sql<{ id: string }[]>`
      insert into enrollment (campaign_id, contact_id, state, reason, enrolled_at, wants_workflow)
      select ${campaignId}, id, 'rejected', 'no_usable_address', app_now(), false from contact where external_id = 'gone'
      returning id`;
    expect((await get(`/v1/campaigns/${campaignId}`)).counts).toMatchObject({
      contacts: 2,
      enrolled: 1,
      rejected: 1,
      reasons: { no_usable_address: 1 },
    });
    expect((await order(row?.id ?? '', { order: 'resume' })).body).toMatchObject({
      status: 409,
      code: 'order_refused',
      detail: expect.stringContaining('no_usable_address'),
    });
    expect(await get(`/v1/enrollments/${row?.id}`)).toMatchObject({ state: 'rejected', status: 'rejected' });
  });

  it('shows its attempts and its timeline, and 404 where there is none', async () => {
    const { enrollmentId, phone } = await launchForOne(api);
    const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: 'CA-shown' });
    expect((await get(`/v1/enrollments/${enrollmentId}/attempts`)).items).toMatchObject([
      {
        id: attemptId,
        touchKey: 'first.call.1',
        try: 1,
        channel: 'voice',
        to: phone,
        state: 'accepted',
        version: 1,
        claimedAt: '2027-03-01T17:00:00.000Z',
        endedAt: null,
      },
    ]);
    await order(enrollmentId, { order: 'complete', note: 'signed on paper' });
    const timeline = await get(`/v1/enrollments/${enrollmentId}/timeline?limit=1`);
    expect(timeline.items).toMatchObject([
      { kind: 'operator_order', actor: 'key:Ada', data: { order: 'complete' }, at: '2027-03-01T17:00:00.000Z' },
    ]);
    const rest = await get(`/v1/enrollments/${enrollmentId}/timeline?cursor=${timeline.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ kind: 'contact_status_changed' }], nextCursor: null });
    for (const part of ['', '/attempts', '/timeline', '/executions'])
      expect((await api.call('GET', `/v1/enrollments/0f8fad5b-d9cb-469f-a165-70867728950e${part}`)).status).toBe(404);
  });
});

describe('rules that fired (S0-56..S0-60)', () => {
  it('name contact, trigger as a phrase, what was really carried out, and the time', async () => {
    const { enrollmentId, campaignId, contactId, phone } = await launchForOne(api);
    const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: null });
    await answerAndEnd(api, attemptId);
    await tell({ kind: 'call_outcome', attemptId, outcome: 'unsuccessful' });
    const firings = await get(`/v1/campaigns/${campaignId}/rule-firings`);
    expect(firings).toMatchObject({
      items: [
        {
          enrollmentId,
          contact: { id: contactId, firstName: 'Asha' },
          ruleKey: 'unreachable',
          phrase: 'Unsuccessful Call',
          version: 1,
          at: '2027-03-01T17:00:00.000Z',
          actions: [
            { kind: 'stop_calls', state: 'done', result: 'calls stopped', finishedAt: '2027-03-01T17:00:00.000Z' },
            {
              kind: 'crm_status',
              state: 'pending',
              result: null,
              finishedAt: null,
              caseExternalId: expect.any(String),
            },
          ],
        },
      ],
      nextCursor: null,
    });
    expect((await get(`/v1/campaigns/${campaignId}`)).counts).toMatchObject({
      rulesFired: 1,
      actions: { done: 1, pending: 1, failed: 0 },
      attempts: { voice: 1, sms: 0, email: 0 },
      attemptStates: { voice: { ended: 1 } },
      reached: 1,
      outcomes: { unsuccessful: 1 },
    });
  });

  it('are seen by viewers (S0-61)', async () => {
    const { campaignId } = await launchForOne(api);
    expect((await api.call('GET', `/v1/campaigns/${campaignId}/rule-firings`, { key: api.keys.viewer })).status).toBe(
      200,
    );
    expect((await api.call('GET', '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/rule-firings')).status).toBe(404);
  });
});
