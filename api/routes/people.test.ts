import { loadPlannerFrame } from '../../db/planner-input';
import { type Decision } from '../../domain/decision';
import { decide } from '../../domain/decide';
import { startTestApi, type TestApi } from '../../test/api';
import { CALLS, definitionOf, hoursOf, launchForOne, listOf, planWith } from '../../test/api-people';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string) => (await api.call('GET', path)).body;
const post = (path: string, body: unknown = {}) => api.call('POST', path, { body });
let numbers = 0;
const phone = () => `+1212555${String(100 + (numbers++ % 100)).padStart(4, '0')}`;

async function person(contact: Record<string, unknown> = {}, cases: unknown[] = []): Promise<string> {
  const listId = await listOf(api, null);
  const items = [{ contact: { phones: [phone()], ...contact }, cases }];
  return (await post(`/v1/lists/${listId}/contacts`, { items })).body.results[0].contactId;
}

const textRun = {
  key: 'hello',
  channel: 'sms',
  when: { kind: 'after_start', delayMinutes: 0 },
  text: 'Hello.',
};
/** A run of calls, and one with a text besides. */
const calling = planWith({ hours: hoursOf(['09:00', '20:00']), calls: CALLS });
const both = planWith({ hours: hoursOf(['09:00', '20:00']), calls: CALLS, messages: [textRun] });

async function next(enrollmentId: string): Promise<Decision> {
  return decide((await loadPlannerFrame(api.sql, enrollmentId, 'granted')).input);
}
const touchOf = (decision: Decision) => ('touch' in decision ? decision.touch : undefined);

