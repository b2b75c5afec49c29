import * as z from 'zod';
import { CalendarDaySchema } from './calendar-day';
import { addDays, isLocalDate, type LocalDate, weekdayOf } from './local-time';
import { WeekdaySchema } from './plan';

/** When a day of the calendar is, by a rule rather than by a list of dates that runs out. */

const monthSchema = z.int().min(1).max(12);

export const DayRuleSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('dates'), from: CalendarDaySchema, to: CalendarDaySchema })
    .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before "from"' }),
  /** The same date every year; 29 February only in leap years. */
  z.strictObject({ kind: z.literal('yearly'), month: monthSchema, day: z.int().min(1).max(31) }),
  /** "4th Thursday of November"; -1 is the last of the month. `plusDays` moves it: 1 is the day after. */
  z.strictObject({
    kind: z.literal('nth_weekday'),
    month: monthSchema,
    weekday: WeekdaySchema,
    nth: z.literal([1, 2, 3, 4, 5, -1]),
    plusDays: z.int().min(-7).max(7).default(0),
  }),
  /** Days from Easter Sunday: -2 is Good Friday. */
  z.strictObject({ kind: z.literal('easter'), plusDays: z.int().min(-60).max(60).default(0) }),
]);
export type DayRule = z.infer<typeof DayRuleSchema>;

/** The day that is kept beside one that falls on a weekend. The day itself is always kept. */
export const ObservanceSchema = z.enum(['same_day', 'sunday_to_monday', 'weekend_to_weekday']);
export type Observance = z.infer<typeof ObservanceSchema>;

export interface ObservedDay {
  readonly rule: DayRule;
  readonly observed: Observance;
}

/** Does the date belong to the day, as it falls or as it is kept instead? */
export function isObservedOn({ rule, observed }: ObservedDay, date: LocalDate): boolean {
  if (rule.kind === 'dates') return rule.from <= date && date <= rule.to;
  const year = Number(date.slice(0, 4));
  // New Year's Day on a Saturday is kept on the last day of the year before.
  return [year - 1, year, year + 1].some((each) => {
    const day = dayIn(rule, each);
    return day !== null && (day === date || keptInstead(day, observed) === date);
  });
}

function keptInstead(day: LocalDate, observed: Observance): LocalDate {
  const weekday = weekdayOf(day);
  if (weekday === 7 && observed !== 'same_day') return addDays(day, 1);
  return weekday === 6 && observed === 'weekend_to_weekday' ? addDays(day, -1) : day;
}

type RecurringRule = Exclude<DayRule, { kind: 'dates' }>;

function dayIn(rule: RecurringRule, year: number): LocalDate | null {
  switch (rule.kind) {
    case 'yearly': {
      const day = dateOf(year, rule.month, rule.day);
      return isLocalDate(day) ? day : null;
    }
    case 'nth_weekday': {
      const day = nthWeekday(year, rule);
      return day === null ? null : addDays(day, rule.plusDays);
    }
    case 'easter':
      return addDays(easterOf(year), rule.plusDays);
  }
}

function nthWeekday(year: number, { month, weekday, nth }: RecurringRule & { kind: 'nth_weekday' }): LocalDate | null {
  const first = dateOf(year, month, 1);
  const weeks = (count: number) => addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + (count - 1) * 7);
  const isInMonth = (day: LocalDate) => day.slice(0, 7) === first.slice(0, 7);
  const day = weeks(nth === -1 ? 5 : nth);
  if (isInMonth(day)) return day;
  return nth === -1 ? weeks(4) : null;
}

/** Easter Sunday of the Gregorian calendar (the "anonymous" algorithm of 1876). */
function easterOf(year: number): LocalDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const corrected = century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 19 * golden + 15;
  const moon = corrected % 30;
  const leap = moon - Math.floor(moon / 28) * (1 - Math.floor(29 / (moon + 1)) * Math.floor((21 - golden) / 11));
  const weekday = (year + Math.floor(year / 4) + leap + 2 - century + Math.floor(century / 4)) % 7;
  const days = leap - weekday;
  return addDays(dateOf(year, 3, 28), days);
}

function dateOf(year: number, month: number, day: number): LocalDate {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
