import * as z from 'zod';
import { type ChangeRow, ENTITIES, listChanges } from '../../db/change-log';
import { toIso } from '../../domain/instant';
import { CHANGE_EXAMPLE, ChangePageAnswer } from '../answers/access';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { InstantSchema } from '../instant';
import { numberAt, pageOf, pageQuery } from '../page';
import { defineRoute, ok, type Route } from '../route';
import { text } from '../text';

/** GET /changes: who changed what, and when */
export function changeRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/changes',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'listChanges',
        tag: 'Changes',
        summary: 'Who changed what',
        description:
          'Every change that was made through this API, newest first: who made it, when, by which request. `since` and `until` are business time.',
        answers: { 200: ChangePageAnswer },
        examples: { answer: pageExample(CHANGE_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        entity: z.enum(ENTITIES).optional(),
        entityId: text(100).min(1).optional(),
        actor: text(100).min(1).optional(),
        requestId: text(128).min(1).optional(),
        /** Business time: from the first on, before the second. */
        since: InstantSchema.optional(),
        until: InstantSchema.optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listChanges(sql, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, changeDocument));
      },
    }),
  ];
}

/** What was changed keeps its form. `at` is business time, `recordedAt` real time. */
function changeDocument({ at, rt, ...row }: ChangeRow) {
  return { ...row, at: toIso(at), recordedAt: toIso(rt) };
}
