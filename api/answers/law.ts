import * as z from 'zod';
import { DayRuleSchema, ObservanceSchema } from '../../domain/calendar-rule';
import { ChannelSchema } from '../../domain/channel';
import { Actor, At, Id, pageOfAnswers, Revision } from './fields';

const text = z.string();
const Day = z.iso.date();

const InForceAnswer = z
  .object({ from: Day, to: Day.nullable().describe('null = until somebody changes it.') })
  .meta({ id: 'InForce', description: 'Local days, both inside.' });

const version = {
  version: z.int().min(1),
  effectiveFrom: Day,
  effectiveTo: Day.nullable().describe('Its last day; null = until a later version.'),
  retired: z.boolean().describe('From its first day on there is nothing any more.'),
  inForce: InForceAnswer.nullable().describe('The days on which this version counts; null = none.'),
  source: text.describe('Where it is written.'),
  reviewedBy: text
    .nullable()
    .describe('Who answers for it; what allows more than the version before has to name somebody.'),
  lawRevision: Revision.describe(
    'The revision of the law that it came with; every attempt names the one it was claimed under.',
  ),
  createdAt: At,
  createdBy: Actor,
};

const LegalRuleVersionAnswer = z
  .object({
    ...version,
    channels: z.array(ChannelSchema),
    hours: z
      .array(
        z.object({ weekdays: z.array(z.int().min(1).max(7)), slots: z.array(z.object({ open: text, close: text })) }),
      )
      .describe('Weekdays that are in none of them are closed. ISO: 1 is Monday; the end of a slot is outside.'),
    holidays: z.boolean().describe('Are the holidays of the calendar closed as well?'),
    perDay: z
      .int()
      .min(1)
      .nullable()
      .describe('Most attempts at one person in 24 hours, on these channels together; null = none of its own.'),
  })
  .meta({ id: 'LegalRuleVersion' });

export const LegalRuleAnswer = z
  .object({
    id: Id,
    country: text,
    state: text.nullable().describe('null = the whole country. The rule of the United States binds everybody.'),
    revision: Revision,
    versions: z.array(LegalRuleVersionAnswer).describe('Oldest first; nothing is ever overwritten.'),
  })
  .meta({ id: 'LegalRule', description: 'A rule of law about when somebody may be reached. The stricter one wins.' });

export const LegalRulePageAnswer = pageOfAnswers('LegalRule', LegalRuleAnswer);

const CalendarDayVersionAnswer = z
  .object({
    ...version,
    name: text,
    rule: DayRuleSchema,
    observed: ObservanceSchema.describe('The day that is kept beside one that falls on a weekend.'),
    binds: z
      .enum(['everybody', 'law'])
      .describe('`everybody`: nobody is reached on it. `law`: nobody for whom a rule of law closes holidays.'),
    state: text.nullable().describe('A holiday of one state; null = of all.'),
  })
  .meta({ id: 'CalendarDayVersion' });

export const CalendarDayAnswer = z
  .object({
    id: Id,
    revision: Revision,
    versions: z.array(CalendarDayVersionAnswer).describe('Oldest first; nothing is ever overwritten.'),
  })
  .meta({ id: 'CalendarDay', description: 'A holiday, or a day on which the company reaches nobody.' });

export const CalendarDayPageAnswer = pageOfAnswers('CalendarDay', CalendarDayAnswer);

const ORIGIN_EXAMPLE = {
  version: 1,
  effectiveFrom: '2027-03-01',
  effectiveTo: null,
  retired: false,
  inForce: { from: '2027-03-01', to: null },
  source: 'R.I. Gen. Laws 5-61-3.6',
  reviewedBy: null,
  lawRevision: 2,
  createdAt: '2027-02-01T14:00:00.000Z',
  createdBy: 'key:Ada',
};

export const LEGAL_RULE_BODY_EXAMPLE = {
  state: 'RI',
  channels: ['voice', 'sms'],
  hours: [
    { weekdays: [1, 2, 3, 4, 5], slots: [{ open: '09:00', close: '18:00' }] },
    { weekdays: [6], slots: [{ open: '10:00', close: '17:00' }] },
  ],
  holidays: true,
  effectiveFrom: '2027-03-01',
  source: 'R.I. Gen. Laws 5-61-3.6',
};

export const LEGAL_RULE_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a10',
  country: 'US',
  state: 'RI',
  revision: 1,
  versions: [
    {
      ...ORIGIN_EXAMPLE,
      channels: ['voice', 'sms'],
      hours: LEGAL_RULE_BODY_EXAMPLE.hours,
      holidays: true,
      perDay: null,
    },
  ],
};

export const CALENDAR_DAY_BODY_EXAMPLE = {
  name: 'Day after Thanksgiving',
  rule: { kind: 'nth_weekday', month: 11, weekday: 4, nth: 4, plusDays: 1 },
  binds: 'everybody',
  effectiveFrom: '2027-03-01',
  source: 'company policy',
};

export const CALENDAR_DAY_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a11',
  revision: 1,
  versions: [
    {
      ...ORIGIN_EXAMPLE,
      source: 'company policy',
      name: CALENDAR_DAY_BODY_EXAMPLE.name,
      rule: CALENDAR_DAY_BODY_EXAMPLE.rule,
      observed: 'same_day',
      binds: 'everybody',
      state: null,
    },
  ],
};
