import { DAY_MS, toIso } from './instant';
import type { Run } from './plan';
import { aLegalRule } from './law-builders';
import {
  aCompany,
  aContact,
  aLaw,
  aMail,
  aPlannerInput,
  aRun,
  ASHA,
  BERLIN,
  CARLA_BETWEEN,
  CHICAGO,
  EVERY_DAY,
  local,
  MONDAY_10,
  NEW_YORK,
  type PlannerInputChanges,
  weekly,
} from './planner-builders';
import { everOpens, homeZoneOf, hoursOf, notBeforeRun } from './planner-hours';

/** The openings of the week of Monday 1 March 2027, as "Mon 09:00–17:00" on the clocks of Chicago. */
function weekOf(changes: PlannerInputChanges, run: Run | null): string[] {
  const hours = hoursOf(aPlannerInput({ runs: [run ?? aRun()], ...changes }), run, 'voice');
  const openings: string[] = [];
  let at = local(CHICAGO, '2027-03-01 00:00');
  for (let opening = hours.next(at); opening !== null; opening = hours.next(at)) {
    if (opening.opensAt >= local(CHICAGO, '2027-03-08 00:00')) break;
    openings.push(`${inChicago(opening.opensAt)}–${inChicago(opening.closesAt).slice(4)}`);
    at = opening.closesAt;
  }
  return openings;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Central time is six hours behind in that week. */
function inChicago(at: number): string {
  const shown = toIso(at - 6 * 3_600_000);
  return `${DAYS[new Date(shown).getUTCDay()]} ${shown.slice(11, 16)}`;
}

const FAR_APART = aContact({ zones: ['Asia/Kolkata', 'Pacific/Honolulu'] });
const IN_A_CLOSED_STATE = aContact({ states: ['AL'] });
const MON_TUE = { weekdays: [1, 2] as (1 | 2)[] };

describe('the hours of a touch', () => {
  it.each<[string, PlannerInputChanges, Run | null, string[]]>([
    ["are the company's within the run's weekdays (K-3)", {}, aRun(MON_TUE), ['Mon 09:00–17:00', 'Tue 09:00–17:00']],
    [
      "are the run's own where it has some (K-2)",
      {},
      aRun({
        ...MON_TUE,
        hours: {
          mode: 'calling_times',
          slots: [
            { open: '10:00', close: '11:00' },
            { open: '18:00', close: '21:00' },
          ],
        },
      }),
      ['Mon 10:00–11:00', 'Mon 18:00–21:00', 'Tue 10:00–11:00', 'Tue 18:00–21:00'],
    ],
    ['begin with the first day of the run', {}, aRun({ startsOn: '2027-03-05' }), ['Fri 09:00–17:00']],
    ['end with its last', {}, aRun({ endsOn: '2027-03-01' }), ['Mon 09:00–17:00']],
    [
      'leave out the days without outreach',
      { policy: { companySlots: [{ open: '09:00', close: '17:00' }], closedOn: ['2027-03-01'] } },
      aRun(MON_TUE),
      ['Tue 09:00–17:00'],
    ],
    [
      'lie within the law (K-4)',
      { company: aCompany({ legalHours: weekly([2], ['10:00', '16:00']) }) },
      aRun(MON_TUE),
      ['Tue 10:00–16:00'],
    ],
    [
      'are the strictest where nobody knows the place (R-13)',
      { contact: aContact({ placeKnown: false }) },
      aRun({ weekdays: [5, 6] }),
      ['Fri 10:00–17:00'],
    ],
    [
      'suit both zones of a person who may be in either',
      { contact: CARLA_BETWEEN },
      aRun(MON_TUE),
      ['Mon 09:00–16:00', 'Tue 09:00–16:00'],
    ],
    [
      'end a margin before the closing',
      { company: aCompany({ closingMarginMs: 600_000 }) },
      aRun({ endsOn: '2027-03-01' }),
      ['Mon 09:00–16:50'],
    ],
    [
      'of a callback are those of the law alone',
      {
        policy: { closedOn: ['2027-03-02'] },
        company: aCompany({ legalHours: weekly([1, 2, 7], ['08:00', '21:00']) }),
      },
      null,
      ['Mon 08:00–21:00', 'Sun 08:00–21:00'],
    ],
    [
      'lie within the law of every state the person may be in, in every zone (C4, INV-1)',
      {
        contact: aContact({ zones: [CHICAGO, NEW_YORK], states: ['AL'] }),
        company: aCompany({ law: aLaw([aLegalRule({ hours: [weekly([1], ['10:00', '16:00'])] })]) }),
      },
      aRun(MON_TUE),
      ['Mon 10:00–15:00'],
    ],
    [
      'are none of the concern of the law of other states',
      { company: aCompany({ law: aLaw([aLegalRule({ hours: [weekly([1], ['10:00', '16:00'])] })]) }) },
      aRun(MON_TUE),
      ['Mon 09:00–17:00', 'Tue 09:00–17:00'],
    ],
    [
      'of a callback are bound by the law of the state as well',
      {
        contact: aContact({ states: ['AL'] }),
        company: aCompany({ law: aLaw([aLegalRule({ hours: [weekly([2], ['10:00', '16:00'])] })]) }),
      },
      null,
      ['Tue 10:00–16:00'],
    ],
    [
      'of a callback in an unknown place are strict as well',
      {
        contact: aContact({ placeKnown: false }),
        company: aCompany({
          legalHours: weekly(EVERY_DAY, ['08:00', '21:00']),
          unknownPlaceHours: weekly([1], ['10:00', '18:00']),
        }),
      },
      null,
      ['Mon 10:00–18:00'],
    ],
  ])('%s', (_, changes, run, openings) => {
    expect(weekOf(changes, run)).toEqual(openings);
  });

  it('are compiled once for each version, place and run', () => {
    const run = aRun();
    const hours = hoursOf(aPlannerInput({ runs: [run] }), run, 'voice');
    expect(hoursOf(aPlannerInput({ runs: [run], now: MONDAY_10 + 1 }), run, 'voice')).toBe(hours);
    expect(hoursOf(aPlannerInput({ runs: [run], contact: ASHA }), run, 'voice')).not.toBe(hours);
    expect(hoursOf(aPlannerInput({ runs: [run], policy: { closedOn: ['2027-03-05'] } }), run, 'voice')).not.toBe(hours);
    expect(hoursOf(aPlannerInput({ runs: [run], company: aCompany({ closingMarginMs: 1 }) }), run, 'voice')).not.toBe(
      hours,
    );
    expect(hoursOf(aPlannerInput({ runs: [run] }), null, 'voice')).not.toBe(hours);
  });

  it('refuse weekdays that do not exist', () => {
    const company = aCompany({ legalHours: weekly([8], ['08:00', '21:00']) });
    expect(() => hoursOf(aPlannerInput({ company }), null, 'voice')).toThrow('1|2|3|4|5|6|7');
  });
});

describe('the first day of a run', () => {
  const input = aPlannerInput({ contact: aContact({ zones: [BERLIN, NEW_YORK] }) });
  const run = aRun({ startsOn: '2027-03-03' });

  it.each([
    ['is waited for', local(BERLIN, '2027-03-01 10:00'), local(BERLIN, '2027-03-03 00:00')],
    ['has begun at midnight of the home zone', local(BERLIN, '2027-03-03 00:00'), local(BERLIN, '2027-03-03 00:00')],
    ['is over', local(BERLIN, '2027-04-01 10:00'), local(BERLIN, '2027-04-01 10:00')],
  ])('%s', (_, at, expected) => {
    expect(notBeforeRun(input, run, at)).toBe(expected);
  });

  it('is no concern of a promise', () => {
    expect(notBeforeRun(input, null, MONDAY_10)).toBe(MONDAY_10);
  });
});

describe('a run', () => {
  it.each([
    ['opens for Carla', CARLA_BETWEEN, aRun(), true],
    ['opens for nobody who may be in Kolkata or Honolulu', FAR_APART, aRun(), false],
    ['opens for its mails alone', IN_A_CLOSED_STATE, aRun({ messages: [aMail()] }), true],
    ['opens for none of its channels', IN_A_CLOSED_STATE, aRun(), false],
    ['has opened, though it is over', CARLA_BETWEEN, aRun({ endsOn: '2027-03-01' }), true],
  ])('%s', (_, contact, run, expected) => {
    const company = aCompany({ law: aLaw([aLegalRule({ hours: [weekly([7], ['08:00', '20:00'])] })]) });
    expect(everOpens(aPlannerInput({ company, contact, runs: [run], now: MONDAY_10 + 9 * DAY_MS }), run)).toBe(
      expected,
    );
  });
});

describe('the home zone', () => {
  it('is the first of those in which the person may be', () => {
    expect(homeZoneOf(CARLA_BETWEEN)).toBe(CHICAGO);
  });

  it('is never missing', () => {
    expect(() => homeZoneOf(aContact({ zones: [] }))).toThrow('at least one zone');
  });
});
