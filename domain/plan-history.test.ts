import { aRun, aText } from './planner-builders';
import {
  cameInAt,
  nextHistory,
  NO_HISTORY,
  type PlanHistory,
  PlanHistorySchema,
  stepNamesOf,
  stepsMissing,
} from './plan-history';
import type { Plan, Run } from './plan';

const planOf = (...runs: Run[]): Plan => ({ runs, formId: null });
const AFTER_CALL = aText({ when: { kind: 'after_call', results: ['voicemail'] } });
const ANY_CALL = aText({ when: { kind: 'after_call', results: ['any', 'voicemail'] } });
const OLD = planOf(aRun({ messages: [AFTER_CALL] }));

function next(before: { plan: Plan; history?: PlanHistory }, plan: Plan, more: object = {}): PlanHistory {
  return nextHistory(
    { history: NO_HISTORY, ...before },
    { plan, number: 2, at: 1_000, removed: {}, sendBack: [], ...more },
  );
}

describe('the history of a plan', () => {
  it('names the steps of its runs', () => {
    expect(stepNamesOf(OLD)).toEqual(['intake.call', 'intake.text']);
    expect(stepsMissing(OLD, planOf(aRun()))).toEqual(['intake.text']);
    expect(stepNamesOf(planOf(aRun({ calls: undefined, messages: [aText()] })))).toEqual(['intake.text']);
  });

  it('says nothing of a plan that stays as it is', () => {
    expect(next({ plan: OLD }, OLD)).toEqual(NO_HISTORY);
    expect(PlanHistorySchema.parse({})).toEqual(NO_HISTORY);
  });

  it('says since when a step or a whole run is there (E-6, E-7)', () => {
    const added = aText({ key: 'added' });
    const plan = planOf(aRun({ messages: [AFTER_CALL, added] }), aRun({ key: 'second', messages: [added] }));
    const history = next({ plan: OLD }, plan);
    expect(history.introducedAt).toEqual({ second: 1_000, 'intake.added': 1_000 });
    expect(next({ plan, history }, plan, { number: 3, at: 2_000 })).toEqual(history);
    expect(next({ plan, history }, OLD, { number: 3, at: 2_000 }).introducedAt).toEqual({});
  });

  it('is not mistaken by a run that is named like what every object has', () => {
    expect(cameInAt(NO_HISTORY, 'constructor')).toBeNull();
    expect(cameInAt({ ...NO_HISTORY, introducedAt: { second: 7 } }, 'second')).toBe(7);
  });

  it('keeps silent about a step that is sent back to everybody (E-7)', () => {
    const plan = planOf(aRun({ messages: [AFTER_CALL, aText({ key: 'added' })] }));
    expect(next({ plan: OLD }, plan, { sendBack: ['intake.added'] })).toEqual(NO_HISTORY);
  });

  it('says which results a message asked for until when (E-11)', () => {
    const changed = planOf(aRun({ messages: [ANY_CALL] }));
    const history = next({ plan: OLD }, changed);
    expect(history.formerResults).toEqual({ 'intake.text': [{ untilAt: 1_000, results: ['voicemail'] }] });
    const back = next({ plan: changed, history }, OLD, { number: 3, at: 2_000 });
    expect(back.formerResults['intake.text']).toEqual([
      { untilAt: 1_000, results: ['voicemail'] },
      { untilAt: 2_000, results: ['any', 'voicemail'] },
    ]);
  });

  it('asks nothing of a message that followed no call before', () => {
    const before = planOf(aRun({ messages: [aText()] }));
    expect(next({ plan: before }, OLD).formerResults).toEqual({});
    expect(next({ plan: OLD }, before).formerResults).toEqual({});
    expect(next({ plan: planOf(aRun({ key: 'other' })) }, OLD).formerResults).toEqual({});
  });

  it('says which version sent away who stood before a step, until the step comes again (E-9)', () => {
    const without = planOf(aRun());
    const history = next({ plan: OLD }, without, { removed: { 'intake.text': 'finish' } });
    expect(history.removedIn).toEqual({ 'intake.text': 2 });
    expect(next({ plan: without, history }, without, { number: 3 }).removedIn).toEqual({ 'intake.text': 2 });
    expect(next({ plan: without, history }, OLD, { number: 3 }).removedIn).toEqual({});
    expect(next({ plan: OLD }, without, { removed: { 'intake.text': 'go_on' } }).removedIn).toEqual({});
  });
});
