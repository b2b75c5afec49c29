import { createHmac } from 'node:crypto';
import { startTestApi, type TestApi } from '../../test/api';
import { answerAndEnd, definitionOf, insertAttempt, launchForOne, listOf } from '../../test/api-people';
import { CONNECTION_BODY_EXAMPLE, CONNECTION_EXAMPLE } from '../answers/connections';

let api: TestApi;
let connectionId: string;
let campaignId: string;

const STATUSES = [
  { value: 'Retained', label: 'Retained' },
  { field: 'substatus', group: 'Dialer Status', value: '12', label: 'Busy' },
];
const get = async (path: string) => (await api.call('GET', `/v1/${path}`)).body;

beforeAll(async () => {
  api = await startTestApi();
  const listId = await listOf(api, 'external_id,phone\nE-1,+12125550101\n');
  campaignId = (await api.call('POST', '/v1/campaigns', { body: definitionOf(listId, { policy: {} }) })).body.id;
});
afterAll(() => api.stop());

const options = (query = '') => get(`campaigns/${campaignId}/rule-options${query}`);
const actionOf = (body: { actions: { kind: string }[] }, kind: string) =>
  body.actions.find((each) => each.kind === kind);
const triggerOf = (body: { triggers: { trigger: string }[] }, name: string) =>
  body.triggers.find(({ trigger }) => trigger === name);

async function map(change: object, status = 200) {
  const { revision, statuses, outcomes } = await get(`connections/${connectionId}/mapping`);
  const body = { revision, statuses, outcomes, ...change };
  const answer = await api.call('PUT', `/v1/connections/${connectionId}/mapping`, { body });
  expect([answer.status, answer.status === status ? '' : answer.text]).toEqual([status, '']);
  return answer.body;
}

const rule = (changes: object = {}) => ({
  key: 'card',
  when: { trigger: 'handoff', outcome: 'requested' },
  then: [{ kind: 'stop_calls' }],
  note: null,
  ...changes,
});

async function putRules(rules: unknown[], id = campaignId) {
  const { revision } = await get(`campaigns/${id}/rules`);
  return api.call('PUT', `/v1/campaigns/${id}/rules`, { body: { revision, rules } });
}

