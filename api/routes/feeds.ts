import * as z from 'zod';
import { getConnection } from '../../db/connection';
import { listArrivals } from '../../db/crm-arrival';
import { renewWebhookSecret, webhookSecret } from '../../db/crm-webhook';
import { changeFeed, createFeed, getFeed, listFeeds } from '../../db/list-feed';
import { idOfRequest } from '../../db/tokens';
import {
  ARRIVAL_EXAMPLE,
  ArrivalPageAnswer,
  CRM_WEBHOOK_EXAMPLE,
  CrmWebhookAnswer,
  FEED_BODY_EXAMPLE,
  FEED_EXAMPLE,
  FeedAnswer,
  FeedPageAnswer,
  URL_PARAMETERS,
} from '../answers/feeds';
import { pageExample } from '../answers/fields';
import { crmWebhookUrl, SIGNING } from '../crm-webhook';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { idAt, numberAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const namesSchema = z.array(text(120).min(1)).max(50);

/**
 * POST /list-feeds · GET /list-feeds · GET /list-feeds/{id} · PATCH /list-feeds/{id}
 * GET /connections/{id}/webhook · POST /connections/{id}/webhook · GET /connections/{id}/arrivals
 */
export function feedRoutes(deps: ApiDeps): Route[] {
  return [...feeds(deps), ...webhooks(deps)];
}

function feeds({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/list-feeds',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createFeed',
        tag: 'Lists',
        summary: 'Let cases of a CRM come onto a list by themselves',
        description:
          'Whatever the webhook of the connection tells of and fits, unless its address says which list it is for. A dynamic list needs none: it takes in what meets its conditions, also of what the CRM told.',
        answers: { 201: FeedAnswer },
        problems: ['unknown_reference', 'wrong_status'],
        examples: { body: FEED_BODY_EXAMPLE, answer: FEED_EXAMPLE },
      },
      body: z.strictObject({
        listId: z.uuid(),
        connectionId: z.uuid(),
        enabled: z.boolean().default(true),
        firstSyncOnly: z.boolean().default(false),
        caseTypes: namesSchema.default([]),
        statuses: namesSchema.default([]),
      }),
      handle: async ({ body, caller, requestKey }) => {
        const feed = await createFeed(sql, { ...body, id: idOfRequest(requestKey) }, caller.actor);
        return created(toDocument(feed), `/list-feeds/${feed.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/list-feeds',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listFeeds',
        tag: 'Lists',
        summary: 'List what feeds which list',
        description: 'In a stable order that means nothing.',
        answers: { 200: FeedPageAnswer },
        examples: { answer: pageExample(FEED_EXAMPLE) },
      },
      query: z.strictObject({ ...pageQuery, listId: z.uuid().optional(), connectionId: z.uuid().optional() }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listFeeds(sql, { ...filter, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/list-feeds/:id',
      role: 'viewer',
      concerns: 'feed',
      operation: {
        id: 'getFeed',
        tag: 'Lists',
        summary: 'Read what feeds a list',
        answers: { 200: FeedAnswer },
        examples: { answer: FEED_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(await getFeed(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/list-feeds/:id',
      role: 'editor',
      concerns: 'feed',
      operation: {
        id: 'changeFeed',
        tag: 'Lists',
        summary: 'Change what feeds a list, or switch it off',
        description: 'For what is told from now on; who is on the list stays.',
        answers: { 200: FeedAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: {
          body: { enabled: false, revision: 1 },
          answer: { ...FEED_EXAMPLE, enabled: false, revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({
        enabled: z.boolean().optional(),
        firstSyncOnly: z.boolean().optional(),
        caseTypes: namesSchema.optional(),
        statuses: namesSchema.optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { revision, ...change }, caller, ifMatch }) => {
        const asked = { ...change, revision: revisionAsked(ifMatch, revision) };
        return ok(toDocument(await changeFeed(sql, id, asked, caller.actor)));
      },
    }),
  ];
}

function webhooks({ sql, config: { publicUrl, secretKey } }: ApiDeps): Route[] {
  const webhook = (connectionId: string) => ({ of: 'records', connectionId }) as const;
  const told = (id: string, secret: string) =>
    ok({ url: crmWebhookUrl(publicUrl, webhook(id), secret), secret, parameters: URL_PARAMETERS });
  return [
    defineRoute({
      method: 'get',
      path: '/connections/:id/webhook',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'getCrmWebhook',
        tag: 'Connections',
        summary: 'Tell the address at which the CRM tells us of its cases',
        description: `${SIGNING} The id of the connection stands in its place.`,
        answers: { 200: CrmWebhookAnswer },
        examples: { answer: CRM_WEBHOOK_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => told(id, await webhookSecret(sql, secretKey, webhook(id))),
    }),
    defineRoute({
      method: 'post',
      path: '/connections/:id/webhook',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'renewCrmWebhook',
        tag: 'Connections',
        summary: 'Make another address for the CRM, and the former ones good for nothing',
        answers: { 200: CrmWebhookAnswer },
        examples: { answer: CRM_WEBHOOK_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) =>
        told(id, await renewWebhookSecret(sql, secretKey, webhook(id), caller.actor)),
    }),
    defineRoute({
      method: 'get',
      path: '/connections/:id/arrivals',
      role: 'viewer',
      concerns: 'whole',
      operation: {
        id: 'listArrivals',
        tag: 'Connections',
        summary: 'List what the CRM told us, and what was made of it',
        description: 'Newest first. What was told twice in a row is there once.',
        answers: { 200: ArrivalPageAnswer },
        examples: { answer: pageExample(ARRIVAL_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({ ...pageQuery, result: z.enum(['created', 'updated', 'refused']).optional() }),
      handle: async ({ params: { id }, query: { result = null, limit, cursor } }) => {
        await getConnection(sql, id);
        const rows = await listArrivals(sql, id, { result, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, (row) => row.id, toDocument));
      },
    }),
  ];
}
