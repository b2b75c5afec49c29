import { enrollPage } from '../../db/sweeps/enroll';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, hoursOf, launchForOne, listOf, readyToLaunch } from '../../test/api-people';

let api: TestApi;
let listId: string;

beforeAll(async () => {
  api = await startTestApi();
  await readyToLaunch(api);
  listId = await listOf(api, 'external_id,phone\nE-1,+12125550101\n');
});
afterAll(() => api.stop());

const post = (path: string, body?: unknown, key = api.keys.editor) =>
  api.call('POST', `/v1${path}`, { key, ...(body === undefined ? {} : { body }) });
const made = async (path: string, body: unknown): Promise<string> => (await post(path, body)).body.id;
const begin = (name = 'Q') => made('/campaigns/drafts', { name });
const read = async (id: string) => (await api.call('GET', `/v1/campaigns/${id}/draft`)).body;
const save = (id: string, revision: number, steps: object, more: object = {}) =>
  api.call('PATCH', `/v1/campaigns/${id}/draft`, { key: api.keys.editor, body: { revision, steps, ...more } });
const problemsOf = async (id: string) => (await api.call('GET', `/v1/campaigns/${id}/problems`)).body;
const placesOf = async (id: string) =>
  (await problemsOf(id)).problems.map(({ step, field }: { step: string; field: string }) => `${step}: ${field}`);