describe('what rules can be made of', () => {
  it('without a CRM: its actions are there, unavailable, with the reason; its rules are flagged (S0-73)', async () => {
    const body = await options();
    expect(body.crm).toBeNull();
    for (const kind of ['crm_status', 'crm_note'])
      expect(actionOf(body, kind)).toMatchObject({ available: false, reason: expect.stringContaining('No CRM') });
    expect(actionOf(body, 'stop_calls')).toMatchObject({ available: true, reason: null });
    const { body: kept } = await putRules([rule({ then: [{ kind: 'crm_status', status: 'Retained' }] })]);
    expect(kept.rules).toHaveLength(1);
    expect(kept.problems).toEqual([
      {
        rule: 'card',
        pointer: '#/rules/0/then/0/kind',
        detail: expect.stringContaining('No CRM is connected'),
        value: 'crm_status',
      },
    ]);
  });

  it('with a CRM: its own values, for the status and for the note (S0-47), labelled and searchable (S0-50, S0-49)', async () => {
    const { body } = await api.call('POST', '/v1/connections', {
      body: { ...CONNECTION_BODY_EXAMPLE, isDefault: true },
    });
    connectionId = body.id;
    expect(actionOf(await options(), 'crm_status')).toMatchObject({ available: true, statuses: [] });
    await map({ statuses: STATUSES, noteTypes: [{ value: '3', label: 'Intake' }], noteType: '3' });
    const all = await options();
    expect(all).toMatchObject({
      crm: { connectionId, name: CONNECTION_EXAMPLE.name, kind: 'http', state: 'ok' },
      noteTypes: [{ value: '3', label: 'Intake' }],
    });
    expect(actionOf(all, 'crm_status')).toMatchObject({
      statuses: [
        { status: 'Retained', field: 'status', label: 'Status: Retained' },
        { status: '12', field: 'substatus', group: 'Dialer Status', label: 'Substatus (Dialer Status): Busy' },
      ],
    });
    expect(actionOf(await options('?query=dialer%20busy'), 'crm_status')).toMatchObject({
      statuses: [{ status: '12' }],
    });
    const page = await get(`connections/${connectionId}/statuses?limit=1`);
    expect(page).toMatchObject({ items: [{ status: 'Retained' }], nextCursor: expect.any(String) });
    const next = await get(`connections/${connectionId}/statuses?limit=1&cursor=${page.nextCursor}`);
    expect(next).toMatchObject({ items: [{ status: '12' }], nextCursor: null });
    expect((await get(`connections/${connectionId}/statuses?query=nothing`)).items).toEqual([]);
  });

  it('outcomes of calls come from the mapping (S0-48), and a changed mapping is seen at the next opening (S0-51)', async () => {
    expect(triggerOf(await options(), 'call_outcome')).toMatchObject({ outcomes: { length: 4 } });
    expect((await putRules([rule({ when: { trigger: 'call_outcome', outcome: 'no_show' } })])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/rules/0/when/outcome', value: 'no_show' }],
    });
    await map({ outcomes: [{ outcome: 'no_show', label: 'No show', countsAs: 'unsuccessful' }] });
    expect(triggerOf(await options(), 'call_outcome')).toMatchObject({
      outcomes: [{ outcome: 'no_show', label: 'No show' }],
    });
    const { body } = await putRules([rule({ when: { trigger: 'call_outcome', outcome: 'no_show' } })]);
    expect(body).toMatchObject({ rules: [{ key: 'card' }], problems: [] });
  });

  it('a rule whose target has vanished stays, can be saved again, and says why (R-20)', async () => {
    await putRules([
      rule({ key: 'outcome', when: { trigger: 'call_outcome', outcome: 'no_show' } }),
      rule({ key: 'status', then: [{ kind: 'crm_status', status: '12', field: 'substatus', group: 'Dialer Status' }] }),
    ]);
    await map({ statuses: STATUSES.slice(0, 1), outcomes: [] });
    const { rules, problems } = await get(`campaigns/${campaignId}/rules`);
    expect(rules.map(({ key }: { key: string }) => key)).toEqual(['outcome', 'status']);
    expect(problems).toMatchObject([
      {
        rule: 'outcome',
        pointer: '#/rules/0/when/outcome',
        detail: expect.stringContaining('has no outcome "no_show"'),
      },
      {
        rule: 'status',
        pointer: '#/rules/1/then/0/kind',
        detail: 'Substatus (Dialer Status): 12 is not in the mapping of "Case manager" (any more).',
      },
    ]);
    expect((await putRules(rules)).body.problems).toHaveLength(2);
  });

  it('S1-108: fields are offered, and what is wrong with the mappings of a campaign is told by its place', async () => {
    await map({ fields: [] });
    const fields = ['custom1', 'custom2'].map((to) => ({ from: 'attribute', key: 'colour', to }));
    // Of a CRM whose fields nobody has listed none is unknown.
    const { campaignId: id } = await launchForOne(api, { policy: { crm: { fields } } });
    await map({ fields: [{ name: 'custom1', label: 'Colour' }] });
    expect(await get(`campaigns/${id}/rule-options`)).toMatchObject({
      fields: [{ name: 'custom1', type: 'text' }],
      fieldProblems: [
        { pointer: '#/policy/crm/fields/1/to', detail: expect.stringContaining('no such field'), value: 'custom2' },
      ],
    });
    const copy = (await api.call('POST', `/v1/campaigns/${id}/duplicate`, { body: { name: 'The same once more' } }))
      .body;
    expect((await api.call('POST', `/v1/campaigns/${copy.id}/launch`)).body).toMatchObject({
      code: 'launch_refused',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: '#/policy/crm/fields/1/to', step: 'crm', value: 'custom2' }),
      ]),
    });
  });

  it('a CRM note may name a type that the CRM has; another one is refused, at the launch and at a publish too (S0-47)', async () => {
    const noteTypes = ['3', '4'].map((value) => ({ value, label: `Type ${value}` }));
    await map({ noteTypes, noteType: '3' });
    expect(await options()).toMatchObject({ noteTypes, noteType: '3' });
    const noted = (noteType: string) => rule({ then: [{ kind: 'crm_note', text: 'Well done.', noteType }] });
    expect((await putRules([noted('9')])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/rules/0/then/0/noteType', detail: expect.stringContaining('"9"'), value: '9' }],
    });
    expect((await putRules([noted('4')])).body).toMatchObject({ rules: [{ then: [{ noteType: '4' }] }], problems: [] });

    const { campaignId: live } = await launchForOne(api, { policy: { rules: [noted('4')] } });
    const { definition, revision } = await get(`campaigns/${live}`);
    const withType = (noteType: string) => ({
      ...definition,
      policy: { ...definition.policy, rules: [noted(noteType)] },
    });
    const publish = (body: object) =>
      api.call('POST', `/v1/campaigns/${live}/publish`, { body: { revision, ...body } });
    expect((await publish({ definition: withType('9') })).body).toMatchObject({
      code: 'publish_refused',
      errors: [{ pointer: '#/definition/policy/rules/0/then/0/noteType', value: '9' }],
    });
    const copy = (await api.call('POST', `/v1/campaigns/${live}/duplicate`, { body: { name: 'Noted once more' } }))
      .body;
    // The CRM has it no more: what lives goes on with it and says so, what is new does not begin with it.
    await map({ noteTypes: noteTypes.slice(0, 1), noteType: '3' });
    expect((await get(`campaigns/${live}/rules`)).problems).toMatchObject([
      { pointer: '#/rules/0/then/0/noteType', detail: expect.stringContaining('(any more)'), value: '4' },
    ]);
    expect((await publish({ definition: { ...definition, description: 'Changed' } })).status).toBe(200);
    expect((await api.call('POST', `/v1/campaigns/${copy.id}/launch`)).body).toMatchObject({
      code: 'launch_refused',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: '#/policy/rules/0/then/0/noteType', step: 'rules', value: '4' }),
      ]),
    });
  });

  it('a form is waited for only where there is one (S0-32)', async () => {
    expect(triggerOf(await options(), 'form')).toMatchObject({ available: true, reason: null });
    const plan = {
      runs: [
        {
          key: 'first',
          startsOn: '2027-03-01',
          hours: { mode: 'company_times' },
          calls: { attempts: 1, greeting: 'Hello.' },
        },
      ],
    };
    const listId = await listOf(api, null);
    const { id } = (await api.call('POST', '/v1/campaigns', { body: { name: 'Without a form', listId, plan } })).body;
    expect(triggerOf(await get(`campaigns/${id}/rule-options`), 'form')).toMatchObject({
      available: false,
      reason: 'The campaign has no form attached.',
    });
    expect((await putRules([rule({ when: { trigger: 'form', outcome: 'completed' } })], id)).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/rules/0/when/trigger' }],
    });
  });

  it('a rule without an action is refused, and the field named (S0-71)', async () => {
    expect((await putRules([rule(), rule({ key: 'empty', then: [] })])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/rules/1/then', detail: 'a rule needs at least one action' }],
    });
  });
});

