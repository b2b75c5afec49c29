import * as z from 'zod';
import { requireCampaign } from '../../db/campaign';
import { previewPublication } from '../../db/publish-preview';
import { type Publication, publish } from '../../db/publish';
import { listVersions, readVersion } from '../../db/version-views';
import { PublishChoicesSchema } from '../../domain/publication';
import { CampaignAnswer, DEFINITION_EXAMPLE, LAUNCHED_CAMPAIGN_EXAMPLE } from '../answers/campaigns';
import { pageExample } from '../answers/fields';
import {
  PREVIEW_EXAMPLE,
  PublishPreviewAnswer,
  VERSION_EXAMPLE,
  VERSION_SUMMARY_EXAMPLE,
  VersionAnswer,
  VersionPageAnswer,
} from '../answers/versions';
import { DefinitionSchema } from '../definition';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import type { ProblemCode } from '../errors';
import { nextDocument } from '../next-document';
import { numberAt, pageBySeq, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionRequired } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { campaignDocument } from './campaigns';

const PublicationBody = z
  .strictObject({
    revision: RevisionSchema,
    definition: DefinitionSchema.optional(),
    backTo: z.int().min(1).max(1_000_000).optional().describe('An earlier version once more, instead of a definition.'),
    ...PublishChoicesSchema.shape,
  })
  .check(({ value, issues }) => {
    if ((value.definition === undefined) === (value.backTo === undefined))
      issues.push({
        code: 'custom',
        path: ['definition'],
        input: undefined,
        message: 'one of definition and backTo must say what is published, and only one',
      });
  });

const BODY_EXAMPLE = { revision: 1, definition: DEFINITION_EXAMPLE, inside: 'adopt' };
const REFUSALS: readonly ProblemCode[] = [
  'wrong_status',
  'revision_conflict',
  'precondition_failed',
  'unknown_reference',
];

/**
 * POST /campaigns/{id}/publish
 * POST /campaigns/{id}/publish/preview
 * GET /campaigns/{id}/versions
 * GET /versions/{id}
 */
export function publishRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/publish',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'publishVersion',
        tag: 'Campaigns',
        summary: 'Give a live campaign another version',
        description:
          'Texts, hours, caps, limits and rules of the new version bind from the answer on, as `inside` says for those who are inside. Opt-outs, stops, promises and what was done stay as they are.',
        answers: { 200: CampaignAnswer },
        problems: [...REFUSALS, 'publish_refused'],
        examples: { body: BODY_EXAMPLE, answer: { ...LAUNCHED_CAMPAIGN_EXAMPLE, revision: 2, version: 2 } },
      },
      params: IdParams,
      body: PublicationBody,
      handle: async ({ params: { id }, body, caller, ifMatch }) =>
        ok(campaignDocument(await publish(sql, id, publicationOf(body, ifMatch), caller.actor))),
    }),
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/publish/preview',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'previewVersion',
        tag: 'Campaigns',
        summary: 'See who would be affected by another version, and how',
        description:
          'Counted by the planner that also acts, over at most a thousand contacts; the items are those who are inside, in the order of enrollment. Nothing is changed.',
        answers: { 200: PublishPreviewAnswer },
        problems: REFUSALS,
        examples: { body: BODY_EXAMPLE, answer: PREVIEW_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      body: PublicationBody,
      handle: async ({ params: { id }, query: { limit, cursor }, body, ifMatch }) => {
        const page = { after: numberAt(cursor), limit: limit + 1 };
        const { sample, ...preview } = await previewPublication(sql, id, publicationOf(body, ifMatch), page);
        const items = pageBySeq(sample, limit, ({ before, after, ...row }) =>
          toDocument({ ...row, before: nextDocument(before), after: nextDocument(after) }),
        );
        return ok({ ...preview, ...items });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/versions',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listVersions',
        tag: 'Campaigns',
        summary: 'List the versions of a campaign, newest first',
        answers: { 200: VersionPageAnswer },
        examples: { answer: pageExample(VERSION_SUMMARY_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireCampaign(sql, id);
        const rows = await listVersions(sql, { campaignId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ number }) => number, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/versions/:id',
      role: 'viewer',
      concerns: 'version',
      operation: {
        id: 'getVersion',
        tag: 'Campaigns',
        summary: 'Read a version with its plan and policy',
        answers: { 200: VersionAnswer },
        examples: { answer: VERSION_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const { plan, policy, ...version } = await readVersion(sql, id);
        // Plan and policy keep their own form.
        return ok({ ...(toDocument(version) as Record<string, unknown>), plan, policy });
      },
    }),
  ];
}

function publicationOf(
  { revision, definition, backTo = 0, inside, removed, sendBack }: z.output<typeof PublicationBody>,
  ifMatch: number | null,
): Publication {
  return {
    revision: revisionRequired(ifMatch, revision),
    content: definition === undefined ? { backTo } : { definition },
    choices: { inside, removed, sendBack },
  };
}
