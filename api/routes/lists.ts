import * as z from 'zod';
import { deleteList } from '../../db/list-deletion';
import { changeList, createList, getList, listLists, recordImport, requireConditions } from '../../db/list';
import { requireOpenList } from '../../db/list-members';
import { idOfRequest } from '../../db/tokens';
import { pageExample } from '../answers/fields';
import {
  CONTACTS_REPORT_EXAMPLE,
  ContactsReportAnswer,
  CSV_EXAMPLE,
  ENTRIES_EXAMPLE,
  IMPORT_REPORT_EXAMPLE,
  ImportReportAnswer,
  LIST_BODY_EXAMPLE,
  LIST_EXAMPLE,
  ListAnswer,
  ListPageAnswer,
} from '../answers/lists';
import { EntryInputSchema } from '../../imports/contact-entry';
import { fieldOf } from '../../imports/columns';
import { csvContacts } from '../csv-contacts';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { pointerOf } from '../faults';
import { ConditionsSchema, requireKnownAttributes } from '../member-conditions';
import { ContactImport, type RowResult } from '../import-contacts';
import { idAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { type Answer, created, defineRoute, IdParams, noContent, ok, type Route } from '../route';
import { text } from '../text';

const MOST_ENTRIES = 500;
const KindSchema = z.enum(['static', 'dynamic', 'hybrid']);
const AnyEntry = z.unknown().meta({ shownAs: EntryInputSchema });

const IMPORT_DESCRIPTION = `
The first line names the columns, in any order: \`external_id\`, \`first_name\`, \`last_name\`, \`language\`, \`zone\`, \`state\`, \`country\`, \`postal_code\`,
\`phone\` and \`phone_2\` to \`phone_10\`, \`email\` and \`email_2\` to \`email_10\`, \`attr_<name>\`, \`tags\` and \`consent\` (separated by ";"), \`consent_source\`,
\`case_external_id\`, \`case_title\`, \`case_status\`. UTF-8, up to 100,000 rows and 20 MB. Each row is taken in or rejected by itself.
`.trim();

/**
 * POST /lists
 * GET /lists
 * GET /lists/{id}
 * PATCH /lists/{id}
 * DELETE /lists/{id}
 * POST /lists/{id}/contacts: up to 500 people with their cases, a result for each
 * POST /lists/{id}/import: a CSV file, a result for each row
 */
export function listRoutes({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/lists',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createList',
        tag: 'Lists',
        summary: 'Create a list',
        description:
          'A `static` list is empty and filled by hand, import or CRM. A `dynamic` one fills itself: cases come and go by its conditions. A `hybrid` one does so too, and people are added and removed by hand besides.',
        answers: { 201: ListAnswer },
        problems: ['wrong_status'],
        examples: { body: LIST_BODY_EXAMPLE, answer: LIST_EXAMPLE },
      },
      body: z.strictObject({
        name: text(120).min(3),
        caseType: text(120).min(1),
        kind: KindSchema.default('static'),
        conditions: ConditionsSchema.nullable().default(null),
      }),
      handle: async ({ body, caller, requestKey }) => {
        requireConditions(body.kind, body.conditions);
        await requireKnownAttributes(sql, body.conditions);
        const list = await createList(sql, { ...body, id: idOfRequest(requestKey) }, caller.actor);
        return created(toDocument(list), `/lists/${list.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/lists',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listLists',
        tag: 'Lists',
        summary: 'List lists',
        parameters: { query: 'Part of the name.', sort: 'Newest first, or by name.' },
        answers: { 200: ListPageAnswer },
        examples: { answer: pageExample(LIST_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        caseType: text(120).min(1).optional(),
        kind: KindSchema.optional(),
        query: text(120).min(1).optional(),
        sort: z.enum(['newest', 'name']).default('newest'),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listLists(sql, { ...filter, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/lists/:id',
      role: 'viewer',
      concerns: 'list',
      operation: {
        id: 'getList',
        tag: 'Lists',
        summary: 'Read a list',
        answers: { 200: ListAnswer },
        examples: { answer: LIST_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(await getList(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/lists/:id',
      role: 'editor',
      concerns: 'list',
      operation: {
        id: 'changeList',
        tag: 'Lists',
        summary: 'Change the name, kind or conditions of a list',
        description:
          'With other conditions every case is looked at anew. A list that becomes static keeps who is on it. Whoever leaves a list is enrolled no more because of it; those who are inside a campaign go on, unless its policy says `leavesWithList`.',
        answers: { 200: ListAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { name: 'Intake, summer', revision: 1 },
          answer: { ...LIST_EXAMPLE, name: 'Intake, summer', revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({
        name: text(120).min(3).optional(),
        kind: KindSchema.optional(),
        conditions: ConditionsSchema.nullable().optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { revision, ...asked }, caller, ifMatch }) => {
        await requireKnownAttributes(sql, asked.conditions);
        const change = { ...asked, revision: revisionAsked(ifMatch, revision) };
        return ok(toDocument(await changeList(sql, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/lists/:id',
      role: 'editor',
      concerns: 'list',
      operation: {
        id: 'deleteList',
        tag: 'Lists',
        summary: 'Delete a list that nothing uses',
        description:
          'Refused with the names of the campaigns (in any status), feeds and unfinished imports that use it. Contacts and cases stay; the reports of its imports go with it.',
        answers: { 204: null },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
      },
      params: IdParams,
      handle: async ({ params: { id }, caller, ifMatch }) => {
        await deleteList(sql, id, { revision: revisionAsked(ifMatch) }, caller.actor);
        return noContent();
      },
    }),
    defineRoute({
      method: 'post',
      path: '/lists/:id/contacts',
      role: 'editor',
      concerns: 'list',
      operation: {
        id: 'addContacts',
        tag: 'Lists',
        summary: 'Put up to 500 people with their cases on a list',
        description:
          'Each is taken in or rejected by itself. Somebody who is known by external id or address is updated; somebody without a case gets one.',
        answers: { 200: ContactsReportAnswer },
        problems: ['wrong_status'],
        examples: { body: ENTRIES_EXAMPLE, answer: CONTACTS_REPORT_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ items: z.array(AnyEntry).min(1).max(MOST_ENTRIES) }),
      handle: async ({ params: { id }, body: { items }, caller }) => {
        const list = await getList(sql, id);
        requireOpenList(list);
        const taking = new ContactImport({ sql, addressKey, list, actor: caller.actor }, pointerOf);
        const results: (RowResult & { index: number })[] = [];
        for (const [index, item] of items.entries()) results.push({ index, ...(await taking.take(item)) });
        return reported(id, results, caller.actor);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/lists/:id/import',
      role: 'editor',
      concerns: 'list',
      operation: {
        id: 'importContacts',
        tag: 'Lists',
        summary: 'Import a CSV file of people onto a list',
        description: IMPORT_DESCRIPTION,
        answers: { 200: ImportReportAnswer },
        problems: ['wrong_status'],
        examples: { body: CSV_EXAMPLE, answer: IMPORT_REPORT_EXAMPLE },
      },
      params: IdParams,
      bodyKind: 'csv',
      body: z.string(),
      handle: async ({ params: { id }, body, caller }) => {
        const list = await getList(sql, id);
        requireOpenList(list);
        const taking = new ContactImport({ sql, addressKey, list, actor: caller.actor }, fieldOf);
        const results: (RowResult & { line: number })[] = [];
        for (const { line, content } of csvContacts(body)) {
          const result = 'input' in content ? await taking.take(content.input) : unreadable(content.broken);
          results.push({ line, ...result });
        }
        return reported(id, results, caller.actor);
      },
    }),
  ];

  async function reported(listId: string, results: readonly RowResult[], actor: string): Promise<Answer> {
    const report = reportOf(results);
    const { created: made, updated, rejected } = report;
    await recordImport(sql, listId, { created: made, updated, rejected }, actor);
    return ok(report);
  }
}

function unreadable(rule: string): RowResult {
  return { status: 'rejected', errors: [{ field: 'row', rule }] };
}

/** `duplicate` rows have updated somebody, so they count among the updated. */
function reportOf(results: readonly RowResult[]) {
  const count = (...statuses: RowResult['status'][]) =>
    results.filter(({ status }) => statuses.includes(status)).length;
  return {
    rows: results.length,
    created: count('created'),
    updated: count('updated', 'duplicate'),
    rejected: count('rejected'),
    results,
  };
}
