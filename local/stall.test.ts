import type { Progress } from './figures';
import { Stall } from './stall';

const PROGRESS: Progress = {
  ...{ contacts: 3, enrolled: 3, rejected: 0, ended: 2, pendingActions: 0, voice: 2, sms: 0, email: 0 },
  ...{ rulesFired: 0, done: 0, failed: 0, unresolved: 0, unknown: 0 },
  nextDue: null,
  businessTime: new Date(0),
};

describe('a standstill', () => {
  it('is reached when nothing but time has changed for long enough', () => {
    let now = 0;
    const stall = new Stall(1_000, () => now);
    const at = (ms: number, changed: Partial<Progress> = {}) => {
      now = ms;
      return stall.isReached({ ...PROGRESS, businessTime: new Date(ms), nextDue: new Date(ms), ...changed });
    };
    expect([at(0), at(999), at(1_000)]).toEqual([false, false, true]);
    expect([at(1_500, { voice: 3 }), at(2_499, { voice: 3 }), at(2_500, { voice: 3 })]).toEqual([false, false, true]);
  });
});
