import { freezeClock } from '../../db/clock';
import { MONDAY_NOON, startTestApi, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, type Launched } from '../../test/api-people';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const PREFERRED = { attempts: 5, greeting: 'Good day.' };
function edited({ listId }: Launched, calls: object = PREFERRED): Record<string, unknown> {
  const definition = definitionOf(listId);
  const { plan } = definition as { plan: { runs: object[] } };
  return { ...definition, plan: { ...plan, runs: [{ ...plan.runs[0], calls }] } };
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', `/v1${path}`, { body, headers });
const publish = ({ campaignId }: Launched, body: unknown, headers?: Record<string, string>) =>
  post(`/campaigns/${campaignId}/publish`, body, headers);

describe('a publish', () => {
  it('makes the next version, from a revision that the body or If-Match names (R-19)', async () => {
    const one = await launchForOne(api);
    const second = await publish(one, { revision: 1, definition: edited(one) });
    expect(second.body).toMatchObject({
      version: 2,
      revision: 2,
      definition: { plan: { runs: [{ calls: PREFERRED }] } },
    });
    const { headers } = await api.call('GET', `/v1/campaigns/${one.campaignId}`);
    const tag = { 'if-match': headers.get('etag') ?? '' };
    expect((await publish(one, { backTo: 1, inside: 'replan' }, tag)).body).toMatchObject({ version: 3, revision: 3 });
    const versions = (await api.call('GET', `/v1/campaigns/${one.campaignId}/versions`)).body.items;
    expect(versions.map(({ number, inside, actor }: Record<string, string>) => `${number} ${inside} ${actor}`)).toEqual(
      ['3 replan key:Ada', '2 adopt key:Ada', '1 adopt key:Ada'],
    );
    const read = await api.call('GET', `/v1/versions/${versions[1].id}`);
    expect(read.body).toMatchObject({ number: 2, plan: { runs: [{ calls: PREFERRED }] } });
  });

  it('is refused when somebody else was first, who then is shown (E-19)', async () => {
    const one = await launchForOne(api);
    await publish(one, { revision: 1, definition: edited(one) });
    const refused = await publish(one, { revision: 1, definition: edited(one, { ...PREFERRED, attempts: 4 }) });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'revision_conflict',
      errors: expect.arrayContaining([
        { pointer: '#/revision', detail: 'the current revision is 2', value: 1 },
        { pointer: '#/definition/plan/runs/first/calls/attempts', detail: expect.any(String), value: 5 },
      ]),
    });
  });

  it.each([
    ['neither definition nor version', {}, 'invalid_body', '#/definition'],
    ['both of them', { backTo: 1, definition: 'edited' }, 'invalid_body', '#/definition'],
    ['a version that there is not', { backTo: 9 }, 'unknown_reference', '#/backTo'],
    ['a choice that there is not', { backTo: 1, inside: 'hope' }, 'invalid_body', '#/inside'],
    [
      'a removal of what stays',
      { backTo: 1, removed: { 'first.call': 'finish' } },
      'publish_refused',
      '#/removed/first.call',
    ],
    ['a step sent back that is not new', { backTo: 1, sendBack: ['first.call'] }, 'publish_refused', '#/sendBack/0'],
  ])('is refused for %s', async (_, body, code, pointer) => {
    const one = await launchForOne(api);
    const definition = 'definition' in body ? { definition: edited(one) } : {};
    const refused = await publish(one, { revision: 1, ...body, ...definition });
    expect(refused.body).toMatchObject({ code, errors: [{ pointer }] });
    expect((await api.call('GET', `/v1/campaigns/${one.campaignId}`)).body.version).toBe(1);
  });

  it('needs a revision, and a campaign that lives', async () => {
    const one = await launchForOne(api);
    expect((await publish(one, { definition: edited(one) })).body.errors).toMatchObject([{ pointer: '#/revision' }]);
    await post(`/campaigns/${one.campaignId}/stop`, {});
    expect((await publish(one, { revision: 1, definition: edited(one) })).body).toMatchObject({ code: 'wrong_status' });
  });
});

