import type { Request } from 'express';
import { findApiKey, touchApiKey } from '../db/api-key';
import type { Sql } from '../db/client';
import { isSecret, readApiKey } from '../db/tokens';
import { ApiError } from './errors';
import { type Caller, type Role, RoleSchema } from './route';

const BEARER = /^Bearer +(\S+)$/i;

/** Finds out whose key the request carries; unknown, disabled and wrong keys are told apart by nobody. */
export async function authenticate(sql: Sql, request: Request): Promise<Caller> {
  const presented = keyOf(request);
  if (presented === null)
    throw new ApiError('unauthorized', 'send the API key as "Authorization: Bearer <key>" or as "X-Api-Key"');
  const parts = readApiKey(presented);
  const key = parts === null ? null : await findApiKey(sql, parts.prefix);
  if (parts === null || key === null || !isSecret(parts.secret, key.secretHash))
    throw new ApiError('unauthorized', 'this API key is not known');
  await touchApiKey(sql, key.id);
  return { keyId: key.id, actor: `key:${key.name}`, role: key.role };
}

export function requireRole(caller: Caller, role: Role): void {
  if (RoleSchema.options.indexOf(caller.role) < RoleSchema.options.indexOf(role))
    throw new ApiError('forbidden', `this needs a key with the role ${role}; yours is ${caller.role}`);
}

function keyOf(request: Request): string | null {
  const header = request.get('x-api-key');
  if (header !== undefined && header !== '') return header;
  return BEARER.exec(request.get('authorization') ?? '')?.[1] ?? null;
}
