import { decide } from '../domain/decide';
import { measurePlanner, plannerInput } from './planner';

describe('the planner under measurement', () => {
  it('decides about a contact in the middle of a plan, not about one who is through', () => {
    const kinds = new Set([0, 60, 120, 180].map((minutes) => decide(plannerInput(minutes)).kind));
    expect(kinds.has('finish')).toBe(false);
    expect([...kinds].some((kind) => kind === 'queue' || kind === 'wait')).toBe(true);
  });

  it('is counted', () => expect(measurePlanner(0.01)).toBeGreaterThan(0));
});
