import * as z from 'zod';
import { createList, getList, listLists } from '../../db/list';
import { csvContacts, columnOf } from '../csv-contacts';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { pointerOf } from '../faults';
import { ContactImport, type RowResult } from '../import-contacts';
import { idAt, pageOf, pageQuery } from '../page';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const MOST_ENTRIES = 500;

/**
 * POST /lists
 * GET /lists
 * GET /lists/{id}
 * POST /lists/{id}/contacts: up to 500 people with their cases, a result for each
 * POST /lists/{id}/import: a CSV file, a result for each row
 */
export function listRoutes({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/lists',
      role: 'editor',
      body: z.strictObject({ name: text(120).min(3), caseType: text(120).min(1) }),
      handle: async ({ body: { name, caseType }, caller }) => {
        const list = await createList(sql, name, caseType, caller.actor);
        return created(toDocument(list), `/lists/${list.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/lists',
      role: 'viewer',
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listLists(sql, { after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/lists/:id',
      role: 'viewer',
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(await getList(sql, id))),
    }),
    defineRoute({
      method: 'post',
      path: '/lists/:id/contacts',
      role: 'editor',
      params: IdParams,
      body: z.strictObject({ items: z.array(z.unknown()).min(1).max(MOST_ENTRIES) }),
      handle: async ({ params: { id }, body: { items }, caller }) => {
        const list = await getList(sql, id);
        const taking = new ContactImport({ sql, addressKey, list, actor: caller.actor }, pointerOf);
        const results: (RowResult & { index: number })[] = [];
        for (const [index, item] of items.entries()) results.push({ index, ...(await taking.take(item)) });
        return ok(reportOf(results));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/lists/:id/import',
      role: 'editor',
      params: IdParams,
      bodyKind: 'csv',
      body: z.string(),
      handle: async ({ params: { id }, body, caller }) => {
        const list = await getList(sql, id);
        const taking = new ContactImport({ sql, addressKey, list, actor: caller.actor }, columnOf);
        const results: (RowResult & { line: number })[] = [];
        for (const { line, content } of csvContacts(body)) {
          const result = 'input' in content ? await taking.take(content.input) : unreadable(content.broken);
          results.push({ line, ...result });
        }
        return ok(reportOf(results));
      },
    }),
  ];
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
