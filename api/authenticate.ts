import type { Request } from 'express';
import { type ApiKey, findApiKey, touchApiKey } from '../db/api-key';
import type { Sql } from '../db/client';
import { useSession } from '../db/session';
import { isSecret, readApiKey } from '../db/tokens';
import { requireNotWhole } from './case-scope';
import { ApiError } from './errors';
import { type Caller, type Client, type Role, RoleSchema, type Route } from './route';
import { isWithinScopes, ScopeSchema, scopesOf } from './scopes';
import { requireOwnOrigin } from './session-cookie';

const BEARER = /^Bearer +(\S+)$/i;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Who asks where nobody has to say so. */
export const NOBODY: Caller = {
  keyId: '',
  name: '',
  actor: 'nobody',
  role: 'viewer',
  scopes: [],
  caseTypes: [],
  session: null,
};

/** Finds out whose key the request carries, or whose session it belongs to; a key goes before a cookie. `friend` as in `requireOwnOrigin`. */
export async function authenticate(
  sql: Sql,
  request: Request,
  client: Client,
  publicUrl: string,
  friend: string | null = null,
): Promise<Caller> {
  const presented = presentedKey(request);
  if (presented !== null) {
    const key = await apiKeyOf(sql, presented);
    if (key === null) throw new ApiError('unauthorized', 'this API key is not known');
    return callerOf(key, null);
  }
  if (client.sessionToken === null)
    throw new ApiError('unauthorized', 'send the API key as "Authorization: Bearer <key>" or as "X-Api-Key"');
  if (!SAFE_METHODS.has(request.method)) requireOwnOrigin(request, publicUrl, friend);
  const session = await useSession(sql, client.sessionToken);
  if (session === null) throw new ApiError('unauthorized', 'the session is over; sign in again');
  return callerOf(session.key, session);
}

/** The key that was presented; unknown, disabled, expired and wrong ones are told apart by nobody. */
export async function apiKeyOf(sql: Sql, presented: string): Promise<ApiKey | null> {
  const parts = readApiKey(presented);
  const key = parts === null ? null : await findApiKey(sql, parts.prefix);
  if (parts === null || key === null || !isSecret(parts.secret, key.secretHash)) return null;
  if (key.isUnseen) await touchApiKey(sql, key.id);
  return key;
}

export function callerOf({ id, name, role, scopes, caseTypes }: ApiKey, session: Caller['session']): Caller {
  // A scope that was taken out of the list opens nothing any more.
  const known = scopes === null ? null : ScopeSchema.options.filter((scope) => scopes.includes(scope));
  return { keyId: id, name, actor: `key:${name}`, role, scopes: known, caseTypes, session };
}

/** Whether the caller may do this at all: by role first, then by what the key was limited to. */
export function requireRights(caller: Caller, { role, method, operation, concerns }: Route): void {
  if (role !== 'anyone' && !isAtLeast(caller.role, role))
    throw new ApiError('forbidden', `this needs a key with the role ${role}; yours is ${caller.role}`);
  const needed = scopesOf({ method, tag: operation.tag });
  if (!isWithinScopes(caller, needed))
    throw new ApiError(
      'forbidden',
      `this key is limited; the operation needs the scope ${(needed ?? []).join(' or ')}`,
    );
  requireNotWhole(caller, { concerns });
}

function isAtLeast(role: Role, needed: Role): boolean {
  return RoleSchema.options.indexOf(role) >= RoleSchema.options.indexOf(needed);
}

function presentedKey(request: Request): string | null {
  const header = request.get('x-api-key');
  if (header !== undefined && header !== '') return header;
  return BEARER.exec(request.get('authorization') ?? '')?.[1] ?? null;
}
