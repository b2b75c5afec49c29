import { startTestApi, type TestApi } from '../../test/api';
import { CALLS, definitionOf, hoursOf, listOf, planWith } from '../../test/api-people';

let api: TestApi;
let listId: string;

beforeAll(async () => {
  api = await startTestApi();
  listId = await listOf(api, 'external_id,phone\nE-1,+12125550101\n');
});
afterAll(() => api.stop());

const create = (body: unknown) => api.call('POST', '/v1/campaigns', { body });
const createDraft = async (overrides?: Record<string, unknown>): Promise<string> =>
  (await create(definitionOf(listId, overrides))).body.id;
const post = (id: string, verb: string) => api.call('POST', `/v1/campaigns/${id}/${verb}`);

describe('bad input of a campaign: refused by field, value and rule, and nothing is stored', () => {
  const cases: [string, Record<string, unknown>, { pointer: string; value?: unknown; detail: string | RegExp }][] = [
    ['an unknown field', { nam: 'x' }, { pointer: '#/nam', detail: 'this field is not known' }],
    [
      'an unknown field inside',
      planWith({ hours: hoursOf(['09:00', '17:00']), calls: { ...CALLS, speed: 2 } }),
      { pointer: '#/plan/runs/0/calls/speed', detail: 'this field is not known' },
    ],
    [
      'a slot outside 8–21 (S1-56, K-9)',
      planWith({ hours: hoursOf(['07:00', '12:00']), calls: CALLS }),
      { pointer: '#/plan/runs/0/hours/slots/0/open', value: '07:00', detail: /within 08:00–21:00/ },
    ],
    [
      'a slot after 21 (S1-56, K-9)',
      planWith({ hours: hoursOf(['12:00', '21:30']), calls: CALLS }),
      { pointer: '#/plan/runs/0/hours/slots/0/close', value: '21:30', detail: /within 08:00–21:00/ },
    ],
    [
      'overlapping slots (K-9)',
      planWith({ hours: hoursOf(['09:00', '12:00'], ['11:00', '13:00']), calls: CALLS }),
      { pointer: '#/plan/runs/0/hours/slots/1', detail: /overlaps 09:00–12:00/ },
    ],
    [
      'a run that ends before it starts',
      planWith({ endsOn: '2027-02-01', hours: hoursOf(['09:00', '12:00']), calls: CALLS }),
      { pointer: '#/plan/runs/0/endsOn', value: '2027-02-01', detail: /before it starts on 2027-03-01/ },
    ],
    [
      'a rule without any action (S0-71)',
      { policy: { rules: [{ key: 'r', when: { trigger: 'handoff', outcome: 'requested' }, then: [] }] } },
      { pointer: '#/policy/rules/0/then', value: [], detail: /at least one action/ },
    ],
    [
      'a form rule without a form (S0-32)',
      {
        ...planWith({ hours: hoursOf(['09:00', '12:00']), calls: CALLS }),
        policy: {
          rules: [{ key: 'r', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'stop_calls' }] }],
        },
      },
      { pointer: '#/policy/rules/0/when/trigger', value: 'form', detail: /form attached/ },
    ],
    [
      'a kind of trigger that there is not',
      { policy: { rules: [{ key: 'r', when: { trigger: 'moon', outcome: 'full' }, then: [{ kind: 'stop_calls' }] }] } },
      { pointer: '#/policy/rules/0/when/trigger', value: 'moon', detail: /Expected 'call_outcome'/ },
    ],
    ['a name that is too short (R-12)', { name: 'ab' }, { pointer: '#/name', value: 'ab', detail: />=3/ }],
    [
      'a template variable that nothing fills',
      planWith({ hours: hoursOf(['09:00', '12:00']), calls: { ...CALLS, greeting: 'Hi {{moon.phase}}' } }),
      {
        pointer: '#/plan/runs/0/calls/greeting',
        value: 'Hi {{moon.phase}}',
        detail: /"moon.phase" at position 4 is not known/,
      },
    ],
    [
      'a text with half a character',
      { description: 'half \ud83d' },
      { pointer: '#/description', value: 'half \ud83d', detail: /half a character/ },
    ],
    [
      'fields of server and history (T16)',
      { status: 'active' },
      { pointer: '#/status', detail: 'this field is not known' },
    ],
  ];

  it.each(cases)('%s', async (_, overrides, fault) => {
    const before = await api.sql`select id from campaign`;
    const refused = await create(definitionOf(listId, overrides));
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ code: 'invalid_body', status: 422 });
    const { detail, ...place } = fault;
    expect(refused.body.errors).toContainEqual(
      expect.objectContaining({
        ...place,
        detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
      }),
    );
    expect(await api.sql`select id from campaign`).toHaveLength(before.length);
  });

  it('a list that does not exist', async () => {
    const refused = await create(definitionOf('0f8fad5b-d9cb-469f-a165-70867728950e'));
    expect(refused.body).toMatchObject({ status: 422, code: 'unknown_reference', errors: [{ pointer: '#/listId' }] });
  });
});

describe('a draft', () => {
  it('comes back as it was sent, with the defaults filled in', async () => {
    const id = await createDraft();
    const campaign = await api.call('GET', `/v1/campaigns/${id}`);
    expect(campaign.body).toMatchObject({
      id,
      status: 'draft',
      revision: 1,
      version: null,
      launchedAt: null,
      createdAt: '2027-03-01T17:00:00.000Z',
      definition: {
        name: 'Intake follow-up',
        subject: 'general',
        plan: { runs: [{ weekdays: [1, 2, 3, 4, 5] }] },
        policy: { companySlots: [{ open: '12:00', close: '20:00' }] },
      },
      counts: {
        contacts: 0,
        enrolled: 0,
        attempts: { voice: 0, sms: 0, email: 0 },
        rulesFired: 0,
        actions: { pending: 0, done: 0, failed: 0 },
      },
    });
  });

  it('is changed as a whole, and only from its current revision (R-19)', async () => {
    const id = await createDraft();
    const change = (revision: number, name: string) =>
      api.call('PUT', `/v1/campaigns/${id}`, { body: { revision, definition: definitionOf(listId, { name }) } });
    expect((await change(1, 'Second name')).body).toMatchObject({ name: 'Second name', revision: 2 });
    expect((await change(1, 'Lost name')).body).toMatchObject({
      status: 409,
      code: 'revision_conflict',
      errors: [
        { pointer: '#/revision', value: 1 },
        { pointer: '#/definition/name', value: 'Lost name', current: 'Second name' },
      ],
    });
    expect((await api.call('GET', `/v1/campaigns/${id}`)).body.name).toBe('Second name');
  });

  it('lets only one of two changes at once through', async () => {
    const id = await createDraft();
    const change = (name: string) =>
      api.call('PUT', `/v1/campaigns/${id}`, { body: { revision: 1, definition: definitionOf(listId, { name }) } });
    const statuses = (await Promise.all([change('Name one'), change('Name two')])).map(({ status }) => status);
    expect(statuses).toEqual(expect.arrayContaining([200, 409]));
  });

  it('starts no outreach (S1-33)', async () => {
    const id = await createDraft();
    for (const verb of ['pause', 'resume', 'stop', 'archive'])
      expect((await post(id, verb)).body).toMatchObject({
        status: 409,
        code: 'wrong_status',
        detail: expect.stringContaining('draft'),
      });
  });
});
