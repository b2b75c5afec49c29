import { MONDAY_NOON, startTestApi, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, listOf, planWith } from '../../test/api-people';
import { toIso } from '../../domain/instant';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('PATCH', '/v1/settings', { body: { openingJitterSeconds: 0, closingMarginSeconds: 0 } });
});
afterAll(() => api.stop());

const CSV =
  'external_id,first_name,phone,email\nX-1,Asha,+12125550111,\nX-2,Ben,+13125550112,\nX-3,Mute,,mute@example.com\n';
const NOBODY = {
  calls: { answered: 0, voicemail: 0, busy: 0, failed: 0 },
  replies: { stop: 0 },
  seconds: { noAnswer: 0 },
};

async function draft(csv: string = CSV): Promise<string> {
  const listId = await listOf(api, csv.replaceAll('X-', `X${(rounds += 1)}-`));
  return (await api.call('POST', '/v1/campaigns', { body: definitionOf(listId) })).body.id;
}
let rounds = 0;

const ask = (campaignId: string, body: object = { assumptions: NOBODY }) =>
  api.call('POST', `/v1/campaigns/${campaignId}/forecast`, { body });
const get = async (path: string) => (await api.call('GET', `/v1${path}`)).body;

describe('POST /v1/campaigns/{id}/forecast (N-3)', () => {
  it('answers a small one at once: who is reached when, what an hour holds, who is not reached and why', async () => {
    const campaignId = await draft();
    await api.call('PATCH', '/v1/spending/rates', {
      body: { callMinuteMicros: 1_000, segmentMicros: 10, callMinutes: 3 },
    });
    const { status, headers, body } = await ask(campaignId);
    expect([status, headers.get('location')]).toEqual([201, `/v1/forecasts/${body.id}`]);
    expect(body).toMatchObject({
      state: 'done',
      progress: 100,
      days: 90,
      actor: 'key:Ada',
      summary: {
        contacts: 3,
        reached: 2,
        unreached: 1,
        rejected: 1,
        touches: { voice: 6, sms: 2, email: 0 },
        answers: { 'voice.no_answer': 6, 'sms.nothing': 2 },
        costMicros: 6 * 3_000 + 2 * 10,
        firstTouchAt: toIso(MONDAY_NOON),
        lines: { needed: 2, areShort: false },
      },
    });
    const { items } = await get(`/forecasts/${body.id}/contacts?isReached=true&limit=1`);
    expect(items).toMatchObject([
      {
        contact: { firstName: expect.any(String) },
        state: 'through',
        touches: [
          { touch: 'first.hello.1', channel: 'sms', at: '2027-03-01T17:00:00.000Z', answer: 'nothing' },
          {
            touch: 'first.call.1',
            channel: 'voice',
            at: '2027-03-01T17:02:00.000Z',
            dueAt: '2027-03-01T17:02:00.000Z',
          },
          { touch: 'first.call.2', at: '2027-03-01T21:02:00.000Z' },
          { touch: 'first.call.3' },
        ],
      },
    ]);
    expect((await get(`/forecasts/${body.id}/contacts?isReached=false`)).items).toMatchObject([
      {
        contact: { firstName: 'Mute' },
        state: 'rejected',
        reason: 'no_usable_address',
        touches: [],
        sentence: expect.stringContaining('no usable address'),
      },
    ]);
    const { contact } = items[0];
    expect((await get(`/forecasts/${body.id}/contacts?contactId=${contact.id}`)).items).toHaveLength(1);
    const hours = await get(`/forecasts/${body.id}/hours?limit=2`);
    expect(hours.items).toMatchObject([
      { at: '2027-03-01T17:00:00.000Z', voice: 2, sms: 2, email: 0, lines: 2, waiting: 0 },
      { at: '2027-03-01T21:00:00.000Z', voice: 2 },
    ]);
    const more = await get(`/forecasts/${body.id}/hours?limit=2&cursor=${hours.nextCursor}`);
    expect(more).toMatchObject({ items: [{ voice: 2, lines: 2 }], nextCursor: null });
    expect((await get(`/campaigns/${campaignId}/forecasts`)).items).toMatchObject([{ id: body.id, state: 'done' }]);
    expect(await get(`/forecasts/${body.id}`)).toEqual(body);
    expect((await get(`/campaigns/${campaignId}`)).status).toBe('draft');
    expect(await api.sql`select 1 from enrollment where campaign_id = ${campaignId}`).toHaveLength(0);
  });

  it('begins a draft when it would be launched, and answers contacts as scripted', async () => {
    const campaignId = await draft();
    const [row] = await api.sql<
      { id: string }[]
    >`select contact_id as id from cases where external_id = ${`X${rounds}-1`}`;
    const contactId = row?.id ?? '';
    const scripts = [{ contactId, calls: [{ result: 'answered', outcome: 'converted' }] }];
    const { body } = await ask(campaignId, {
      startsAt: '2027-03-05T15:00:00Z',
      days: 14,
      assumptions: { ...NOBODY, scripts },
    });
    expect((await get(`/forecasts/${body.id}/contacts?contactId=${contactId}`)).items[0].touches).toMatchObject([
      { at: '2027-03-05T15:00:00.000Z' },
      { touch: 'first.call.1', at: '2027-03-05T15:02:00.000Z', answer: 'converted' },
    ]);
    expect(body).toMatchObject({
      startsAt: '2027-03-05T15:00:00.000Z',
      assumptions: { seed: 1, scripts: [{ contactId }] },
    });
  });

  it.each([
    [{ assumptions: { calls: { answered: 0.8, voicemail: 0.8 } } }, '#/assumptions/calls', 'more than 1'],
    [{ assumptions: { calls: { answered: -1 } } }, '#/assumptions/calls/answered', '>=0'],
    [{ days: 0 }, '#/days', '>=1'],
    [{ lines: 0 }, '#/lines', '>=1'],
    [{ startsAt: '2027-02-01T00:00:00Z' }, '#/startsAt', 'must not be before now'],
    [{ startsAt: 'soon' }, '#/startsAt', 'must be an instant'],
  ])('refuses %j by field and rule', async (body, pointer, rule) => {
    const { status, body: problem } = await ask(await draft(), body);
    expect([status, problem.code]).toEqual([422, 'invalid_body']);
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, detail: expect.stringContaining(rule) })]);
  });

  it('is refused for a campaign that is over, and with a start for one that has begun', async () => {
    const { campaignId } = await launchForOne(api);
    const startsAt = '2027-03-05T15:00:00Z';
    expect((await ask(campaignId, { startsAt })).body).toMatchObject({
      code: 'wrong_status',
      detail: expect.stringContaining('draft'),
    });
    expect((await ask(campaignId)).body).toMatchObject({ state: 'done', summary: { contacts: 1, reached: 1 } });
    await api.call('POST', `/v1/campaigns/${campaignId}/stop`);
    expect((await ask(campaignId)).body).toMatchObject({ code: 'wrong_status' });
    expect((await ask('0f8fad5b-d9cb-469f-a165-70867728950e')).status).toBe(404);
  });

  it('leaves a large one to the workers: it has no results yet, can be cancelled, and not many wait at once', async () => {
    const rows = Array.from({ length: 201 }, (_, n) => `Y-${n},P${n},,p${n}@example.com`);
    const campaignId = await draft(['external_id,first_name,phone,email', ...rows].join('\n'));
    const { status, body } = await ask(campaignId);
    expect([status, body.state, body.summary]).toEqual([201, 'waiting', null]);
    expect(await get(`/forecasts/${body.id}/contacts`)).toMatchObject({ code: 'wrong_status', status: 409 });
    expect(await get(`/forecasts/${body.id}/hours`)).toMatchObject({ code: 'wrong_status' });
    for (let n = 0; n < 4; n++) expect((await ask(campaignId)).status).toBe(201);
    expect((await ask(campaignId)).body).toMatchObject({
      code: 'wrong_status',
      detail: expect.stringContaining('5 forecasts'),
    });
    const cancelled = await api.call('POST', `/v1/forecasts/${body.id}/cancel`);
    expect(cancelled.body).toMatchObject({ state: 'cancelled', summary: null });
    expect((await ask(campaignId)).status).toBe(201);
  });

  it('has nobody to forecast on an empty list', async () => {
    const listId = await listOf(api, null);
    const campaign = await api.call('POST', '/v1/campaigns', {
      body: definitionOf(
        listId,
        planWith({ hours: { mode: 'company_times' }, calls: { attempts: 1, greeting: 'Hello.' } }),
      ),
    });
    const { body } = await ask(campaign.body.id);
    expect(body).toMatchObject({ state: 'done', summary: { contacts: 0, endsAt: null, firstTouchAt: null } });
    expect(await get(`/forecasts/${body.id}/contacts`)).toEqual({ items: [], nextCursor: null });
    expect(await get(`/forecasts/${body.id}/hours`)).toEqual({ items: [], nextCursor: null });
  });
});
