import * as z from 'zod';
import { changeSpendRates, getSpendRates, getSpendState, setSpendLimits } from '../../db/spend-limit';
import {
  SPEND_LIMITS_EXAMPLE,
  SPEND_RATES_EXAMPLE,
  SPEND_STATE_EXAMPLE,
  SpendRatesAnswer,
  SpendStateAnswer,
} from '../answers/spending';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { RevisionSchema, revisionAsked } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';

/**
 * GET /spending/rates · PATCH /spending/rates
 * GET /spending · PUT /spending
 * GET /campaigns/{id}/spending · PUT /campaigns/{id}/spending
 */
export function spendingRoutes(deps: ApiDeps): Route[] {
  return [...rates(deps), ...ofTheCompany(deps), ...ofCampaigns(deps)];
}

const MOST = 1_000_000_000_000;
const microsSchema = z.int().min(0).max(MOST);

const LimitsSchema = z.strictObject({
  perDayMicros: microsSchema.nullable(),
  totalMicros: microsSchema.nullable(),
  revision: RevisionSchema,
});

const LIMITS_DESCRIPTION =
  'Nothing is begun that would pass a limit; whoever is due then waits for the next day, or until the limit is raised. Calls are counted at the length that the rates take them to have.';

function rates({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/spending/rates',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getSpendRates',
        tag: 'Spending',
        summary: 'Say what things are taken to cost',
        answers: { 200: SpendRatesAnswer },
        examples: { answer: SPEND_RATES_EXAMPLE },
      },
      handle: async () => ok(toDocument(await getSpendRates(sql))),
    }),
    defineRoute({
      method: 'patch',
      path: '/spending/rates',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeSpendRates',
        tag: 'Spending',
        summary: 'Change what things are taken to cost',
        description: 'What is left out stays. It holds for what is begun from now on.',
        answers: { 200: SpendRatesAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: { body: { callMinuteMicros: 14_000 }, answer: SPEND_RATES_EXAMPLE },
      },
      body: z.strictObject({
        revision: RevisionSchema,
        callMinuteMicros: microsSchema.optional(),
        segmentMicros: microsSchema.optional(),
        mailMicros: microsSchema.optional(),
        callMinutes: z.int().min(1).max(240).optional(),
      }),
      handle: async ({ body, caller, ifMatch }) => {
        const change = { ...body, revision: revisionAsked(ifMatch, body.revision) };
        return ok(toDocument(await changeSpendRates(sql, change, caller.actor)));
      },
    }),
  ];
}

function ofTheCompany({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/spending',
      role: 'viewer',
      concerns: 'whole',
      operation: {
        id: 'getSpending',
        tag: 'Spending',
        summary: 'Say what was spent and what may be',
        answers: { 200: SpendStateAnswer },
        examples: { answer: SPEND_STATE_EXAMPLE },
      },
      handle: async () => ok(await getSpendState(sql, null)),
    }),
    defineRoute({
      method: 'put',
      path: '/spending',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'limitSpending',
        tag: 'Spending',
        summary: 'Limit what the company spends',
        description: LIMITS_DESCRIPTION,
        answers: { 200: SpendStateAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: { body: SPEND_LIMITS_EXAMPLE, answer: SPEND_STATE_EXAMPLE },
      },
      body: LimitsSchema,
      handle: async ({ body, caller, ifMatch }) => {
        const limits = { ...body, revision: revisionAsked(ifMatch, body.revision) };
        return ok(await setSpendLimits(sql, null, limits, caller.actor));
      },
    }),
  ];
}

function ofCampaigns({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/spending',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getCampaignSpending',
        tag: 'Spending',
        summary: 'Say what a campaign spent and what it may',
        answers: { 200: SpendStateAnswer },
        examples: { answer: SPEND_STATE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(await getSpendState(sql, id)),
    }),
    defineRoute({
      method: 'put',
      path: '/campaigns/:id/spending',
      role: 'admin',
      concerns: 'campaign',
      operation: {
        id: 'limitCampaignSpending',
        tag: 'Spending',
        summary: 'Limit what a campaign spends',
        description: LIMITS_DESCRIPTION,
        answers: { 200: SpendStateAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: { body: SPEND_LIMITS_EXAMPLE, answer: SPEND_STATE_EXAMPLE },
      },
      params: IdParams,
      body: LimitsSchema,
      handle: async ({ params: { id }, body, caller, ifMatch }) => {
        const limits = { ...body, revision: revisionAsked(ifMatch, body.revision) };
        return ok(await setSpendLimits(sql, id, limits, caller.actor));
      },
    }),
  ];
}
