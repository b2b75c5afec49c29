import { callCandidates } from './call-candidates';
import type { Reason } from './decision';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { messageCandidates } from './message-candidates';
import { place, type Placed } from './placement';
import {
  aCompany,
  aContact,
  aMail,
  aMessagingRun,
  anAttempt,
  aPlannerInput,
  aRun,
  ASHA,
  aText,
  BERLIN,
  CARLA_BETWEEN,
  CHICAGO,
  EVERY_DAY,
  KOLKATA,
  local,
  MONDAY_10,
  NEW_YORK,
  type PlannerInputChanges,
  someCalls,
  weekly,
} from './planner-builders';
import type { PersonAttempt } from './planner-input';

const chicago = (text: string): Instant => local(CHICAGO, text);
const PROMISE = { id: 'promise-1', ordinal: 1, promisedAt: chicago('2027-03-01 22:30') };

/** Places the first thing that the plan has in store. */
function placed(changes: PlannerInputChanges): Placed {
  const input = aPlannerInput(changes);
  const [candidate] = [...callCandidates(input), ...messageCandidates(input)];
  const result = candidate && place(input, candidate);
  if (!result) throw new Error('nothing can be placed');
  return result;
}

const codesOf = (reasons: readonly Reason[]) => reasons.map(({ code }) => code);

describe('a touch is placed', () => {
  it.each<[string, PlannerInputChanges, Instant, string[]]>([
    ['at once where everything allows it', {}, MONDAY_10, ['retry']],
    ['at the opening', { now: chicago('2027-03-01 06:00') }, chicago('2027-03-01 09:00'), ['retry', 'outside_hours']],
    [
      'on Monday after Friday evening',
      { now: chicago('2027-03-05 17:00') },
      chicago('2027-03-08 09:00'),
      ['retry', 'outside_hours'],
    ],
    [
      'at the first opening of a run that has not begun',
      { runs: [aRun({ startsOn: '2027-03-10' })] },
      chicago('2027-03-10 09:00'),
      ['retry', 'run_not_started', 'outside_hours'],
    ],
    [
      'in a run that begins in two years',
      { runs: [aRun({ startsOn: '2029-03-01' })] },
      chicago('2029-03-01 09:00'),
      ['retry', 'run_not_started', 'outside_hours'],
    ],
    [
      'after the provider asked to be left alone',
      { enrollment: { notBeforeAt: MONDAY_10 + 20 * MINUTE_MS } },
      MONDAY_10 + 20 * MINUTE_MS,
      ['retry', 'not_before'],
    ],
    [
      'after its spacing, of which alone it speaks',
      { attempts: [anAttempt({ claimedAt: MONDAY_10 - HOUR_MS, endedAt: MONDAY_10 - HOUR_MS })] },
      MONDAY_10 + 3 * HOUR_MS,
      ['retry', 'spacing'],
    ],
    ['at once where that is over', { enrollment: { notBeforeAt: MONDAY_10 - 1 } }, MONDAY_10, ['retry']],
    [
      'for Asha in her own morning (K-4)',
      { contact: ASHA },
      local(KOLKATA, '2027-03-02 09:00'),
      ['retry', 'outside_hours'],
    ],
    [
      'for Carla between two zones where both are open',
      { contact: CARLA_BETWEEN, now: local(NEW_YORK, '2027-03-01 09:30') },
      chicago('2027-03-01 09:00'),
      ['retry', 'outside_hours'],
    ],
    [
      'in an unknown place not before ten',
      { contact: aContact({ placeKnown: false }), now: chicago('2027-03-01 09:10') },
      chicago('2027-03-01 10:00'),
      ['retry', 'outside_hours'],
    ],
  ])('%s', (_, changes, dueAt, codes) => {
    const { reasons, ...rest } = placed(changes);
    expect(rest.dueAt).toBe(dueAt);
    expect(codesOf(reasons)).toEqual(codes);
  });

  it('and has to be carried out before the opening closes, margin taken off', () => {
    const company = aCompany({ closingMarginMs: 5 * MINUTE_MS });
    expect(placed({ company }).untilAt).toBe(chicago('2027-03-01 16:55'));
  });

  it.each([
    ['the run is over', { runs: [aRun({ endsOn: '2027-03-01' })], now: chicago('2027-03-01 17:00') }],
    ['the places have no hour in common', { contact: aContact({ zones: [KOLKATA, 'Pacific/Honolulu'] }) }],
  ])('nowhere when %s', (_, changes) => {
    const input = aPlannerInput(changes);
    const [candidate] = callCandidates(input);
    expect(candidate && place(input, candidate)).toBeNull();
  });
});

