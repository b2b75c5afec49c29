import * as z from 'zod';
import {
  type Agent,
  type AgentFields,
  changeAgent,
  createAgent,
  deleteAgent,
  getAgent,
  listAgents,
} from '../../db/agent';
import { idOfRequest } from '../../db/tokens';
import { usablePhone } from '../../domain/phone';
import { AGENT_BODY_EXAMPLE, AGENT_EXAMPLE, AgentAnswer, AgentPageAnswer } from '../answers/agents';
import { pageExample } from '../answers/fields';
import { requireOwnType } from '../case-scope';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageBySeq, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { created, defineRoute, IdParams, noContent, ok, type Route } from '../route';
import { text } from '../text';

const fields = {
  name: text(120).min(3),
  formId: z.uuid().nullable(),
  voice: text(120),
  greeting: text(1600),
  transferNumber: z
    .string()
    .refine(
      (value) => value === '' || usablePhone(value)?.e164 === value,
      'must be empty or a phone number in E.164 like +12125550123',
    ),
};

/** POST /agents · GET /agents · GET /agents/{id} · PATCH /agents/{id} · DELETE /agents/{id} */
export function agentRoutes(deps: ApiDeps): Route[] {
  return [...reading(deps), ...changing(deps)];
}

function reading({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/agents',
      role: 'viewer',
      concerns: 'filtered',
      operation: {
        id: 'listAgents',
        tag: 'Agents',
        summary: 'List agents, newest first',
        parameters: { query: 'Part of the name.', formId: 'Those that fill in this form.' },
        answers: { 200: AgentPageAnswer },
        examples: { answer: pageExample(AGENT_EXAMPLE) },
      },
      query: z.strictObject({
        ...pageQuery,
        formId: z.uuid().optional(),
        query: text(120).min(1).optional(),
      }),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const rows = await listAgents(sql, { ...filter, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageBySeq(rows, limit, toDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/agents/:id',
      role: 'viewer',
      concerns: 'agent',
      operation: {
        id: 'getAgent',
        tag: 'Agents',
        summary: 'Read an agent',
        answers: { 200: AgentAnswer },
        examples: { answer: AGENT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(agentDocument(await getAgent(sql, id))),
    }),
  ];
}

function changing({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/agents',
      role: 'editor',
      concerns: 'named',
      operation: {
        id: 'createAgent',
        tag: 'Agents',
        summary: 'Name somebody who speaks on calls',
        answers: { 201: AgentAnswer },
        problems: ['unknown_reference'],
        examples: { body: AGENT_BODY_EXAMPLE, answer: AGENT_EXAMPLE },
      },
      body: z.strictObject({
        name: fields.name,
        formId: fields.formId.default(null),
        voice: fields.voice.default(''),
        greeting: fields.greeting.default(''),
        transferNumber: fields.transferNumber.default(''),
      }),
      handle: async ({ body, caller, requestKey }) => {
        requireOwnType(caller, 'formId', body.formId);
        const agent = await createAgent(sql, idOfRequest(requestKey), body, caller.actor);
        return created(agentDocument(agent), `/agents/${agent.id}`);
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/agents/:id',
      role: 'editor',
      concerns: 'agent',
      operation: {
        id: 'changeAgent',
        tag: 'Agents',
        summary: 'Change an agent',
        description:
          'The number for transfers counts from the answer on, in campaigns that live as well; greeting and form for what is launched or published from then on.',
        answers: { 200: AgentAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'unknown_reference'],
        examples: { body: { voice: 'calm', revision: 1 }, answer: { ...AGENT_EXAMPLE, voice: 'calm', revision: 2 } },
      },
      params: IdParams,
      body: z.strictObject({
        name: fields.name.optional(),
        formId: fields.formId.optional(),
        voice: fields.voice.optional(),
        greeting: fields.greeting.optional(),
        transferNumber: fields.transferNumber.optional(),
        revision: RevisionSchema,
      }),
      handle: async ({ params: { id }, body: { revision, ...sent }, caller, ifMatch }) => {
        // Left-out fields are no fields.
        const given = Object.fromEntries(
          Object.entries(sent).filter(([, value]) => value !== undefined),
        ) as Partial<AgentFields>;
        if (sent.formId !== undefined) requireOwnType(caller, 'formId', sent.formId);
        const change = { ...given, revision: revisionAsked(ifMatch, revision) };
        return ok(agentDocument(await changeAgent(sql, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/agents/:id',
      role: 'editor',
      concerns: 'agent',
      operation: {
        id: 'deleteAgent',
        tag: 'Agents',
        summary: 'Delete an agent that nothing needs',
        description: 'Not while a campaign that was launched has it.',
        answers: { 204: null },
        problems: ['wrong_status'],
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        await deleteAgent(sql, id, caller.actor);
        return noContent();
      },
    }),
  ];
}

function agentDocument({ seq: _, ...agent }: Agent): unknown {
  return toDocument(agent);
}
