import * as z from 'zod';
import { requireCampaign } from '../../db/campaign';
import { appNow } from '../../db/clock';
import { cancelForecast, createForecast, getForecast, listForecasts } from '../../db/forecast';
import { listForecastContacts, listForecastHours } from '../../db/forecast-results';
import { forecastIfSmall } from '../../db/forecast-work';
import { idOfRequest } from '../../db/tokens';
import { AssumptionsSchema } from '../../domain/forecast-assumptions';
import { type Instant, toIso } from '../../domain/instant';
import { pageExample } from '../answers/fields';
import {
  FORECAST_CONTACT_EXAMPLE,
  FORECAST_EXAMPLE,
  FORECAST_HOUR_EXAMPLE,
  ForecastAnswer,
  forecastContactDocument,
  ForecastContactPageAnswer,
  forecastDocument,
  ForecastHourPageAnswer,
  ForecastPageAnswer,
} from '../answers/forecasts';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { InstantSchema } from '../instant';
import { numberAt, pageOf, pageQuery } from '../page';
import { created, defineRoute, IdParams, ok, type Route } from '../route';

const ForecastBody = z.strictObject({
  startsAt: InstantSchema.optional().describe('When a draft would be launched; left out = at once.'),
  days: z.int().min(1).max(366).default(90).describe('Nothing later is looked at.'),
  lines: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Lines for this campaign alone; left out = those of the settings, as if no other campaign called.'),
  assumptions: AssumptionsSchema.prefault({}).describe(
    'What nobody can know and has to be taken for granted. A contact with a script answers as it says.',
  ),
});

/**
 * POST /campaigns/{id}/forecast
 * GET /campaigns/{id}/forecasts
 * GET /forecasts/{id}, /forecasts/{id}/contacts, /forecasts/{id}/hours
 * POST /forecasts/{id}/cancel
 */
export function forecastRoutes(deps: ApiDeps): Route[] {
  const { sql } = deps;
  return [
    askForForecast(deps),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/forecasts',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listForecasts',
        tag: 'Campaigns',
        summary: 'List the forecasts of a campaign, newest first',
        answers: { 200: ForecastPageAnswer },
        examples: { answer: pageExample(FORECAST_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireCampaign(sql, id);
        const rows = await listForecasts(sql, { campaignId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ seq }) => seq, forecastDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/forecasts/:id',
      role: 'viewer',
      concerns: 'forecast',
      operation: {
        id: 'getForecast',
        tag: 'Campaigns',
        summary: 'Read a forecast, or how far it is',
        answers: { 200: ForecastAnswer },
        examples: { answer: FORECAST_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(forecastDocument(await getForecast(sql, id))),
    }),
    readContacts(deps),
    defineRoute({
      method: 'get',
      path: '/forecasts/:id/hours',
      role: 'viewer',
      concerns: 'forecast',
      operation: {
        id: 'listForecastHours',
        tag: 'Campaigns',
        summary: 'List what a forecast expects of each hour',
        description: 'Hours in which nothing happens are left out.',
        answers: { 200: ForecastHourPageAnswer },
        problems: ['wrong_status'],
        examples: { answer: pageExample(FORECAST_HOUR_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        const rows = await listForecastHours(sql, { forecastId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ at }) => at, toDocument));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/forecasts/:id/cancel',
      role: 'editor',
      concerns: 'forecast',
      operation: {
        id: 'cancelForecast',
        tag: 'Campaigns',
        summary: 'Cancel a forecast that is under way',
        description: 'One that is over stays as it is.',
        answers: { 200: ForecastAnswer },
        examples: { answer: { ...FORECAST_EXAMPLE, state: 'cancelled', summary: null, progress: 40 } },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller: { actor } }) =>
        ok(forecastDocument(await cancelForecast(sql, id, actor))),
    }),
  ];
}

function askForForecast({ sql }: ApiDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/campaigns/:id/forecast',
    role: 'editor',
    concerns: 'campaign',
    operation: {
      id: 'forecastCampaign',
      tag: 'Campaigns',
      summary: 'Forecast a campaign: who is reached when, how, at what cost',
      description:
        'Lives a draft from its launch, or a running campaign from now, ahead of time: the planner that acts is asked, with the lines, paces and limits that there are, under stated assumptions of how people answer. Up to 200 contacts are answered at once; of more, `GET /v1/forecasts/{id}` says how far it is. Nothing is changed and nobody is contacted. Forecasts are kept for 30 days.',
      answers: { 201: ForecastAnswer },
      problems: ['wrong_status'],
      examples: { body: { days: 30, assumptions: { calls: { answered: 0.3 } } }, answer: FORECAST_EXAMPLE },
    },
    params: IdParams,
    body: ForecastBody,
    handle: async ({ params, body: { startsAt, days, lines, assumptions }, caller: { actor }, requestKey }) => {
      if (startsAt !== undefined) await requireFuture(startsAt);
      const row = await createForecast(sql, {
        id: idOfRequest(requestKey),
        campaignId: params.id,
        startsAt: startsAt ?? null,
        days,
        lines: lines ?? null,
        assumptions,
        actor,
      });
      await forecastIfSmall(sql, row);
      return created(forecastDocument(await getForecast(sql, row.id)), `/forecasts/${row.id}`);
    },
  });

  async function requireFuture(startsAt: Instant): Promise<void> {
    const now = await appNow(sql);
    if (startsAt >= now) return;
    const detail = `must not be before now, which is ${toIso(now)}`;
    throw new ApiError('invalid_body', `#/startsAt: ${detail}`, [
      { pointer: '#/startsAt', detail, value: toIso(startsAt) },
    ]);
  }
}

function readContacts({ sql }: ApiDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/forecasts/:id/contacts',
    role: 'viewer',
    concerns: 'forecast',
    operation: {
      id: 'listForecastContacts',
      tag: 'Campaigns',
      summary: 'List what a forecast expects of each contact',
      description: '`isReached=false`: those to whom nothing will happen, each with the reason.',
      parameters: { contactId: 'This contact alone.' },
      answers: { 200: ForecastContactPageAnswer },
      problems: ['wrong_status'],
      examples: { answer: pageExample(FORECAST_CONTACT_EXAMPLE) },
    },
    params: IdParams,
    query: z.strictObject({
      ...pageQuery,
      isReached: z
        .enum(['true', 'false'])
        .transform((word) => word === 'true')
        .optional(),
      state: z.enum(['through', 'held', 'beyond', 'rejected']).optional(),
      contactId: z.uuid().optional(),
    }),
    handle: async ({ params: { id }, query: { limit, cursor, ...filter } }) => {
      const page = { ...filter, forecastId: id, after: numberAt(cursor), limit: limit + 1 };
      const rows = await listForecastContacts(sql, page);
      return ok(pageOf(rows, limit, ({ position }) => position, forecastContactDocument));
    },
  });
}