describe('the reason for waiting names what is closed', () => {
  const gap = {
    companySlots: [
      { open: '09:00', close: '12:00' },
      { open: '13:00', close: '17:00' },
    ],
  };
  const closed = (changes: PlannerInputChanges) => placed(changes).reasons.find(({ code }) => code === 'outside_hours');

  it('the gap between two slots (S1-115)', () => {
    expect(closed({ policy: gap, now: chicago('2027-03-01 12:30') })).toEqual({
      code: 'outside_hours',
      opensAt: chicago('2027-03-01 13:00'),
      rule: 'company',
      kind: 'between_slots',
      zone: CHICAGO,
      localMinute: 12 * 60 + 30,
      opensMinute: 13 * 60,
    });
  });

  it.each<[string, PlannerInputChanges, object]>([
    [
      'the early morning',
      { now: chicago('2027-03-01 08:30') },
      { rule: 'company', kind: 'before_opening', opensMinute: 540 },
    ],
    [
      'the evening',
      { now: chicago('2027-03-01 17:00') },
      { rule: 'company', kind: 'after_closing', opensMinute: null },
    ],
    ['the weekend', { now: chicago('2027-03-06 12:00') }, { rule: 'company', kind: 'weekday', opensMinute: null }],
    [
      'a closed day',
      { policy: { companySlots: [{ open: '09:00', close: '17:00' }], closedOn: ['2027-03-01'] } },
      { rule: 'legal', kind: 'closed_day' },
    ],
    [
      'of two rules the one that opens last',
      { contact: aContact({ placeKnown: false }), now: chicago('2027-03-01 07:00') },
      { rule: 'unknown_place', kind: 'before_opening', opensMinute: 600 },
    ],
    [
      'of two zones the one that opens last',
      { contact: CARLA_BETWEEN, now: local(NEW_YORK, '2027-03-01 08:30') },
      { zone: CHICAGO, kind: 'before_opening', localMinute: 450 },
    ],
    [
      'of two zones the one that is closed for the day',
      { contact: CARLA_BETWEEN, now: chicago('2027-03-01 16:30') },
      { zone: NEW_YORK, kind: 'after_closing', localMinute: 17 * 60 + 30 },
    ],
    [
      'the calling times of the run',
      { runs: [aRun({ hours: { mode: 'calling_times', slots: [{ open: '18:00', close: '20:00' }] } })] },
      { rule: 'run', kind: 'before_opening' },
    ],
  ])('%s', (_, changes, reason) => {
    expect(closed(changes)).toMatchObject(reason);
  });
});

describe('the first second of an opening', () => {
  const jittery = aCompany({ openingJitterMs: 30 * MINUTE_MS });
  const NINE = chicago('2027-03-01 09:00');
  const at = (id: string, now: Instant, more: PlannerInputChanges = {}) =>
    placed({ company: jittery, now, enrollment: { id }, ...more });

  it('is not for everybody (T24)', () => {
    const dueAts = ['a', 'b', 'c', 'd', 'e'].map((id) => at(id, NINE - HOUR_MS).dueAt);
    expect(new Set(dueAts).size).toBe(5);
    for (const dueAt of dueAts) {
      expect(dueAt).toBeGreaterThanOrEqual(NINE);
      expect(dueAt).toBeLessThan(NINE + 30 * MINUTE_MS);
    }
  });

  it('is the same for one contact however often it is asked for, until it has come', () => {
    const { dueAt, reasons } = at('a', NINE - HOUR_MS);
    expect(reasons.at(-1)).toEqual({ code: 'opening_jitter', untilAt: dueAt });
    expect(at('a', NINE).dueAt).toBe(dueAt);
    expect(at('a', dueAt - 1).dueAt).toBe(dueAt);
    expect(at('a', dueAt + 1)).toMatchObject({ dueAt: dueAt + 1, reasons: [{ code: 'retry' }] });
  });

  it('takes at most half of a short opening', () => {
    const runs = [aRun({ hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '09:02' }] } })];
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      expect(at(id, NINE - HOUR_MS, { runs }).dueAt).toBeLessThan(NINE + MINUTE_MS);
  });

  it('is kept for who was promised it, and for who falls due later', () => {
    const commitments = [PROMISE];
    expect(placed({ company: jittery, commitments }).dueAt).toBe(chicago('2027-03-02 08:00'));
    const runs = [aMessagingRun(aMail({ when: { kind: 'at', on: '2027-03-01', time: '11:00' } }))];
    expect(placed({ company: jittery, runs }).dueAt).toBe(chicago('2027-03-01 11:00'));
  });
});