describe('the rules of a campaign that lives', () => {
  it('are added, switched off and deleted by editors in both places; any number of them (S0-74)', async () => {
    const { campaignId: id, enrollmentId } = await launchForOne(api, { policy: {} });
    const many = Array.from({ length: 100 }, (_, n) => rule({ key: `r-${n}`, enabled: n !== 1 }));
    expect((await putRules(many, id)).body.rules).toHaveLength(100);
    expect((await get(`campaigns/${id}`)).definition.policy.rules[1]).toMatchObject({ key: 'r-1', enabled: false });
    await api.call('POST', '/v1/facts', { body: { kind: 'handoff_requested', eventId: 'h-1', enrollmentId } });
    const fired = await api.sql<
      { ruleKey: string }[]
    >`select rule_key from rule_firing where enrollment_id = ${enrollmentId}`;
    expect(fired).toHaveLength(99);
    expect(fired.map(({ ruleKey }) => ruleKey)).not.toContain('r-1');
    expect((await putRules([], id)).body.rules).toEqual([]);
    const { revision } = await get(`campaigns/${id}/rules`);
    const body = { revision, rules: [rule()] };
    expect((await api.call('PUT', `/v1/campaigns/${id}/rules`, { body, key: api.keys.viewer })).status).toBe(403);
    expect((await api.call('PUT', `/v1/campaigns/${id}/rules`, { body, key: api.keys.editor })).status).toBe(200);
  });
});

