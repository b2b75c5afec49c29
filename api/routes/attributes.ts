import * as z from 'zod';
import { changeAttribute, createAttribute, getAttribute, listAttributes } from '../../db/attribute';
import { idOfRequest } from '../../db/tokens';
import { ATTRIBUTE_NAME, AttributeTypeSchema } from '../../domain/attribute';
import { ATTRIBUTE_BODY_EXAMPLE, ATTRIBUTE_EXAMPLE, AttributeAnswer, AttributePageAnswer } from '../answers/attributes';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { idAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

const choicesSchema = z
  .array(text(120).min(1))
  .max(200)
  .refine((choices) => new Set(choices.map((choice) => choice.toLowerCase())).size === choices.length, 'must differ');

/** What templates fill from elsewhere. */
const TAKEN = ['first_name', 'last_name', 'full_name'];

const BodySchema = z
  .strictObject({
    name: z
      .string()
      .regex(ATTRIBUTE_NAME, 'must be a name like claim_number')
      .refine((name) => !TAKEN.includes(name), 'is a field of every contact'),
    label: text(120).default(''),
    type: AttributeTypeSchema,
    choices: choicesSchema.default([]),
  })
  .refine(({ type, choices }) => (type === 'choice') === choices.length > 0, {
    path: ['choices'],
    error: 'an attribute of the type choice, and no other, names its choices',
  });

/**
 * POST /attributes
 * GET /attributes
 * GET /attributes/{id}
 * PATCH /attributes/{id}
 */
export function attributeRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/attributes',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'createAttribute',
        tag: 'Attributes',
        summary: 'Say what may stand in an attribute',
        description:
          'From now on values are checked by it, wherever they come from, and kept in one form. What is stored already stays. Attributes that nobody has described are texts.',
        answers: { 201: AttributeAnswer },
        problems: ['wrong_status'],
        examples: { body: ATTRIBUTE_BODY_EXAMPLE, answer: ATTRIBUTE_EXAMPLE },
      },
      body: BodySchema,
      handle: async ({ body, caller, requestKey }) => {
        const row = await createAttribute(sql, { ...body, id: idOfRequest(requestKey) }, caller.actor);
        return created(toDocument(row), `/attributes/${row.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/attributes',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listAttributes',
        tag: 'Attributes',
        summary: 'List the attributes',
        description: 'By name.',
        answers: { 200: AttributePageAnswer },
        examples: { answer: pageExample(ATTRIBUTE_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listAttributes(sql, { after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/attributes/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getAttribute',
        tag: 'Attributes',
        summary: 'Read an attribute',
        answers: { 200: AttributeAnswer },
        examples: { answer: ATTRIBUTE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(toDocument(await getAttribute(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/attributes/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeAttribute',
        tag: 'Attributes',
        summary: 'Change the label or the choices of an attribute',
        description: 'Name and type stay: values, lists and texts rest on them.',
        answers: { 200: AttributeAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { label: 'Kind of injury', choices: ['Knee', 'Back', 'Neck'] },
          answer: { ...ATTRIBUTE_EXAMPLE, choices: ['Knee', 'Back', 'Neck'], revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({
        label: text(120).optional(),
        choices: choicesSchema.optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { revision, ...change }, caller, ifMatch }) => {
        const asked = { ...change, revision: revisionAsked(ifMatch, revision) };
        return ok(toDocument(await changeAttribute(sql, id, asked, caller.actor)));
      },
    }),
  ];
}
