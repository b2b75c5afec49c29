import * as z from 'zod';
import { requireCampaign } from '../../db/campaign';
import { figuresCountedAt, figureSums, quarterSums } from '../../db/campaign-figures';
import { statsOf } from '../../db/campaign-stats';
import { getSettings } from '../../db/settings';
import {
  byRun,
  channelFigures,
  figure,
  funnelFigures,
  outcomeFigures,
  TIME_FIGURES,
  TIME_GROUPS,
  timeFigures,
} from '../../domain/campaign-figures';
import { ChannelSchema } from '../../domain/channel';
import { DAY_MS, type Instant, toIso } from '../../domain/instant';
import { isZone } from '../../domain/local-time';
import { QUARTER_MS } from '../../domain/tally';
import {
  STATISTICS_EXAMPLE,
  STATISTICS_TIMES_EXAMPLE,
  StatisticsAnswer,
  StatisticsTimesAnswer,
} from '../answers/statistics';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { InstantSchema } from '../instant';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const LONGEST_DAYS = 366;

const QuarterSchema = InstantSchema.refine(
  (at) => at % QUARTER_MS === 0,
  'must be on a quarter of an hour, as 09:15:00',
);
const period = {
  from: QuarterSchema.optional().describe('From this quarter of an hour on; left out = from the first.'),
  until: QuarterSchema.optional().describe('Before this quarter of an hour; left out = to the last.'),
  run: text(60).min(1).optional().describe('Key of one run.'),
};

/**
 * GET /campaigns/{id}/statistics
 * GET /campaigns/{id}/statistics/times
 */
export function statisticsRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/statistics',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getStatistics',
        tag: 'Campaigns',
        summary: 'Read what a campaign came to: funnel, channels, runs, outcomes',
        description: STATISTICS,
        answers: { 200: StatisticsAnswer },
        examples: { answer: STATISTICS_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject(period),
      handle: async ({ params: { id }, query }) => {
        await requireCampaign(sql, id);
        requireOrder(query);
        const countedAt = await figuresCountedAt(sql);
        const sums = await figureSums(sql, { campaignId: id, ...query });
        const counts = (await statsOf(sql, [id])).get(id)?.counts;
        const {
          form_started: formStarted,
          form_completed: formCompleted,
          opted_out: optedOut,
          ...stages
        } = funnelFigures(sums);
        const funnel = { listed: counts?.contacts ?? null, enrolled: counts?.enrolled ?? null, ...stages };
        return ok({
          campaignId: id,
          countedAt: toIso(countedAt),
          ...askedFor(query),
          funnel: { ...funnel, formStarted, formCompleted, optedOut },
          channels: channelFigures(sums),
          runs: byRun(sums).map(({ run, sums: own }) => ({ run, channels: channelFigures(own) })),
          outcomes: outcomeFigures(sums),
          optOuts: figure(sums, 'opt_outs'),
          handoffs: figure(sums, 'handoffs'),
          rulesFired: figure(sums, 'rules_fired'),
        });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/statistics/times',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getStatisticsOverTime',
        tag: 'Campaigns',
        summary: 'Read how many touches, answers, replies and opt-outs there were, by hour or day',
        description: `${STATISTICS}\n\nTouches and answers count when the call or message was begun, replies and opt-outs when they came. The period may be ${LONGEST_DAYS} days long; without one it is the last ${LONGEST_DAYS} days that were counted.`,
        answers: { 200: StatisticsTimesAnswer },
        examples: { answer: STATISTICS_TIMES_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject({
        ...period,
        by: z.enum(TIME_GROUPS).default('hour').describe('`hour_of_week`: the same hour of all weeks, for a heat map.'),
        zone: z
          .string()
          .refine(isZone, 'must be the name of a time zone, as America/New_York')
          .optional()
          .describe("Whose clocks say what an hour and a day is; left out = the company's."),
        channel: ChannelSchema.optional(),
      }),
      handle: async ({ params: { id }, query: { by, zone: asked, ...query } }) => {
        await requireCampaign(sql, id);
        requireOrder(query);
        const countedAt = await figuresCountedAt(sql);
        const from = query.from ?? (query.until ?? countedAt) - LONGEST_DAYS * DAY_MS;
        requireLength(from, query.until ?? countedAt);
        const zone = asked ?? (await getSettings(sql)).zone;
        const sums = await quarterSums(sql, { campaignId: id, ...query, from, figures: TIME_FIGURES });
        const items = timeFigures(sums, zone, by);
        return ok(toDocument({ campaignId: id, countedAt, zone, by, items }));
      },
    }),
  ];
}

interface Asked {
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly run?: string | undefined;
}

function askedFor({ from, until, run }: Asked) {
  return {
    from: from === undefined ? null : toIso(from),
    until: until === undefined ? null : toIso(until),
    run: run ?? null,
  };
}

function requireOrder({ from, until }: Asked): void {
  if (from !== undefined && until !== undefined && from >= until)
    throw badPeriod('from', 'must be before `until`', toIso(from));
}

function requireLength(from: Instant, until: Instant): void {
  if (until - from > LONGEST_DAYS * DAY_MS)
    throw badPeriod('from', `must be no more than ${LONGEST_DAYS} days before the end of the period`, toIso(from));
}

function badPeriod(field: string, detail: string, value: string): ApiError {
  return new ApiError('invalid_parameter', `${field} ${detail}`, [
    { pointer: `#/${field}`, in: 'query', detail, value },
  ]);
}

const STATISTICS = `
Counted from the story of the campaign, every entry once, by quarters of an hour; seconds old. What is told of one call or message (that it was taken, answered, delivered, tagged) counts in the quarter in which it was begun, everything else in the quarter in which it happened. Business time.
`.trim();
