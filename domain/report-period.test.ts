import * as fc from 'fast-check';
import { DAY_MS, fromIso, toIso } from './instant';
import { addDays, localDateOf, weekdayOf } from './local-time';
import { nextPeriod, windowStart } from './report-period';
import { type ReportSchedule, ReportScheduleSchema } from './report-schedule';

const NEW_YORK = 'America/New_York';
const schedule = (every: object, time: string, windowDays = 7): ReportSchedule =>
  ReportScheduleSchema.parse({
    ...{ key: 'r', kind: 'client_engagement', name: 'Report', every, time, windowDays },
    recipients: ['partner@example.com'],
  });
const DAILY = { period: 'day' };

/** The periods that follow each other from an instant on. */
function periods(of: ReportSchedule, zone: string, fromIsoText: string, count: number): string[] {
  const found: string[] = [];
  let passed: { at: number; on: string | null } = { at: fromIso(fromIsoText), on: null };
  for (let n = 0; n < count; n++) {
    const next = nextPeriod(of, zone, passed);
    found.push(`${next.on} ${toIso(next.at).slice(0, 16)}`);
    passed = next;
  }
  return found;
}

describe('the periods of a report schedule (S1-77)', () => {
  it('end every day, every week or every month at its time in its zone', () => {
    expect(periods(schedule(DAILY, '09:00'), NEW_YORK, '2027-03-01T14:00:00Z', 2)).toEqual([
      '2027-03-02 2027-03-02T14:00',
      '2027-03-03 2027-03-03T14:00',
    ]);
    expect(periods(schedule({ period: 'week', weekday: 1 }, '08:00'), NEW_YORK, '2027-03-01T12:59:59Z', 3)).toEqual([
      '2027-03-01 2027-03-01T13:00',
      '2027-03-08 2027-03-08T13:00',
      '2027-03-15 2027-03-15T12:00',
    ]);
    expect(periods(schedule({ period: 'month', day: 28 }, '23:59'), 'UTC', '2027-01-29T00:00:00Z', 2)).toEqual([
      '2027-02-28 2027-02-28T23:59',
      '2027-03-28 2027-03-28T23:59',
    ]);
  });

  it('end once on the day whose clocks skip the time: as soon as it is over', () => {
    expect(periods(schedule(DAILY, '02:30'), NEW_YORK, '2027-03-13T12:00:00Z', 2)).toEqual([
      '2027-03-14 2027-03-14T07:00',
      '2027-03-15 2027-03-15T06:30',
    ]);
  });

  it('end once on the day whose clocks show the time twice: the first time', () => {
    expect(periods(schedule(DAILY, '01:30'), NEW_YORK, '2027-11-06T12:00:00Z', 2)).toEqual([
      '2027-11-07 2027-11-07T05:30',
      '2027-11-08 2027-11-08T06:30',
    ]);
  });

  it('never end twice on a day, though the schedule was given a later time on it (E-16)', () => {
    const passed = { on: '2027-03-02', at: fromIso('2027-03-02T14:00:00Z') };
    expect(nextPeriod(schedule(DAILY, '11:00'), NEW_YORK, passed).on).toBe('2027-03-03');
  });

  it('name every day between two instants once, whatever zone and time (E-16)', () => {
    const zones = fc.constantFrom(NEW_YORK, 'UTC', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Beirut');
    const times = fc.constantFrom('00:00', '00:30', '01:30', '02:00', '02:30', '03:00', '12:00', '23:59');
    fc.assert(
      fc.property(zones, times, fc.integer({ min: 0, max: 730 }), (zone, time, day) => {
        const from = fromIso('2026-06-01T00:00:00Z') + day * DAY_MS;
        const first = nextPeriod(schedule(DAILY, time), zone, { at: from, on: null });
        const second = nextPeriod(schedule(DAILY, time), zone, first);
        expect(second.on).toBe(addDays(first.on, 1));
        expect(first.at).toBeGreaterThan(from);
        expect(second.at).toBeGreaterThan(first.at);
        expect(localDateOf(zone, second.at)).toBe(second.on);
        const weekly = nextPeriod(schedule({ period: 'week', weekday: 3 }, time), zone, first);
        expect(weekdayOf(weekly.on)).toBe(3);
        expect(weekly.at - first.at).toBeLessThan(8 * DAY_MS);
      }),
    );
  });

  it('tell of so many days by the clock on the wall, over a change of the clocks as well', () => {
    const start = windowStart(schedule({ period: 'week', weekday: 1 }, '08:00'), NEW_YORK, '2027-03-15');
    expect(toIso(start)).toBe('2027-03-08T13:00:00.000Z');
  });
});