describe('the caps of a person push a touch out', () => {
  const company = aCompany({
    caps: { phone: { perDay: 2, perWeek: 3, perMonth: 10 }, email: { perDay: 1, perWeek: 5, perMonth: 9 } },
  });
  const phone = (...ats: Instant[]): PersonAttempt[] => ats.map((at) => ({ at, kind: 'phone' }));
  const mail = { runs: [aMessagingRun(aMail())] };
  const text = { runs: [aMessagingRun(aText())] };

  it.each<[string, PlannerInputChanges, Instant]>([
    [
      'of a call to the instant at which the first is a day old',
      { personAttempts: phone(MONDAY_10 - 20 * HOUR_MS, MONDAY_10 - HOUR_MS) },
      chicago('2027-03-01 14:00'),
    ],
    [
      'of a text as well: voice and SMS count together',
      { ...text, personAttempts: phone(MONDAY_10 - 20 * HOUR_MS, MONDAY_10 - HOUR_MS) },
      chicago('2027-03-01 14:00'),
    ],
    [
      'to the next opening after that',
      { personAttempts: phone(MONDAY_10 - 16 * HOUR_MS, MONDAY_10 - HOUR_MS) },
      chicago('2027-03-02 09:00'),
    ],
    [
      'over a week',
      { personAttempts: phone(MONDAY_10 - 6 * DAY_MS, MONDAY_10 - 3 * DAY_MS, MONDAY_10 - 2 * DAY_MS) },
      chicago('2027-03-02 10:00'),
    ],
    ['of a mail by mails alone', { ...mail, personAttempts: phone(MONDAY_10 - 2, MONDAY_10 - 1) }, MONDAY_10],
    [
      'of a mail',
      { ...mail, personAttempts: [{ at: MONDAY_10 - HOUR_MS, kind: 'email' }] },
      chicago('2027-03-02 09:00'),
    ],
    [
      'of a callback, for promises know no exception',
      {
        commitments: [{ ...PROMISE, promisedAt: MONDAY_10 }],
        personAttempts: phone(MONDAY_10 - 20 * HOUR_MS, MONDAY_10 - HOUR_MS),
      },
      chicago('2027-03-01 14:00'),
    ],
    [
      'further where the campaign narrows them',
      {
        policy: { companySlots: [{ open: '09:00', close: '17:00' }], caps: { perDay: 1 } },
        personAttempts: phone(MONDAY_10 - HOUR_MS),
      },
      chicago('2027-03-02 09:00'),
    ],
    [
      'as far where the campaign would widen them',
      {
        policy: { companySlots: [{ open: '09:00', close: '17:00' }], caps: { perDay: 9 } },
        personAttempts: phone(MONDAY_10 - 20 * HOUR_MS, MONDAY_10 - HOUR_MS),
      },
      chicago('2027-03-01 14:00'),
    ],
  ])('%s', (_, changes, dueAt) => {
    expect(placed({ company, ...changes }).dueAt).toBe(dueAt);
  });

  it('and the reason says which, how many and until when', () => {
    const { reasons } = placed({ company, personAttempts: phone(MONDAY_10 - 20 * HOUR_MS, MONDAY_10 - HOUR_MS) });
    expect(reasons.at(-1)).toEqual({ code: 'cap', cap: 'perDay', limit: 2, freeAt: chicago('2027-03-01 14:00') });
  });
});

