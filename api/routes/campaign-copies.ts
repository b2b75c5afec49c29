import * as z from 'zod';
import { duplicateCampaign, exportCampaign, importCampaign } from '../../db/campaign-copy';
import { judgeCampaign } from '../../db/draft-check';
import { idOfRequest } from '../../db/tokens';
import { PortableCampaignSchema } from '../../domain/portable-campaign';
import {
  DRAFT_EXAMPLE,
  DraftAnswer,
  IMPORTED_EXAMPLE,
  ImportedAnswer,
  PORTABLE_EXAMPLE,
  PortableAnswer,
  TEMPLATES,
  TemplatesAnswer,
} from '../answers/drafts';
import type { ApiDeps } from '../deps';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { storable, text } from '../text';
import { draftDocument, problemEntry } from './drafts';

const COPY = { name: 'Intake follow-up (copy)' };

/**
 * GET /campaign-templates
 * POST /campaigns/{id}/duplicate
 * GET /campaigns/{id}/export
 * POST /campaigns/import
 */
export function campaignCopyRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaign-templates',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listCampaignTemplates',
        tag: 'Drafts',
        summary: 'List what a campaign may begin with',
        description: 'The three types of campaign, as steps of a draft, and rules that most firms set up.',
        answers: { 200: TemplatesAnswer },
        examples: { answer: { items: TEMPLATES } },
      },
      handle: async () => ok({ items: TEMPLATES }),
    }),
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/duplicate',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'duplicateCampaign',
        tag: 'Drafts',
        summary: 'Copy a campaign of any status into a new draft',
        description: 'Everything that it says, and nothing of what was done.',
        answers: { 201: DraftAnswer },
        examples: {
          body: COPY,
          answer: { ...DRAFT_EXAMPLE, ...COPY, steps: { ...DRAFT_EXAMPLE.steps, basics: COPY } },
        },
      },
      params: IdParams,
      body: z.strictObject({ name: text(120).min(1).optional() }),
      handle: async ({ params, body: { name }, caller, requestKey }) => {
        const id = idOfRequest(requestKey);
        const draft = await duplicateCampaign(sql, params.id, { id, name }, caller.actor);
        return created(draftDocument(draft), `/campaigns/${draft.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/export',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'exportCampaign',
        tag: 'Drafts',
        summary: 'Read a campaign as a file that can be imported',
        description: 'With the names of its list, agent and form, and without any person of the list.',
        answers: { 200: PortableAnswer },
        examples: { answer: PORTABLE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(await exportCampaign(sql, id)),
    }),
    defineRoute({
      method: 'post',
      path: '/campaigns/import',
      role: 'editor',
      concerns: 'named',
      looksUpNames: true,
      operation: {
        id: 'importCampaign',
        tag: 'Drafts',
        summary: 'Make a draft of an exported campaign',
        description:
          'Lists, agents and forms are found by id, else by name if exactly one has it; whatever is not found here is listed among the problems.',
        answers: { 201: ImportedAnswer },
        examples: { body: PORTABLE_EXAMPLE, answer: IMPORTED_EXAMPLE },
      },
      body: storable(PortableCampaignSchema),
      handle: async ({ body, caller, requestKey }) => {
        const { draft, matches } = await importCampaign(sql, idOfRequest(requestKey), body, caller.actor);
        const { problems } = await judgeCampaign(sql, draft.id);
        const answer = { ...draftDocument(draft), matches, problems: problems.map(problemEntry) };
        return created(answer, `/campaigns/${draft.id}`);
      },
    }),
  ];
}
