import { ReportScheduleListSchema } from './report-schedule';

const WEEKLY = {
  key: 'weekly',
  kind: 'client_engagement',
  name: 'Every Monday',
  every: { period: 'week', weekday: 1 },
  time: '08:00',
  recipients: ['partner@example.com'],
};
const faultsOf = (...schedules: object[]) =>
  ReportScheduleListSchema.safeParse(schedules).error?.issues.map(({ path, message }) => [path.join('.'), message]);

describe('the report schedules of a campaign (S1-77)', () => {
  it('tell of the last seven days and of all clients unless they say otherwise', () => {
    expect(ReportScheduleListSchema.parse([WEEKLY])).toEqual([{ ...WEEKLY, windowDays: 7, statuses: [] }]);
  });

  it('come every day, every week or every month', () => {
    const others = [{ period: 'day' }, { period: 'month', day: 28 }].map((every, ix) => ({
      ...WEEKLY,
      key: `r${ix}`,
      every,
    }));
    expect(faultsOf(WEEKLY, ...others)).toBeUndefined();
  });

  it.each<[string, object, string, RegExp]>([
    ['a month day that not every month has', { every: { period: 'month', day: 29 } }, '0.every.day', /<=28/],
    ['no weekday', { every: { period: 'week' } }, '0.every.weekday', /expected one of/],
    ['no time', { time: '8' }, '0.time', /like 09:00/],
    ['a key with blanks', { key: 'every monday' }, '0.key', /1 to 40 characters/],
    ['nobody to mail to', { recipients: [] }, '0.recipients', />=1/],
    ['a recipient that is no address', { recipients: ['partner'] }, '0.recipients.0', /email/],
  ])('are refused with %s', (_, change, field, rule) => {
    expect(faultsOf({ ...WEEKLY, ...change })).toEqual([[field, expect.stringMatching(rule)]]);
  });

  it('are told apart by their keys', () => {
    expect(faultsOf(WEEKLY, WEEKLY)).toEqual([['1.key', 'the report key "weekly" is used twice']]);
  });
});
