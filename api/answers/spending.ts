import * as z from 'zod';
import { Actor, At, Count, Revision } from './fields';

const Micros = Count.describe("Millionths of the company's currency.");

export const SpendRatesAnswer = z
  .object({
    callMinuteMicros: Micros,
    segmentMicros: Count.describe('The same for one SMS segment; a long text has several.'),
    mailMicros: Micros,
    callMinutes: z.int().min(1).describe('So long a call is taken to last.'),
    revision: Revision,
    updatedAt: At,
    updatedBy: Actor,
  })
  .meta({
    id: 'SpendRates',
    description: 'What things are taken to cost. Attempts keep what they were taken to cost when they were claimed.',
  });

export const SpendStateAnswer = z
  .object({
    perDayMicros: z.int().min(0).nullable().describe('Per calendar day of the company; null = no limit.'),
    totalMicros: z.int().min(0).nullable().describe('Of all days together; null = no limit.'),
    spentTodayMicros: Micros,
    spentMicros: Micros,
    revision: Revision,
  })
  .meta({ id: 'SpendState', description: 'What was spent, by estimate, and what may be.' });

export const SPEND_RATES_EXAMPLE = {
  callMinuteMicros: 14_000,
  segmentMicros: 7_900,
  mailMicros: 400,
  callMinutes: 3,
  revision: 2,
  updatedAt: '2027-03-01T14:00:00.000Z',
  updatedBy: 'key:Ada',
};

export const SPEND_LIMITS_EXAMPLE = { perDayMicros: 50_000_000, totalMicros: null };

export const SPEND_STATE_EXAMPLE = {
  ...SPEND_LIMITS_EXAMPLE,
  spentTodayMicros: 1_260_000,
  spentMicros: 8_400_000,
  revision: 2,
};
