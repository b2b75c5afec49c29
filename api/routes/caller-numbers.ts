import * as z from 'zod';
import {
  addCallerNumber,
  type CallerNumber,
  changeCallerNumber,
  getCallerNumber,
  listCallerNumbers,
  removeCallerNumber,
} from '../../db/caller-number';
import { idOfRequest } from '../../db/tokens';
import { usablePhone } from '../../domain/phone';
import {
  CALLER_NUMBER_BODY_EXAMPLE,
  CALLER_NUMBER_EXAMPLE,
  CallerNumberAnswer,
  CallerNumberPageAnswer,
  RegistrationSchema,
} from '../answers/caller-numbers';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const values = {
  label: text(80).optional(),
  registration: RegistrationSchema.optional(),
  resting: z.boolean().optional(),
};

/**
 * GET /caller-numbers · POST /caller-numbers
 * GET /caller-numbers/{id} · PATCH /caller-numbers/{id} · POST /caller-numbers/{id}/remove
 */
export function callerNumberRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/caller-numbers',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listCallerNumbers',
        tag: 'Settings',
        summary: 'List the numbers that people hear from',
        description:
          "In the company's order, which `callerNumbers` of the settings says as a whole. A campaign uses all of them, or those that its policy names; whoever has heard from one of them hears from the same again.",
        answers: { 200: CallerNumberPageAnswer },
        examples: { answer: pageExample(CALLER_NUMBER_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listCallerNumbers(sql, { after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ position }) => position, callerNumberDocument));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/caller-numbers',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'addCallerNumber',
        tag: 'Settings',
        summary: 'Add a number to the pool',
        description: 'At its end. The number has to be one of the account of the telephone provider.',
        answers: { 201: CallerNumberAnswer },
        problems: ['wrong_status'],
        examples: { body: CALLER_NUMBER_BODY_EXAMPLE, answer: CALLER_NUMBER_EXAMPLE },
      },
      body: z.strictObject({
        number: z
          .string()
          .max(40)
          .refine((value) => usablePhone(value)?.e164 === value, 'must be a phone number in E.164 like +12125550123'),
        ...values,
      }),
      handle: async ({ body, caller, requestKey }) => {
        const number = await addCallerNumber(sql, { ...body, id: idOfRequest(requestKey) }, caller.actor);
        return created(callerNumberDocument(number), `/caller-numbers/${number.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/caller-numbers/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getCallerNumber',
        tag: 'Settings',
        summary: 'Read what is known of a number of ours',
        answers: { 200: CallerNumberAnswer },
        examples: { answer: CALLER_NUMBER_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(callerNumberDocument(await getCallerNumber(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/caller-numbers/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeCallerNumber',
        tag: 'Settings',
        summary: 'Change what is known of a number, or let it rest',
        description: 'What is left out stays. It holds for what is begun from now on.',
        answers: { 200: CallerNumberAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: { body: { resting: true }, answer: { ...CALLER_NUMBER_EXAMPLE, resting: true, revision: 2 } },
      },
      params: IdParams,
      body: z.strictObject({ revision: RevisionSchema, ...values }),
      handle: async ({ params: { id }, body: { revision, ...change }, caller, ifMatch }) => {
        const asked = { ...change, revision: revisionAsked(ifMatch, revision) };
        return ok(callerNumberDocument(await changeCallerNumber(sql, id, asked, caller.actor)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/caller-numbers/:id/remove',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'removeCallerNumber',
        tag: 'Settings',
        summary: 'Take a number out of the pool',
        description:
          'It is ours no more; people who heard from it hear from another one. To use it no longer and keep it, let it rest.',
        answers: { 200: CallerNumberAnswer },
        examples: { answer: CALLER_NUMBER_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        const number = await getCallerNumber(sql, id);
        await removeCallerNumber(sql, id, caller.actor);
        return ok(callerNumberDocument(number));
      },
    }),
  ];
}

function callerNumberDocument(row: CallerNumber): unknown {
  const phone = usablePhone(row.number);
  return toDocument({ ...row, areaCode: phone?.areaCode ?? null, tollFree: phone?.tollFree ?? false });
}
