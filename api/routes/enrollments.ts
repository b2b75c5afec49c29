import * as z from 'zod';
import { getCampaign } from '../../db/campaign';
import {
  getEnrollment,
  listAttempts,
  listEnrollments,
  listTimeline,
  requireEnrollment,
} from '../../db/enrollment-views';
import { listExecutions } from '../../db/execution-views';
import { nextOf } from '../../db/explain';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';

/**
 * GET /campaigns/{id}/enrollments
 * GET /enrollments/{id}: with what comes next, and why
 * GET /enrollments/{id}/attempts
 * GET /enrollments/{id}/timeline
 * GET /enrollments/{id}/executions
 */
export function enrollmentRoutes({ sql, engine }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/enrollments',
      role: 'viewer',
      params: IdParams,
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(['rejected', 'open', 'ended']).optional(),
        status: z.enum(['active', 'completed_all_calls', 'completed', 'rejected']).optional(),
      }),
      handle: async ({ params: { id }, query: { state, status, limit, cursor } }) => {
        await getCampaign(sql, id);
        const after = numberAt(cursor);
        const rows = await listEnrollments(sql, { campaignId: id, state, status, after, limit: limit + 1 });
        return ok(
          pageOf(
            rows,
            limit,
            ({ seq }) => seq,
            ({ seq: _, ...row }) => toDocument(row),
          ),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrollments/:id',
      role: 'viewer',
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const { seq: _, ...enrollment } = await getEnrollment(sql, id);
        const { decision, sentence, askAt } = await nextOf(sql, id);
        const next = { decision: decision.kind, sentence, reasons: decision.reasons, askAt };
        return ok(toDocument({ ...enrollment, next, workflowUrl: engine.workflowUrl(id) }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrollments/:id/attempts',
      role: 'viewer',
      params: IdParams,
      handle: async ({ params: { id } }) => {
        await requireEnrollment(sql, id);
        return ok({ items: (await listAttempts(sql, id)).map(toDocument), nextCursor: null });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrollments/:id/timeline',
      role: 'viewer',
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireEnrollment(sql, id);
        const rows = await listTimeline(sql, { enrollmentId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, (row) => row.id, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrollments/:id/executions',
      role: 'viewer',
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireEnrollment(sql, id);
        const rows = await listExecutions(sql, { enrollmentId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(
          pageOf(
            rows,
            limit,
            ({ seq }) => seq,
            ({ seq: _, ...row }) => toDocument(row),
          ),
        );
      },
    }),
  ];
}
