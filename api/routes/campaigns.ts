import * as z from 'zod';
import { createCampaign, getCampaign, listCampaigns, updateDraft, type Campaign } from '../../db/campaign';
import { archiveCampaign, launchCampaign, pauseCampaign, resumeCampaign, stopCampaign } from '../../db/campaign-life';
import { statsOf } from '../../db/campaign-stats';
import { countCampaign, listRuleFirings } from '../../db/report-views';
import { CampaignDefinitionSchema, CampaignStatusSchema } from '../../domain/campaign-definition';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageOf, pageQuery } from '../page';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { storable } from '../text';

/**
 * POST /campaigns
 * GET /campaigns
 * GET /campaigns/{id}
 * PUT /campaigns/{id}
 * POST /campaigns/{id}/launch | pause | resume | stop | archive
 * GET /campaigns/{id}/rule-firings
 */
export function campaignRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns',
      role: 'editor',
      body: storable(CampaignDefinitionSchema),
      handle: async ({ body, caller }) => {
        const campaign = await createCampaign(sql, body, caller.actor);
        return created(campaignDocument(campaign), `/campaigns/${campaign.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns',
      role: 'viewer',
      query: z.strictObject({ ...pageQuery, status: CampaignStatusSchema.optional() }),
      handle: async ({ query: { status, limit, cursor } }) => {
        const rows = await listCampaigns(sql, { status, after: numberAt(cursor), limit: limit + 1 });
        const stats = await statsOf(
          sql,
          rows.map(({ id }) => id),
        );
        return ok(
          pageOf(
            rows,
            limit,
            ({ seq }) => seq,
            ({ seq: _, ...campaign }) => toDocument({ ...campaign, ...(stats.get(campaign.id) ?? UNCOUNTED) }),
          ),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id',
      role: 'viewer',
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const campaign = await getCampaign(sql, id);
        return ok({ ...campaignDocument(campaign), counts: await countCampaign(sql, id) });
      },
    }),
    defineRoute({
      method: 'put',
      path: '/campaigns/:id',
      role: 'editor',
      params: IdParams,
      body: z.strictObject({ revision: z.int().min(1), definition: storable(CampaignDefinitionSchema) }),
      handle: async ({ params: { id }, body, caller }) =>
        ok(campaignDocument(await updateDraft(sql, id, body, caller.actor))),
    }),
    ...Object.entries(CHANGES).map(([verb, change]) =>
      defineRoute({
        method: 'post',
        path: `/campaigns/:id/${verb}`,
        role: 'editor',
        params: IdParams,
        handle: async ({ params: { id }, caller }) => ok(campaignDocument(await change(sql, id, caller.actor))),
      }),
    ),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/rule-firings',
      role: 'viewer',
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await getCampaign(sql, id);
        const rows = await listRuleFirings(sql, { campaignId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(
          pageOf(
            rows,
            limit,
            ({ seq }) => seq,
            ({ seq: _, ...firing }) => toDocument(firing),
          ),
        );
      },
    }),
  ];
}

/** A draft, or launched a moment ago. */
const UNCOUNTED = { counts: null, countedAt: null };

const CHANGES = {
  launch: launchCampaign,
  pause: pauseCampaign,
  resume: resumeCampaign,
  stop: stopCampaign,
  archive: archiveCampaign,
};

/** The definition keeps its own form: what was sent comes back. */
export function campaignDocument({ seq: _, definition, ...campaign }: Campaign): Record<string, unknown> {
  return { ...(toDocument(campaign) as Record<string, unknown>), definition };
}
