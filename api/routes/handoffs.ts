import * as z from 'zod';
import { listHandoffs } from '../../db/handoff-inbox';
import { getHandoffNotice, takeHandoff } from '../../db/handoff-notice';
import { pageExample } from '../answers/fields';
import { HANDOFF_EXAMPLE, HANDOFF_NOTICE_EXAMPLE, HandoffNoticeAnswer, HandoffPageAnswer } from '../answers/handoffs';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAndIdAt, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';

/** GET /handoffs: whatever waits for a person · GET /enrollments/{id}/handoff · POST /enrollments/{id}/handoff/take */
export function handoffRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/handoffs',
      role: 'viewer',
      concerns: 'filtered',
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
    defineRoute({
      method: 'get',
      path: '/enrollments/:id/handoff',
      role: 'viewer',
      concerns: 'enrollment',
      operation: {
        id: 'getHandoff',
        tag: 'Enrollments',
        summary: 'Say who was told that somebody waits for a person',
        description:
          'Of the last time that they did. The campaign says in `policy.handoffAlerts` who is told, and who is told next.',
        answers: { 200: HandoffNoticeAnswer },
        examples: { answer: HANDOFF_NOTICE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(await getHandoffNotice(sql, id))),
    }),
    defineRoute({
      method: 'post',
      path: '/enrollments/:id/handoff/take',
      role: 'editor',
      concerns: 'enrollment',
      operation: {
        id: 'takeHandoff',
        tag: 'Enrollments',
        summary: 'Take somebody who waits for a person',
        description:
          'Nobody else is told from now on. Outreach stays held until an order hands the contact back, or the hold ends.',
        answers: { 200: HandoffNoticeAnswer },
        problems: ['wrong_status'],
        examples: {
          answer: {
            ...HANDOFF_NOTICE_EXAMPLE,
            escalatesAt: null,
            takenAt: '2027-03-08T16:12:00.000Z',
            takenBy: 'key:Ada',
          },
        },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => ok(toDocument(await takeHandoff(sql, id, caller.actor))),
    }),
  ];
}
