import * as z from 'zod';
import {
  type AnyCampaign,
  createCampaign,
  getAnyCampaign,
  listCampaigns,
  requireCampaign,
  updateDraft,
} from '../../db/campaign';
import { getCampaignCounts, statsOf } from '../../db/campaign-stats';
import { listRuleFirings } from '../../db/report-views';
import { idOfRequest } from '../../db/tokens';
import { CampaignStatusSchema } from '../../domain/campaign-definition';
import { campaignWarnings } from '../../domain/default-hours';
import {
  CAMPAIGN_EXAMPLE,
  CAMPAIGN_SUMMARY_EXAMPLE,
  CampaignAnswer,
  CampaignPageAnswer,
  COUNTED_CAMPAIGN_EXAMPLE,
  CountedCampaignAnswer,
  DEFINITION_EXAMPLE,
  RULE_FIRING_EXAMPLE,
  RuleFiringPageAnswer,
} from '../answers/campaigns';
import { pageExample } from '../answers/fields';
import { DefinitionSchema } from '../definition';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageBySeq, pageQuery } from '../page';
import { RevisionSchema, revisionRequired } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * POST /campaigns
 * GET /campaigns
 * GET /campaigns/{id}
 * PUT /campaigns/{id}
 * GET /campaigns/{id}/rule-firings
 */
export function campaignRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createCampaign',
        tag: 'Campaigns',
        summary: 'Create a campaign',
        description:
          'It is a draft: nothing happens before it is launched. Calls need an agent: `agentId: null` says that there is none, and where it is left out the voice of the installation speaks. What is not complete yet begins with `POST /v1/campaigns/drafts`.',
        answers: { 201: CampaignAnswer },
        problems: ['unknown_reference'],
        examples: { body: DEFINITION_EXAMPLE, answer: CAMPAIGN_EXAMPLE },
      },
      body: DefinitionSchema,
      handle: async ({ body, caller, requestKey }) => {
        const campaign = await createCampaign(sql, idOfRequest(requestKey), body, caller.actor);
        return created(campaignDocument(campaign), `/campaigns/${campaign.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listCampaigns',
        tag: 'Campaigns',
        summary: 'List campaigns',
        description: 'With the counts that were last taken, seconds ago for campaigns that live.',
        parameters: { query: 'Part of the name.', sort: 'Newest first, or by name.' },
        answers: { 200: CampaignPageAnswer },
        examples: { answer: pageExample(CAMPAIGN_SUMMARY_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        status: CampaignStatusSchema.optional(),
        listId: z.uuid().optional(),
        query: text(120).min(1).optional(),
        sort: z.enum(['newest', 'name']).default('newest'),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listCampaigns(sql, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        const stats = await statsOf(
          sql,
          rows.map(({ id }) => id),
        );
        return ok(
          pageBySeq(rows, limit, (campaign) => toDocument({ ...campaign, ...(stats.get(campaign.id) ?? UNCOUNTED) })),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getCampaign',
        tag: 'Campaigns',
        summary: 'Read a campaign with its definition and counts',
        description: 'The counts are of this moment, or of a large campaign as they were last taken.',
        answers: { 200: CountedCampaignAnswer },
        examples: { answer: COUNTED_CAMPAIGN_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const campaign = await getAnyCampaign(sql, id);
        return ok({ ...campaignDocument(campaign), counts: await getCampaignCounts(sql, id) });
      },
    }),
    defineRoute({
      method: 'put',
      path: '/campaigns/:id',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'changeDraft',
        tag: 'Campaigns',
        summary: 'Change a draft as a whole',
        description: 'What was launched has versions: publish another one.',
        answers: { 200: CampaignAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed', 'unknown_reference'],
        examples: {
          body: { revision: 1, definition: DEFINITION_EXAMPLE },
          answer: { ...CAMPAIGN_EXAMPLE, revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({ revision: RevisionSchema, definition: DefinitionSchema }),
      handle: async ({ params: { id }, body: { revision: inBody, definition }, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, inBody);
        return ok(campaignDocument(await updateDraft(sql, id, { revision, definition }, caller.actor)));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/rule-firings',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listRuleFirings',
        tag: 'Rules',
        summary: 'List what rules have fired, newest first, and what became of their actions',
        answers: { 200: RuleFiringPageAnswer },
        examples: { answer: pageExample(RULE_FIRING_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireCampaign(sql, id);
        const rows = await listRuleFirings(sql, { campaignId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, toDocument));
      },
    }),
  ];
}

/** A draft, or launched a moment ago. */
const UNCOUNTED = { counts: null, countedAt: null };

/** The definition keeps its own form: what was sent comes back. */
export function campaignDocument({ seq: _, definition, ...campaign }: AnyCampaign): Record<string, unknown> {
  const warnings = campaignWarnings(definition);
  return { ...(toDocument(campaign) as Record<string, unknown>), definition, warnings };
}
