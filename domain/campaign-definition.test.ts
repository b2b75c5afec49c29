import { CampaignDefinitionSchema, CampaignStatusSchema, formRules, NEEDS_FORM } from './campaign-definition';
import { aText, someCalls } from './planner-builders';

const run = (changes: object = {}) => ({
  key: 'intake',
  startsOn: '2027-03-01',
  hours: { mode: 'company_times' },
  calls: someCalls(),
  ...changes,
});
const FORM_RULE = { key: 'form', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'stop_calls' }] };
const HANDOFF_RULE = { ...FORM_RULE, key: 'handoff', when: { trigger: 'handoff', outcome: 'requested' } };
const definition = (changes: object = {}) => ({
  name: 'Intake follow-up',
  listId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001',
  plan: { runs: [run()] },
  ...changes,
});
/** Path, value and rule of everything that is wrong: what the answer to its author is made of. */
const problemsOf = (changes: object) =>
  CampaignDefinitionSchema.safeParse(definition(changes), { reportInput: true }).error?.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
    input: issue.input,
  }));

describe('a campaign definition', () => {
  it('needs a name, a list and a plan; the rest goes without saying', () => {
    expect(CampaignDefinitionSchema.parse(definition())).toMatchObject({
      description: '',
      subject: 'general',
      plan: { formId: null },
      policy: { companySlots: [{ open: '12:00', close: '20:00' }], rules: [] },
    });
  });

  it('takes a form rule where a form is attached (S0-32)', () => {
    const plan = { runs: [run()], formId: 'intake' };
    expect(CampaignDefinitionSchema.parse(definition({ plan, policy: { rules: [FORM_RULE] } })).plan.formId).toBe(
      'intake',
    );
  });

  it('has an agent that may bring the form along, and needs none for messages only (S1-13, S1-40)', () => {
    const agentId = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0002';
    const linking = run({ messages: [aText({ text: 'Here: {{form.link}}' })] });
    expect(problemsOf({ plan: { runs: [linking], agentId }, policy: { rules: [FORM_RULE] } })).toBeUndefined();
    expect(
      problemsOf({ plan: { runs: [run({ calls: undefined, messages: [aText()] })], agentId: null } }),
    ).toBeUndefined();
    expect(problemsOf({ plan: { runs: [run()], agentId: null } })).toEqual([
      { path: 'plan.agentId', message: 'calls need an agent; only messages go without one (S1-13)', input: null },
    ]);
  });

  it('knows which of its rules wait for a form (S0-32)', () => {
    const { policy } = CampaignDefinitionSchema.parse(
      definition({ plan: { runs: [run()], formId: 'intake' }, policy: { rules: [HANDOFF_RULE, FORM_RULE] } }),
    );
    expect(formRules(policy.rules)).toEqual([1]);
    expect(NEEDS_FORM).toContain('S0-32');
  });

  it.each<[string, object, { path: string; message: string; input?: unknown }]>([
    ['an unknown field', { color: 'red' }, { path: '', message: 'Unrecognized key: "color"' }],
    [
      'a slot outside 8:00–21:00 (S1-56)',
      { policy: { companySlots: [{ open: '06:30', close: '12:00' }] } },
      {
        path: 'policy.companySlots.0.open',
        message: 'the slot opens at 06:30; slots must lie within 08:00–21:00',
        input: '06:30',
      },
    ],
    [
      'overlapping slots (K-9)',
      {
        policy: {
          companySlots: [
            { open: '09:00', close: '12:00' },
            { open: '11:00', close: '13:00' },
          ],
        },
      },
      {
        path: 'policy.companySlots.1',
        message: 'the slot 11:00–13:00 overlaps 09:00–12:00',
        input: { open: '11:00', close: '13:00' },
      },
    ],
    [
      'a run that ends before it starts',
      { plan: { runs: [run({ endsOn: '2027-02-01' })] } },
      {
        path: 'plan.runs.0.endsOn',
        message: 'the run ends on 2027-02-01, before it starts on 2027-03-01',
        input: '2027-02-01',
      },
    ],
    [
      'a messaging-only run with call fields (K-10)',
      { plan: { runs: [run({ calls: undefined, messages: [aText({ when: { kind: 'before_call' } })] })] } },
      {
        path: 'plan.runs.0.messages.0.when.kind',
        message: 'a messaging-only run has no call to be before or after (K-10)',
        input: 'before_call',
      },
    ],
    [
      'a form rule without a form (S0-32)',
      { policy: { rules: [FORM_RULE] } },
      {
        path: 'policy.rules.0.when.trigger',
        message: 'a form rule needs a form attached to the campaign (S0-32)',
        input: 'form',
      },
    ],
    [
      'a rule without any action (S0-71)',
      { policy: { rules: [{ ...HANDOFF_RULE, then: [] }] } },
      { path: 'policy.rules.0.then', message: 'a rule needs at least one action', input: [] },
    ],
    [
      'a text that speaks of what nobody knows',
      { plan: { runs: [run({ messages: [aText({ text: 'Hello {{weather}}' })] })] } },
      {
        path: 'plan.runs.0.messages.0.text',
        message:
          'the variable "weather" at position 7 is not known; known are contact.* and company.name, company.address, company.phone, campaign.subject, form.link, unsubscribe.link',
        input: 'Hello {{weather}}',
      },
    ],
    [
      'a name of two letters (R-12)',
      { name: ' ab ' },
      { path: 'name', message: expect.stringContaining('3'), input: 'ab' },
    ],
    [
      'a name of 121 letters (R-12)',
      { name: 'a'.repeat(121) },
      { path: 'name', message: expect.stringContaining('120') },
    ],
    ['no plan', { plan: undefined }, { path: 'plan', message: expect.any(String) }],
    [
      'a list that is no id',
      { listId: 'clients' },
      { path: 'listId', message: expect.stringContaining('UUID'), input: 'clients' },
    ],
  ])('is refused with %s: the field, the value and the rule are named', (_, changes, problem) => {
    expect(problemsOf(changes)).toEqual([expect.objectContaining(problem)]);
  });
});

it('a campaign has five statuses (S1-32)', () => {
  expect(CampaignStatusSchema.options).toEqual(['draft', 'active', 'paused', 'completed', 'archived']);
});
