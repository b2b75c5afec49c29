import * as z from 'zod';
import { changeForm, createForm, deleteForm, type Form, type FormFields, getForm, listForms } from '../../db/form';
import { idOfRequest } from '../../db/tokens';
import { FORM_BODY_EXAMPLE, FORM_EXAMPLE, FormAnswer, FormPageAnswer } from '../answers/agents';
import { pageExample } from '../answers/fields';
import { requireOwnType } from '../case-scope';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageBySeq, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, defineRoute, IdParams, noContent, ok, type Route } from '../route';
import { text } from '../text';

const NameSchema = text(120).min(3);
const CaseTypeSchema = text(120).min(1).nullable();

/** POST /forms · GET /forms · GET /forms/{id} · PATCH /forms/{id} · DELETE /forms/{id} */
export function formRoutes(deps: ApiDeps): Route[] {
  return [...reading(deps), ...changing(deps)];
}

function reading({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/forms',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listForms',
        tag: 'Agents',
        summary: 'List forms, newest first',
        parameters: { query: 'Part of the name.' },
        answers: { 200: FormPageAnswer },
        examples: { answer: pageExample(FORM_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        caseType: text(120).min(1).optional(),
        query: text(120).min(1).optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listForms(sql, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/forms/:id',
      role: 'viewer',
      concerns: 'form',
      operation: {
        id: 'getForm',
        tag: 'Agents',
        summary: 'Read a form',
        answers: { 200: FormAnswer },
        examples: { answer: FORM_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(formDocument(await getForm(sql, id))),
    }),
  ];
}

function changing({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/forms',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createForm',
        tag: 'Agents',
        summary: 'Name a form that people fill in',
        description: 'Its case type has to be that of the list of every campaign that it is attached to.',
        answers: { 201: FormAnswer },
        examples: { body: FORM_BODY_EXAMPLE, answer: FORM_EXAMPLE },
      },
      body: z.strictObject({ name: NameSchema, caseType: CaseTypeSchema.default(null) }),
      handle: async ({ body, caller, requestKey }) => {
        requireOwnType(caller, 'caseType', body.caseType);
        const form = await createForm(sql, idOfRequest(requestKey), body, caller.actor);
        return created(formDocument(form), `/forms/${form.id}`);
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/forms/:id',
      role: 'editor',
      concerns: 'form',
      operation: {
        id: 'changeForm',
        tag: 'Agents',
        summary: 'Change a form',
        answers: { 200: FormAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: {
          body: { caseType: 'injury', revision: 1 },
          answer: { ...FORM_EXAMPLE, caseType: 'injury', revision: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({
        name: NameSchema.optional(),
        caseType: CaseTypeSchema.optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { revision, ...fields }, caller, ifMatch }) => {
        // Left-out fields are no fields.
        const given = Object.fromEntries(
          Object.entries(fields).filter(([, value]) => value !== undefined),
        ) as Partial<FormFields>;
        if (fields.caseType !== undefined) requireOwnType(caller, 'caseType', fields.caseType);
        const change = { ...given, revision: revisionAsked(ifMatch, revision) };
        return ok(formDocument(await changeForm(sql, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/forms/:id',
      role: 'editor',
      concerns: 'form',
      operation: {
        id: 'deleteForm',
        tag: 'Agents',
        summary: 'Delete a form that nothing needs',
        description: 'Not while an agent has it, or a campaign that was launched.',
        answers: { 204: null },
        problems: ['wrong_status'],
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        await deleteForm(sql, id, caller.actor);
        return noContent();
      },
    }),
  ];
}

function formDocument({ seq: _, ...form }: Form): unknown {
  return toDocument(form);
}
