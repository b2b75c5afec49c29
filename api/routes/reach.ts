import * as z from 'zod';
import { contactProblems, countProblems, type HardToReach, listProblems } from '../../db/reach';
import { channelsLeft, REACH_PROBLEMS, type ReachProblem, tellProblems } from '../../domain/reach-problem';
import { pageExample } from '../answers/fields';
import {
  ContactReachAnswer,
  HARD_TO_REACH_EXAMPLE,
  HardToReachPageAnswer,
  PROBLEM_COUNTS_EXAMPLE,
  ProblemCountsAnswer,
  REACH_EXAMPLE,
} from '../answers/reach';
import type { ApiDeps } from '../deps';
import { idAt, pageOf, pageQuery } from '../page';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /contacts/{id}/reach
 * GET /lists/{id}/problems: people who can't be reached, or only within limits
 * GET /lists/{id}/problem-counts
 */
export function reachRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/contacts/:id/reach',
      role: 'viewer',
      concerns: 'contact',
      operation: {
        id: 'getReach',
        tag: 'Contacts',
        summary: 'Say how a contact can be reached, and what stands in the way',
        parameters: { caseType: 'About cases of this type; left out, an opt-out of calls about any type is told.' },
        answers: { 200: ContactReachAnswer },
        examples: { answer: REACH_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject({ caseType: text(120).min(1).optional() }),
      handle: async ({ params: { id }, query: { caseType = null } }) =>
        ok(reachOf(await contactProblems(sql, id, caseType))),
    }),
    defineRoute({
      method: 'get',
      path: '/lists/:id/problems',
      role: 'viewer',
      concerns: 'list',
      operation: {
        id: 'listProblems',
        tag: 'Lists',
        summary: 'List the people of a list who can not be reached, or only within limits',
        description: 'With all that stands in the way of each. In a stable order that means nothing.',
        parameters: { problem: 'Only people whom this one concerns.' },
        answers: { 200: HardToReachPageAnswer },
        examples: { answer: pageExample(HARD_TO_REACH_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({ ...pageQuery, problem: z.enum(REACH_PROBLEMS).optional() }),
      handle: async ({ params: { id }, query: { problem = null, limit, cursor } }) => {
        const rows = await listProblems(sql, id, { problem, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ contact }) => contact.id, hardToReachDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/lists/:id/problem-counts',
      role: 'viewer',
      concerns: 'list',
      operation: {
        id: 'countProblems',
        tag: 'Lists',
        summary: 'Count the people of a list by what stands in the way of reaching them',
        answers: { 200: ProblemCountsAnswer },
        examples: { answer: PROBLEM_COUNTS_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(await countProblems(sql, id)),
    }),
  ];
}

function reachOf(problems: readonly ReachProblem[]) {
  return { problems: tellProblems(problems), channels: channelsLeft(problems) };
}

function hardToReachDocument({ contact, problems }: HardToReach) {
  return { contact, ...reachOf(problems) };
}