describe('an outcome of the firm’s own', () => {
  it('counts as the mapping says; one that it does not know is recorded (R-20)', async () => {
    await map({ outcomes: [{ outcome: 'no_show', label: 'No show', countsAs: 'unsuccessful' }] });
    const rules = [rule({ when: { trigger: 'call_outcome', outcome: 'no_show' } })];
    const tag = async (outcome: string) => {
      const { enrollmentId, phone } = await launchForOne(api, { policy: { rules } });
      const attemptId = await insertAttempt(api, { enrollmentId, phone, sid: `CA-${outcome}` });
      await answerAndEnd(api, attemptId);
      const fact = { kind: 'call_outcome', eventId: `tag-${outcome}`, attemptId, outcome };
      expect((await api.call('POST', '/v1/facts', { body: fact })).status).toBe(202);
      const [row] = await api.sql`select outcome from attempt where id = ${attemptId}`;
      const told =
        await api.sql`select data from timeline where enrollment_id = ${enrollmentId} and kind = 'call_analyzed'`;
      const fired = await api.sql`select 1 from rule_firing where enrollment_id = ${enrollmentId}`;
      return { ...row, told: told[0]?.['data'], fired: fired.length };
    };
    expect(await tag('no_show')).toEqual({
      outcome: 'unsuccessful',
      told: { outcome: 'unsuccessful', by: 'agent', named: 'no_show' },
      fired: 1,
    });
    expect(await tag('moved_away')).toEqual({
      outcome: 'untagged',
      told: { outcome: 'untagged', by: 'agent', named: 'moved_away' },
      fired: 0,
    });
  });
});

describe('the mapping of a CRM', () => {
  it('names what is wrong with it', async () => {
    const statuses = [STATUSES[0], { ...STATUSES[0], label: 'Again' }];
    expect(await map({ statuses }, 422)).toMatchObject({
      errors: [{ pointer: '#/statuses/1/value', detail: 'is the same status as one before it' }],
    });
  });

  it('is asked for anew by a worker when somebody says so', async () => {
    const { status, body } = await api.call('POST', `/v1/connections/${connectionId}/mapping/refresh`);
    expect([status, typeof body.nextListingAt]).toEqual([202, 'string']);
  });

  it('of a connection that is not there is not there', async () => {
    expect((await api.call('GET', `/v1/connections/${campaignId}/mapping`)).status).toBe(404);
    expect((await api.call('GET', `/v1/connections/${campaignId}/status-webhook`)).status).toBe(404);
  });
});

