import { type DayRule, DayRuleSchema, isObservedOn, type Observance } from './calendar-rule';
import { addDays } from './local-time';

/** All days of a year on which it is kept. */
function daysIn(year: number, rule: DayRule, observed: Observance = 'same_day'): string[] {
  const days: string[] = [];
  for (let date = `${year}-01-01`; date <= `${year}-12-31`; date = addDays(date, 1))
    if (isObservedOn({ rule, observed }, date)) days.push(date);
  return days;
}

const nth = (month: number, weekday: 1 | 4, which: 1 | 3 | 4 | 5 | -1, plusDays = 0): DayRule => ({
  kind: 'nth_weekday',
  month,
  weekday,
  nth: which,
  plusDays,
});
const yearly = (month: number, day: number): DayRule => ({ kind: 'yearly', month, day });

describe('a day of the calendar (U-17)', () => {
  it.each<[string, DayRule, number, string[]]>([
    ['4th Thursday of November', nth(11, 4, 4), 2026, ['2026-11-26']],
    ['4th Thursday of November', nth(11, 4, 4), 2028, ['2028-11-23']],
    ['the day after', nth(11, 4, 4, 1), 2026, ['2026-11-27']],
    ['3rd Monday of January, when the 1st is one', nth(1, 1, 3), 2029, ['2029-01-15']],
    ['last Monday of May, the 4th', nth(5, 1, -1), 2027, ['2027-05-31']],
    ['last Monday of May, the 5th', nth(5, 1, -1), 2026, ['2026-05-25']],
    ['5th Monday of a month that has one', nth(3, 1, 5), 2027, ['2027-03-29']],
    ['5th Monday of a month that has four', nth(2, 1, 5), 2027, []],
    ['the same date', yearly(7, 4), 2027, ['2027-07-04']],
    ['29 February of a leap year', yearly(2, 29), 2028, ['2028-02-29']],
    ['29 February of another', yearly(2, 29), 2027, []],
    ['some dates', { kind: 'dates', from: '2027-12-30', to: '2028-01-02' }, 2027, ['2027-12-30', '2027-12-31']],
    ['Good Friday', { kind: 'easter', plusDays: -2 }, 2027, ['2027-03-26']],
    ['Mardi Gras', { kind: 'easter', plusDays: -47 }, 2027, ['2027-02-09']],
  ])('%s of %j in %d', (_, rule, year, days) => {
    expect(daysIn(year, rule)).toEqual(days);
  });

  it.each([
    [1818, '03-22'],
    [1943, '04-25'],
    [1954, '04-18'],
    [1981, '04-19'],
    [2000, '04-23'],
    [2024, '03-31'],
    [2025, '04-20'],
    [2026, '04-05'],
    [2038, '04-25'],
    [2285, '03-22'],
  ])('Easter of %d is on %s', (year, day) => {
    expect(daysIn(year, { kind: 'easter', plusDays: 0 })).toEqual([`${year}-${day}`]);
  });

  it.each<[Observance, number, string[]]>([
    // 4 July: 2026 a Saturday, 2027 a Sunday, 2028 a Tuesday.
    ['same_day', 2026, ['2026-07-04']],
    ['sunday_to_monday', 2026, ['2026-07-04']],
    ['weekend_to_weekday', 2026, ['2026-07-03', '2026-07-04']],
    ['same_day', 2027, ['2027-07-04']],
    ['sunday_to_monday', 2027, ['2027-07-04', '2027-07-05']],
    ['weekend_to_weekday', 2027, ['2027-07-04', '2027-07-05']],
    ['weekend_to_weekday', 2028, ['2028-07-04']],
  ])('is kept beside a weekend: %s in %d', (observed, year, days) => {
    expect(daysIn(year, yearly(7, 4), observed)).toEqual(days);
  });

  it('is kept in the year before, where New Year is a Saturday', () => {
    expect(daysIn(2027, yearly(1, 1), 'weekend_to_weekday')).toEqual(['2027-01-01', '2027-12-31']);
  });

  it('is kept in the year after, where the last day of a year is a Sunday', () => {
    expect(daysIn(2028, yearly(12, 31), 'sunday_to_monday')).toEqual(['2028-12-31']);
    expect(daysIn(2029, yearly(12, 31), 'sunday_to_monday')).toEqual(['2029-01-01', '2029-12-31']);
  });
});

describe('the rule of a day', () => {
  it.each([
    [{ kind: 'yearly', month: 13, day: 1 }, 'month'],
    [{ kind: 'yearly', month: 1, day: 32 }, 'day'],
    [{ kind: 'nth_weekday', month: 1, weekday: 8, nth: 1 }, 'weekday'],
    [{ kind: 'nth_weekday', month: 1, weekday: 1, nth: 6 }, 'nth'],
    [{ kind: 'easter', plusDays: 61 }, 'plusDays'],
    [{ kind: 'dates', from: '2027-02-30', to: '2027-03-01' }, 'from'],
    [{ kind: 'dates', from: '2027-03-02', to: '2027-03-01' }, 'to'],
  ])('refuses %j', (rule, field) => {
    const result = DayRuleSchema.safeParse(rule);
    expect(result.error?.issues.map(({ path }) => path[0])).toContain(field);
  });
});