describe('a preview of a publish (N-4)', () => {
  const preview = ({ campaignId }: Launched, body: unknown) => post(`/campaigns/${campaignId}/publish/preview`, body);

  it('tells what would be other, for how many, and for each contact, and changes nothing', async () => {
    const one = await launchForOne(api);
    const { runs } = edited(one)['plan'] as { runs: { messages: object[] }[] };
    const late = { key: 'late', channel: 'sms', when: { kind: 'at', on: '2027-03-02', time: '10:00' }, text: 'Hi.' };
    const early = { ...late, key: 'early', when: { kind: 'at', on: '2027-03-01', time: '09:00' } };
    const hello = { ...runs[0]?.messages[0], text: 'We call you today.' };
    const definition = {
      ...edited(one),
      plan: { formId: 'intake', runs: [{ ...runs[0], messages: [hello, late, early] }] },
    };
    await freezeClock(api.sql, MONDAY_NOON + 60_000);
    const { body } = await preview(one, { revision: 1, definition });
    await freezeClock(api.sql, MONDAY_NOON);
    expect(body).toMatchObject({
      problems: [],
      open: 1,
      lookedAt: 1,
      effects: { other_words: 1 },
      newSteps: [
        { step: 'first.late', reached: 1, notReached: 0 },
        { step: 'first.early', reached: 0, notReached: 1 },
      ],
      removedSteps: [],
      items: [
        {
          enrollmentId: one.enrollmentId,
          contact: { firstName: 'Asha' },
          effect: 'other_words',
          before: { touch: { key: 'first.hello.1', version: 1 } },
          after: { touch: { key: 'first.hello.1', version: 2 } },
        },
      ],
      nextCursor: null,
    });
    const paths = body.differences.map(({ at }: { at: string }) => at);
    expect(paths).toContain('plan/runs/first/calls/attempts');
    expect(paths).toContain('plan/runs/first/messages/late');
    expect((await api.call('GET', `/v1/campaigns/${one.campaignId}`)).body).toMatchObject({ version: 1, revision: 1 });
  });

  it('names what keeps it from being published', async () => {
    const one = await launchForOne(api);
    const definition = edited(one, { ...PREFERRED, attempts: 1 });
    const { body } = await preview(one, { revision: 1, definition, inside: 'keep' });
    expect(body.problems).toEqual([
      {
        pointer: '#/definition/plan/runs/0/calls/attempts',
        detail: 'a lower limit binds everybody at once: nobody can be kept in the version before',
        value: 1,
      },
    ]);
  });

  it('counts who would leave with the list, and keeps who is kept (E-13)', async () => {
    const one = await launchForOne(api);
    const other = await launchForOne(api);
    const definition = { ...edited(one), listId: other.listId };
    expect((await preview(one, { revision: 1, definition })).body.effects).toEqual({ ends: 1 });
    const kept = await preview(one, { revision: 1, definition: edited(one), inside: 'keep' });
    expect(kept.body.effects).toEqual({ unchanged: 1 });
  });
});

