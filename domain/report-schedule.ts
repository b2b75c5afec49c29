import * as z from 'zod';
import { WeekdaySchema } from './plan';

/** When a campaign mails a report of itself, and to whom (S1-77, S1-78). It is set up with the campaign; nothing is mailed before the launch. */
export const ReportScheduleSchema = z.strictObject({
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 characters a–z, 0–9 or "-"'),
  kind: z.literal('client_engagement'),
  name: z.string().trim().min(3).max(120),
  every: z.discriminatedUnion('period', [
    z.strictObject({ period: z.literal('day') }),
    z.strictObject({ period: z.literal('week'), weekday: WeekdaySchema }),
    // Days that every month has.
    z.strictObject({ period: z.literal('month'), day: z.int().min(1).max(28) }),
  ]),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 09:00'),
  /** So many days before the mail are told of. */
  windowDays: z.int().min(1).max(366).default(7),
  /** Only clients in these statuses; none = all. */
  statuses: z
    .array(z.enum(['active', 'completed_all_calls', 'completed']))
    .max(3)
    .default([]),
  recipients: z.array(z.email().max(254)).min(1).max(20),
});

export type ReportSchedule = z.infer<typeof ReportScheduleSchema>;

export const ReportScheduleListSchema = z
  .array(ReportScheduleSchema)
  .max(20)
  .check(({ value, issues }) => {
    value.forEach(({ key }, at) => {
      if (value.findIndex((schedule) => schedule.key === key) < at)
        issues.push({
          code: 'custom',
          path: [at, 'key'],
          input: key,
          message: `the report key "${key}" is used twice`,
        });
    });
  });
