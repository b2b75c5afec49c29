import type { CalendarDay, LegalRule } from './law';
import { weekly } from './planner-builders';

/** Test support: rows of the law, valid by default. */

/** Alabama's, as it is seeded: eight to eight, no Sundays, no holidays. */
export function aLegalRule(changes: Partial<LegalRule> = {}): LegalRule {
  return {
    id: 'rule-1',
    version: 1,
    effectiveFrom: '2000-01-01',
    effectiveTo: null,
    retired: false,
    country: 'US',
    state: 'AL',
    channels: ['voice', 'sms'],
    hours: [weekly([1, 2, 3, 4, 5, 6], ['08:00', '20:00'])],
    holidays: true,
    perDay: null,
    ...changes,
  };
}

/** The fourth Thursday of November, where a law closes holidays. */
export function aCalendarDay(changes: Partial<CalendarDay> = {}): CalendarDay {
  return {
    id: 'day-1',
    version: 1,
    effectiveFrom: '2000-01-01',
    effectiveTo: null,
    retired: false,
    name: 'Thanksgiving Day',
    rule: { kind: 'nth_weekday', month: 11, weekday: 4, nth: 4, plusDays: 0 },
    observed: 'same_day',
    binds: 'law',
    state: null,
    ...changes,
  };
}
