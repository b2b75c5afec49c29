import type { Stretch } from './effective';
import { isWithin } from './effective';
import { DomainError } from './errors';
import { DAY_MINUTES, isLocalDate, type LocalDate, type MinuteOfDay, type Weekday, weekdayOf } from './local-time';
import { type Span, unionOf } from './spans';

/** One rule about hours; every rule of a zone must allow an instant. */
export interface HoursRule {
  /** Code for explanations: run, company, legal, unknown_place, … */
  readonly name: string;
  /** The start of a slot is inside, its end outside. */
  readonly slots: readonly {
    readonly weekdays: readonly Weekday[];
    readonly open: MinuteOfDay;
    readonly close: MinuteOfDay;
  }[];
  /** First and last local date, both inside. */
  readonly from?: LocalDate;
  readonly to?: LocalDate;
  /** Closed days. */
  readonly except?: readonly LocalDate[];
  /** On other days the rule says nothing: everything is allowed. */
  readonly inForce?: Stretch;
  /** Days that are closed because they are the day that the rule is named after. */
  readonly holiday?: (date: LocalDate) => boolean;
}

export type ClosedDay = 'before_dates' | 'after_dates' | 'closed_day' | 'holiday' | 'weekday';

/** A rule made quick to ask. */
export interface DayRule {
  readonly name: string;
  /** The minutes of the day that the rule allows, in order; or why it allows none. */
  on(date: LocalDate): readonly Span[] | ClosedDay;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const satisfies readonly Weekday[];
const WHOLE_DAY: readonly Span[] = [[0, DAY_MINUTES]];

export function compileRule(rule: HoursRule): DayRule {
  checkRule(rule);
  const except = new Set(rule.except);
  const week = new Map<Weekday, readonly Span[]>();
  for (const weekday of WEEKDAYS) {
    const slots = rule.slots.filter(({ weekdays }) => weekdays.includes(weekday));
    if (slots.length > 0) week.set(weekday, unionOf(slots.map(({ open, close }) => [open, close])));
  }
  return {
    name: rule.name,
    on(date) {
      if (rule.inForce !== undefined && !isWithin(rule.inForce, date)) return WHOLE_DAY;
      if (rule.holiday?.(date) === true) return 'holiday';
      if (rule.from !== undefined && date < rule.from) return 'before_dates';
      if (rule.to !== undefined && date > rule.to) return 'after_dates';
      if (except.has(date)) return 'closed_day';
      return week.get(weekdayOf(date)) ?? 'weekday';
    },
  };
}

function checkRule(rule: HoursRule): void {
  for (const { weekdays, open, close } of rule.slots) {
    if (![open, close].every((minute) => Number.isInteger(minute) && minute >= 0 && minute <= DAY_MINUTES))
      throw badRule(
        rule,
        'slots',
        `has a slot ${open}–${close} that is not within the minutes 0–${DAY_MINUTES} of a day`,
      );
    if (close <= open) throw badRule(rule, 'slots', `has a slot ${open}–${close} that does not end after it starts`);
    const unknown = weekdays.find((weekday) => !WEEKDAYS.includes(weekday));
    if (unknown !== undefined) throw badRule(rule, 'weekdays', `names the weekday ${unknown}, which is not 1 to 7`);
  }
  for (const date of [rule.from, rule.to, rule.inForce?.from, rule.inForce?.to, ...(rule.except ?? [])])
    if (date != null && !isLocalDate(date)) throw badRule(rule, 'dates', `names "${date}", which is not a date`);
}

function badRule({ name }: HoursRule, field: string, problem: string): DomainError {
  return new DomainError('bad_hours', `the hours rule "${name}" ${problem}`, { field, value: name });
}
