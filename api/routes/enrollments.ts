import * as z from 'zod';
import { type AnyCampaign, getAnyCampaign, requireCampaign } from '../../db/campaign';
import {
  type EnrollmentSummary,
  getEnrollment,
  listAttempts,
  listTimeline,
  requireEnrollment,
} from '../../db/enrollment-views';
import { countEnrollments, listEnrollments } from '../../db/enrollment-list';
import { listExecutions } from '../../db/execution-views';
import { nextOf } from '../../db/explain';
import type { Decision, Reason } from '../../domain/decision';
import { ATTEMPT_EXAMPLE, AttemptPageAnswer, TIMELINE_EXAMPLE, TimelinePageAnswer } from '../answers/attempts';
import {
  ENROLLMENT_EXAMPLE,
  ENROLLMENT_SUMMARY_EXAMPLE,
  EnrollmentAnswer,
  EnrollmentCountAnswer,
  EnrollmentPageAnswer,
} from '../answers/enrollments';
import { EXECUTION_EXAMPLE, ExecutionPageAnswer } from '../answers/executions';
import { pageExample } from '../answers/fields';
import { contactFilter } from '../contact-filter';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { nextDocument } from '../next-document';
import { numberAndIdAt, numberAt, pageBySeq, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';

/**
 * GET /campaigns/{id}/enrollments
 * GET /campaigns/{id}/enrollments/count
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
      concerns: 'campaign',
      operation: {
        id: 'listEnrollments',
        tag: 'Enrollments',
        summary: 'List the contacts of a campaign',
        parameters: { sort: 'In the order of enrollment, or who is due first and then whoever is not.' },
        answers: { 200: EnrollmentPageAnswer },
        examples: { answer: pageExample(ENROLLMENT_SUMMARY_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({
        ...pageQuery,
        ...contactFilter,
        sort: z.enum(['enrolled', 'due']).default('enrolled'),
      }),
      handle: async ({ params: { id }, query: { limit, cursor, ...filter } }) => {
        const campaign = await getAnyCampaign(sql, id);
        const after = numberAndIdAt(cursor);
        const rows = await listEnrollments(sql, { campaignId: id, ...filter, after, limit: limit + 1 });
        const place = (row: { position: number; id: string }) => `${row.position}_${row.id}`;
        return ok(
          pageOf(rows, limit, place, ({ seq: _, position: __, lastDecision, ...row }) =>
            toDocument({ ...row, next: standingOf(row, lastDecision, campaign) }),
          ),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/enrollments/count',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'countEnrollments',
        tag: 'Enrollments',
        summary: 'Count the contacts of a campaign that match a filter',
        description: 'All of them are looked at: ask before an order for everybody of the filter, not at every turn.',
        answers: { 200: EnrollmentCountAnswer },
        examples: { answer: { count: 130 } },
      },
      params: IdParams,
      query: z.strictObject(contactFilter),
      handle: async ({ params: { id }, query }) => {
        await requireCampaign(sql, id);
        return ok({ count: await countEnrollments(sql, { campaignId: id, ...query }) });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrollments/:id',
      role: 'viewer',
      concerns: 'enrollment',
      operation: {
        id: 'getEnrollment',
        tag: 'Enrollments',
        summary: 'Read an enrollment, with what comes next and why',
        answers: { 200: EnrollmentAnswer },
        examples: { answer: ENROLLMENT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const { seq: _, ...enrollment } = await getEnrollment(sql, id);
        const next = nextDocument(await nextOf(sql, id));
        return ok(toDocument({ ...enrollment, next, workflowUrl: engine.workflowUrl(id) }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/enrollments/:id/attempts',
      role: 'viewer',
      concerns: 'enrollment',
      operation: {
        id: 'listAttempts',
        tag: 'Enrollments',
        summary: 'List the attempts at a contact, oldest first',
        description: 'All of them: a plan has no more than a few dozen.',
        answers: { 200: AttemptPageAnswer },
        examples: { answer: pageExample(ATTEMPT_EXAMPLE) },
      },
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
      concerns: 'enrollment',
      operation: {
        id: 'listTimeline',
        tag: 'Enrollments',
        summary: 'List what has happened to a contact, oldest first',
        answers: { 200: TimelinePageAnswer },
        examples: { answer: pageExample(TIMELINE_EXAMPLE) },
      },
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
      concerns: 'enrollment',
      operation: {
        id: 'listExecutions',
        tag: 'Enrollments',
        summary: 'List the actions that were ordered for a contact, oldest first',
        answers: { 200: ExecutionPageAnswer },
        examples: { answer: pageExample(EXECUTION_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject(pageQuery),
      handle: async ({ params: { id }, query: { limit, cursor } }) => {
        await requireEnrollment(sql, id);
        const rows = await listExecutions(sql, { enrollmentId: id, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, toDocument));
      },
    }),
  ];
}

/** What comes next as far as it is known without asking the planner about everybody: a pause wakes nobody, and holds all. */
function standingOf(
  { state, dueAt }: Pick<EnrollmentSummary, 'state' | 'dueAt'>,
  lastDecision: Decision | null,
  { status, pausedChannels }: AnyCampaign,
) {
  const held = (reason: Reason) => ({
    ...nextDocument({ kind: 'hold', reasons: [reason], askAt: dueAt ?? 0 }),
    askAt: dueAt,
  });
  if (status === 'paused' && state === 'open') return held({ code: 'campaign_paused' });
  const channel = lastDecision !== null && 'touch' in lastDecision ? lastDecision.touch?.channel : undefined;
  if (channel !== undefined && pausedChannels.includes(channel)) return held({ code: 'channel_paused', channel });
  return lastDecision === null ? null : nextDocument(lastDecision);
}
