import * as z from 'zod';
import { requireCampaign } from '../../db/campaign';
import {
  type ContactOperation,
  getOperation,
  listOperations,
  listResults,
  orderByExternalIds,
  orderByFilter,
  orderByIds,
} from '../../db/contact-operation';
import { carryOn } from '../../db/contact-operation-work';
import { isOutOfReach } from '../../db/out-of-reach';
import { idOfRequest } from '../../db/tokens';
import { announce } from '../../engine/announce';
import {
  CONTACT_OPERATION_EXAMPLE,
  CONTACT_OPERATION_SUMMARY_EXAMPLE,
  ContactOperationAnswer,
  ContactOperationPageAnswer,
  ContactOrderSchema,
  IMPORTED_IDS_EXAMPLE,
  operationDocument,
  ORDER_RESULT_EXAMPLE,
  OrderResultPageAnswer,
  resultDocument,
} from '../answers/contact-operations';
import { EXAMPLE_IDS, pageExample } from '../answers/fields';
import { contactFilter } from '../contact-filter';
import type { ApiDeps } from '../deps';
import { readExternalIds } from '../external-ids';
import { numberAt, pageBySeq, pageOf, pageQuery } from '../page';
import { type Answer, created, defineRoute, IdParams, ok, type Route, type Who } from '../route';
import { text } from '../text';

/** As many as a page holds: the request carries them out itself, and answers for each. */
const MOST_AT_ONCE = 200;

const OrderForMany = z
  .strictObject({
    order: ContactOrderSchema,
    enrollmentIds: z.array(z.uuid()).min(1).max(MOST_AT_ONCE).optional().describe('Those that were chosen on a page.'),
    filter: z
      .strictObject(contactFilter)
      .optional()
      .describe('Instead: everybody of the filter; `{}` = everybody of the campaign.'),
    count: z
      .int()
      .min(0)
      .optional()
      .describe('With a filter: how many they are, as `GET …/enrollments/count` said. Another number is refused.'),
    note: text(1000).optional(),
  })
  .check(({ value: { enrollmentIds, filter, count }, issues }) => {
    const fault = (field: string, input: unknown, message: string) =>
      void issues.push({ code: 'custom', path: [field], input, message });
    if (enrollmentIds === undefined && filter === undefined)
      fault('enrollmentIds', undefined, 'or a filter must be given');
    if (enrollmentIds !== undefined && filter !== undefined)
      fault('filter', filter, 'must be left out beside enrollmentIds');
    if (filter !== undefined && count === undefined) fault('count', undefined, 'must be given with a filter');
  });

/**
 * POST /campaigns/{id}/contact-operations: Mark Completed or Resume Outreach for many contacts
 * POST /campaigns/{id}/contact-operations/import: Mark Completed for whoever carries an external id of the file
 * GET /campaigns/{id}/contact-operations
 * GET /contact-operations/{id}
 * GET /contact-operations/{id}/results
 */
