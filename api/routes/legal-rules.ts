import * as z from 'zod';
import { legalRuleVersions, listLegalRules } from '../../db/law';
import { addToLaw, changeLaw, LEGAL_RULES } from '../../db/law-change';
import { Refusal } from '../../db/refusal';
import { idOfRequest } from '../../db/tokens';
import { pageExample } from '../answers/fields';
import { LEGAL_RULE_BODY_EXAMPLE, LEGAL_RULE_EXAMPLE, LegalRuleAnswer, LegalRulePageAnswer } from '../answers/law';
import type { ApiDeps } from '../deps';
import {
  byThing,
  idOf,
  LegalRuleChangeSchema,
  legalRuleDocument,
  NewLegalRuleSchema,
  RetirementSchema,
} from '../law-entry';
import { idAt, pageOf, pageQuery } from '../page';
import { revisionAsked } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';

/** GET /legal-rules · POST /legal-rules · GET /legal-rules/{id} · PATCH /legal-rules/{id} · POST /legal-rules/{id}/retire */
export function legalRuleRoutes(deps: ApiDeps): Route[] {
  return [...reading(deps), ...changing(deps)];
}

function reading({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/legal-rules',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listLegalRules',
        tag: 'Law',
        summary: 'List the rules of law',
        description:
          'In a stable order that means nothing. They are engineering data with sources, and no legal advice.',
        parameters: { state: 'Only those of one state, by its code.' },
        answers: { 200: LegalRulePageAnswer },
        examples: { answer: pageExample(LEGAL_RULE_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        state: z
          .string()
          .regex(/^[A-Z]{2}$/)
          .optional(),
      }),
      handle: async ({ query: { limit, cursor, state = null } }) => {
        const rows = await listLegalRules(sql, state, { after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(byThing(rows), limit, idOf, legalRuleDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/legal-rules/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getLegalRule',
        tag: 'Law',
        summary: 'Read a rule of law with all its versions',
        answers: { 200: LegalRuleAnswer },
        examples: { answer: LEGAL_RULE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const versions = await legalRuleVersions(sql, id);
        if (versions.length === 0) throw new Refusal('not_found', `there is no rule of law ${id}`);
        return ok(legalRuleDocument(versions));
      },
    }),
  ];
}

function changing({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/legal-rules',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'addLegalRule',
        tag: 'Law',
        summary: 'Add a rule of law',
        description:
          'Rules only ever narrow: where several bind, all of them have to allow an hour. Everybody who is being reached looks again.',
        answers: { 201: LegalRuleAnswer },
        problems: ['law_refused'],
        examples: { body: LEGAL_RULE_BODY_EXAMPLE, answer: LEGAL_RULE_EXAMPLE },
      },
      body: NewLegalRuleSchema,
      handle: async ({ body, caller, requestKey }) => {
        const id = idOfRequest(requestKey);
        const versions = await addToLaw(sql, LEGAL_RULES, id, body, caller.actor);
        return created(legalRuleDocument(versions), `/legal-rules/${id}`);
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/legal-rules/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeLegalRule',
        tag: 'Law',
        summary: 'Add a version of a rule of law',
        description:
          'What is left out is as in the version before. The new one counts from `effectiveFrom` on, today if that is left out; until then the one before does. What allows more than that has to say who has reviewed it, and the federal rule can only be narrowed.',
        answers: { 200: LegalRuleAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'law_refused'],
        examples: {
          body: { perDay: 2, source: 'advice of counsel' },
          answer: LEGAL_RULE_EXAMPLE,
        },
      },
      params: IdParams,
      body: LegalRuleChangeSchema,
      handle: async ({ params: { id }, body, caller, ifMatch }) => {
        const change = { ...body, revision: revisionAsked(ifMatch, body.revision) };
        return ok(legalRuleDocument(await changeLaw(sql, LEGAL_RULES, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/legal-rules/:id/retire',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'retireLegalRule',
        tag: 'Law',
        summary: 'Retire a rule of law',
        description:
          'It is kept with all its versions, and binds nobody from `effectiveFrom` on. Somebody has to have reviewed that.',
        answers: { 200: LegalRuleAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'law_refused'],
        examples: { body: { source: 'repealed', reviewedBy: 'Counsel' }, answer: LEGAL_RULE_EXAMPLE },
      },
      params: IdParams,
      body: RetirementSchema,
      handle: async ({ params: { id }, body, caller, ifMatch }) => {
        const change = { ...body, retired: true, revision: revisionAsked(ifMatch, body.revision) };
        return ok(legalRuleDocument(await changeLaw(sql, LEGAL_RULES, id, change, caller.actor)));
      },
    }),
  ];
}
