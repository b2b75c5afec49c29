import { CampaignDefinitionSchema } from './campaign-definition';
import {
  BuilderPlaceSchema,
  DraftStepSchema,
  type DraftSteps,
  placeInSteps,
  stepFields,
  stepsOf,
  StepsSchema,
  StepStateSchema,
  typedDefinition,
  unknownFields,
  withAgent,
  withCompanyHours,
} from './draft';

const LIST = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001';
const AGENT = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0002';
const TEXT = { key: 't', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello.' };
const STEPS: DraftSteps = {
  basics: { name: 'Intake follow-up', description: 'For the team.', subject: 'intake' },
  list: { listId: LIST },
  agent: { agentId: AGENT },
  form: { formId: 'intake' },
  schedule: {
    runs: [
      {
        key: 'week',
        startsOn: '2027-03-01',
        hours: { mode: 'company_times' },
        calls: { attempts: 1, greeting: 'Hi.' },
      },
    ],
    closedOn: ['2027-03-03'],
  },
  rules: { rules: [{ key: 'r', when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_calls' }] }] },
  settings: { concurrencyLimit: 3, neverEnding: true },
  reports: { reports: [] },
  crm: { fields: [{ from: 'answer', key: 'injured', to: 'custom894' }] },
};

describe('the steps of a draft', () => {
  it('come to a definition, and a definition to steps, and back to the same', () => {
    const definition = CampaignDefinitionSchema.parse(typedDefinition(STEPS));
    expect(definition).toMatchObject({
      name: 'Intake follow-up',
      listId: LIST,
      plan: { agentId: AGENT, formId: 'intake', runs: [{ key: 'week' }] },
      policy: {
        closedOn: ['2027-03-03'],
        concurrencyLimit: 3,
        crm: { fields: [{ to: 'custom894' }] },
        rules: [{ key: 'r' }],
      },
      reports: [],
    });
    const steps = stepsOf(definition);
    expect(Object.keys(steps).sort()).toEqual([...DraftStepSchema.options].sort());
    expect(CampaignDefinitionSchema.parse(typedDefinition(steps))).toEqual(definition);
  });

  it('say nothing of what was not typed, but that there is no agent (S1-13)', () => {
    expect(typedDefinition({})).toEqual({ plan: { agentId: null }, policy: {} });
  });

  it('hold every field that a definition has', () => {
    const whole = CampaignDefinitionSchema.parse(typedDefinition(STEPS));
    const inSteps = Object.values(stepsOf(whole)).flatMap((state) => Object.keys(state ?? {}));
    const fields = [...Object.keys(whole), ...Object.keys(whole.plan), ...Object.keys(whole.policy)];
    expect(fields.filter((field) => !['plan', 'policy', 'crm'].includes(field) && !inSteps.includes(field))).toEqual(
      [],
    );
  });

  it('are left out where a definition says nothing', () => {
    const { crm: _, agent: __, ...rest } = STEPS;
    const { runs } = {
      runs: [{ key: 'week', startsOn: '2027-03-01', hours: { mode: 'company_times' }, messages: [TEXT] }],
    };
    const definition = CampaignDefinitionSchema.parse(typedDefinition({ ...rest, schedule: { runs } }));
    expect(stepsOf(definition)).not.toHaveProperty('crm');
  });

  it('have a state each, of any fields, and a place in the builder (S1-29)', () => {
    expect(Object.keys(stepFields(StepStateSchema))).toEqual(DraftStepSchema.options);
    expect(StepsSchema.parse(STEPS)).toEqual(STEPS);
    expect(StepsSchema.safeParse({ stairs: {} }).success).toBe(false);
    expect(BuilderPlaceSchema.options).toEqual([...DraftStepSchema.options, 'messages', 'review']);
  });

  it('is refused where it is nested deeper than anything that a campaign says', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 'end' : [nested(depth - 1)]);
    expect(StepStateSchema.safeParse({ typed: nested(29) }).success).toBe(true);
    expect(StepStateSchema.safeParse({ typed: nested(30) }).error?.issues).toMatchObject([
      { message: 'must not be nested deeper than 30 levels' },
    ]);
  });

  it('may hold what no field is, which is found', () => {
    expect(unknownFields({ ...STEPS, basics: { name: 'x', plan: 1 }, list: { name: 'x' } })).toEqual([
      { step: 'basics', name: 'plan' },
      { step: 'list', name: 'name' },
    ]);
  });

  it('are where the builder shows a place of the definition', () => {
    expect(placeInSteps(['plan', 'runs', 0, 'calls'])).toEqual({ step: 'schedule', field: ['runs', 0, 'calls'] });
    expect(placeInSteps(['policy', 'crm', 'fields', 1])).toEqual({ step: 'crm', field: ['fields', 1] });
    expect(placeInSteps(['name'])).toEqual({ step: 'basics', field: ['name'] });
    expect(placeInSteps(['plan'])).toEqual({ step: 'basics', field: ['plan'] });
  });
});

describe('the agent that was chosen', () => {
  const FORM = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0003';
  const run = (calls?: unknown) => ({ key: 'week', ...(calls === undefined ? {} : { calls }) });

  it('brings its form along where none was typed (S1-40)', () => {
    expect(withAgent({}, { formId: FORM, greeting: '' })).toEqual({ form: { formId: FORM } });
    expect(withAgent({ form: { formId: null } }, { formId: FORM, greeting: '' }).form).toEqual({ formId: FORM });
    expect(withAgent({ form: { formId: 'mine' } }, { formId: FORM, greeting: '' }).form).toEqual({ formId: 'mine' });
    expect(withAgent({}, { formId: null, greeting: '' })).toEqual({});
  });

  it('greets where a call has no greeting of its own, and leaves alone what it can not read', () => {
    const runs = [run({ attempts: 1 }), run({ attempts: 1, greeting: 'Mine.' }), run(), run('often'), 'no run'];
    const { schedule } = withAgent({ schedule: { runs } }, { formId: null, greeting: 'Hello.' });
    expect(schedule).toEqual({ runs: [run({ attempts: 1, greeting: 'Hello.' }), ...runs.slice(1)] });
    expect(withAgent({ schedule: { runs: 'none' } }, { formId: null, greeting: 'Hello.' }).schedule).toEqual({
      runs: 'none',
    });
  });
});

describe('"Use Defaults" in a draft', () => {
  const SLOTS = [
    { open: '09:00', close: '12:00' },
    { open: '13:00', close: '17:00' },
  ];
  const hours = { weekdays: [1 as const, 6 as const], slots: SLOTS };

  it('sets the slots, and the weekdays of the runs in company times, whatever else was typed (K-3)', () => {
    const shared = { key: 'shared', hours: { mode: 'company_times' }, weekdays: [2] };
    const runs = [shared, { key: 'own', hours: { mode: 'calling_times' } }, { hours: 'noon' }, 'half a run'];
    const steps = { basics: { name: 'Q' }, schedule: { runs, closedOn: 'never', companySlots: [] } };
    expect(withCompanyHours(steps, hours)).toEqual({
      basics: { name: 'Q' },
      schedule: { runs: [{ ...shared, weekdays: [1, 6] }, ...runs.slice(1)], closedOn: 'never', companySlots: SLOTS },
    });
  });

  it('sets the slots where there are no runs yet', () => {
    expect(withCompanyHours({}, hours)).toEqual({ schedule: { companySlots: SLOTS } });
    expect(withCompanyHours({ schedule: { runs: 'none' } }, hours).schedule).toEqual({
      runs: 'none',
      companySlots: SLOTS,
    });
  });
});
