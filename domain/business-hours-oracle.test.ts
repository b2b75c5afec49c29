import * as fc from 'fast-check';
import { compileHours, type ZoneHours } from './business-hours';
import type { HoursRule } from './hours-rule';
import { DAY_MS, fromIso, HOUR_MS, type Instant, MINUTE_MS, toIso } from './instant';
import { formatClock, type Weekday } from './local-time';

const ALL_DAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Havana',
  'Pacific/Honolulu',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Asia/Kolkata',
];

/** 00:00–03:00, 08:00–21:00 and 23:15–24:00 every day: openings at whatever hour the clocks change. */
const legal: HoursRule = {
  name: 'legal',
  slots: [
    { weekdays: ALL_DAYS, open: 0, close: 180 },
    { weekdays: ALL_DAYS, open: 480, close: 1260 },
    { weekdays: ALL_DAYS, open: 1395, close: 1440 },
  ],
};

describe('business hours against a clock on the wall that is read again and again', () => {
  it.each(ZONES)('a week over each change of 2026 and 2027 in %s', (zone) => {
    const zones = [{ zone, rules: [legal] }];
    const hours = compileHours(zones, 0);
    const wrong: string[] = [];
    for (const day of [
      '2026-03-08',
      '2026-03-29',
      '2026-10-25',
      '2026-11-01',
      '2027-03-14',
      '2027-04-04',
      '2027-11-07',
    ])
      for (let at = fromIso(`${day}T00:00Z`) - 4 * DAY_MS, end = at + 7 * DAY_MS; at < end; at += 5 * MINUTE_MS) {
        const open = hours.isOpen(at);
        if (open !== allowed(zones, at) && (open || !isRepeated(zones, at))) wrong.push(toIso(at));
      }
    expect(wrong).toEqual([]);
  });

  const weekdays = fc.uniqueArray(fc.constantFrom(...ALL_DAYS), { minLength: 1 });
  const slot = fc
    .tuple(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 1440 }), weekdays)
    .filter(([one, other]) => one !== other)
    .map(([one, other, days]) => ({ weekdays: days, open: Math.min(one, other), close: Math.max(one, other) }));
  const [from, to] = [fromIso('2026-01-01T00:00Z'), fromIso('2036-01-01T00:00Z')];
  const instant = fc.integer({ min: from, max: to });
  const dateWithin = (first: string, last: string) =>
    fc.integer({ min: fromIso(`${first}T00:00Z`), max: fromIso(`${last}T00:00Z`) }).map((at) => toIso(at).slice(0, 10));
  const anyRule: fc.Arbitrary<HoursRule> = fc.record(
    {
      name: fc.constantFrom('run', 'company', 'legal'),
      slots: fc.array(slot, { minLength: 1, maxLength: 3 }),
      from: dateWithin('2026-01-01', '2028-01-01'),
      to: dateWithin('2034-01-01', '2036-01-01'),
      except: fc.array(dateWithin('2026-01-01', '2036-01-01'), { maxLength: 20 }),
    },
    { requiredKeys: ['name', 'slots'] },
  );
  const anyZones: fc.Arbitrary<ZoneHours[]> = fc.array(
    fc.record({ zone: fc.constantFrom(...ZONES), rules: fc.array(anyRule, { minLength: 1, maxLength: 2 }) }),
    { minLength: 1, maxLength: 3 },
  );
  const anyMargin = fc.constantFrom(0, 30_000, 5 * MINUTE_MS, 2 * HOUR_MS);

  it('never opens outside any rule in any zone', () => {
    fc.assert(
      fc.property(anyZones, anyMargin, instant, (zones, marginMs, at) => {
        const opening = compileHours(zones, marginMs).next(at);
        if (opening === null) return;
        const { opensAt, closesAt } = opening;
        expect(closesAt).toBeGreaterThan(at);
        expect(closesAt - opensAt).toBeGreaterThanOrEqual(MINUTE_MS);
        expect(allowed(zones, closesAt + marginMs - 1)).toBe(true);
        for (let inside = opensAt; inside < Math.min(closesAt, opensAt + 3 * DAY_MS); inside += 13 * MINUTE_MS)
          if (!allowed(zones, inside)) throw new Error(`${toIso(inside)} is open`);
      }),
      { numRuns: 200 },
    );
  });

  it('skips nothing that every rule in every zone allows', () => {
    fc.assert(
      fc.property(anyZones, instant, (zones, at) => {
        const opensAt = compileHours(zones, 0).next(at)?.opensAt ?? Number.POSITIVE_INFINITY;
        for (let skipped = at; skipped < Math.min(opensAt, at + 10 * DAY_MS); skipped += 17 * MINUTE_MS)
          if (allowed(zones, skipped) && !isRepeated(zones, skipped)) throw new Error(`${toIso(skipped)} is skipped`);
      }),
      { numRuns: 100 },
    );
  });

  it('answers the same at its own start, and never earlier for a later question', () => {
    fc.assert(
      fc.property(
        anyZones,
        anyMargin,
        instant,
        fc.integer({ min: 0, max: 30 * DAY_MS }),
        (zones, marginMs, at, later) => {
          const hours = compileHours(zones, marginMs);
          const opening = hours.next(at);
          const following = hours.next(at + later);
          if (opening === null) return expect(hours.isOpen(at)).toBe(false);
          if (opening.closesAt - opening.opensAt < 300 * DAY_MS) expect(hours.next(opening.opensAt)).toEqual(opening);
          expect(following?.opensAt ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(opening.opensAt);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives a reason exactly when it is closed', () => {
    fc.assert(
      fc.property(anyZones, anyMargin, instant, (zones, marginMs, at) => {
        const hours = compileHours(zones, marginMs);
        expect(hours.why(at).length === 0).toBe(hours.isOpen(at));
      }),
      { numRuns: 200 },
    );
  });
});

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the zone's clocks show, "YYYY-MM-DD HH:MM". */
function wallClock(timeZone: string, at: Instant): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' });
  formats.set(timeZone, format);
  return format.format(at);
}

function allowed(zones: readonly ZoneHours[], at: Instant): boolean {
  return zones.every(({ zone, rules }) => {
    const [date = '', clock = ''] = wallClock(zone, at).split(' ');
    const weekday = ((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7) + 1;
    return rules.every(
      ({ slots, from = '', to = '9', except = [] }) =>
        from <= date &&
        date <= to &&
        !except.includes(date) &&
        slots.some(
          ({ weekdays, open, close }) =>
            weekdays.some((day) => day === weekday) && formatClock(open) <= clock && clock < formatClock(close),
        ),
    );
  });
}

/** Whether some zone's clocks show this time twice: then only what both readings permit is open. */
function isRepeated(zones: readonly ZoneHours[], at: Instant): boolean {
  return zones.some(({ zone }) =>
    [30, 60].some((minutes) =>
      [-minutes, minutes].some((shift) => wallClock(zone, at + shift * MINUTE_MS) === wallClock(zone, at)),
    ),
  );
}
