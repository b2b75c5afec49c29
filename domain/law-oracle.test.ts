import * as fc from 'fast-check';
import { compileRule } from './hours-rule';
import { fromIso, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { type CalendarDay, lawFor, type LegalRule } from './law';
import { aCalendarDay, aLegalRule } from './law-builders';
import { aCompany, aContact, aLaw, aPlannerInput, weekly } from './planner-builders';
import { hoursOf } from './planner-hours';

/** INV-1 by an oracle that knows nothing of ours but the rows: the clocks of the runtime, one instant at a time. */

const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
  'America/Puerto_Rico',
  'America/Indiana/Knox',
];
const STATES = ['AL', 'FL', 'TX'];
const CHANGES = [2026, 2027, 2028, 2029, 2030, 2031, 2032, 2033, 2034, 2035].flatMap((year) => [
  `${year}-03-11T12:00:00Z`,
  `${year}-11-04T12:00:00Z`,
]);

interface Wall {
  readonly date: string;
  readonly weekday: number;
  readonly minute: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(zone: string, at: Instant): Wall {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    });
  formats.set(zone, format);
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    date: `${part['year']}-${part['month']}-${part['day']}`,
    weekday: WEEKDAYS.indexOf(part['weekday'] ?? '') + 1,
    minute: Number(part['hour']) * 60 + Number(part['minute']),
  };
}

const minuteOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Are all rows content with what the clock shows? Versions are newest last. */
function allows({ date, weekday, minute }: Wall, rules: readonly LegalRule[], days: readonly CalendarDay[]): boolean {
  const standing = [...new Set(rules.map(({ id }) => id))].flatMap((id) => {
    const version = rules.findLast((rule) => rule.id === id && rule.effectiveFrom <= date);
    const isOver = version === undefined || version.retired || (version.effectiveTo ?? '9') < date;
    return isOver ? [] : [version];
  });
  const isOpen = standing.every(({ hours }) =>
    hours.some(
      (each) =>
        each.weekdays.includes(weekday) &&
        each.slots.some(({ open, close }) => minuteOf(open) <= minute && minute < minuteOf(close)),
    ),
  );
  const isKept = days.some(
    ({ rule, binds }) =>
      rule.kind === 'dates' &&
      rule.from <= date &&
      date <= rule.to &&
      (binds === 'everybody' || standing.some(({ holidays }) => holidays)),
  );
  return isOpen && !isKept;
}

const clocks = fc.uniqueArray(fc.integer({ min: 32, max: 84 }), { minLength: 2, maxLength: 2 }).map((quarters) => {
  const [open = 0, close = 0] = quarters.sort((a, b) => a - b);
  return [open, close].map(
    (each) => `${String(Math.floor(each / 4)).padStart(2, '0')}:${['00', '15', '30', '45'][each % 4]}`,
  );
});
const week = fc
  .tuple(fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), clocks, clocks)
  .map(([weekdays, [open = '', close = ''], [from = '', to = '']]) => {
    const others = [1, 2, 3, 4, 5, 6, 7].filter((each) => !weekdays.includes(each));
    return [weekly(weekdays, [open, close]), ...(others.length === 0 ? [] : [weekly(others, [from, to])])];
  });
const dates = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 0, max: 3 }));

const situations = fc.record({
  change: fc.constantFrom(...CHANGES),
  zones: fc.subarray(ZONES, { minLength: 1, maxLength: 3 }),
  states: fc.subarray(STATES),
  weeks: fc.array(
    fc.record({
      state: fc.constantFrom(...STATES),
      hours: week,
      holidays: fc.boolean(),
      from: fc.integer({ min: -8, max: 3 }),
      lasts: fc.option(fc.integer({ min: 0, max: 9 })),
      retired: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 5 },
  ),
  days: fc.array(fc.record({ at: dates, binds: fc.constantFrom('everybody' as const, 'law' as const) }), {
    maxLength: 2,
  }),
  minutes: fc.array(fc.integer({ min: -6 * 1440, max: 6 * 1440 }), { minLength: 20, maxLength: 20 }),
});

const dateOf = (at: Instant) => new Date(at).toISOString().slice(0, 10);

test('INV-1: what is open is open by every row in every zone, and nothing else is closed, over ten years of changes', () => {
  let open = 0;
  fc.assert(
    fc.property(situations, ({ change, zones, states, weeks, days, minutes }) => {
      const around = fromIso(change);
      const dayFrom = (days: number) => dateOf(around + days * 24 * HOUR_MS);
      const rules = weeks.map(({ state, hours, holidays, from, lasts, retired }, ix) =>
        aLegalRule({
          id: state,
          version: ix + 1,
          state,
          hours,
          holidays,
          retired,
          effectiveFrom: dayFrom(from),
          effectiveTo: lasts === null ? null : dayFrom(from + lasts),
        }),
      );
      const closed = days.map(({ at: [from, lasts], binds }, ix) =>
        aCalendarDay({
          id: `day-${ix}`,
          binds,
          rule: { kind: 'dates', from: dayFrom(from), to: dayFrom(from + lasts) },
        }),
      );
      const input = aPlannerInput({
        company: aCompany({ law: aLaw(rules, closed) }),
        contact: aContact({ zones, states }),
      });
      const hours = hoursOf(input, null, 'voice');
      const binding = rules.filter(({ state }) => state !== null && states.includes(state));
      for (const offset of minutes) {
        const at = around + offset * MINUTE_MS;
        const expected = zones.every((zone) => {
          const wall = wallClock(zone, at);
          return 480 <= wall.minute && wall.minute < 1260 && allows(wall, binding, closed);
        });
        if (expected) open += 1;
        expect([at, hours.isOpen(at)]).toEqual([at, expected]);
      }
    }),
    { numRuns: 250 },
  );
  expect(open).toBeGreaterThan(200);
});

test('an unknown place is bound by the rows of all places at once', () => {
  const rules = STATES.map((state, ix) =>
    aLegalRule({ id: state, state, hours: [weekly([ix + 1, 5], ['08:00', '20:00'])] }),
  );
  const { hours } = lawFor(aLaw(rules), { states: [], countries: [], placeKnown: false }, 'voice');
  const week = ['2027-03-01', '2027-03-02', '2027-03-03', '2027-03-04', '2027-03-05'];
  const open = week.filter((date) => hours.every((rule) => typeof compileRule(rule).on(date) !== 'string'));
  expect(open).toEqual(['2027-03-05']);
});