describe('cases (S1-48)', () => {
  it('of a contact are made, read, listed, changed, and say on which lists they stand', async () => {
    const contactId = await person({ firstName: 'Asha' }, [{ externalId: 'K-1' }]);
    const made = await post(`/v1/contacts/${contactId}/cases`, {
      externalId: 'K-2',
      caseType: 'mva',
      title: 'Crash',
      status: 'New',
    });
    expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/cases/${made.body.id}`]);
    expect(made.body).toMatchObject({
      externalId: 'K-2',
      caseType: 'mva',
      contact: { firstName: 'Asha' },
      lists: [],
      revision: 1,
    });
    const { items } = await get(`/v1/cases?contactId=${contactId}`);
    expect(
      items.map((each: { externalId: string; lists: unknown[] }) => [each.externalId, each.lists.length]).sort(),
    ).toEqual([
      ['K-1', 1],
      ['K-2', 0],
    ]);
    expect((await get('/v1/cases?caseType=mva&status=New&query=cras')).items).toHaveLength(1);
    const changed = await api.call('PATCH', `/v1/cases/${made.body.id}`, {
      body: { status: 'Open', caseType: 'fall', revision: 1 },
    });
    expect(changed.body).toMatchObject({ status: 'Open', caseType: 'fall', revision: 2 });
    expect(
      (await api.call('PATCH', `/v1/cases/${made.body.id}`, { body: { title: 'x', revision: 1 } })).body.code,
    ).toBe('revision_conflict');
  });

  it('have an external id of their own, and a contact that is there', async () => {
    const contactId = await person({}, [{ externalId: 'K-3' }]);
    expect((await post(`/v1/contacts/${contactId}/cases`, { externalId: 'K-3', caseType: 'mva' })).body).toMatchObject({
      status: 409,
      code: 'case_conflict',
      errors: [{ pointer: '#/externalId', value: 'K-3' }],
    });
    expect((await post('/v1/contacts/0f8fad5b-d9cb-469f-a165-70867728950e/cases', { caseType: 'mva' })).status).toBe(
      404,
    );
  });

  it('on a list keep the type of the list (S1-20)', async () => {
    const contactId = await person({}, [{ externalId: 'K-4' }]);
    const [onList] = (await get(`/v1/cases?contactId=${contactId}`)).items;
    expect((await api.call('PATCH', `/v1/cases/${onList.id}`, { body: { caseType: 'mva' } })).body).toMatchObject({
      code: 'case_conflict',
      errors: [{ pointer: '#/caseType', value: 'mva', detail: expect.stringContaining('"Intake list"') }],
    });
    await post(`/v1/lists/${onList.lists[0].id}/members/remove`, { caseIds: [onList.id] });
    expect((await api.call('PATCH', `/v1/cases/${onList.id}`, { body: { caseType: 'mva' } })).status).toBe(200);
  });
});

describe('addresses', () => {
  const set = (contactId: string, addresses: unknown[], revision?: number) =>
    api.call('PUT', `/v1/contacts/${contactId}/addresses`, { body: { addresses, revision } });
  const values = (body: { addresses: { value: string }[] }) => body.addresses.map(({ value }) => value);

  it('are added, removed and reordered in one, from what was seen', async () => {
    const [one, other, third] = [phone(), phone(), phone()];
    const contactId = await person({ phones: [one, other], emails: ['a@example.com'] });
    const before = await get(`/v1/contacts/${contactId}/addresses`);
    const wanted = [
      { kind: 'phone', value: third },
      { kind: 'phone', value: one },
      { kind: 'email', value: 'b@example.com' },
    ];
    const after = await set(contactId, wanted, before.revision);
    expect(values(after.body)).toEqual([third, one, 'b@example.com']);
    expect((await set(contactId, wanted, before.revision)).body.code).toBe('revision_conflict');
    expect((await set(contactId, wanted)).body).toMatchObject({ status: 422, errors: [{ pointer: '#/revision' }] });
    // An import knows the removed number still; by hand it comes back.
    expect(
      (await set(contactId, [...wanted, { kind: 'phone', value: other }], after.body.revision)).body.addresses.at(-1),
    ).toMatchObject({
      value: other,
      unusable: null,
    });
  });

  it('are not brought back by an import, and show where they are wrong', async () => {
    const [one, other] = [phone(), phone()];
    const contactId = await person({ externalId: 'AD-1', phones: [one, other] });
    const { revision } = await get(`/v1/contacts/${contactId}/addresses`);
    await set(contactId, [{ kind: 'phone', value: other }], revision);
    await person({ externalId: 'AD-1', phones: [one, other] });
    expect(values(await get(`/v1/contacts/${contactId}/addresses`))).toEqual([other]);
  });

  it.each([
    [[{ kind: 'phone', value: '12' }], '#/addresses/0/value'],
    [[{ kind: 'email', value: 'nobody' }], '#/addresses/0/value'],
    [
      [
        { kind: 'phone', value: '+12125550199' },
        { kind: 'phone', value: '(212) 555-0199' },
      ],
      '#/addresses/1/value',
    ],
    [[], '#/addresses'],
  ])('are refused as %j', async (addresses, pointer) => {
    expect((await set(await person(), addresses, 1)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('that are wrong give way to the next, by hand as by what a call tells', async () => {
    const { contactId, enrollmentId } = await launchForOne(api, calling);
    const [first, second] = [phone(), phone()];
    const write = async (addresses: unknown[]) =>
      set(contactId, addresses, (await get(`/v1/contacts/${contactId}/addresses`)).revision);
    await write([
      { kind: 'phone', value: first },
      { kind: 'phone', value: second },
    ]);
    const hashOf = async (value: string) =>
      (await api.sql<{ hash: string }[]>`select hash from address where value = ${value}`)[0]?.hash;
    expect(touchOf(await next(enrollmentId))?.toHash).toBe(await hashOf(first));
    await write([
      { kind: 'phone', value: first, unusable: 'wrong_number' },
      { kind: 'phone', value: second },
    ]);
    expect(touchOf(await next(enrollmentId))?.toHash).toBe(await hashOf(second));
    await write([
      { kind: 'phone', value: first, unusable: null },
      { kind: 'phone', value: second },
    ]);
    expect(touchOf(await next(enrollmentId))?.toHash).toBe(await hashOf(first));
  });

  it('that are removed take nothing with them that was said at them (R-5)', async () => {
    const { contactId, enrollmentId } = await launchForOne(api, both);
    await post(`/v1/contacts/${contactId}/opt-out`, { channels: ['sms'] });
    const { revision } = await get(`/v1/contacts/${contactId}/addresses`);
    await set(contactId, [{ kind: 'phone', value: phone() }], revision);
    expect((await get(`/v1/contacts/${contactId}/reach`)).channels).toEqual(['voice']);
    expect(touchOf(await next(enrollmentId))?.channel).toBe('voice');
  });
});

describe('attributes', () => {
  const attribute = (name: string, type: string, choices: string[] = []) =>
    post('/v1/attributes', { name, type, choices });

  it('are described once, and values are checked by that and kept in one form', async () => {
    expect((await attribute('amount', 'number')).status).toBe(201);
    await attribute('injury', 'choice', ['Knee', 'Back']);
    expect((await attribute('amount', 'text')).body).toMatchObject({ status: 409, errors: [{ pointer: '#/name' }] });
    const contactId = await person({
      externalId: 'AT-1',
      attributes: { amount: '1,200.50', injury: 'knee', other: 'as told' },
    });
    expect((await get(`/v1/contacts/${contactId}`)).attributes).toEqual({
      amount: '1200.5',
      injury: 'Knee',
      other: 'as told',
    });
    expect(
      (await api.call('PATCH', `/v1/contacts/${contactId}`, { body: { attributes: { injury: 'Elbow' } } })).body,
    ).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/attributes/injury', value: 'Elbow', detail: 'must be one of "Knee", "Back"' }],
    });
    expect((await get('/v1/contacts?attribute=injury:Knee')).items).toMatchObject([{ id: contactId }]);
    expect((await get('/v1/contacts?attribute=injury:Back')).items).toEqual([]);
  });

  it('that do not fit are left out of an import, and named', async () => {
    await attribute('hurt_on', 'date');
    const listId = await listOf(api, null);
    const report = await post(`/v1/lists/${listId}/contacts`, {
      items: [{ contact: { phones: [phone()], attributes: { hurt_on: 'in May', colour: 'red' } } }],
    });
    expect(report.body.results[0]).toMatchObject({
      status: 'created',
      errors: [{ field: '#/contact/attributes/hurt_on', value: 'in May', rule: 'must be a day like 2027-03-01' }],
    });
    expect((await get(`/v1/contacts/${report.body.results[0].contactId}`)).attributes).toEqual({ colour: 'red' });
  });

  it('keep name and type; choices are changed where there are any', async () => {
    const { id } = (await attribute('side', 'choice', ['Left'])).body;
    expect(
      (await api.call('PATCH', `/v1/attributes/${id}`, { body: { choices: ['Left', 'Right'] } })).body,
    ).toMatchObject({
      choices: ['Left', 'Right'],
      revision: 2,
    });
    expect((await api.call('PATCH', `/v1/attributes/${id}`, { body: { choices: [] } })).body.errors).toMatchObject([
      { pointer: '#/choices' },
    ]);
    expect((await api.call('PATCH', `/v1/attributes/${id}`, { body: { type: 'text' } })).status).toBe(422);
    expect((await attribute('first_name', 'text')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/name' }],
    });
    expect((await attribute('empty', 'choice')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/choices' }],
    });
  });
});

describe('opt-outs of a channel (K-24)', () => {
  const CONSENT = { class: 'live_call', source: 'phone call', text: 'You may call me again.' };
  const optIn = (contactId: string, body: Record<string, unknown> = {}) =>
    post(`/v1/contacts/${contactId}/opt-in`, { consent: CONSENT, ...body });

  it('are set, told with source, reason and actor, and found by a filter', async () => {
    const contactId = await person();
    await post(`/v1/contacts/${contactId}/opt-out`, { channels: ['sms'], reason: 'asked at the desk' });
    expect((await get(`/v1/contacts/${contactId}/opt-outs`)).items).toMatchObject([
      {
        channels: ['sms'],
        caseType: null,
        source: 'operator',
        reason: 'asked at the desk',
        actor: 'key:Ada',
        liftedAt: null,
      },
    ]);
    const found = async (channel: string) =>
      (await get(`/v1/contacts?optedOut=${channel}&limit=200`)).items.some(
        ({ id }: { id: string }) => id === contactId,
      );
    expect([await found('sms'), await found('email'), await found('voice')]).toEqual([true, false, false]);
  });

  it('of calls about one type of case bind the planner: no call, and texts go on', async () => {
    const { contactId, enrollmentId } = await launchForOne(api, both);
    expect(touchOf(await next(enrollmentId))?.channel).toBe('voice');
    expect((await post(`/v1/contacts/${contactId}/opt-out`, { caseType: 'mva' })).status).toBe(202);
    expect(touchOf(await next(enrollmentId))?.channel).toBe('voice');
    await post(`/v1/contacts/${contactId}/opt-out`, { caseType: 'intake', reason: 'no calls about this' });
    expect(touchOf(await next(enrollmentId))?.channel).toBe('sms');
    expect((await get(`/v1/contacts/${contactId}/opt-outs`)).items).toMatchObject([
      { caseType: 'intake', channels: ['voice'], reason: 'no calls about this' },
      { caseType: 'mva', channels: ['voice'] },
    ]);
    expect((await get(`/v1/contacts/${contactId}/reach?caseType=intake`)).channels).toEqual(['sms', 'email']);
    expect((await get(`/v1/contacts/${contactId}/reach?caseType=fall`)).channels).toEqual(['voice', 'sms', 'email']);
    await optIn(contactId, { caseType: 'intake' });
    expect(touchOf(await next(enrollmentId))?.channel).toBe('voice');
  });

  it('of one type of case are about calls alone', async () => {
    const contactId = await person();
    expect(
      (await post(`/v1/contacts/${contactId}/opt-out`, { caseType: 'mva', channels: ['sms'] })).body,
    ).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/channels' }],
    });
    expect(
      (await optIn(contactId, { caseType: 'mva', consent: { ...CONSENT, class: 'marketing_sms' } })).body.code,
    ).toBe('order_refused');
  });

  it('are lifted by a new consent, and only for its channel (R-5)', async () => {
    const contactId = await person({ emails: ['lifted@example.com'] });
    await post(`/v1/contacts/${contactId}/opt-out`);
    const lifted = await optIn(contactId);
    expect(lifted.status).toBe(200);
    const { items } = await get(`/v1/contacts/${contactId}/consents`);
    expect(items).toMatchObject([{ class: 'live_call', text: CONSENT.text, actor: 'key:Ada' }]);
    expect(lifted.body.items).toMatchObject([
      { channels: ['sms', 'email'], liftedAt: null, source: 'operator' },
      { channels: ['voice', 'sms', 'email'], liftedBy: 'key:Ada', consentId: items[0].id },
    ]);
    expect((await get(`/v1/contacts/${contactId}/reach`)).channels).toEqual(['voice']);
    expect((await optIn(contactId)).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('has not opted out of calls'),
    });
    expect((await get(`/v1/contacts/${contactId}/consents`)).items).toHaveLength(1);
  });

  it.each([
    [{ ...CONSENT, text: '' }, '#/consent/text'],
    [{ ...CONSENT, source: '' }, '#/consent/source'],
    [undefined, '#/consent'],
  ])('are not lifted by %j', async (consent, pointer) => {
    const contactId = await person();
    expect((await post(`/v1/contacts/${contactId}/opt-in`, { consent })).body).toMatchObject({
      status: 422,
      errors: [{ pointer }],
    });
  });

  it('are not lifted while the provider itself bars the number (R-5)', async () => {
    const contactId = await person();
    await api.sql`
      insert into suppression (hash, channels, source, at, actor)
      select hash, '{voice,sms,email}', 'provider', app_now(), 'provider' from contact_address where contact_id = ${contactId}`;
    expect((await optIn(contactId)).body).toMatchObject({
      code: 'order_refused',
      detail: expect.stringContaining('provider itself'),
    });
    expect((await get(`/v1/contacts/${contactId}/consents`)).items).toEqual([]);
  });

  it('are lifted once, however often the same is sent', async () => {
    const contactId = await person();
    await post(`/v1/contacts/${contactId}/opt-out`, { channels: ['voice'] });
    const ask = { body: { consent: CONSENT }, headers: { 'idempotency-key': 'lift once' } };
    const answers = await Promise.all([1, 2, 3].map(() => api.call('POST', `/v1/contacts/${contactId}/opt-in`, ask)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect((await get(`/v1/contacts/${contactId}/consents`)).items).toHaveLength(1);
  });
});

describe('who can not be reached', () => {
  it('is told of a list with the reason, and counted', async () => {
    const listId = await listOf(api, null);
    const items = [
      {
        contact: {
          externalId: 'W-1',
          firstName: 'Free',
          zone: 'America/New_York',
          phones: [phone()],
          emails: ['w1@example.com'],
          consents: [{ class: 'live_call', source: 'form' }],
        },
      },
      { contact: { externalId: 'W-2', firstName: 'Nowhere', phones: ['+18005550100'], emails: ['w2@example.com'] } },
      { contact: { externalId: 'W-3', firstName: 'Barred', zone: 'America/New_York', phones: [phone()] } },
      { contact: { externalId: 'W-4', firstName: 'Wrong', zone: 'America/New_York', phones: [phone()] } },
    ];
    const ids = (await post(`/v1/lists/${listId}/contacts`, { items })).body.results.map(
      ({ contactId }: { contactId: string }) => contactId,
    );
    await post(`/v1/contacts/${ids[2]}/opt-out`, { channels: ['voice'] });
    await post(`/v1/contacts/${ids[2]}/opt-out`, { caseType: 'intake' });
    await api.sql`update contact_address set unusable = 'wrong_number' where contact_id = ${ids[3]}`;
    const told = (await get(`/v1/lists/${listId}/problems`)).items.map(
      ({
        contact,
        problems,
        channels,
      }: {
        contact: { firstName: string };
        problems: { problem: string }[];
        channels: string[];
      }) => [contact.firstName, problems.map(({ problem }) => problem), channels],
    );
    expect(told.sort()).toEqual([
      ['Barred', ['no_email', 'opted_out_voice', 'no_consent'], ['sms']],
      ['Nowhere', ['unknown_place', 'no_consent'], ['voice', 'sms', 'email']],
      ['Wrong', ['no_usable_phone', 'no_email', 'no_consent'], []],
    ]);
    expect((await get(`/v1/lists/${listId}/problems?problem=unknown_place`)).items).toMatchObject([
      { contact: { firstName: 'Nowhere' }, problems: [{ sentence: expect.stringContaining('narrower hours') }, {}] },
    ]);
    expect(await get(`/v1/lists/${listId}/problem-counts`)).toMatchObject({
      contacts: 4,
      free: 1,
      problems: {
        unknown_place: 1,
        no_email: 2,
        no_usable_phone: 1,
        opted_out_voice: 1,
        opted_out_case_type: 0,
        no_consent: 3,
      },
    });
    expect((await api.call('GET', '/v1/lists/0f8fad5b-d9cb-469f-a165-70867728950e/problems')).status).toBe(404);
  });
});

describe('a list and a campaign', () => {
  it('S0-5: rules are one and the same list, wherever they are read or written', async () => {
    const listId = await listOf(api, 'external_id,phone\nSO-1,+12125550190\n');
    const rule = (key: string) => ({
      key,
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [{ kind: 'stop_calls' }],
    });
    const draft = (await post('/v1/campaigns', definitionOf(listId, { policy: { rules: [rule('one')] } }))).body;
    const keys = (rules: { key: string }[]) => rules.map(({ key }) => key);
    const inBoth = async () => {
      const [campaign, rules] = await Promise.all([
        get(`/v1/campaigns/${draft.id}`),
        get(`/v1/campaigns/${draft.id}/rules`),
      ]);
      return [keys(campaign.definition.policy.rules), keys(rules.rules)];
    };
    expect(await inBoth()).toEqual([['one'], ['one']]);
    await api.call('PUT', `/v1/campaigns/${draft.id}/rules`, {
      body: { rules: [rule('one'), rule('two')], revision: draft.revision },
    });
    expect(await inBoth()).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
    const { definition, revision } = await get(`/v1/campaigns/${draft.id}`);
    const fewer = { ...definition, policy: { ...definition.policy, rules: [rule('two')] } };
    await api.call('PUT', `/v1/campaigns/${draft.id}`, { body: { definition: fewer, revision } });
    expect(await inBoth()).toEqual([['two'], ['two']]);
  });

  it('S1-19: there is no list without a case type', async () => {
    expect((await post('/v1/lists', { name: 'Untyped' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/caseType' }],
    });
    expect((await post('/v1/lists', { name: 'Untyped', caseType: ' ' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/caseType' }],
    });
  });
});

describe('somebody who is being erased (INV-16)', () => {
  it('is not brought back by being named once more, in a list or by a case', async () => {
    const { contactId, listId } = await launchForOne(api, calling);
    const { externalId } = await get(`/v1/contacts/${contactId}`);
    await post(`/v1/contacts/${contactId}/erase`);
    const number = phone();
    const [byId, byCase] = await Promise.all(
      [{ contact: { externalId } }, { cases: [{ externalId }] }].map(async ({ contact = {}, cases = [] }) => {
        const items = [{ contact: { ...contact, firstName: 'Back', phones: [number] }, cases }];
        return (await post(`/v1/lists/${listId}/contacts`, { items })).body.results[0];
      }),
    );
    const refused = {
      status: 'rejected',
      errors: [{ field: '#/contact/externalId', rule: expect.stringContaining('being erased') }],
    };
    expect([byId, byCase]).toMatchObject([refused, refused]);
    expect(
      await api.sql`
      select ca.unusable from contact_address ca where ca.contact_id = ${contactId} and ca.unusable is distinct from 'erased'`,
    ).toEqual([]);
    expect((await get(`/v1/contacts/${contactId}`)).firstName).not.toBe('Back');
  });
});
