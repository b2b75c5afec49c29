import * as z from 'zod';
import { appNow } from '../../db/clock';
import { cancelCommitment, moveCommitment } from '../../db/commitment-orders';
import { listCommitments } from '../../db/commitment-views';
import type { Received } from '../../db/inbox';
import { announce } from '../../engine/announce';
import { COMMITMENT_EXAMPLE, CommitmentPageAnswer, CommitmentStateSchema } from '../answers/commitments';
import { RECEIVED_EXAMPLE, ReceivedAnswer } from '../answers/contacts';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { pastCallback } from '../fact-arrival';
import { InstantSchema } from '../instant';
import { numberAndIdAt, pageOf, pageQuery } from '../page';
import { accepted, type Answer, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /commitments: promised callbacks, kept, moved or broken, and why
 * POST /commitments/{id}/move
 * POST /commitments/{id}/cancel
 */
export function commitmentRoutes(deps: ApiDeps): Route[] {
  const { sql } = deps;
  const told = (received: Received): Answer => {
    void announce(deps, received);
    return accepted({ factId: received.factId, duplicate: received.duplicate });
  };
  return [
    defineRoute({
      method: 'get',
      path: '/commitments',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listCommitments',
        tag: 'Enrollments',
        summary: 'List promised callbacks and what became of them, in the order of their time',
        parameters: { since: 'Promised for this instant or later.', until: 'Promised for an instant before this one.' },
        answers: { 200: CommitmentPageAnswer },
        examples: { answer: pageExample(COMMITMENT_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        campaignId: z.uuid().optional(),
        enrollmentId: z.uuid().optional(),
        state: CommitmentStateSchema.optional(),
        since: InstantSchema.optional(),
        until: InstantSchema.optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listCommitments(sql, { ...filter, after: numberAndIdAt(cursor), limit: limit + 1 });
        const place = (row: { position: number; id: string }) => `${row.position}_${row.id}`;
        return ok(pageOf(rows, limit, place, ({ position: _, ...row }) => toDocument(row)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/commitments/:id/move',
      role: 'editor',
      concerns: 'commitment',
      operation: {
        id: 'moveCommitment',
        tag: 'Enrollments',
        summary: 'Move a promised callback to another time',
        description: 'The promise ends as moved, and another one stands for the new time.',
        answers: { 202: ReceivedAnswer },
        problems: ['wrong_status'],
        examples: { body: { at: '2099-03-10T15:30:00Z' }, answer: RECEIVED_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ at: InstantSchema }),
      handle: async ({ params: { id }, body: { at }, caller: { actor }, requestKey }) => {
        const now = await appNow(sql);
        if (at <= now) throw pastCallback(at, now);
        return told(await moveCommitment(sql, { commitmentId: id, at, actor, eventKey: `move:${requestKey}` }));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/commitments/:id/cancel',
      role: 'editor',
      concerns: 'commitment',
      operation: {
        id: 'cancelCommitment',
        tag: 'Enrollments',
        summary: 'Cancel a promised callback',
        description: 'It counts as broken, by an order; the plan goes on.',
        answers: { 202: ReceivedAnswer },
        problems: ['wrong_status'],
        examples: { body: { note: 'she wrote instead' }, answer: RECEIVED_EXAMPLE },
      },
      params: IdParams,
      body: z.strictObject({ note: text(1000).optional() }),
      handle: async ({ params: { id }, body: { note }, caller: { actor }, requestKey }) => {
        const order = { commitmentId: id, actor, eventKey: `cancel:${requestKey}` };
        return told(await cancelCommitment(sql, { ...order, ...(note === undefined ? {} : { note }) }));
      },
    }),
  ];
}
