import * as z from 'zod';
import { type Enrichment, getEnrichment, listEnrichments, requestEnrichment } from '../../db/enrichment';
import { changeEnrichmentService, getEnrichmentService } from '../../db/enrichment-service';
import { EnrichmentCauseSchema, EnrichmentKindSchema } from '../../domain/enrichment';
import {
  ENRICHMENT_EXAMPLE,
  ENRICHMENT_SERVICE_BODY_EXAMPLE,
  ENRICHMENT_SERVICE_EXAMPLE,
  EnrichmentAnswer,
  EnrichmentPageAnswer,
  EnrichmentServiceAnswer,
  EnrichmentStateSchema,
} from '../answers/enrichments';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { numberAt, pageBySeq, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { accepted, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /enrichment-service · PATCH /enrichment-service
 * GET /enrichments · GET /enrichments/{id} · POST /contacts/{id}/enrich
 */
export function enrichmentRoutes(deps: ApiDeps): Route[] {
  return [...service(deps), ...lookUps(deps)];
}

const ADDRESS = /^https?:\/\/[^/?#@\s\\]+(?:\/[^#\s\\]*)?$/;
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,60}$/;
const TAKEN_HEADERS = [
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'idempotency-key',
  'accept',
  'accept-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'cookie',
];
const ASCII = /^[\x20-\x7e]*$/;

const ServiceChangeSchema = z.strictObject({
  revision: RevisionSchema,
  enabled: z.boolean().optional(),
  name: text(60).optional(),
  url: z
    .string()
    .max(500)
    .refine(
      (value) => value === '' || (ADDRESS.test(value) && URL.canParse(value)),
      'must be an http or https address without user and fragment',
    )
    .optional(),
  header: z
    .string()
    .regex(HEADER, 'must be the name of a header')
    .refine((name) => !TAKEN_HEADERS.includes(name.toLowerCase()), 'must not be a header that requests have anyway')
    .optional(),
  prefix: z.string().max(40).regex(ASCII, 'must be plain ASCII').optional(),
  token: z.string().min(1).max(4_000).regex(ASCII, 'must be one line of plain ASCII').nullable().optional(),
  costMicros: z.int().min(0).max(100_000_000).optional(),
  perDay: z.int().min(1).max(1_000_000).optional(),
  timeoutSeconds: z.int().min(1).max(20).optional(),
  honoursIdempotencyKey: z.boolean().optional(),
});

function service({ sql, config: { secretKey, simulated } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/enrichment-service',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getEnrichmentService',
        tag: 'Settings',
        summary: 'Say who looks up what is missing of people',
        answers: { 200: EnrichmentServiceAnswer },
        examples: { answer: ENRICHMENT_SERVICE_EXAMPLE },
      },
      handle: async () => ok(toDocument(await getEnrichmentService(sql))),
    }),
    defineRoute({
      method: 'patch',
      path: '/enrichment-service',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeEnrichmentService',
        tag: 'Settings',
        summary: 'Set up who looks up what is missing of people',
        description:
          'What is left out stays; a token of null is taken away. Questions are JSON over https to public hosts alone; docs/settings.md has their form. Campaigns say in `policy.enrichment` when they ask.',
        answers: { 200: EnrichmentServiceAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'wrong_status'],
        examples: { body: ENRICHMENT_SERVICE_BODY_EXAMPLE, answer: ENRICHMENT_SERVICE_EXAMPLE },
      },
      body: ServiceChangeSchema,
      handle: async ({ body: { revision, ...change }, caller, ifMatch }) => {
        requireHttps(change.url, simulated);
        const asked = { ...change, revision: revisionAsked(ifMatch, revision) };
        return ok(toDocument(await changeEnrichmentService(sql, secretKey, asked, caller.actor)));
      },
    }),
  ];
}

/** The token and people's names go over the wire. */
function requireHttps(value: string | undefined, simulated: boolean): void {
  if (simulated || value === undefined || value === '' || value.startsWith('https:')) return;
  const detail = 'must be an https address';
  throw new ApiError('invalid_body', `#/url: ${detail}`, [{ pointer: '#/url', detail, value }]);
}

function lookUps({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/enrichments',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listEnrichments',
        tag: 'Contacts',
        summary: 'List what was looked up of people, newest first',
        description: 'When, why, what came of it and what it cost.',
        answers: { 200: EnrichmentPageAnswer },
        examples: { answer: pageExample(ENRICHMENT_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        contactId: z.uuid().optional(),
        campaignId: z.uuid().optional(),
        state: EnrichmentStateSchema.optional(),
        cause: EnrichmentCauseSchema.optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listEnrichments(sql, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, enrichmentDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrichments/:id',
      role: 'viewer',
      concerns: 'enrichment',
      operation: {
        id: 'getEnrichment',
        tag: 'Contacts',
        summary: 'Read what was looked up',
        answers: { 200: EnrichmentAnswer },
        examples: { answer: ENRICHMENT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const { seq: _, ...row } = await getEnrichment(sql, id);
        return ok(enrichmentDocument(row));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/enrich',
      role: 'editor',
      concerns: 'contact',
      operation: {
        id: 'enrichContact',
        tag: 'Contacts',
        summary: 'Look up what is missing of a contact',
        description:
          'Asked soon. The same is never asked twice: as long as nothing new is known of the contact, the answer is the look-up that there was; one that failed is tried again.',
        answers: { 202: EnrichmentAnswer },
        problems: ['wrong_status'],
        examples: {
          body: { kinds: ['phone'] },
          answer: {
            ...ENRICHMENT_EXAMPLE,
            ...PENDING,
            campaignId: null,
            enrollmentId: null,
            cause: 'manual',
            actor: 'key:Ada',
          },
        },
      },
      params: IdParams,
      body: z.strictObject({ kinds: z.array(EnrichmentKindSchema).min(1).max(4).default(['phone']) }),
      handle: async ({ params: { id }, body: { kinds }, caller }) => {
        const asked = [...new Set(kinds)];
        const { seq: _, ...row } = await requestEnrichment(sql, id, asked, caller.actor);
        return accepted(enrichmentDocument(row));
      },
    }),
  ];
}

const PENDING = {
  state: 'pending',
  source: null,
  data: [],
  costMicros: null,
  tries: 0,
  askedAt: null,
  finishedAt: null,
};

/** What the service said keeps its form, whatever its fields are called. */
function enrichmentDocument({ data, ...row }: Omit<Enrichment, 'seq'>): unknown {
  return { ...(toDocument(row) as Record<string, unknown>), data };
}