const RUN = { key: 'week', startsOn: '2027-03-01', hours: hoursOf(['09:00', '20:00']) };
const CALLING = { ...RUN, calls: { attempts: 2, greeting: 'Hello.' } };
const TEXTING = { ...RUN, messages: [{ key: 'hi', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello.' }] };
const RULE = { key: 'stop', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_calls' }] };
const REPORT = {
  key: 'weekly',
  kind: 'client_engagement',
  name: 'Every Monday',
  every: { period: 'week', weekday: 1 },
  time: '08:00',
  recipients: ['partner@example.com'],
};
/** Messages only, so that nothing but a list is needed. */
const whole = (list = listId) => ({
  basics: { name: 'Spring follow-up', description: 'Ask Ann before changing it.' },
  list: { listId: list },
  schedule: { runs: [TEXTING] },
});

describe('a draft', () => {
  it('is there from the first letter of its name on, and nothing else is needed (S1-24, S1-31)', async () => {
    const answer = await post('/campaigns/drafts', { name: 'Q' });
    expect(answer).toMatchObject({
      status: 201,
      body: { name: 'Q', status: 'draft', revision: 1, lastStep: 'basics', steps: { basics: { name: 'Q' } } },
    });
    expect(answer.headers.get('location')).toBe(`/v1/campaigns/${answer.body.id}`);
    expect((await api.call('GET', `/v1/campaigns/${answer.body.id}`)).body).toMatchObject({
      status: 'draft',
      listId: null,
      definition: null,
      version: null,
    });
    for (const name of ['', '  ', 5]) expect((await post('/campaigns/drafts', { name })).status).toBe(422);
  });

  it('keeps what was typed into every step, whatever it is, and where the builder was left (S1-35, S1-109, R-19)', async () => {
    const id = await begin();
    const typed = {
      basics: { name: '', colour: 'red' },
      list: { listId: 'not cho' },
      schedule: { runs: [{ key: 'one', startsOn: '2027-' }, 'half a run', { calls: { attempts: '3?' } }] },
      rules: { rules: [{ when: {} }] },
      settings: { concurrencyLimit: -5 },
      reports: { reports: [{ time: 'noon' }] },
      crm: { fields: 7 },
    };
    const saved = await save(id, 1, typed, { lastStep: 'schedule' });
    expect(saved).toMatchObject({ status: 200, body: { revision: 2, lastStep: 'schedule', isComplete: false } });
    expect((await read(id)).steps).toEqual(typed);
    expect((await save(id, 2, { rules: null, settings: { neverEnding: true } })).body).toMatchObject({ revision: 3 });
    const { rules: _, ...rest } = typed;
    expect(await read(id)).toMatchObject({ lastStep: 'schedule', steps: { ...rest, settings: { neverEnding: true } } });
    expect((await read(id)).steps).not.toHaveProperty('rules');
  });

  it('stays freely changeable: list, agent, runs, rules and reports (S1-30)', async () => {
    const id = await made('/campaigns/import', { format: 'followthrough.campaign', formatVersion: 1, steps: whole() });
    const other = await listOf(api, null);
    const changes = [
      { list: { listId: other } },
      { agent: { agentId: await made('/agents', { name: 'Receptionist' }) } },
      { schedule: { runs: [CALLING, { ...TEXTING, key: 'later' }] } },
      { rules: { rules: [RULE] } },
      { reports: { reports: [REPORT] } },
    ];
    for (const [ix, change] of changes.entries()) expect((await save(id, ix + 1, change)).status).toBe(200);
    const { definition, listId: shown } = (await api.call('GET', `/v1/campaigns/${id}`)).body;
    expect(shown).toBe(other);
    expect(definition).toMatchObject({
      plan: { runs: [{ key: 'week' }, { key: 'later' }] },
      policy: { rules: [{ key: 'stop' }] },
      reports: [{ key: 'weekly' }],
    });
  });

  it('is continued elsewhere: another key sees and saves the same (S1-36)', async () => {
    const id = await begin();
    await save(id, 1, { schedule: { runs: [CALLING] } }, { lastStep: 'schedule' });
    const elsewhere = await api.another();
    const seen = await elsewhere('GET', `/v1/campaigns/${id}/draft`, { key: api.keys.admin });
    expect(seen.body).toMatchObject({ lastStep: 'schedule', steps: { schedule: { runs: [CALLING] } } });
    const tag = seen.headers.get('etag') ?? '';
    const body = { steps: { rules: { rules: [RULE] } } };
    const path = `/v1/campaigns/${id}/draft`;
    expect((await elsewhere('PATCH', path, { body, headers: { 'if-match': tag } })).status).toBe(200);
    expect((await read(id)).steps).toMatchObject({ schedule: { runs: [CALLING] }, rules: { rules: [RULE] } });
  });

  it('has one list of rules, in its step and beside it, complete or not (S0-5)', async () => {
    const id = await begin();
    await save(id, 1, { rules: { rules: [RULE] }, schedule: { runs: ['half'] } });
    const path = `/v1/campaigns/${id}/rules`;
    expect((await api.call('GET', path)).body).toMatchObject({ revision: 2, rules: [{ key: 'stop' }] });
    const other = { ...RULE, key: 'other' };
    const changed = await api.call('PUT', path, { body: { revision: 2, rules: [RULE, other] } });
    expect(changed.body).toMatchObject({ revision: 3, rules: [{ key: 'stop' }, { key: 'other' }] });
    const { steps } = await read(id);
    expect(steps).toMatchObject({
      schedule: { runs: ['half'] },
      rules: { rules: [{ key: 'stop' }, { key: 'other' }] },
    });
    await save(id, 3, { rules: { rules: [{ ...RULE, then: [] }] } });
    expect((await api.call('GET', path)).body).toMatchObject({ status: 409, code: 'wrong_status' });
    // What the half of a rule can be made whole with (S0-12).
    const options = await api.call('GET', `/v1/campaigns/${id}/rule-options`);
    expect([options.status, options.body.actions.length]).toEqual([200, 5]);
  });

  it('keeps what was typed when its rules are changed beside it, so that another agent speaks for itself (S1-40)', async () => {
    const agents = await Promise.all(
      ['Ann', 'Ben'].map((name) => made('/agents', { name, greeting: `Hello, ${name} here.` })),
    );
    const id = await begin('Two agents');
    const calling = { ...RUN, calls: { attempts: 2 } };
    await save(id, 1, { ...whole(), schedule: { runs: [calling] }, agent: { agentId: agents[0] } });
    const changed = await api.call('PUT', `/v1/campaigns/${id}/rules`, { body: { revision: 2, rules: [RULE] } });
    expect(changed.body).toMatchObject({ revision: 3, rules: [{ key: 'stop' }] });
    expect((await read(id)).steps).toMatchObject({ schedule: { runs: [calling] }, rules: { rules: [RULE] } });
    const { isComplete } = (await save(id, 3, { agent: { agentId: agents[1] } })).body;
    const { definition } = (await api.call('GET', `/v1/campaigns/${id}`)).body;
    expect([isComplete, definition.plan.runs[0].calls.greeting]).toEqual([true, 'Hello, Ben here.']);
    expect(definition.policy.rules).toMatchObject([{ key: 'stop' }]);
  });

  it('is not active and starts nothing (S1-32, S1-33)', async () => {
    const listOfActive = async () =>
      (await api.call('GET', '/v1/campaigns?status=active&limit=200')).body.items.map(({ id }: { id: string }) => id);
    const before = await listOfActive();
    const id = await begin('Sleeping');
    await save(id, 1, whole());
    expect(await listOfActive()).toEqual(before);
    const drafts = (await api.call('GET', '/v1/campaigns?status=draft&query=Spring')).body.items;
    expect(drafts.map((draft: { id: string }) => draft.id)).toContain(id);
    for (const verb of ['pause', 'resume', 'stop', 'archive'])
      expect((await post(`/campaigns/${id}/${verb}`)).body.code).toBe('wrong_status');
    // The sweep looks at nothing else, and finds that there is nothing to be done.
    await api.sql`update campaign set enroll_scanned_rt = clock_timestamp() where id <> ${id}`;
    expect(await enrollPage(api.sql)).toBe(0);
    expect(await api.sql`select id from enrollment where campaign_id = ${id}`).toHaveLength(0);
  });

  it('is deleted at any time, complete or not; what was launched is not (S1-34)', async () => {
    const id = await begin();
    const remove = (one: string, headers = {}) =>
      api.call('DELETE', `/v1/campaigns/${one}`, { key: api.keys.editor, headers });
    expect((await remove(id, { 'if-match': '"7"' })).status).toBe(412);
    expect((await remove(id, { 'if-match': '"1"' })).status).toBe(204);
    expect((await remove(id)).status).toBe(404);
    expect((await api.call('GET', `/v1/campaigns/${id}/draft`)).status).toBe(404);
    const { campaignId } = await launchForOne(api);
    expect((await remove(campaignId)).body).toMatchObject({ code: 'wrong_status' });
    expect((await api.call('GET', `/v1/campaigns/${campaignId}/draft`)).body.code).toBe('wrong_status');
    expect((await save(campaignId, 1, {})).body.code).toBe('wrong_status');
  });

  it('has a name and a description of its own, which only the team sees (S1-46, S1-47, R-12)', async () => {
    const id = await begin();
    await save(id, 1, whole());
    expect((await api.call('GET', `/v1/campaigns/${id}`)).body).toMatchObject({
      name: 'Spring follow-up',
      description: 'Ask Ann before changing it.',
    });
    const leak = { ...TEXTING, messages: [{ ...TEXTING.messages[0], text: 'Hi, {{campaign.description}}' }] };
    await save(id, 2, { schedule: { runs: [leak] } });
    expect((await problemsOf(id)).problems).toEqual([
      expect.objectContaining({
        step: 'schedule',
        field: 'runs/0/messages/0/text',
        rule: expect.stringContaining('not known'),
      }),
    ]);
  });
});

describe('two people in one draft (R-19)', () => {
  it('lose nothing: the later save is refused with both states, by header 412 and by body 409', async () => {
    const id = await begin();
    await save(id, 1, { schedule: { runs: [{ ...CALLING, endsOn: '2027-03-05' }] }, basics: { name: 'Ann was here' } });
    const mine = { schedule: { runs: [{ ...CALLING, calls: { attempts: 9, greeting: 'Hello.' } }] } };
    const late = await save(id, 1, mine);
    expect(late.body).toMatchObject({ status: 409, code: 'revision_conflict' });
    expect(late.body.errors).toEqual(
      [
        { pointer: '#/revision', detail: 'the current revision is 2', value: 1 },
        expect.objectContaining({
          pointer: '#/steps/schedule/runs/week/calls/attempts',
          step: 'schedule',
          value: 9,
          current: 2,
        }),
        expect.objectContaining({ pointer: '#/steps/schedule/runs/week/endsOn', current: '2027-03-05' }),
      ].sort((one, other) => (String(one.pointer) < String(other.pointer) ? -1 : 1)),
    );
    const byHeader = await api.call('PATCH', `/v1/campaigns/${id}/draft`, {
      body: { steps: mine },
      headers: { 'if-match': '"1"' },
    });
    expect(byHeader.body).toMatchObject({ status: 412, code: 'precondition_failed', errors: late.body.errors });
    expect((await read(id)).steps.basics).toEqual({ name: 'Ann was here' });
  });

  it('who save at once: one is taken, the others are told', async () => {
    const id = await begin();
    const names = ['One', 'Two', 'Three', 'Four'];
    const answers = await Promise.all(names.map((name) => save(id, 1, { basics: { name } })));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    const kept = names[answers.findIndex(({ status }) => status === 200)];
    expect(await read(id)).toMatchObject({ revision: 2, name: kept });
  });

  it('what is there already is no change, whoever sends it again', async () => {
    const id = await begin();
    const steps = { basics: { name: 'Twice' } };
    const first = (await save(id, 1, steps)).body;
    expect((await save(id, 1, steps)).body).toEqual(first);
    const { items } = (await api.call('GET', `/v1/changes?entity=campaign&entityId=${id}`)).body;
    expect(items.map(({ change }: { change: string }) => change)).toEqual(['draft_saved', 'created']);
  });

  it('a save and a launch at the same moment: the version is what one of the two saw, and nothing is half of both', async () => {
    const id = await begin();
    await save(id, 1, whole());
    const [saved, launched] = await Promise.all([
      save(id, 2, { basics: { name: 'Saved at once' } }),
      post(`/campaigns/${id}/launch`),
    ]);
    expect(launched.status).toBe(200);
    expect([200, 409]).toContain(saved.status);
    const { name, status, definition } = (await api.call('GET', `/v1/campaigns/${id}`)).body;
    expect({ status, name }).toEqual({
      status: 'active',
      name: saved.status === 200 ? 'Saved at once' : 'Spring follow-up',
    });
    expect(definition.name).toBe(name);
  });
});

describe('a launch', () => {
  it('tells all problems at once, by step, field, value and rule, and the draft stays as it is (S1-106)', async () => {
    const id = await begin('ab');
    const empty = await listOf(api, null);
    const run = { ...CALLING, endsOn: '2027-02-01', calls: { attempts: 0, greeting: 'Hi {{form.link}}' } };
    const rules = [
      RULE,
      { ...RULE, then: [] },
      { ...RULE, key: 'form', when: { trigger: 'form', outcome: 'completed' } },
    ];
    await save(id, 1, { list: { listId: empty }, schedule: { runs: [run] }, rules: { rules } });
    const asked = await problemsOf(id);
    expect(asked).toMatchObject({ status: 'draft', revision: 2, isLaunchable: false });
    expect((await placesOf(id)).sort()).toEqual(
      [
        'agent: agentId',
        'basics: name',
        'list: listId',
        'rules: rules/1/key',
        'rules: rules/1/then',
        'rules: rules/2/when/trigger',
        'schedule: runs/0/calls/attempts',
        'schedule: runs/0/calls/greeting',
        'schedule: runs/0/endsOn',
      ].sort(),
    );
    const refused = await post(`/campaigns/${id}/launch`);
    expect(refused.body).toMatchObject({ status: 422, code: 'launch_refused' });
    const told = refused.body.errors.map(({ step, pointer, detail }: Record<string, string>) => ({
      step,
      pointer,
      detail,
    }));
    expect(told).toEqual(
      asked.problems.map(({ step, pointer, rule }: Record<string, string>) => ({ step, pointer, detail: rule })),
    );
    expect(refused.body.errors).toContainEqual(
      expect.objectContaining({ step: 'basics', pointer: '#/name', value: 'ab' }),
    );
    expect(await read(id)).toMatchObject({ status: 'draft', revision: 2, steps: { rules: { rules } } });
  });

  it('makes final what was only kept until then: reports, CRM fields and the plan (S1-37, S1-108)', async () => {
    const id = await begin();
    const crm = { fields: [{ from: 'attribute', key: 'claim_number', to: 'custom894' }] };
    await save(id, 1, {
      ...whole(),
      reports: { reports: [{ ...REPORT, time: 'soon' }] },
      crm: { fields: [{ from: 'x' }] },
    });
    expect(await placesOf(id)).toEqual(expect.arrayContaining(['reports: reports/0/time', 'crm: fields/0/from']));
    await save(id, 2, { reports: { reports: [REPORT] }, crm });
    expect(await problemsOf(id)).toMatchObject({ isLaunchable: true, problems: [] });
    expect(await api.sql`select id from version where campaign_id = ${id}`).toHaveLength(0);
    const launched = await post(`/campaigns/${id}/launch`);
    expect(launched.body).toMatchObject({
      status: 'active',
      version: 1,
      revision: 3,
      definition: { reports: [{ key: 'weekly', windowDays: 7 }], policy: { crm } },
    });
    expect((await problemsOf(id)).isLaunchable).toBe(false);
    expect(
      await api.sql`select steps, policy -> 'crm' as crm from campaign c join version v on v.campaign_id = c.id where c.id = ${id}`,
    ).toEqual([{ steps: null, crm: expect.objectContaining(crm) }]);
  });

  it('is refused for a name of two letters, which a draft may have (S1-31, R-12)', async () => {
    const id = await begin();
    await save(id, 1, { ...whole(), basics: { name: 'ab' } });
    expect((await post(`/campaigns/${id}/launch`)).body.errors).toEqual([
      expect.objectContaining({ step: 'basics', pointer: '#/name', value: 'ab' }),
    ]);
  });
});

describe('list, form and agent', () => {
  const form = (caseType: string | null) =>
    made('/forms', { name: 'Questions', ...(caseType === null ? {} : { caseType }) });
  const draftWith = async (steps: object) => {
    const id = await begin();
    await save(id, 1, { ...whole(), ...steps });
    return id;
  };

  it('only calls need an agent (S1-13, K-8)', async () => {
    const calling = await draftWith({ schedule: { runs: [CALLING] } });
    expect(await placesOf(calling)).toEqual(['agent: agentId']);
    expect((await post(`/campaigns/${calling}/launch`)).body.errors).toMatchObject([
      { step: 'agent', pointer: '#/plan/agentId' },
    ]);
    await save(calling, 2, { agent: { agentId: await made('/agents', { name: 'Receptionist' }) } });
    expect((await post(`/campaigns/${calling}/launch`)).status).toBe(200);
    expect((await post(`/campaigns/${await draftWith({})}/launch`)).status).toBe(200);
  });

  it('a form without a case type, or with another one than the list, is told while drafting and refused at launch (S1-21, S1-22, S1-107)', async () => {
    for (const [caseType, rule] of [
      [null, 'S1-21'],
      ['injury', 'S1-22'],
    ] as const) {
      const id = await draftWith({ form: { formId: await form(caseType) } });
      expect((await problemsOf(id)).problems).toEqual([
        expect.objectContaining({ step: 'form', field: 'formId', rule: expect.stringContaining(rule) }),
      ]);
      expect((await save(id, 2, { basics: { name: 'Still saved' } })).status).toBe(200);
      expect((await post(`/campaigns/${id}/launch`)).body).toMatchObject({
        code: 'launch_refused',
        errors: [{ step: 'form', detail: expect.stringContaining(rule) }],
      });
    }
    const fitting = await draftWith({ form: { formId: await form('intake') } });
    expect((await post(`/campaigns/${fitting}/launch`)).status).toBe(200);
  });

  it('an agent that has a form links it by itself, and greets where a call has no greeting (S1-40)', async () => {
    const formId = await made('/forms', { name: 'Intake', caseType: 'intake' });
    const agentId = await made('/agents', { name: 'Receptionist', formId, greeting: 'Hello from us.' });
    const id = await draftWith({
      schedule: { runs: [{ ...CALLING, calls: { attempts: 1 } }] },
      form: { formId: 'mine' },
    });
    const chosen = (await save(id, 2, { agent: { agentId } })).body;
    expect(chosen).toMatchObject({ steps: { form: { formId } }, isComplete: true });
    const launched = await post(`/campaigns/${id}/launch`);
    expect(launched.body.definition.plan).toMatchObject({
      agentId,
      formId,
      runs: [{ calls: { greeting: 'Hello from us.' } }],
    });
    const other = await draftWith({ agent: { agentId }, form: { formId: await form('intake') } });
    expect((await problemsOf(other)).problems).toEqual([
      expect.objectContaining({ step: 'form', rule: expect.stringContaining('another form') }),
    ]);
  });

  it('a form rule needs a form, of the campaign or of its agent (S0-32)', async () => {
    const rules = { rules: [{ ...RULE, when: { trigger: 'form', outcome: 'completed' } }] };
    const id = await draftWith({ rules });
    expect(await placesOf(id)).toEqual(['rules: rules/0/when/trigger']);
    await save(id, 2, { agent: { agentId: await made('/agents', { name: 'Without a form' }) } });
    expect(await placesOf(id)).toEqual(['rules: rules/0/when/trigger']);
    await save(id, 3, {
      agent: { agentId: await made('/agents', { name: 'With a form', formId: await form('intake') }) },
    });
    expect(await placesOf(id)).toEqual([]);
  });

  it('what there is not is told, and a definition that is sent whole is refused for it', async () => {
    const nobody = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const id = await draftWith({ list: { listId: nobody }, agent: { agentId: nobody }, form: { formId: nobody } });
    expect((await placesOf(id)).sort()).toEqual(['agent: agentId', 'form: formId', 'list: listId']);
    const plan = definitionOf(listId).plan as object;
    for (const [field, value] of [
      ['agentId', nobody],
      ['formId', nobody],
    ] as const)
      expect(
        (await post('/campaigns', definitionOf(listId, { plan: { ...plan, [field]: value } }))).body,
      ).toMatchObject({
        code: 'unknown_reference',
        errors: [{ pointer: `#/plan/${field}` }],
      });
  });

  it('are looked at by a publish in the same way (E-15, S1-22)', async () => {
    const { campaignId } = await launchForOne(api);
    const { definition, revision } = (await api.call('GET', `/v1/campaigns/${campaignId}`)).body;
    const plan = { ...definition.plan, formId: await form('injury') };
    const refused = await post(`/campaigns/${campaignId}/publish`, { revision, definition: { ...definition, plan } });
    expect(refused.body).toMatchObject({
      code: 'publish_refused',
      errors: [{ pointer: '#/definition/plan/formId', detail: expect.stringContaining('S1-22') }],
    });
  });
});

describe('a campaign that is sent whole (K-8)', () => {
  const plan = (more: object = {}) => ({ runs: [CALLING], ...more });

  it('has its agent and reports at once, may never end, and takes 0 as no limit', async () => {
    const agentId = await made('/agents', { name: 'Receptionist' });
    const policy = { neverEnding: true, concurrencyLimit: 0 };
    const answer = await post('/campaigns', {
      name: 'By API',
      listId,
      plan: plan({ agentId }),
      policy,
      reports: [REPORT],
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { status: 'draft', definition: { plan: { agentId }, policy, reports: [{ key: 'weekly' }] } },
    });
    expect((await post(`/campaigns/${answer.body.id}/launch`)).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ['calls without an agent', { plan: plan({ agentId: null }) }, '#/plan/agentId'],
    ['no run', { plan: { runs: [] } }, '#/plan/runs'],
    ['no list', { listId: undefined }, '#/listId'],
    ['a list that there is not', { listId: '0f8fad5b-d9cb-469f-a165-70867728950e' }, '#/listId'],
    [
      'hours outside 8 to 21',
      { policy: { companySlots: [{ open: '07:00', close: '12:00' }] } },
      '#/policy/companySlots/0/open',
    ],
    ['fewer than no calls at once', { policy: { concurrencyLimit: -1 } }, '#/policy/concurrencyLimit'],
    ['a report that never comes', { reports: [{ ...REPORT, every: { period: 'moon' } }] }, '#/reports/0/every/period'],
    ['"on behalf" (R-24)', { onBehalf: true }, '#/onBehalf'],
    ['"self-healing" (R-24)', { selfHealing: false }, '#/selfHealing'],
  ])('is refused as a whole with %s', async (_, change, pointer) => {
    const before = (await api.sql`select id from campaign`).length;
    const refused = await post('/campaigns', { name: 'By API', listId, plan: plan(), ...change });
    expect(refused.body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect(await api.sql`select id from campaign`).toHaveLength(before);
  });

  it('has its form and company hours, and calls that somebody else schedules', async () => {
    const formId = await made('/forms', { name: 'Intake', caseType: 'intake' });
    const policy = { companySlots: [{ open: '10:00', close: '18:00' }], callsScheduledExternally: true };
    const runs = [{ ...CALLING, hours: { mode: 'company_times' } }];
    const body = { name: 'By API', listId, plan: { runs, formId }, policy };
    const answer = await post('/campaigns', body);
    expect(answer).toMatchObject({ status: 201, body: { definition: { plan: { formId, runs }, policy } } });
    const text = { key: 'ahead', channel: 'sms', when: { kind: 'before_call' }, text: 'We will call you.' };
    const refused = await post('/campaigns', { ...body, plan: { runs: [{ ...CALLING, messages: [text] }] } });
    expect(refused.body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/plan/runs/0/messages/0/when/kind', detail: expect.stringContaining('K-8') }],
    });
  });

  it('looks nothing up of people unless its policy says so: what stands for "self-healing" (K-7, K-8, R-24)', async () => {
    const { body } = await post('/campaigns', { name: 'By API', listId, plan: plan() });
    expect(body.definition.policy.enrichment).toMatchObject({ on: [], afterUnreachable: null });
  });

  it('needs no agent for messages only', async () => {
    expect((await post('/campaigns', { name: 'Texts', listId, plan: { runs: [TEXTING], agentId: null } })).status).toBe(
      201,
    );
  });
});
