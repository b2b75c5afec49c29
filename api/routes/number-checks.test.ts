import { startTestApi, type TestApi } from '../../test/api';
import { launchForOne } from '../../test/api-people';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const record = (body: object) => api.call('POST', '/v1/number-checks', { body });
const DNC = { registry: 'dnc', source: 'registry', checkedAt: '2027-02-28T09:00:00Z' };
const DATABASE = { registry: 'reassigned', source: 'database', checkedAt: '2027-02-28T09:00:00Z' };

const PLAN = {
  runs: [
    { key: 'week', startsOn: '2027-03-01', hours: { mode: 'company_times' }, calls: { attempts: 1, greeting: 'Hi' } },
  ],
};

async function newList(csv: string): Promise<{ listId: string; report: Record<string, unknown> }> {
  const { id } = (await api.call('POST', '/v1/lists', { body: { name: 'Numbers', caseType: 'intake' } })).body;
  const report = (await api.call('POST', `/v1/lists/${id}/import`, { body: csv })).body;
  return { listId: id, report };
}

describe('what registries said of numbers (C10, C11)', () => {
  it('is recorded item by item, once, and told with the contact as evidence', async () => {
    const { contactId, phone } = await launchForOne(api);
    const items = [
      { phone, answer: 'not_listed' },
      { phone: 'nobody', answer: 'listed' },
      { phone: '+12125550171', answer: 'listed' },
    ];
    expect((await record({ ...DNC, items })).body).toEqual({
      recorded: 2,
      known: 0,
      rejected: 1,
      errors: [{ index: 1, field: 'phone', value: 'nobody', rule: 'the number is not a phone number' }],
    });
    expect((await record({ ...DNC, items })).body).toMatchObject({ recorded: 0, known: 2, rejected: 1 });
    await record({ ...DATABASE, items: [{ phone, answer: 'no', askedAboutAt: '2026-06-01T00:00:00Z' }] });
    const { items: told } = (await api.call('GET', `/v1/contacts/${contactId}/number-checks`)).body;
    const shared = { phone, checkedAt: '2027-02-28T09:00:00.000Z', actor: expect.stringMatching(/^key:/) };
    expect(told).toEqual([
      { ...shared, registry: 'reassigned', answer: 'no', askedAboutAt: '2026-06-01T00:00:00.000Z', source: 'database' },
      { ...shared, registry: 'dnc', answer: 'not_listed', askedAboutAt: null, source: 'registry' },
    ]);
    const nobody = '0f8fad5b-d9cb-469f-a165-70867728950e';
    expect((await api.call('GET', `/v1/contacts/${nobody}/number-checks`)).status).toBe(404);
  });

  it.each([
    ['of the future', { ...DNC, checkedAt: '2027-03-02T17:00:00Z' }, { answer: 'listed' }, '#/checkedAt'],
    ['that the registry does not give', DNC, { answer: 'yes' }, '#/items/0/answer'],
    ['about no date', DATABASE, { answer: 'yes' }, '#/items/0/askedAboutAt'],
    ['of no registry', { ...DNC, registry: 'somebody' }, { answer: 'listed' }, '#/registry'],
  ])('is refused: an answer %s', async (_, batch, item, pointer) => {
    const { status, body } = await record({ ...batch, items: [{ phone: '+12125550172', ...item }] });
    expect([status, body.code, body.errors.map((each: { pointer: string }) => each.pointer)]).toEqual([
      422,
      'invalid_body',
      [pointer],
    ]);
  });

  it('rejects an item that asks about a day after the look-up', async () => {
    const items = [{ phone: '+12125550172', answer: 'yes', askedAboutAt: '2027-03-01T00:00:00Z' }];
    expect((await record({ ...DATABASE, items })).body).toMatchObject({
      recorded: 0,
      errors: [{ index: 0, field: 'askedAboutAt', rule: 'must not be later than checkedAt' }],
    });
  });

  it('is missing of the numbers that a list is asked for, and keeps a draft that solicits from being launched', async () => {
    const { listId } = await newList('phone,phone_2,consent\n+12125550173,+12125550174,\n+12125550175,,live_call\n');
    const due = async (query = '') =>
      (await api.call('GET', `/v1/lists/${listId}/numbers-to-check${query}`)).body.items.flatMap(
        ({ phones }: { phones: { phone: string }[] }) => phones.map(({ phone }) => phone),
      );
    const { id } = (
      await api.call('POST', '/v1/campaigns', {
        body: { name: 'Selling', listId, plan: PLAN, policy: { solicits: true } },
      })
    ).body;
    const problems = async () =>
      (await api.call('POST', `/v1/campaigns/${id}/launch`)).body.errors?.filter(
        ({ pointer }: { pointer: string }) => pointer === '#/policy/solicits',
      ) ?? [];
    expect((await due()).sort()).toEqual(['+12125550173', '+12125550174', '+12125550175']);
    expect(await problems()).toMatchObject([{ detail: expect.stringContaining("1 of the list's people") }]);
    await record({ ...DNC, items: [{ phone: '+12125550173', answer: 'listed' }] });
    expect((await due()).sort()).toEqual(['+12125550174', '+12125550175']);
    expect((await due('?registry=reassigned')).length).toBe(3);
    expect((await due('?olderThanDays=1')).length).toBe(3);
    expect(await problems()).toEqual([]);
  });
});

