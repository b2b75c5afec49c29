import * as z from 'zod';
import { changeCase, createCase, getCase, listCases } from '../../db/case';
import { idOfRequest } from '../../db/tokens';
import { CASE_BODY_EXAMPLE, CASE_EXAMPLE, CasePageAnswer, CaseRecordAnswer } from '../answers/cases';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { idAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const typeSchema = text(120).min(1);
const statusSchema = text(120).min(1).nullable();

/**
 * POST /contacts/{id}/cases
 * GET /cases
 * GET /cases/{id}
 * PATCH /cases/{id}
 */
export function caseRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/contacts/:id/cases',
      role: 'editor',
      concerns: 'contact',
      operation: {
        id: 'createCase',
        tag: 'Contacts',
        summary: 'Give a contact a case',
        description: 'It stands on no list by that, but for those whose conditions it meets.',
        answers: { 201: CaseRecordAnswer },
        problems: ['wrong_status', 'case_conflict'],
        examples: { body: CASE_BODY_EXAMPLE, answer: { ...CASE_EXAMPLE, lists: [] } },
      },
      params: IdParams,
      body: z.strictObject({
        externalId: text(200).min(1).optional(),
        caseType: typeSchema,
        title: text(200).default(''),
        status: statusSchema.default(null),
      }),
      handle: async ({ params: { id }, body: { externalId = null, ...draft }, caller, requestKey }) => {
        const row = await createCase(sql, id, { ...draft, externalId, id: idOfRequest(requestKey) }, caller.actor);
        return created(toDocument(row), `/cases/${row.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cases',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listCases',
        tag: 'Contacts',
        summary: 'List cases',
        description: 'In a stable order that means nothing.',
        parameters: { query: 'Part of the title, or a whole external id.', listId: 'Only cases on this list.' },
        answers: { 200: CasePageAnswer },
        examples: { answer: pageExample(CASE_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        contactId: z.uuid().optional(),
        listId: z.uuid().optional(),
        caseType: typeSchema.optional(),
        status: text(120).min(1).optional(),
        query: text(200).min(1).optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listCases(sql, { ...filter, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cases/:id',
      role: 'viewer',
      concerns: 'case',
      operation: {
        id: 'getCase',
        tag: 'Contacts',
        summary: 'Read a case',
        answers: { 200: CaseRecordAnswer },
        examples: { answer: CASE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(await getCase(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/cases/:id',
      role: 'editor',
      concerns: 'case',
      operation: {
        id: 'changeCase',
        tag: 'Contacts',
        summary: 'Change a case',
        description:
          'A case on a list keeps its type, which is that of the list. Whoever is being reached about it is planned anew.',
        answers: { 200: CaseRecordAnswer },
        problems: ['case_conflict', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { status: 'Retained', revision: 1 },
          answer: { ...CASE_EXAMPLE, status: 'Retained', revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({
        caseType: typeSchema.optional(),
        title: text(200).optional(),
        status: statusSchema.optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { revision, ...change }, caller, ifMatch }) => {
        const asked = { ...change, revision: revisionAsked(ifMatch, revision) };
        return ok(toDocument(await changeCase(sql, id, asked, caller.actor)));
      },
    }),
  ];
}
