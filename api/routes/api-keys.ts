import * as z from 'zod';
import { type ApiKeyRow, changeApiKey, getApiKey, issueApiKey, listApiKeys } from '../../db/api-key-admin';
import { apiKeyOfRequest, idOfRequest } from '../../db/tokens';
import { toIso } from '../../domain/instant';
import { API_KEY_EXAMPLE, ApiKeyAnswer, ApiKeyPageAnswer, NewApiKeyAnswer } from '../answers/access';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { InstantSchema } from '../instant';
import { numberAndIdAt, pageOf, pageQuery } from '../page';
import { RevisionSchema, revisionAsked } from '../revision';
import { type Caller, created, defineRoute, IdParams, ok, RoleSchema, type Route } from '../route';
import { type Scope, ScopeSchema } from '../scopes';
import { text } from '../text';

/**
 * POST /api-keys: the key is in this answer and in no other
 * GET /api-keys
 * GET /api-keys/{id}
 * PATCH /api-keys/{id}: name, role, scopes, end, disabled
 */
export function apiKeyRoutes({ sql, config: { secretKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api-keys',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'createApiKey',
        tag: 'API keys',
        summary: 'Make an API key',
        description: `The key itself is in this answer and in no other, except in a repetition of it under the same Idempotency-Key.\n\n${SCOPES}`,
        answers: { 201: NewApiKeyAnswer },
        examples: {
          body: {
            name: 'Intake form',
            role: 'editor',
            scopes: ['contacts:write', 'facts:write'],
            caseTypes: ['Injury'],
          },
          answer: { ...API_KEY_EXAMPLE, key: `${API_KEY_EXAMPLE.prefix}_${'A'.repeat(43)}` },
        },
      },
      body: z.strictObject({
        name: NameSchema,
        role: RoleSchema,
        scopes: ScopesSchema,
        caseTypes: CaseTypesSchema,
        expiresAt: ExpirySchema,
      }),
      secrets: ({ requestKey }) => ({ key: apiKeyOfRequest(secretKey, requestKey).key }),
      handle: async ({
        body: { name, role, scopes = null, caseTypes = null, expiresAt = null },
        caller,
        requestKey,
      }) => {
        requireWithin(caller, scopes);
        requireNoAdmin({ role, caseTypes });
        requireFuture(expiresAt);
        const { prefix, secret } = apiKeyOfRequest(secretKey, requestKey);
        const draft = {
          id: idOfRequest(requestKey),
          prefix,
          secret,
          name,
          role,
          scopes,
          caseTypes,
          expiresRt: expiresAt,
        };
        const row = await issueApiKey(sql, draft, caller.actor);
        return created(apiKeyDocument(row), `/api-keys/${row.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api-keys',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'listApiKeys',
        tag: 'API keys',
        summary: 'List the API keys',
        description: 'Newest first, without their secrets.',
        answers: { 200: ApiKeyPageAnswer },
        examples: { answer: pageExample(API_KEY_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listApiKeys(sql, { after: numberAndIdAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ seq, id }) => `${seq}_${id}`, apiKeyDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api-keys/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'getApiKey',
        tag: 'API keys',
        summary: 'Get an API key',
        answers: { 200: ApiKeyAnswer },
        examples: { answer: API_KEY_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(apiKeyDocument(await getApiKey(sql, id))),
    }),
    defineRoute({
      method: 'patch',
      path: '/api-keys/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeApiKey',
        tag: 'API keys',
        summary: 'Change or disable an API key',
        description: `A key that is disabled lets nobody in from that moment on, and its sessions have ended. The last admin key that is enabled, without scopes and without an end stays as it is.\n\n${SCOPES}`,
        answers: { 200: ApiKeyAnswer },
        problems: ['last_admin', 'revision_conflict', 'precondition_failed'],
        examples: { body: { disabled: true }, answer: { ...API_KEY_EXAMPLE, disabled: true, revision: 2 } },
      },
      params: IdParams,
      body: z.strictObject({
        revision: RevisionSchema,
        name: NameSchema.optional(),
        role: RoleSchema.optional(),
        scopes: ScopesSchema,
        caseTypes: CaseTypesSchema,
        expiresAt: ExpirySchema,
        disabled: z.boolean().optional(),
      }),
      handle: async ({ params: { id }, body: { revision, expiresAt, ...change }, caller, ifMatch }) => {
        if (change.scopes !== undefined) requireWithin(caller, change.scopes);
        requireFuture(expiresAt ?? null);
        const row = await changeApiKey(
          sql,
          id,
          { ...change, expiresRt: expiresAt, revision: revisionAsked(ifMatch, revision) },
          {
            actor: caller.actor,
            allow: (before) => {
              requireWithin(caller, before.scopes);
              const { role = before.role, caseTypes = before.caseTypes } = change;
              requireNoAdmin({ role, caseTypes });
            },
          },
        );
        return ok(apiKeyDocument(row));
      },
    }),
  ];
}

const SCOPES = `\`scopes\` limits a key to some operations, within its role: ${ScopeSchema.options.map((scope) => `\`${scope}\``).join(', ')}. Contacts are lists, imports, contacts and opt-outs; campaigns also rules, enrollments and orders; reports also handoffs and audits; settings also connections; access is API keys and changes. A scope to write is one to read. Who is limited can neither make nor touch a key that may do more.

\`caseTypes\` limits a viewer's or editor's key to what is of these types: lists, cases, people, campaigns and all that hangs on them. What is of another type does not exist for it; what is the same for the whole company it may read and use, and not change.`;

const NameSchema = text(80).min(1);
/** Null = whatever the role allows. */
const ScopesSchema = z
  .array(ScopeSchema)
  .min(1)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
  .nullable()
  .optional();
/** Null = of every type. */
const CaseTypesSchema = z
  .array(text(120).min(1))
  .min(1)
  .max(50)
  .refine((types) => new Set(types).size === types.length, 'must not name a case type twice')
  .nullable()
  .optional();
/** Real time; null = without an end. */
const ExpirySchema = InstantSchema.nullable().optional();

/** Whoever is limited gives away and touches nothing that may do more than they. */
function requireWithin({ scopes: own }: Caller, scopes: readonly string[] | null): void {
  if (own === null) return;
  const more = scopes === null ? 'everything that its role may' : scopes.find((scope) => !own.includes(scope as Scope));
  if (more !== undefined) throw new ApiError('forbidden', `this key is limited, and the other one may do ${more}`);
}

/** What an admin looks after is of the whole company. */
function requireNoAdmin({ role, caseTypes }: Pick<ApiKeyRow, 'role' | 'caseTypes'>): void {
  if (role !== 'admin' || caseTypes === null) return;
  const detail = 'must be null for an admin: settings, law and keys are of no case type';
  throw new ApiError('invalid_body', `#/caseTypes: ${detail}`, [{ pointer: '#/caseTypes', detail, value: caseTypes }]);
}

function requireFuture(expiresAt: number | null): void {
  if (expiresAt !== null && expiresAt <= Date.now())
    throw new ApiError('invalid_body', `expiresAt: ${toIso(expiresAt)} is not in the future`, [
      { pointer: '#/expiresAt', detail: 'must be in the future, in real time', value: toIso(expiresAt) },
    ]);
}

/** Real times all of them: keys are for programs, whose days are no faster than ours. */
function apiKeyDocument({
  id,
  name,
  prefix,
  role,
  scopes,
  caseTypes,
  disabled,
  createdBy,
  revision,
  ...times
}: ApiKeyRow) {
  const { createdRt, lastUsedRt, expiresRt } = times;
  return {
    id,
    name,
    prefix: `ft_${prefix}`,
    role,
    scopes,
    caseTypes,
    disabled,
    createdAt: toIso(createdRt),
    createdBy,
    lastUsedAt: isoOrNull(lastUsedRt),
    expiresAt: isoOrNull(expiresRt),
    revision,
  };
}

function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : toIso(instant);
}
