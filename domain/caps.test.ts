import { capHit, capsFor, legalCapHit, LONGEST_CAP_MS } from './caps';
import { DAY_MS, HOUR_MS } from './instant';
import { decide } from './decide';
import { aLegalRule } from './law-builders';
import { aCompany, aContact, aLaw, aPlannerInput, CHICAGO, MONDAY_10, NEW_YORK } from './planner-builders';
import type { LegalRule } from './law';
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

describe('the cap of a law (C5, INV-5)', () => {
  const three = (changes: Partial<LegalRule> = {}) => aLegalRule({ state: 'FL', perDay: 3, ...changes });
  const hit = (attempts: PersonAttempt[], rules: LegalRule[], zones = [CHICAGO]) =>
    legalCapHit(
      aPlannerInput({
        company: aCompany({ law: aLaw(rules) }),
        contact: aContact({ states: ['FL', 'MD'], zones }),
        personAttempts: attempts.sort((a, b) => a.at - b.at),
      }),
      'voice',
      MONDAY_10,
    );
  const mail: PersonAttempt = { at: MONDAY_10 - HOUR_MS, kind: 'email' };

  it.each<[string, PersonAttempt[], LegalRule[], object | null]>([
    ['lets the third of a day pass', phone(20, 1), [three()], null],
    ['stops the fourth', phone(20, 10, 1), [three()], { place: 'FL', limit: 3, freeAt: MONDAY_10 + 4 * HOUR_MS }],
    ['counts elapsed time', phone(24, 10, 1), [three()], null],
    ['does not count mails where it does not name them', [...phone(20, 1), mail], [three()], null],
    [
      'counts mails where it names them',
      [...phone(20, 1), mail],
      [three({ channels: ['voice', 'sms', 'email'] })],
      { place: 'FL', limit: 3, freeAt: MONDAY_10 + 4 * HOUR_MS },
    ],
    [
      'of two states lasts as long as the stricter',
      phone(20, 10, 1),
      [three(), three({ id: 'md', state: 'MD', perDay: 1 })],
      { place: 'MD', limit: 1, freeAt: MONDAY_10 + 23 * HOUR_MS },
    ],
    ['is none before its first day', phone(20, 10, 1), [three({ effectiveFrom: '2027-03-02' })], null],
  ])('%s', (_, attempts, rules, expected) => {
    expect(hit(attempts, rules)).toEqual(expected);
  });

  it('is in force as soon as its first day has begun in one of the zones', () => {
    const rules = [three({ effectiveFrom: '2027-03-02' })];
    expect(hit(phone(20, 10, 1), rules, [NEW_YORK, 'Pacific/Auckland'])).not.toBeNull();
  });

  it("binds where the company's are wider, with its own reason", () => {
    const decision = decide(
      aPlannerInput({
        company: aCompany({ law: aLaw([three({ hours: [aCompany().legalHours] })]) }),
        contact: aContact({ states: ['FL'] }),
        personAttempts: phone(3, 2, 1),
      }),
    );
    expect(decision.reasons).toContainEqual({
      code: 'legal_cap',
      law: 'FL',
      limit: 3,
      freeAt: MONDAY_10 + 21 * HOUR_MS,
    });
  });
});