describe('an established business relationship (C10)', () => {
  it('is recorded, listed and withdrawn', async () => {
    const { contactId } = await launchForOne(api);
    const path = `/v1/contacts/${contactId}/relationships`;
    const body = { kind: 'inquiry', happenedOn: '2027-01-15', source: 'contact form' };
    const made = await api.call('POST', path, { body });
    expect(made).toMatchObject({ status: 201, body: { ...body, withdrawnAt: null } });
    const withdraw = () => api.call('POST', `/v1/relationships/${made.body.id}/withdraw`, { body: { reason: 'spam' } });
    expect((await withdraw()).body).toMatchObject({ withdrawnReason: 'spam', withdrawnBy: expect.any(String) });
    const { body: twice } = await withdraw();
    expect((await api.call('GET', path)).body.items).toEqual([twice]);
    expect((await api.call('POST', path, { body: { ...body, happenedOn: '2027-03-02' } })).body).toMatchObject({
      code: 'invalid_body',
      errors: [{ pointer: '#/happenedOn', value: '2027-03-02' }],
    });
  });
});

describe('the countries whose numbers are called (T25)', () => {
  it('are those that the settings name, each once and by its code', async () => {
    expect((await api.call('GET', '/v1/settings')).body.allowedCountries).toEqual(['US', 'CA']);
    for (const allowedCountries of [[], ['US', 'US'], ['Latvia']])
      expect((await api.call('PATCH', '/v1/settings', { body: { allowedCountries } })).body.code).toBe('invalid_body');
  });

  it('are asked before a code or an alert goes to the team', async () => {
    const own = { kind: 'phone', value: '+1 876 555 0126', label: 'Ada' };
    expect((await api.call('POST', '/v1/own-addresses', { body: own })).body).toMatchObject({
      code: 'invalid_body',
      errors: [{ pointer: '#/value', detail: expect.stringContaining('allowedCountries') }],
    });
    const { listId } = await newList('phone\n+12125550177\n');
    const policy = { handoffAlerts: { recipients: [{ channel: 'sms', to: '+18765550126' }] } };
    const { id } = (await api.call('POST', '/v1/campaigns', { body: { name: 'Alerted', listId, plan: PLAN, policy } }))
      .body;
    expect((await api.call('POST', `/v1/campaigns/${id}/launch`)).body.errors).toContainEqual(
      expect.objectContaining({ pointer: '#/policy/handoffAlerts', value: '+18765550126' }),
    );
  });

  it('are asked when people come in: a number abroad is kept, and said to be called by nobody', async () => {
    const { listId, report } = await newList('phone,phone_2\n+12125550176,+18765550123\n');
    const fault = { field: 'phone_2', value: '+18765550123', rule: expect.stringContaining('is a number of JM') };
    expect(report).toMatchObject({ created: 1, rejected: 0, results: [{ status: 'created', errors: [fault] }] });
    await newList('phone\n+18765550124\n');
    const { problems } = (await api.call('GET', `/v1/lists/${listId}/problem-counts`)).body;
    expect(problems).toMatchObject({ country_not_allowed: 0, on_dnc_list: 0, reassigned_number: 0 });
    const abroad = await newList('phone\n+18765550125\n');
    await record({ ...DNC, items: [{ phone: '+18765550125', answer: 'listed' }] });
    const answer = { phone: '+18765550125', answer: 'yes', askedAboutAt: '2026-06-01T00:00:00Z' };
    await record({ ...DATABASE, items: [answer] });
    expect((await api.call('GET', `/v1/lists/${abroad.listId}/problem-counts`)).body.problems).toMatchObject({
      country_not_allowed: 1,
      on_dnc_list: 1,
      reassigned_number: 1,
    });
  });
});
