import { NO_HISTORY } from './plan-history';
import type { Plan, Run } from './plan';
import { aRun, aText } from './planner-builders';
import { PolicySchema } from './policy';
import { type Before, carriedBy, choiceProblems, InsideSchema, PublishChoicesSchema } from './publication';

const planOf = (...runs: Run[]): Plan => ({ runs, formId: null });
const OLD = planOf(aRun({ messages: [aText()] }));
const POLICY = PolicySchema.parse({});
const BEFORE: Before = { number: 4, plannedSince: 2, plan: OLD, policy: POLICY, history: NO_HISTORY };
const CHOICES = PublishChoicesSchema.parse({});

describe('the version after', () => {
  it('counts on, and begins to plan anew where plan, hours or caps change', () => {
    const next = (plan: Plan, policy: object = {}) =>
      carriedBy(BEFORE, { plan, policy: PolicySchema.parse(policy) }, CHOICES, 1_000);
    expect(next(OLD)).toEqual({ number: 5, plannedSince: 2, history: NO_HISTORY });
    expect(next(OLD, { concurrencyLimit: 2, maxCallbacks: 1 }).plannedSince).toBe(2);
    expect(next(OLD, { closedOn: ['2027-03-03'] }).plannedSince).toBe(5);
    expect(next(planOf(aRun())).plannedSince).toBe(5);
  });
});

describe('the choices of who publishes', () => {
  it('are to adopt where nothing is said', () => {
    expect(CHOICES).toEqual({ inside: 'adopt', removed: {}, sendBack: [] });
    expect(InsideSchema.options).toEqual(['keep', 'adopt', 'replan']);
  });

  const problems = (after: Plan, choices: object, waiting: Record<string, number> = {}) =>
    choiceProblems(OLD, after, PublishChoicesSchema.parse(choices), waiting).map(({ pointer }) => pointer);
  const WITHOUT = planOf(aRun());

  it('have to say where those go on who stand before a step that is taken out (E-9)', () => {
    expect(problems(WITHOUT, {}, { 'intake.text': 12 })).toEqual(['#/removed/intake.text']);
    expect(problems(WITHOUT, { removed: { 'intake.text': 'finish' } }, { 'intake.text': 12 })).toEqual([]);
    expect(problems(WITHOUT, {})).toEqual([]);
    expect(problems(WITHOUT, { inside: 'keep' }, { 'intake.text': 12 })).toEqual([]);
  });

  it('name only steps that go, and steps and runs that come (E-7)', () => {
    expect(problems(OLD, { removed: { 'intake.text': 'go_on' } })).toEqual(['#/removed/intake.text']);
    const wider = planOf(aRun({ messages: [aText(), aText({ key: 'new' })] }), aRun({ key: 'second' }));
    expect(problems(wider, { sendBack: ['intake.new', 'second', 'intake.text'] })).toEqual(['#/sendBack/2']);
  });
});
