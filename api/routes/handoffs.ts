import * as z from 'zod';
import { listHandoffs } from '../../db/handoff-inbox';
import { pageExample } from '../answers/fields';
import { HANDOFF_EXAMPLE, HandoffPageAnswer } from '../answers/handoffs';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAndIdAt, pageOf, pageQuery } from '../page';
import { defineRoute, ok, type Route } from '../route';

/** GET /handoffs: whatever waits for a person */
export function handoffRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/handoffs',
      role: 'viewer',
      operation: {
        id: 'listHandoffs',
        tag: 'Handoffs',
        summary: 'List what waits for a person, newest first',
        description:
          'Enrollments on hold, facts that belong to no enrollment, answered calls whose outcome nobody told.',
        answers: { 200: HandoffPageAnswer },
        examples: { answer: pageExample(HANDOFF_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listHandoffs(sql, { after: numberAndIdAt(cursor), limit: limit + 1 });
        const position = (row: { position: number; id: string }) => `${row.position}_${row.id}`;
        return ok(pageOf(rows, limit, position, ({ position: _, ...row }) => toDocument(row)));
      },
    }),
  ];
}