describe('a pause by the API (N-7)', () => {
  const enrollment = async ({ enrollmentId }: Launched) =>
    (await api.call('GET', `/v1/enrollments/${enrollmentId}`)).body;
  const listed = async ({ campaignId }: Launched) =>
    (await api.call('GET', `/v1/campaigns/${campaignId}/enrollments`)).body.items[0];

  it('of one channel shows in campaign and enrollment, and in the list of those who wait for it', async () => {
    const one = await launchForOne(api);
    const paused = await post(`/campaigns/${one.campaignId}/pause`, { channel: 'sms' });
    expect(paused.body).toMatchObject({ status: 'active', pausedChannels: ['sms'] });
    expect((await enrollment(one)).next).toMatchObject({
      decision: 'hold',
      sentence: 'Outreach is held: texts are paused in this campaign.',
    });
    await api.sql`
      update enrollment set decision = '{"kind": "wait", "askAt": 0, "reasons": [], "touch": {"key": "first.hello.1", "channel": "sms", "version": 1}}'
      where id = ${one.enrollmentId}`;
    expect((await listed(one)).next).toMatchObject({ reasons: [{ code: 'channel_paused', channel: 'sms' }] });
    expect((await post(`/campaigns/${one.campaignId}/resume`, { channel: 'sms' })).body.pausedChannels).toEqual([]);
    expect((await enrollment(one)).next.decision).toBe('touch');
    expect((await post(`/campaigns/${one.campaignId}/pause`, { channel: 'fax' })).body.errors).toMatchObject([
      { pointer: '#/channel', value: 'fax' },
    ]);
  });

  it('of one contact shows since when, and is refused where nothing is left to pause', async () => {
    const one = await launchForOne(api);
    const order = (name: string) => post(`/enrollments/${one.enrollmentId}/orders`, { order: name });
    expect((await order('pause')).status).toBe(202);
    expect(await enrollment(one)).toMatchObject({ pausedAt: '2027-03-01T17:00:00.000Z', next: { decision: 'hold' } });
    await order('resume');
    expect(await enrollment(one)).toMatchObject({ pausedAt: null });
    await order('complete');
    expect((await order('pause')).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('ended'),
    });
  });
});

describe('the next touch and promises by the API', () => {
  it('moves the touch and answers when it will be made (P-16)', async () => {
    const one = await launchForOne(api);
    const move = (body: object) => post(`/enrollments/${one.enrollmentId}/next-touch`, body);
    expect((await move({ at: '2027-03-02T04:00:00Z' })).body).toMatchObject({
      duplicate: false,
      touch: 'first.hello.1',
      at: '2027-03-02T14:00:00.000Z',
    });
    expect((await move({})).body).toMatchObject({ at: '2027-03-01T17:00:00.000Z' });
    expect((await move({ at: '2027-02-02T04:00:00Z' })).body).toMatchObject({
      code: 'invalid_body',
      errors: [{ pointer: '#/at', value: '2027-02-02T04:00:00.000Z' }],
    });
    expect((await api.call('GET', `/v1/enrollments/${one.enrollmentId}`)).body).toMatchObject({
      movedTouch: 'first.hello.1',
      movedToAt: '2027-03-01T17:00:00.000Z',
    });
  });

  it('lists, moves and cancels promises (N-11)', async () => {
    const one = await launchForOne(api);
    await post(`/enrollments/${one.enrollmentId}/callbacks`, { at: '2027-03-02T15:00:00Z' });
    const list = async (query = '') =>
      (await api.call('GET', `/v1/commitments?campaignId=${one.campaignId}${query}`)).body.items;
    const [first] = await list();
    expect(first).toMatchObject({ state: 'open', promisedAt: '2027-03-02T15:00:00.000Z', actor: 'key:Ada' });
    expect((await post(`/commitments/${first.id}/move`, { at: '2027-03-03T15:00:00Z' })).status).toBe(202);
    expect((await post(`/commitments/${first.id}/move`, { at: '2027-02-03T15:00:00Z' })).body.errors).toMatchObject([
      { pointer: '#/at' },
    ]);
    const [second] = await list('&state=open');
    expect((await post(`/commitments/${second.id}/cancel`, { note: 'not needed' })).status).toBe(202);
    expect((await post(`/commitments/${second.id}/cancel`, {})).body).toMatchObject({ code: 'wrong_status' });
    const states = (await list()).map(({ state, reason }: Record<string, string>) => `${state}: ${reason}`);
    expect(states).toEqual(['moved: an operator set a new time', 'broken: cancelled_by_operator']);
  });
});
