import { definitionOf, launchForOne, listOf, readyToLaunch } from '../../test/api-people';
import { startTestApi, type TestApi } from '../../test/api';

/** What the company decides for all campaigns, and what of it each takes over. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const SPLIT = [
  { open: '09:00', close: '12:00' },
  { open: '13:00', close: '17:00' },
];
const setHours = (defaultHours: object) => api.call('PATCH', '/v1/settings', { body: { defaultHours } });
const runsIn = (...weekdays: (number[] | undefined)[]) =>
  weekdays.map((days, at) => ({
    key: `r${at}`,
    startsOn: '2027-03-01',
    hours: { mode: 'company_times' },
    calls: { attempts: 1, greeting: 'Hello.' },
    ...(days === undefined ? {} : { weekdays: days }),
  }));
const draft = async (runs: object[] = runsIn(undefined)) => {
  const listId = await listOf(api, 'external_id,phone\nH-1,+12125550101\n');
  return (await api.call('POST', '/v1/campaigns', { body: definitionOf(listId, { plan: { runs }, policy: {} }) })).body;
};
const takeDefaults = (id: string, revision: number, key?: string) =>
  api.call('POST', `/v1/campaigns/${id}/use-default-hours`, {
    body: { revision },
    ...(key === undefined ? {} : { key }),
  });

describe('default business hours', () => {
  it('are noon to eight from Monday to Friday until somebody says otherwise (K-11)', async () => {
    const { body } = await api.call('GET', '/v1/settings');
    expect(body.defaultHours).toEqual({ weekdays: [1, 2, 3, 4, 5], slots: [{ open: '12:00', close: '20:00' }] });
    expect(body.warnings).toEqual([]);
  });

  it('are several slots on weekdays of choice, with a warning for a weekend and no refusal (S1-54, S1-57, K-11)', async () => {
    const { status, body } = await setHours({ weekdays: [1, 2, 6], slots: SPLIT });
    expect([status, body.defaultHours]).toEqual([200, { weekdays: [1, 2, 6], slots: SPLIT }]);
    expect(body.warnings).toEqual([
      { code: 'weekend', pointer: '#/defaultHours/weekdays', detail: 'people are reached on Saturday' },
    ]);
    const [change] = await api.sql`select data from change_log where entity = 'settings' order by id desc limit 1`;
    expect(change).toEqual({ data: { fields: ['defaultHours'] } });
  });

  it.each([
    [{ weekdays: [1], slots: [{ open: '07:30', close: '12:00' }] }, '#/defaultHours/slots/0/open', '08:00–21:00'],
    [{ weekdays: [1], slots: [{ open: '12:00', close: '21:30' }] }, '#/defaultHours/slots/0/close', '08:00–21:00'],
    [{ weekdays: [1], slots: [...SPLIT, { open: '16:00', close: '18:00' }] }, '#/defaultHours/slots/2', 'overlaps'],
    [{ weekdays: [1], slots: [{ open: '12:00', close: '12:00' }] }, '#/defaultHours/slots/0/close', 'not after'],
    [{ weekdays: [], slots: SPLIT }, '#/defaultHours/weekdays', ''],
  ])('are refused as %j, by field and rule (S1-56, K-9)', async (hours, pointer, rule) => {
    const { body } = await setHours(hours);
    expect(body).toMatchObject({ status: 422, errors: [{ pointer, detail: expect.stringContaining(rule) }] });
  });

  it('are copied into a draft as they are at that moment (K-3)', async () => {
    await setHours({ weekdays: [1, 6], slots: SPLIT });
    const { id, revision } = await draft();
    const taken = (await takeDefaults(id, revision)).body;
    expect(taken).toMatchObject({ revision: revision + 1, definition: { policy: { companySlots: SPLIT } } });
    expect(taken.definition.plan.runs[0].weekdays).toEqual([1, 6]);
    expect(taken.warnings).toMatchObject([{ code: 'weekend', pointer: '#/definition/plan/runs/0/weekdays' }]);
    await setHours({ weekdays: [2], slots: [{ open: '10:00', close: '11:00' }] });
    const { body: after } = await api.call('GET', `/v1/campaigns/${id}`);
    expect(after.definition).toEqual(taken.definition);
  });

  it('are copied into a draft in which only the runs were typed so far, and the rest stays as it was typed (K-3, S1-55)', async () => {
    await setHours({ weekdays: [1, 6], slots: SPLIT });
    const { id } = (await api.call('POST', '/v1/campaigns/drafts', { body: { name: 'Q' } })).body;
    const runs = [
      { key: 'one', hours: { mode: 'company_times' } },
      { key: 'two', startsOn: 'some day' },
    ];
    const steps = { schedule: { runs }, list: { listId: 'none yet' } };
    await api.call('PATCH', `/v1/campaigns/${id}/draft`, { body: { revision: 1, steps } });
    expect((await takeDefaults(id, 1)).body).toMatchObject({ code: 'revision_conflict' });
    expect((await takeDefaults(id, 2)).body).toMatchObject({ revision: 3, definition: null, warnings: [] });
    expect((await api.call('GET', `/v1/campaigns/${id}/draft`)).body.steps).toEqual({
      basics: { name: 'Q' },
      list: { listId: 'none yet' },
      schedule: { companySlots: SPLIT, runs: [{ ...runs[0], weekdays: [1, 6] }, runs[1]] },
    });
  });

  it('are taken by one of two who have seen the same draft, and by none that was launched (K-3)', async () => {
    const { id, revision } = await draft();
    const both = await Promise.all([takeDefaults(id, revision), takeDefaults(id, revision, api.keys.editor)]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const { campaignId } = await launchForOne(api);
    expect((await takeDefaults(campaignId, 1)).body).toMatchObject({ code: 'wrong_status' });
  });

  it('and the rate are one for all campaigns (S1-52, S1-53)', async () => {
    await setHours({ weekdays: [1, 2], slots: SPLIT });
    await api.call('PATCH', '/v1/settings', { body: { ratePercent: 40, lines: 5 } });
    for (const made of [await draft(), await draft()])
      expect((await takeDefaults(made.id, made.revision)).body.definition.policy.companySlots).toEqual(SPLIT);
    const groups = await api.sql`
      select distinct g.lines, g.rate_percent from campaign c join line_group g on g.id = c.line_group_id`;
    expect(groups).toEqual([{ lines: 5, ratePercent: 40 }]);
  });
});

it('a campaign that reaches people on a weekend says so wherever it is shown (K-11)', async () => {
  const { id, warnings } = await draft(runsIn(undefined, [6, 7]));
  expect(warnings).toEqual([
    {
      code: 'weekend',
      pointer: '#/definition/plan/runs/1/weekdays',
      detail: 'people are reached on Saturday and Sunday',
    },
  ]);
  await readyToLaunch(api);
  const { status, body } = await api.call('POST', `/v1/campaigns/${id}/launch`);
  expect([status, body.warnings]).toEqual([200, warnings]);
});

describe('the pool of caller numbers (U-12)', () => {
  const [OURS, OTHER] = ['+12125550199', '+13055550190'];
  const numbers = async () => (await api.call('GET', '/v1/settings')).body.callerNumbers;
  const add = (number: string, more = {}) => api.call('POST', '/v1/caller-numbers', { body: { number, ...more } });
  const pool = async () => (await api.call('GET', '/v1/caller-numbers')).body.items;
  const problemsOf = async (policy: object) => {
    const { id, revision, definition } = await draft();
    await api.call('PUT', `/v1/campaigns/${id}`, { body: { revision, definition: { ...definition, policy } } });
    return (await api.call('POST', `/v1/campaigns/${id}/launch`)).body.errors;
  };

  beforeEach(async () => {
    for (const callerNumbers of [[], [OURS]])
      await api.call('PATCH', '/v1/settings', { body: { callerNumbers, mailFrom: '' } });
  });

  it('is what the settings say, with area code and registration of each number', async () => {
    const { status, body } = await add(OTHER, { label: 'Miami', registration: 'pending' });
    expect([status, body]).toMatchObject([
      201,
      {
        number: OTHER,
        areaCode: '305',
        tollFree: false,
        label: 'Miami',
        registration: 'pending',
        resting: false,
        position: 2,
      },
    ]);
    expect(await numbers()).toEqual([OURS, OTHER]);
    expect(await pool()).toMatchObject([{ number: OURS, position: 1, registration: 'unknown' }, { number: OTHER }]);
    await api.call('PATCH', '/v1/settings', { body: { callerNumbers: [OTHER, OURS] } });
    expect(await pool()).toMatchObject([{ number: OTHER, label: 'Miami', id: body.id, position: 1 }, { number: OURS }]);
    expect((await api.call('POST', `/v1/caller-numbers/${body.id}/remove`)).status).toBe(200);
    expect(await numbers()).toEqual([OURS]);
    expect((await api.call('GET', `/v1/caller-numbers/${body.id}`)).status).toBe(404);
  });

  it('takes each number once, and in E.164 alone', async () => {
    expect((await add(OURS)).body).toMatchObject({
      code: 'wrong_status',
      errors: [{ pointer: '#/number', value: OURS }],
    });
    expect((await add('212 555 0170')).body).toMatchObject({ status: 422, errors: [{ pointer: '#/number' }] });
    const twice = { callerNumbers: [OURS, OURS] };
    expect((await api.call('PATCH', '/v1/settings', { body: twice })).body).toMatchObject({
      errors: [{ pointer: '#/callerNumbers/1', detail: 'the number is named twice' }],
    });
    const both = await Promise.all([add('+13055550191'), add('+13055550191', { label: 'Again' })]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409]);
    expect(await numbers()).toEqual([OURS, '+13055550191']);
  });

  it('comes in pages', async () => {
    await add(OTHER);
    const first = (await api.call('GET', '/v1/caller-numbers?limit=1')).body;
    const second = (await api.call('GET', `/v1/caller-numbers?limit=1&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([OURS, OTHER]);
    expect(second.nextCursor).toBeNull();
  });

  it('has to hold what a campaign names, and leave it one that calls: else it is not launched', async () => {
    expect(await problemsOf({ callerNumbers: [OURS, OTHER] })).toEqual([
      {
        pointer: '#/policy/callerNumbers/1',
        detail: "the number is not in the company's pool",
        value: OTHER,
        step: 'settings',
      },
    ]);
    const [{ id }] = await pool();
    await api.call('PATCH', `/v1/caller-numbers/${id}`, { body: { resting: true } });
    expect(await problemsOf({})).toMatchObject([{ pointer: '#/plan/runs/0/calls' }]);
  });

  it('has to have a sender for those who are told of handoffs, and enrichment a service (U-4, K-7)', async () => {
    const recipients = [
      { channel: 'email', to: 'team@example.com' },
      { channel: 'sms', to: '+12125550150' },
    ];
    const [{ id }] = await pool();
    await api.call('PATCH', `/v1/caller-numbers/${id}`, { body: { registration: 'rejected' } });
    expect(await problemsOf({ handoffAlerts: { recipients }, enrichment: { afterUnreachable: 2 } })).toMatchObject([
      { pointer: '#/policy/handoffAlerts', detail: expect.stringContaining('mailFrom') },
      { pointer: '#/policy/handoffAlerts', detail: expect.stringContaining('may text') },
      { pointer: '#/policy/enrichment', detail: expect.stringContaining('no enrichment service') },
    ]);
  });
});

describe('the enrichment service (K-25)', () => {
  const change = (body: object) => api.call('PATCH', '/v1/enrichment-service', { body });

  it('is off, is set up by admins, and shows its token to nobody', async () => {
    expect((await api.call('GET', '/v1/enrichment-service')).body).toMatchObject({
      enabled: false,
      url: '',
      hasToken: false,
      revision: 1,
    });
    expect((await change({ enabled: true })).body).toMatchObject({
      code: 'wrong_status',
      errors: [{ pointer: '#/url' }],
    });
    const set = { url: 'https://data.example.com/append', name: 'Data', token: 'nobody sees this', enabled: true };
    const { text, body } = await change(set);
    expect(body).toMatchObject({ enabled: true, hasToken: true, revision: 2 });
    expect(text).not.toContain('nobody sees this');
    const [row] = await api.sql<{ credentials: string }[]>`select credentials from enrichment_service`;
    expect(row?.credentials).not.toContain('nobody');
    expect((await change({ token: null })).body.hasToken).toBe(false);
  });

  it.each([
    [{ url: 'ftp://data.example.com' }, '#/url'],
    [{ url: 'https://user:word@data.example.com' }, '#/url'],
    [{ header: 'Content-Type' }, '#/header'],
    [{ token: 'two\nlines' }, '#/token'],
    [{ perDay: 0 }, '#/perDay'],
    [{ timeoutSeconds: 21 }, '#/timeoutSeconds'],
  ])('is refused as %j', async (body, pointer) => {
    expect((await change(body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('has to be asked over https, where it is no simulation', async () => {
    const real = await api.another({ simulated: false });
    const refused = await real('PATCH', '/v1/enrichment-service', { body: { url: 'http://data.example.com' } });
    expect(refused.body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/url', detail: 'must be an https address' }],
    });
  });
});
