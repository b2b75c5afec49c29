import * as z from 'zod';
import { hookOf } from '../../db/crm-hook';
import { changeMapping, getMapping, requestListing, type StoredMapping } from '../../db/crm-mapping';
import { renewWebhookSecret, webhookSecret } from '../../db/crm-webhook';
import { CrmMappingSchema } from '../../domain/crm-mapping';
import { toIso } from '../../domain/instant';
import { statusOptions } from '../../domain/rule-options';
import {
  CrmHookAnswer,
  CrmMappingAnswer,
  HOOK_EXAMPLE,
  MAPPING_BODY_EXAMPLE,
  MAPPING_EXAMPLE,
  STATUS_OPTION_EXAMPLE,
  StatusOptionPageAnswer,
} from '../answers/crm';
import { pageExample } from '../answers/fields';
import { crmWebhookUrl, SIGNING } from '../crm-webhook';
import type { ApiDeps } from '../deps';
import { numberAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionRequired } from '../revision';
import { accepted, defineRoute, IdParams, noContent, ok, type Route } from '../route';
import { storable, text } from '../text';

/**
 * GET /connections/{id}/mapping · PUT /connections/{id}/mapping · POST /connections/{id}/mapping/refresh
 * GET /connections/{id}/statuses · GET /connections/{id}/status-webhook · POST /connections/{id}/status-webhook/renew
 */
export function crmMappingRoutes(deps: ApiDeps): Route[] {
  return [...mapping(deps), ...webhook(deps)];
}

const MappingBody = storable(CrmMappingSchema.safeExtend({ revision: RevisionSchema }));

function mapping({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/connections/:id/mapping',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getCrmMapping',
        tag: 'Connections',
        summary: 'Read what is known of a CRM',
        description:
          'Statuses, outcomes, types of note and fields: from its own lists, from statuses that it told us of, and by hand.',
        answers: { 200: CrmMappingAnswer },
        examples: { answer: MAPPING_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(mappingDocument(id, await getMapping(sql, id))),
    }),
    defineRoute({
      method: 'put',
      path: '/connections/:id/mapping',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeCrmMapping',
        tag: 'Connections',
        summary: 'Change what is known of a CRM',
        description:
          'Replaces all of it. Statuses by hand stay when the lists of the CRM are asked for again. `stopsOutreach`: outreach to a contact ends when somebody sets the status in the CRM. With outcomes, rules are offered these and no others.',
        answers: { 200: CrmMappingAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: { body: { revision: 1, ...MAPPING_BODY_EXAMPLE }, answer: MAPPING_EXAMPLE },
      },
      params: IdParams,
      body: MappingBody,
      handle: async ({ params: { id }, body: { revision: inBody, ...given }, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, inBody);
        return ok(mappingDocument(id, await changeMapping(sql, id, { revision, mapping: given }, caller.actor)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/connections/:id/mapping/refresh',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'refreshCrmMapping',
        tag: 'Connections',
        summary: 'Ask a CRM for its lists',
        description:
          'A worker asks, soon: `lastListing` then says how it went. It is also asked every quarter of an hour.',
        answers: { 202: CrmMappingAnswer },
        examples: { answer: MAPPING_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => accepted(mappingDocument(id, await requestListing(sql, id))),
    }),
    defineRoute({
      method: 'get',
      path: '/connections/:id/statuses',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'findCrmStatuses',
        tag: 'Connections',
        summary: 'Search the statuses of a CRM',
        description: 'Those that are offered, statuses and substatuses, each labelled with the field that it writes.',
        parameters: { query: 'Words that stand in the label or in the value.' },
        answers: { 200: StatusOptionPageAnswer },
        examples: { answer: pageExample(STATUS_OPTION_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({ ...pageQuery, query: text(120).default('') }),
      handle: async ({ params: { id }, query: { limit, cursor, query } }) => {
        const found = statusOptions((await getMapping(sql, id)).mapping.statuses, query);
        const from = numberAt(cursor) ?? 0;
        const rows = found.slice(from, from + limit + 1).map((option, ix) => ({ option, place: from + ix + 1 }));
        return ok(
          pageOf(
            rows,
            limit,
            ({ place }) => place,
            ({ option }) => option,
          ),
        );
      },
    }),
  ];
}

function webhook({ sql, config: { secretKey, publicUrl } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/connections/:id/status-webhook',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'getStatusWebhook',
        tag: 'Connections',
        summary: 'Say where a CRM tells of changed statuses',
        description: SIGNING,
        answers: { 200: CrmHookAnswer },
        examples: { answer: HOOK_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const secret = await webhookSecret(sql, secretKey, statusesOf(id));
        return ok({ url: crmWebhookUrl(publicUrl, statusesOf(id), secret), secret, hook: await hookOf(sql, id) });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/connections/:id/status-webhook/renew',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'renewStatusWebhook',
        tag: 'Connections',
        summary: 'Make another address for a CRM to tell of changes',
        description: 'The address before is good for nothing from then on.',
        answers: { 204: null },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        await renewWebhookSecret(sql, secretKey, statusesOf(id), caller.actor);
        return noContent();
      },
    }),
  ];
}

const statusesOf = (connectionId: string) => ({ of: 'statuses', connectionId }) as const;

function mappingDocument(connectionId: string, stored: StoredMapping) {
  const { mapping: known, revision, listedRt, listResult, listRt, updatedAt, updatedBy } = stored;
  return {
    ...known,
    connectionId,
    revision,
    lastListing: listedRt === null ? null : { at: toIso(listedRt), result: listResult ?? 'ok' },
    nextListingAt: listRt === null ? null : toIso(listRt),
    updatedAt: updatedAt === null ? null : toIso(updatedAt),
    updatedBy,
  };
}