describe('the address at which a CRM tells of changes', () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    api.call('POST', path, { key: null, body, headers });
  const hook = async () => {
    const { url, secret } = await get(`connections/${connectionId}/status-webhook`);
    return { path: url.slice(api.config.publicUrl.length), secret };
  };

  it('lets nobody in who does not know it, and nobody any more when it was made anew', async () => {
    const { path } = await hook();
    const body = { caseId: 'nobody', status: 'Lost' };
    expect((await post(path, body)).status).toBe(204);
    expect((await post(path.replace(/token=.*/, 'token=x'), body)).body.code).toBe('forged');
    expect((await post(path.replace(connectionId, campaignId), body)).status).toBe(403);
    expect((await post('/webhooks/crm-status/x?token=y', body)).status).toBe(403);
    await api.call('POST', `/v1/connections/${connectionId}/status-webhook/renew`);
    expect((await post(path, body)).status).toBe(403);
    expect((await post((await hook()).path, body)).status).toBe(204);
  });

  it('takes a right signature in place of the token, and no wrong or old one', async () => {
    const { path, secret } = await hook();
    const bare = path.replace(/\?.*/, '');
    const body = { caseId: 'nobody', status: 'Lost' };
    const signed = (seconds: number, key = secret) => {
      const mac = createHmac('sha256', key)
        .update(`${seconds}.${JSON.stringify(body)}`)
        .digest('hex');
      return { 'x-followthrough-signature': `t=${seconds},v1=${mac}` };
    };
    const now = Math.floor(Date.now() / 1000);
    expect((await post(bare, body, signed(now))).status).toBe(204);
    for (const headers of [signed(now - 600), signed(now, 'other'), { 'x-followthrough-signature': 'x' }])
      expect((await post(path, body, headers)).status).toBe(403);
    expect((await post(bare, body)).status).toBe(403);
  });

  it('names what it could not read', async () => {
    const { path } = await hook();
    expect((await post(path, { status: 'Lost' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/caseId' }, {}],
    });
    expect((await post(path, 'not json')).body.code).toBe('malformed_body');
  });

  it('records a change with the case, tells each enrollment once, and learns the status (U-1, R-20)', async () => {
    const { enrollmentId, contactId } = await launchForOne(api, { policy: { crm: { stopOn: [{ value: 'Signed' }] } } });
    const [{ externalId } = { externalId: '' }] = await api.sql<{ externalId: string }[]>`
      select external_id from cases where contact_id = ${contactId}`;
    const { path } = await hook();
    const tell = (status: string) => post(path, { caseId: externalId, status });
    await Promise.all([tell('Thinking'), tell('Thinking')]);
    expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'open' });
    await tell('Signed');
    await tell('signed');
    const facts = await api.sql`
      select body ->> 'value' as value, actor from fact where enrollment_id = ${enrollmentId} and kind = 'crm_status' order by seq`;
    expect(facts).toEqual([
      { value: 'Thinking', actor: 'crm' },
      { value: 'Signed', actor: 'crm' },
    ]);
    expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended', reason: 'stopped_in_crm' });
    expect(await api.sql`select status from cases where external_id = ${externalId}`).toEqual([{ status: 'Signed' }]);
    const { statuses } = await get(`connections/${connectionId}/mapping`);
    expect(statuses).toContainEqual(
      expect.objectContaining({ value: 'Thinking', label: 'Thinking', source: 'webhook' }),
    );
  });

  it('ends outreach by the status of a case that came onto the list after its client was enrolled (U-1, R-6)', async () => {
    const { enrollmentId, contactId, listId, email } = await launchForOne(api, {
      policy: { crm: { stopOn: [{ value: 'Signed' }] } },
    });
    const { externalId } = await get(`contacts/${contactId}`);
    const [later, elsewhere] = [`later ${externalId}`, `elsewhere ${externalId}`];
    for (const [list, caseId] of [
      [listId, later],
      [await listOf(api, null), elsewhere],
    ]) {
      const items = [{ contact: { externalId, emails: [email] }, cases: [{ externalId: caseId }] }];
      const { results } = (await api.call('POST', `/v1/lists/${list}/contacts`, { body: { items } })).body;
      expect(results).toMatchObject([{ status: 'updated', contactId }]);
    }
    const { path } = await hook();
    await post(path, { caseId: elsewhere, status: 'Signed' });
    expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'open' });
    await post(path, { caseId: later, status: 'Signed' });
    expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended', reason: 'stopped_in_crm' });
  });

  it('keeps out whoever has a case at such a status when they are added, or taken in after they were rejected (U-1)', async () => {
    const { campaignId: id } = await launchForOne(api, { policy: { crm: { stopOn: [{ value: 'Signed' }] } } });
    const { path } = await hook();
    const told = async (contactId: string, status: string) => {
      const [row] = await api.sql<{ externalId: string }[]>`
        select external_id from cases where contact_id = ${contactId}`;
      await post(path, { caseId: row?.externalId, status });
    };
    const add = async (contactId: string) =>
      (await api.call('POST', `/v1/campaigns/${id}/contacts`, { body: { contactId } })).body;
    const OUT = { state: 'rejected', reason: 'stopped_in_crm' };
    const before = (await launchForOne(api)).contactId;
    await told(before, 'Signed');
    expect(await add(before)).toMatchObject({
      change: 'rejected',
      ...OUT,
      sentence: 'The contact is not enrolled: a case has a status in the CRM at which this campaign stops.',
    });
    expect(await add(before)).toMatchObject({ change: 'unchanged', ...OUT });

    const rejected = (await launchForOne(api)).contactId;
    await api.sql`update contact_address set unusable = 'invalid' where contact_id = ${rejected}`;
    expect(await add(rejected)).toMatchObject({ change: 'rejected', reason: 'no_usable_address' });
    await told(rejected, 'Signed');
    await api.sql`update contact_address set unusable = null where contact_id = ${rejected}`;
    expect(await add(rejected)).toMatchObject({ change: 'rejected', ...OUT });

    await told(rejected, 'Thinking');
    expect(await add(rejected)).toMatchObject({ change: 'enrolled', state: 'open' });
  });

  /** Somebody whose case was to be given the status "Ours" by a rule, with what the CRM said to that; then it tells of "Ours". */
  async function heardOfOurs(state: 'done' | 'failed', errorCode: string | null, sentTo = connectionId) {
    const { enrollmentId, contactId } = await launchForOne(api, { policy: { crm: { stopOn: [{ value: 'Ours' }] } } });
    await api.sql`
      with f as (
        insert into fact (kind, enrollment_id, body, actor, at, folded_rt)
        values ('order', ${enrollmentId}, '{}', 'test', app_now(), clock_timestamp()) returning id)
      insert into execution (fact_id, rule_key, action_ix, case_id, enrollment_id, kind, payload, state, error_code, connection_id, sent_rt, at, finished_at)
      select f.id, 'r', 0, k.id, ${enrollmentId}, 'crm_status', '{"status": "Ours"}', ${state}, ${errorCode}, ${sentTo}, clock_timestamp(), app_now(), app_now()
      from f, cases k where k.contact_id = ${contactId}`;
    const [row] = await api.sql<
      { externalId: string }[]
    >`select external_id from cases where contact_id = ${contactId}`;
    await post((await hook()).path, { caseId: row?.externalId, status: 'Ours' });
    return enrollmentId;
  }

  it.each([
    ['done', null],
    // Nobody knows whether it was.
    ['failed', 'failed'],
  ] as const)(
    'takes no notice of the echo of what we have written ourselves (T17): %s, %s',
    async (state, errorCode) => {
      const enrollmentId = await heardOfOurs(state, errorCode);
      expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'open' });
      expect(await api.sql`select 1 from fact where enrollment_id = ${enrollmentId} and kind = 'crm_status'`).toEqual(
        [],
      );
    },
  );

  it.each(['refused', 'unknown_case', 'not_supported'])(
    'ends outreach when staff set by hand what the CRM had not let us write: %s (U-1)',
    async (errorCode) => {
      const enrollmentId = await heardOfOurs('failed', errorCode);
      expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended', reason: 'stopped_in_crm' });
    },
  );

  it('ends outreach when staff set here what we have written into another CRM (U-1)', async () => {
    const { body: other } = await api.call('POST', '/v1/connections', {
      body: { ...CONNECTION_BODY_EXAMPLE, name: 'Another CRM' },
    });
    const enrollmentId = await heardOfOurs('done', null, other.id);
    expect(await get(`enrollments/${enrollmentId}`)).toMatchObject({ state: 'ended', reason: 'stopped_in_crm' });
  });
});

describe('SmartAdvocate', () => {
  it('is connected with a user and a password, which nobody reads again (S0-40)', async () => {
    const body = {
      name: 'SmartAdvocate',
      kind: 'smartadvocate',
      settings: {},
      credentials: { username: 'u', password: 'secret-word' },
    };
    const made = await api.call('POST', '/v1/connections', { body });
    expect(made).toMatchObject({ status: 201, body: { kind: 'smartadvocate', hasCredentials: true } });
    expect(made.text).not.toContain('secret-word');
    const path = `/v1/connections/${made.body.id}`;
    const settings = { paths: { setStatus: '/own/{id}' } };
    expect((await api.call('PATCH', path, { body: { settings } })).body.settings.paths.setStatus).toBe('/own/{id}');
    expect((await api.call('PATCH', path, { body: { credentials: { key: 'x' } } })).body).toMatchObject({
      status: 422,
    });
    expect((await api.call('PATCH', path, { body: { credentials: { username: 'v', password: 'w' } } })).status).toBe(
      200,
    );
  });
});