describe("the limit of calls on one day is the person's own day", () => {
  const runs = [aRun({ calls: someCalls({ perDay: 1, spacingMinutes: { default: 0 } }) })];
  const called = (zone: string, text: string) => [anAttempt({ claimedAt: local(zone, text) })];

  it.each<[string, PlannerInputChanges, Instant]>([
    [
      'Carla, called today, has peace until tomorrow',
      { attempts: called(CHICAGO, '2027-03-01 09:30') },
      chicago('2027-03-02 09:00'),
    ],
    ['Carla, called yesterday evening, may be called', { attempts: called(CHICAGO, '2027-02-28 20:30') }, MONDAY_10],
    [
      'Ben, called at nine in Berlin, has peace although Chicago has a new day before',
      {
        contact: aContact({ zones: [BERLIN] }),
        now: local(BERLIN, '2027-03-01 14:00'),
        attempts: called(BERLIN, '2027-03-01 09:00'),
      },
      local(BERLIN, '2027-03-02 09:00'),
    ],
    [
      'Asha, called on what is Sunday in Chicago but Monday to her',
      { contact: ASHA, now: local(KOLKATA, '2027-03-01 12:00'), attempts: called(KOLKATA, '2027-03-01 09:00') },
      local(KOLKATA, '2027-03-02 09:00'),
    ],
    [
      'a callback neither waits for it nor is spared by it',
      { commitments: [{ ...PROMISE, promisedAt: MONDAY_10 }], attempts: called(CHICAGO, '2027-03-01 09:30') },
      MONDAY_10,
    ],
  ])('%s', (_, changes, dueAt) => {
    expect(placed({ runs, ...changes }).dueAt).toBe(dueAt);
  });

  it('and the reason says so', () => {
    const { reasons } = placed({ runs, attempts: called(CHICAGO, '2027-03-01 09:30') });
    expect(codesOf(reasons)).toEqual(['retry', 'spacing', 'per_day', 'outside_hours']);
    expect(reasons[2]).toEqual({ code: 'per_day', limit: 1 });
  });

  it('is none for texts', () => {
    const attempts = called(CHICAGO, '2027-03-01 09:30');
    expect(placed({ runs: [aMessagingRun(aText())], attempts }).dueAt).toBe(MONDAY_10);
  });
});

describe('the hour that failed last time', () => {
  const run = (changes: object = {}) =>
    aRun({ calls: someCalls({ avoidFailedHour: true, spacingMinutes: { default: 0 }, perDay: 9 }), ...changes });
  const failedAt = (text: string) => [anAttempt({ claimedAt: chicago(text) })];
  const shortDay = { hours: { mode: 'calling_times' as const, slots: [{ open: '10:00', close: '11:00' }] } };

  it.each<[string, PlannerInputChanges, Instant]>([
    ['is avoided', { attempts: failedAt('2027-02-26 10:45') }, chicago('2027-03-01 11:00')],
    [
      'is avoided to the second',
      { attempts: failedAt('2027-02-26 10:45'), now: MONDAY_10 + 61_500 },
      chicago('2027-03-01 11:00'),
    ],
    ['is no other hour', { attempts: failedAt('2027-02-26 11:45') }, MONDAY_10],
    ['is all that the opening has', { runs: [run(shortDay)], attempts: failedAt('2027-02-26 10:45') }, MONDAY_10],
    [
      'did not fail where somebody answered',
      {
        attempts: [
          anAttempt({ claimedAt: chicago('2027-02-26 10:45'), disposition: 'answered', outcome: 'unsuccessful' }),
        ],
      },
      MONDAY_10,
    ],
    ['is unknown before the first call', { attempts: [] }, MONDAY_10],
    ['may come again where nobody minds', { runs: [aRun()], attempts: failedAt('2027-02-26 10:45') }, MONDAY_10],
    [
      'is that of the half-hour zone, too',
      {
        contact: ASHA,
        now: local(KOLKATA, '2027-03-01 10:15'),
        attempts: [anAttempt({ claimedAt: local(KOLKATA, '2027-02-26 10:45') })],
      },
      local(KOLKATA, '2027-03-01 11:00'),
    ],
  ])('%s', (_, changes, dueAt) => {
    expect(placed({ runs: [run()], ...changes }).dueAt).toBe(dueAt);
  });

  it('is named', () => {
    expect(placed({ runs: [run()], attempts: failedAt('2027-02-26 10:45') }).reasons.at(-1)).toEqual({
      code: 'failed_hour',
      hour: 10,
    });
  });
});

describe('a promised callback', () => {
  it('waits for legal hours, not for those of the campaign', () => {
    const placement = placed({ commitments: [PROMISE] });
    expect(placement.dueAt).toBe(chicago('2027-03-02 08:00'));
    expect(placement.untilAt).toBe(chicago('2027-03-02 21:00'));
    expect(codesOf(placement.reasons)).toEqual(['callback', 'outside_hours']);
  });

  it('comes on Saturday evening if it was promised for then', () => {
    const company = aCompany({ legalHours: weekly(EVERY_DAY, ['08:00', '21:00']) });
    const promisedAt = chicago('2027-03-06 20:15');
    expect(placed({ company, commitments: [{ ...PROMISE, promisedAt }] }).dueAt).toBe(promisedAt);
  });
});
