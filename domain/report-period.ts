import type { Instant } from './instant';
import { addDays, localDateOf, type LocalDate, parseClock, plainLocalToInstant, weekdayOf } from './local-time';
import type { ReportSchedule } from './report-schedule';

/** When reports come: a period runs from one due instant to the next, and is named by the local day on which it ends. */

export interface DuePeriod {
  readonly on: LocalDate;
  readonly at: Instant;
}

export interface Passed {
  /** It ends later than this. */
  readonly at: Instant;
  /** The day of the period before it: no other one ends on it. Null = there was none. */
  readonly on: LocalDate | null;
}

/**
 * The period that comes next. There is one for each day that the schedule names, whatever the clocks do on it: a time that
 * is skipped is the first instant after it, a repeated one its first occurrence.
 */
export function nextPeriod({ every, time }: ReportSchedule, zone: string, passed: Passed): DuePeriod {
  const minute = parseClock(time);
  const today = localDateOf(zone, passed.at);
  for (let on = passed.on === null || passed.on < today ? today : addDays(passed.on, 1); ; on = addDays(on, 1)) {
    const at = plainLocalToInstant(zone, on, minute);
    if (isNamed(every, on) && at > passed.at) return { on, at };
  }
}

/** From when on a report that is due then tells: so many days earlier, at the same time by the clock on the wall. */
export function windowStart({ windowDays, time }: ReportSchedule, zone: string, on: LocalDate): Instant {
  return plainLocalToInstant(zone, addDays(on, -windowDays), parseClock(time));
}

function isNamed(every: ReportSchedule['every'], on: LocalDate): boolean {
  switch (every.period) {
    case 'day':
      return true;
    case 'week':
      return weekdayOf(on) === every.weekday;
    case 'month':
      return Number(on.slice(-2)) === every.day;
  }
}