export function contactOperationRoutes(deps: ApiDeps): Route[] {
  const { sql, log } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/contact-operations',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'orderForContacts',
        tag: 'Enrollments',
        summary: 'Mark many contacts completed, or resume outreach to them',
        description: BULK,
        answers: { 201: ContactOperationAnswer },
        problems: ['wrong_status', 'order_refused'],
        examples: {
          body: { order: 'resume', enrollmentIds: [EXAMPLE_IDS.enrollment] },
          answer: CONTACT_OPERATION_EXAMPLE,
        },
      },
      params: IdParams,
      body: OrderForMany,
      handle: async ({ params: { id: campaignId }, body, ...who }) => {
        const { order: kind, note, enrollmentIds, filter, count } = body;
        const operation = { ...named(who), campaignId, kind, note };
        if (enrollmentIds !== undefined) return carriedOut(await orderByIds(sql, operation, enrollmentIds));
        return carriedOut(await orderByFilter(sql, operation, { filter: filter ?? {}, count: count ?? 0 }));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/contact-operations/import',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'completeByExternalId',
        tag: 'Enrollments',
        summary: 'Mark contacts completed by a file of external ids',
        description: IMPORT,
        answers: { 201: ContactOperationAnswer },
        problems: ['wrong_status'],
        examples: { body: 'external_id\nP-1001\n999\nP-1001\n', answer: IMPORTED_IDS_EXAMPLE },
      },
      params: IdParams,
      bodyKind: 'csv',
      body: z.string(),
      handle: async ({ params: { id: campaignId }, body, ...who }) =>
        carriedOut(await orderByExternalIds(sql, { ...named(who), campaignId }, readExternalIds(body))),
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/contact-operations',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listContactOperations',
        tag: 'Enrollments',
        summary: 'List the orders for many contacts of a campaign, newest first',
        answers: { 200: ContactOperationPageAnswer },
        examples: { answer: pageExample(CONTACT_OPERATION_SUMMARY_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireCampaign(sql, id);
        const rows = await listOperations(sql, { campaignId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, (row) => operationDocument({ ...row, seq: 0 })));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/contact-operations/:id',
      role: 'viewer',
      concerns: 'contact_operation',
      operation: {
        id: 'getContactOperation',
        tag: 'Enrollments',
        summary: 'Read how far an order for many contacts is',
        answers: { 200: ContactOperationAnswer },
        examples: { answer: CONTACT_OPERATION_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(await withResults(await getOperation(sql, id))),
    }),
    defineRoute({
      method: 'get',
      path: '/contact-operations/:id/results',
      role: 'viewer',
      concerns: 'contact_operation',
      operation: {
        id: 'listOrderResults',
        tag: 'Enrollments',
        summary: 'List what an order for many came to for each contact',
        description: 'In the order in which they were named. They are kept for 30 days; the numbers stay.',
        answers: { 200: OrderResultPageAnswer },
        examples: { answer: pageExample(ORDER_RESULT_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({ ...pageQuery, result: z.enum(['done', 'skipped']).optional() }),
      handle: async ({ params: { id }, query: { limit, cursor, result } }) => {
        await getOperation(sql, id);
        const rows = await listResults(sql, { operationId: id, result, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ position }) => position, resultDocument));
      },
    }),
  ];

  function named({ caller, requestKey }: Pick<Who, 'caller' | 'requestKey'>) {
    return { id: idOfRequest(requestKey), actor: caller.actor };
  }

  /** What is no more than a page is done before the answer; whatever is left, the bulk worker does. */
  async function carriedOut(given: ContactOperation): Promise<Answer> {
    const { id, total, state } = given;
    if (state === 'running' && total <= MOST_AT_ONCE) await tryToCarryOut(id);
    return created(await withResults(await getOperation(sql, id)), `/contact-operations/${id}`);
  }

  /** The order stands: what fails here is tried again by the bulk worker. */
  async function tryToCarryOut(id: string): Promise<void> {
    try {
      let isMore = true;
      while (isMore) isMore = await carryOn(sql, id, async (received) => void announce(deps, received));
    } catch (error) {
      if (isOutOfReach(error)) throw error;
      log.warn(
        { operationId: id, err: { name: error instanceof Error ? error.name : '' } },
        'an order for many goes on later',
      );
    }
  }

  async function withResults(operation: ContactOperation): Promise<Record<string, unknown>> {
    const { id, total } = operation;
    const page = { operationId: id, after: null, limit: MOST_AT_ONCE };
    const results = total <= MOST_AT_ONCE ? await listResults(sql, page) : [];
    return { ...operationDocument(operation), results: results.map(resultDocument) };
  }
}

const BULK = `
For up to 200 that were chosen by their ids, or for everybody of a filter. Each is ordered by itself and answered by itself:

- \`complete\` ends outreach, also to who could not be enrolled: an address that is found later takes nobody in; somebody who is completed already counts as done, and nothing is changed
- \`resume\` takes it up again for those who stand at completed or completed (all calls), and ends pauses. Whoever opted out and has not agreed anew since to a channel of the plan (\`POST /v1/contacts/{id}/opt-in\`), was taken out for good by a rule, was erased, could not be enrolled, or is active anyway is skipped, with the reason. Whoever has nothing left of the plan ends again at once

Up to 200 are done when the answer comes. More are carried out in the background: \`GET /v1/contact-operations/{id}\` says how far it is.
`.trim();

const IMPORT = `
CSV, one external id on each line, up to 100,000; a header is tolerated, blanks are trimmed, upper and lower case differ. The id may be the contact's own or that of a case that the contact is enrolled with.
Exactly one contact of this campaign has to carry it: with none or several the line is skipped, with the reason. Whoever is on its list and not enrolled yet is enrolled first. An id that comes again counts once. Whoever is completed already counts as done, so the same file once more changes nothing.
`.trim();
