import { CampaignDefinitionSchema } from './campaign-definition';
import { campaignWarnings, DefaultHoursSchema, weekendWarnings, withDefaultHours } from './default-hours';
import { someCalls } from './planner-builders';

const problemsOf = (hours: object) =>
  DefaultHoursSchema.safeParse(hours).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
const MORNING = { open: '09:00', close: '12:00' };
const AFTERNOON = { open: '13:00', close: '17:00' };

describe('default hours', () => {
  it('are several slots on weekdays of choice, up to both bounds (S1-54, S1-57, S1-56)', () => {
    expect(problemsOf({ weekdays: [1, 3, 6], slots: [MORNING, AFTERNOON] })).toBeUndefined();
    expect(problemsOf({ weekdays: [1], slots: [{ open: '08:00', close: '21:00' }] })).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['a slot before 8 (S1-56, K-9)', { weekdays: [1], slots: [{ open: '07:59', close: '12:00' }] }, 'slots.0.open: '],
    ['a slot after 21 (S1-56, K-9)', { weekdays: [1], slots: [{ open: '12:00', close: '21:01' }] }, 'slots.0.close: '],
    ['slots that overlap (K-9)', { weekdays: [1], slots: [MORNING, { open: '11:59', close: '13:00' }] }, 'slots.1: '],
    [
      'a slot that ends before it begins (K-9)',
      { weekdays: [1], slots: [{ open: '12:00', close: '11:00' }] },
      'slots.0.close: the slot closes at 11:00, not after it opens at 12:00',
    ],
    ['no day', { weekdays: [], slots: [MORNING] }, 'weekdays: '],
    ['a day twice', { weekdays: [1, 2, 1], slots: [MORNING] }, 'weekdays.2: the weekday 1 is named twice'],
    ['an eighth day', { weekdays: [8], slots: [MORNING] }, 'weekdays.0: '],
  ])('are refused with %s', (_, hours, problem) => {
    expect(problemsOf(hours)).toEqual([expect.stringContaining(problem)]);
  });
});

const definition = (...runs: object[]) =>
  CampaignDefinitionSchema.parse({
    name: 'Intake follow-up',
    listId: '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0001',
    plan: { runs: runs.map((run, at) => ({ key: `r${at}`, startsOn: '2027-03-01', calls: someCalls(), ...run })) },
  });
const COMPANY = { hours: { mode: 'company_times' } };
const OWN = { hours: { mode: 'calling_times', slots: [MORNING] } };

describe('a weekend', () => {
  it.each<[number[], string[]]>([
    [[1, 2, 3, 4, 5], []],
    [[6], ['people are reached on Saturday']],
    [[7, 1], ['people are reached on Sunday']],
    [[1, 7, 6], ['people are reached on Saturday and Sunday']],
  ])('in %j is warned of and not refused (K-11)', (weekdays, details) => {
    expect(weekendWarnings('#/weekdays', weekdays).map(({ detail }) => detail)).toEqual(details);
  });

  it('is warned of at each run of a campaign that has one (K-11)', () => {
    expect(campaignWarnings(definition(COMPANY, { ...OWN, weekdays: [5, 6] }))).toEqual([
      { code: 'weekend', pointer: '#/definition/plan/runs/1/weekdays', detail: 'people are reached on Saturday' },
    ]);
    expect(campaignWarnings(null)).toEqual([]);
  });
});

describe('"Use Defaults"', () => {
  it('copies slots to the campaign and weekdays to its runs in company times, and nothing else (K-3)', () => {
    const before = definition(COMPANY, OWN);
    const hours = { weekdays: [1 as const, 6 as const], slots: [MORNING, AFTERNOON] };
    const after = withDefaultHours(before, hours);
    expect(after.policy).toEqual({ ...before.policy, companySlots: [MORNING, AFTERNOON] });
    expect(after.plan.runs.map(({ weekdays }) => weekdays)).toEqual([
      [1, 6],
      [1, 2, 3, 4, 5],
    ]);
    hours.slots[0] = { open: '10:00', close: '11:00' };
    expect(after.policy.companySlots[0]).toEqual(MORNING);
    expect(before.policy.companySlots).toEqual([{ open: '12:00', close: '20:00' }]);
  });
});
