import * as z from 'zod';
import { getList, previewMembers } from '../../db/list';
import { addMembers, listMembers, removeMembers } from '../../db/list-members';
import { pageExample } from '../answers/fields';
import {
  CONDITIONS_EXAMPLE,
  MEMBER_EXAMPLE,
  MEMBER_RESULTS_EXAMPLE,
  MemberPageAnswer,
  MemberResultsAnswer,
  MEMBERS_BODY_EXAMPLE,
  PREVIEW_EXAMPLE,
  PreviewAnswer,
} from '../answers/lists';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ConditionsSchema, requireKnownAttributes } from '../member-conditions';
import { idAt, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const MOST = 500;

const NamedCasesSchema = z
  .strictObject({
    caseIds: z.array(z.uuid()).max(MOST).default([]),
    externalIds: z.array(text(200).min(1)).max(MOST).default([]),
  })
  .refine(({ caseIds, externalIds }) => caseIds.length + externalIds.length > 0, {
    path: ['caseIds'],
    error: 'must name a case, here or by external id',
  });

/**
 * GET /lists/{id}/members
 * POST /lists/{id}/members
 * POST /lists/{id}/members/remove
 * POST /lists/preview
 */
export function listMemberRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/lists/:id/members',
      role: 'viewer',
      concerns: 'list',
      operation: {
        id: 'listMembers',
        tag: 'Lists',
        summary: 'List the cases on a list',
        description: 'In a stable order that means nothing.',
        parameters: {
          source:
            'Only those who are there in this way; `excluded` = those who were taken off for good, and are not there.',
        },
        answers: { 200: MemberPageAnswer },
        examples: { answer: pageExample(MEMBER_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({ ...pageQuery, source: z.enum(['manual', 'conditions', 'excluded']).optional() }),
      handle: async ({ params: { id }, query: { source, limit, cursor } }) => {
        await getList(sql, id);
        const rows = await listMembers(sql, id, { source, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ caseId }) => caseId, toDocument));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/lists/:id/members',
      role: 'editor',
      concerns: 'list',
      operation: {
        id: 'addMembers',
        tag: 'Lists',
        summary: 'Put cases on a list',
        description:
          'Up to 500 of each kind, a result for each. Cases of another type than the list are refused. Whoever is added to the list of a campaign that takes people in is enrolled soon.',
        answers: { 200: MemberResultsAnswer },
        problems: ['wrong_status'],
        examples: { body: MEMBERS_BODY_EXAMPLE, answer: MEMBER_RESULTS_EXAMPLE },
      },
      params: IdParams,
      body: NamedCasesSchema,
      handle: async ({ params: { id }, body, caller }) =>
        ok({ results: await addMembers(sql, id, body, caller.actor) }),
    }),
    defineRoute({
      method: 'post',
      path: '/lists/:id/members/remove',
      role: 'editor',
      concerns: 'list',
      operation: {
        id: 'removeMembers',
        tag: 'Lists',
        summary: 'Take cases off a list',
        description:
          'Up to 500 of each kind, a result for each. On a hybrid list the conditions do not bring them back; adding them does. Whoever is enrolled in a campaign goes on, unless its policy says `leavesWithList`.',
        answers: { 200: MemberResultsAnswer },
        problems: ['wrong_status'],
        examples: {
          body: MEMBERS_BODY_EXAMPLE,
          answer: {
            results: MEMBER_RESULTS_EXAMPLE.results.map((each) => ({
              ...each,
              status: each.caseId === null ? 'refused' : 'removed',
            })),
          },
        },
      },
      params: IdParams,
      body: NamedCasesSchema,
      handle: async ({ params: { id }, body, caller }) =>
        ok({ results: await removeMembers(sql, id, body, caller.actor) }),
    }),
    defineRoute({
      method: 'post',
      path: '/lists/preview',
      role: 'viewer',
      concerns: 'named',
      operation: {
        id: 'previewMembers',
        tag: 'Lists',
        summary: 'Say who would be on a list with such conditions',
        description: 'With the first few of them. Changes nothing.',
        answers: { 200: PreviewAnswer },
        examples: { body: { caseType: 'intake', conditions: CONDITIONS_EXAMPLE }, answer: PREVIEW_EXAMPLE },
      },
      body: z.strictObject({
        caseType: text(120).min(1),
        conditions: ConditionsSchema,
        limit: z.int().min(0).max(100).default(20).describe('Most cases of the sample.'),
      }),
      handle: async ({ body }) => {
        await requireKnownAttributes(sql, body.conditions);
        return ok(toDocument(await previewMembers(sql, body)));
      },
    }),
  ];
}
