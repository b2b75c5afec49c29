import { capHit, capsFor, LONGEST_CAP_MS } from './caps';
import { DAY_MS, HOUR_MS } from './instant';
import { aCompany, aPlannerInput, MONDAY_10 } from './planner-builders';
import type { Caps, PersonAttempt } from './planner-input';

const CAPS: Caps = { perDay: 3, perWeek: 5, perMonth: 6 };
const phone = (...hoursAgo: number[]): PersonAttempt[] =>
  hoursAgo.map((hours) => ({ at: MONDAY_10 - hours * HOUR_MS, kind: 'phone' }));

describe('the caps of a person (INV-5)', () => {
  it.each([
    ['let the third of a day pass', phone(20, 1), null],
    ['stop the fourth until the first is a day old', phone(20, 10, 1), { cap: 'perDay', limit: 3, freeAt: 4 }],
    ['count elapsed time: a day old exactly no longer counts', phone(24, 10, 1), null],
    ['count one a moment younger', phone(23.999, 10, 1), { cap: 'perDay', limit: 3, freeAt: 0.001 }],
    ['stop until enough have passed, not only the first', phone(20, 15, 10, 1), { cap: 'perDay', limit: 3, freeAt: 9 }],
    ['stop the sixth of a week', phone(160, 120, 90, 60, 30), { cap: 'perWeek', limit: 5, freeAt: 8 }],
    ['stop the seventh of a month', phone(700, 400, 390, 380, 370, 30), { cap: 'perMonth', limit: 6, freeAt: 20 }],
    ['name the one that lasts longest', phone(160, 120, 20, 15, 1), { cap: 'perWeek', limit: 5, freeAt: 8 }],
    [
      'name the day where it lasts longer than the week',
      phone(167, 166, 3, 2, 1),
      { cap: 'perDay', limit: 3, freeAt: 21 },
    ],
    ['count an attempt of a clock that was set back', phone(-1, -2, -3), { cap: 'perDay', limit: 3, freeAt: 25 }],
    ['are no concern of mail', phone(3, 2, 1).map(({ at }): PersonAttempt => ({ at, kind: 'email' })), null],
  ])('%s', (_, attempts, hit) => {
    const sorted = attempts.sort((a, b) => a.at - b.at);
    const expected = hit && { ...hit, freeAt: MONDAY_10 + hit.freeAt * HOUR_MS };
    expect(capHit(sorted, 'phone', CAPS, MONDAY_10)).toEqual(expected);
  });

  it('know the past of thirty days', () => {
    expect(LONGEST_CAP_MS).toBe(30 * DAY_MS);
  });
});

describe("a campaign's caps", () => {
  const company = aCompany({ caps: { phone: CAPS, email: { perDay: 1, perWeek: 2, perMonth: 3 } } });

  it.each([
    ["are the company's where it says nothing", {}, CAPS],
    ['narrow', { perDay: 1, perMonth: 2 }, { perDay: 1, perWeek: 5, perMonth: 2 }],
    ['never widen', { perDay: 9, perWeek: 99, perMonth: 999 }, CAPS],
  ])('%s', (_, caps, expected) => {
    expect(capsFor(aPlannerInput({ company, policy: { caps } }), 'phone')).toEqual(expected);
  });

  it('know mail apart', () => {
    expect(capsFor(aPlannerInput({ company }), 'email')).toEqual({ perDay: 1, perWeek: 2, perMonth: 3 });
  });
});
