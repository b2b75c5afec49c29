import * as z from 'zod';
import { ChannelSchema } from '../../domain/channel';
import { At, Count, EXAMPLE_IDS, Id } from './fields';

const text = z.string();
const Rate = z.number().min(0).nullable().describe('0 to 1; null = there is nothing to divide by.');

const ChannelFiguresAnswer = z
  .object({
    channel: ChannelSchema,
    touches: Count.describe('Calls, texts or mails that the provider took.'),
    answered: Count.describe('Calls that a person answered.'),
    voicemail: Count.describe('Calls that a machine answered.'),
    busy: Count,
    noAnswer: Count,
    failed: Count.describe('Calls that the provider could not place; messages that it could not deliver.'),
    canceled: Count.describe('Calls that were ended before anybody could answer.'),
    delivered: Count.describe('Messages that were delivered, as far as that is told.'),
    replies: Count.describe('Messages that people wrote.'),
    answerRate: Rate.describe(
      'Calls: answered ÷ (answered + voicemail + busy + noAnswer + failed). Messages: replies ÷ touches.',
    ),
  })
  .meta({ id: 'ChannelFigures' });

const FunnelAnswer = z
  .object({
    listed: Count.nullable().describe(
      'Everybody with a row in the campaign, rejected ones included; of the whole campaign, whatever the period.',
    ),
    enrolled: Count.nullable().describe('Of them, those who could be enrolled.'),
    contacted: Count.describe('Contacts with a first call or message that the provider took.'),
    responded: Count.describe('Contacts who answered a call or wrote, for the first time.'),
    answered: Count.describe('Contacts who answered a call, for the first time.'),
    replied: Count.describe('Contacts who wrote, for the first time.'),
    formStarted: Count,
    formCompleted: Count,
    converted: Count.describe('Contacts with a call that was tagged Converted, even if that was corrected later.'),
    optedOut: Count.describe('Contacts who opted out.'),
  })
  .meta({
    id: 'Funnel',
    description: 'Contacts, each counted once per stage, in the period in which they came to it.',
  });

export const StatisticsAnswer = z
  .object({
    campaignId: Id,
    countedAt: At.describe('What happened after this instant is not in the figures yet.'),
    from: At.nullable(),
    until: At.nullable(),
    run: text.nullable().describe('The run that the figures are of; null = all, and what belongs to none.'),
    funnel: FunnelAnswer,
    channels: z.array(ChannelFiguresAnswer),
    runs: z.array(z.object({ run: text, channels: z.array(ChannelFiguresAnswer) })),
    outcomes: z
      .array(z.object({ run: text, channel: ChannelSchema, outcome: text, calls: Count }))
      .describe('Calls by how they were tagged last.'),
    optOuts: Count.describe('Words of opting out, one person may have said several.'),
    handoffs: Count,
    rulesFired: Count,
  })
  .meta({ id: 'Statistics', description: 'What a campaign came to, added up from quarters of an hour.' });

export const StatisticsTimesAnswer = z
  .object({
    campaignId: Id,
    countedAt: At,
    zone: text,
    by: z.enum(['day', 'hour', 'hour_of_week']),
    items: z
      .array(
        z.object({
          on: z.iso
            .date()
            .nullable()
            .describe('The day in the zone; null where the same hour of all weeks is added up.'),
          weekday: z.int().min(1).max(7).describe('Monday is 1.'),
          hour: z.int().min(0).max(23).nullable().describe('null = the whole day.'),
          touches: Count,
          answered: Count,
          replies: Count,
          optOuts: Count,
        }),
      )
      .describe('Days and hours in which nothing happened are left out.'),
  })
  .meta({ id: 'StatisticsTimes' });

const CALLS = {
  channel: 'voice',
  touches: 240,
  answered: 96,
  voicemail: 60,
  busy: 12,
  noAnswer: 68,
  failed: 1,
  canceled: 3,
  delivered: 0,
  replies: 0,
  answerRate: 0.4051,
};

export const STATISTICS_EXAMPLE = {
  campaignId: EXAMPLE_IDS.campaign,
  countedAt: '2027-03-08T17:25:00.000Z',
  from: null,
  until: null,
  run: null,
  funnel: {
    listed: 200,
    enrolled: 198,
    contacted: 180,
    responded: 110,
    answered: 96,
    replied: 31,
    formStarted: 12,
    formCompleted: 9,
    converted: 31,
    optedOut: 8,
  },
  channels: [CALLS],
  runs: [{ run: 'two-days', channels: [CALLS] }],
  outcomes: [{ run: 'two-days', channel: 'voice', outcome: 'converted', calls: 31 }],
  optOuts: 8,
  handoffs: 2,
  rulesFired: 76,
};

export const STATISTICS_TIMES_EXAMPLE = {
  campaignId: EXAMPLE_IDS.campaign,
  countedAt: '2027-03-08T17:25:00.000Z',
  zone: 'America/New_York',
  by: 'hour',
  items: [{ on: '2027-03-08', weekday: 1, hour: 10, touches: 40, answered: 15, replies: 3, optOuts: 1 }],
};
