import { CalendarDaySchema } from './calendar-day';

it.each(['2027-03-01', '2028-02-29', '2027-12-31'])('%s is a day', (day) => {
  expect(CalendarDaySchema.parse(day)).toBe(day);
});

it.each(['2027-02-29', '2027-02-30', '2027-13-01', '2027-04-31', '1 March 2027', '2027-3-1', '', 20270301])(
  '%j is none',
  (day) => {
    expect(CalendarDaySchema.safeParse(day).success).toBe(false);
  },
);

it('says what a day looks like', () => {
  const { error } = CalendarDaySchema.safeParse('2027-02-30');
  expect(error?.issues).toMatchObject([{ message: 'must be a date like 2027-03-01' }]);
});
