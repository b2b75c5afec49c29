import * as z from 'zod';
import { type ForecastRow, FORECAST_STATES } from '../../db/forecast';
import type { ForecastContactRow } from '../../db/forecast-results';
import { ChannelSchema } from '../../domain/channel';
import { AssumptionsSchema } from '../../domain/forecast-assumptions';
import { DAY_MS } from '../../domain/instant';
import { toDocument } from '../document';
import { Actor, At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, Count, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();
const Micros = Count.describe("Millionths of the company's currency.");

const SummaryAnswer = z
  .object({
    contacts: Count.describe('Enrolled and not through, or on the list.'),
    reached: Count.describe('They were tried before, or will be.'),
    unreached: Count.describe('Nothing will be tried; the contacts of the forecast say why.'),
    held: Count.describe("Only a person's word lets outreach go on."),
    beyond: Count.describe('They are not through when the forecast ends.'),
    rejected: Count.describe('They are not enrolled.'),
    endedBefore: Count.describe('They were through before it began, and are in none of the other counts.'),
    touches: z.object({ voice: Count, sms: Count, email: Count }),
    answers: z.record(text, Count).describe('What is taken to come of the touches: `voice.busy`, `sms.stop` …'),
    costMicros: Micros,
    firstTouchAt: At.nullable(),
    lastTouchAt: At.nullable(),
    endsAt: At.nullable().describe('When the last contact is through; null = somebody is not.'),
    delayed: Count.describe('Touches that wait for a line, for the pace of calls, or for that of messages.'),
    longestWaitSeconds: Count,
    lines: z.object({
      needed: Count.describe('Most calls at once if nobody had to wait for a line.'),
      isEstimated: z.boolean().describe('What is needed was told from 10,000 of the contacts, or fewer.'),
      available: Count.describe("The company's lines at its rate, or the campaign's limit, whichever is less."),
      used: Count.describe('Most calls at once with the lines that there are.'),
      areShort: z.boolean().describe('Calls wait, for a line or for the pace of calls.'),
    }),
  })
  .meta({ id: 'ForecastSummary' });

export const ForecastAnswer = z
  .object({
    id: Id,
    campaignId: Id,
    state: z.enum(FORECAST_STATES),
    failure: text.nullable(),
    progress: z.int().min(0).max(100).describe('Per cent.'),
    startsAt: At.nullable().describe('null = the moment in which it was begun.'),
    days: z.int().min(1),
    lines: z.int().min(1).nullable().describe('null = those that the settings say.'),
    assumptions: AssumptionsSchema,
    summary: SummaryAnswer.nullable().describe('null = it is not done.'),
    createdAt: At,
    finishedAt: At.nullable(),
    actor: Actor,
  })
  .meta({ id: 'Forecast', description: 'A campaign lived ahead of time under stated assumptions.' });
export const ForecastPageAnswer = pageOfAnswers('Forecast', ForecastAnswer);

const TouchAnswer = z
  .object({
    touch: text.describe('Run, step and number, as in `two-days.call.1`; the attempt will have the same.'),
    channel: ChannelSchema,
    at: At,
    dueAt: At.describe('When it would be made if no line and no pace were short.'),
    answer: text.describe('What is taken to come of it.'),
  })
  .meta({ id: 'ForecastTouch' });

const ForecastContactAnswer = z
  .object({
    contact: ContactNameAnswer,
    state: z.enum(['through', 'held', 'beyond', 'rejected']),
    isReached: z.boolean(),
    reason: text,
    sentence: text.describe('Why it ends there, or why nothing is tried.'),
    endedAt: At,
    touches: z.array(TouchAnswer),
  })
  .meta({ id: 'ForecastContact' });
export const ForecastContactPageAnswer = pageOfAnswers('ForecastContact', ForecastContactAnswer);

const ForecastHourAnswer = z
  .object({
    at: At.describe('The beginning of the hour.'),
    voice: Count,
    sms: Count,
    email: Count,
    costMicros: Micros,
    lines: Count.describe('Most calls at once.'),
    waiting: Count.describe('Most contacts who wait for a line.'),
  })
  .meta({ id: 'ForecastHour' });
export const ForecastHourPageAnswer = pageOfAnswers('ForecastHour', ForecastHourAnswer);

/** Everything but the place in the list. */
export function forecastDocument({ seq: _, assumptions, ...row }: ForecastRow): Record<string, unknown> {
  // An object stays one; assumptions keep their own form.
  return { ...(toDocument(row) as Record<string, unknown>), assumptions };
}

export function forecastContactDocument({ position: _, touches, ...row }: ForecastContactRow): unknown {
  return toDocument({
    ...row,
    touches: touches.map(([touch, channel, at, dueAt, answer]) => ({ touch, channel, at, dueAt, answer })),
  });
}

const EXAMPLE_AT = 1_804_086_000_000;

export const FORECAST_EXAMPLE = forecastDocument({
  id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a5e',
  seq: 1,
  campaignId: EXAMPLE_IDS.campaign,
  state: 'done',
  failure: null,
  progress: 100,
  startsAt: null,
  days: 30,
  lines: null,
  assumptions: AssumptionsSchema.parse({}),
  summary: {
    contacts: 120,
    reached: 118,
    unreached: 2,
    held: 0,
    beyond: 0,
    rejected: 2,
    endedBefore: 0,
    touches: { voice: 301, sms: 118, email: 0 },
    answers: { 'voice.no_answer': 96, 'voice.voicemail': 105, 'voice.successful': 100, 'sms.nothing': 118 },
    costMicros: 13_586_000,
    firstTouchAt: EXAMPLE_AT,
    lastTouchAt: EXAMPLE_AT + DAY_MS,
    endsAt: EXAMPLE_AT + DAY_MS,
    delayed: 14,
    longestWaitSeconds: 65,
    lines: { needed: 26, isEstimated: false, available: 20, used: 20, areShort: true },
  },
  createdAt: EXAMPLE_AT,
  finishedAt: EXAMPLE_AT,
  actor: 'key:Ada',
});

export const FORECAST_CONTACT_EXAMPLE = forecastContactDocument({
  position: 0,
  contact: CONTACT_NAME_EXAMPLE,
  state: 'through',
  isReached: true,
  reason: 'plan_through',
  sentence: 'Nothing more will happen: the plan has been lived through.',
  endedAt: EXAMPLE_AT,
  touches: [['two-days.call.1', 'voice', EXAMPLE_AT, EXAMPLE_AT, 'successful']],
});

export const FORECAST_HOUR_EXAMPLE = toDocument({
  at: EXAMPLE_AT,
  voice: 84,
  sms: 31,
  email: 0,
  costMicros: 3_776_000,
  lines: 20,
  waiting: 6,
});
