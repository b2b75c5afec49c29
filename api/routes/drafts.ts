import * as z from 'zod';
import { createDraft, deleteDraft, type Draft, getDraft, saveDraft } from '../../db/draft';
import { judgeCampaign } from '../../db/draft-check';
import { idOfRequest } from '../../db/tokens';
import { CAMPAIGN_TEMPLATES, TemplateKeySchema } from '../../domain/campaign-templates';
import { BuilderPlaceSchema, stepFields, StepStateSchema } from '../../domain/draft';
import type { DraftProblem } from '../../domain/draft-problems';
import { DRAFT_EXAMPLE, DraftAnswer, PROBLEMS_EXAMPLE, ProblemsAnswer, SAVED_DRAFT_EXAMPLE } from '../answers/drafts';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { echoOf } from '../faults';
import { RevisionSchema, revisionAsked, revisionRequired } from '../revision';
import { created, defineRoute, IdParams, noContent, ok, type Route } from '../route';
import { storable } from '../text';

/** Of any length from the first letter on: the rule about names is one of the launch (S1-24, S1-31). */
const TypedNameSchema = z.string().regex(/\S/, 'must have a letter').max(1000);

/**
 * POST /campaigns/drafts
 * GET /campaigns/{id}/draft
 * PATCH /campaigns/{id}/draft
 * GET /campaigns/{id}/problems
 * DELETE /campaigns/{id}
 */
export function draftRoutes(deps: ApiDeps): Route[] {
  return [...writing(deps), ...judging(deps)];
}

function writing({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns/drafts',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createDraft',
        tag: 'Drafts',
        summary: 'Begin a campaign',
        description:
          'With the first letter of its name, and with what a template says if one is named. Nothing happens before the launch.',
        answers: { 201: DraftAnswer },
        examples: { body: { name: 'Intake follow-up' }, answer: DRAFT_EXAMPLE },
      },
      body: storable(z.strictObject({ name: TypedNameSchema, template: TemplateKeySchema.optional() })),
      handle: async ({ body: { name, template }, caller, requestKey }) => {
        const begun = CAMPAIGN_TEMPLATES.find(({ key }) => key === template)?.steps ?? {};
        const steps = { ...begun, basics: { name } };
        const draft = await createDraft(sql, idOfRequest(requestKey), { steps, lastStep: 'basics' }, caller.actor);
        return created(draftDocument(draft), `/campaigns/${draft.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/draft',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getDraft',
        tag: 'Drafts',
        summary: 'Read what was typed into a draft, and where the builder was left',
        answers: { 200: DraftAnswer },
        problems: ['wrong_status'],
        examples: { answer: SAVED_DRAFT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(draftDocument(await getDraft(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/campaigns/:id/draft',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'saveDraft',
        tag: 'Drafts',
        summary: 'Save steps of a draft as they were typed',
        description:
          'Each step that is sent replaces what was typed into it, null empties it, the others stay; anything may be missing or wrong. A save that was made from an older revision is refused, with what stands there now beside what was sent. Choosing an agent that has a form links the form.',
        answers: { 200: DraftAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { revision: 1, lastStep: 'schedule', steps: { schedule: SAVED_DRAFT_EXAMPLE.steps.schedule } },
          answer: SAVED_DRAFT_EXAMPLE,
        },
      },
      params: IdParams,
      body: storable(
        z.strictObject({
          revision: RevisionSchema,
          lastStep: BuilderPlaceSchema.optional(),
          steps: z.strictObject(stepFields(StepStateSchema.nullable().optional())).default({}),
        }),
      ),
      handle: async ({ params: { id }, body: { revision: inBody, steps, lastStep }, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, inBody);
        return ok(draftDocument(await saveDraft(sql, id, { revision, steps, lastStep }, caller.actor)));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/campaigns/:id',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'deleteDraft',
        tag: 'Drafts',
        summary: 'Delete a draft',
        description: 'What was launched has a history and stays; archive it when it is over.',
        answers: { 204: null },
        problems: ['wrong_status', 'precondition_failed'],
      },
      params: IdParams,
      handle: async ({ params: { id }, caller, ifMatch }) => {
        await deleteDraft(sql, id, { revision: revisionAsked(ifMatch) }, caller.actor);
        return noContent();
      },
    }),
  ];
}

function judging({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/problems',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listCampaignProblems',
        tag: 'Drafts',
        summary: 'List everything that keeps a campaign from being launched',
        description:
          'All at once, by step and field; nobody is kept from saving by it. A launch is refused with the same.',
        answers: { 200: ProblemsAnswer },
        examples: { answer: PROBLEMS_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const { status, revision, problems } = await judgeCampaign(sql, id);
        const isLaunchable = status === 'draft' && problems.length === 0;
        return ok({ campaignId: id, status, revision, isLaunchable, problems: problems.map(problemEntry) });
      },
    }),
  ];
}

/** What was typed keeps its own form. */
export function draftDocument({ steps, ...draft }: Draft): Record<string, unknown> {
  return { ...(toDocument(draft) as Record<string, unknown>), status: 'draft', steps };
}

export function problemEntry({ value, ...problem }: DraftProblem) {
  const echo = echoOf(value);
  return { ...problem, ...(echo === undefined ? {} : { value: echo }) };
}
