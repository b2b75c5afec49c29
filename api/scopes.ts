import * as z from 'zod';
import type { Caller, Method, Tag } from './route';

/**
 * What a key may be limited to, within its role. A scope to write is one to read as well.
 * - `contacts`: lists, imports, contacts, consents, opt-outs
 * - `campaigns`: campaigns, drafts, agents, forms, rules, templates, tests, enrollments and orders about them
 * - `facts`: what outside platforms tell
 * - `reports`: handoffs, audits
 * - `settings`: settings, law and calendar, spending, connections
 * - `access`: API keys, changes
 */
export const ScopeSchema = z.enum([
  'contacts:read',
  'contacts:write',
  'campaigns:read',
  'campaigns:write',
  'facts:write',
  'reports:read',
  'settings:read',
  'settings:write',
  'access:read',
  'access:write',
]);
export type Scope = z.infer<typeof ScopeSchema>;

/** What each chapter of operations belongs to; null = open to every key, or not under a key at all. */
const AREAS: Readonly<Record<Tag, 'contacts' | 'campaigns' | 'facts' | 'reports' | 'settings' | 'access' | null>> = {
  Lists: 'contacts',
  Imports: 'contacts',
  Contacts: 'contacts',
  Attributes: 'contacts',
  Campaigns: 'campaigns',
  Drafts: 'campaigns',
  Agents: 'campaigns',
  Rules: 'campaigns',
  Templates: 'campaigns',
  Tests: 'campaigns',
  Enrollments: 'campaigns',
  Facts: 'facts',
  Handoffs: 'reports',
  Settings: 'settings',
  Law: 'settings',
  Spending: 'settings',
  Connections: 'settings',
  'API keys': 'access',
  Changes: 'access',
  Session: null,
  Webhooks: null,
  Unsubscribing: null,
  Operations: 'reports',
};

/** Every scope that opens the operation; null = it is open to every key. */
export function scopesOf({ method, tag }: { readonly method: Method; readonly tag: Tag }): readonly Scope[] | null {
  const area = AREAS[tag];
  if (area === null) return null;
  const names = method === 'get' ? [`${area}:read`, `${area}:write`] : [`${area}:write`];
  return ScopeSchema.options.filter((scope) => names.includes(scope));
}

export function isWithinScopes({ scopes }: Pick<Caller, 'scopes'>, needed: readonly Scope[] | null): boolean {
  return scopes === null || needed === null || needed.some((scope) => scopes.includes(scope));
}
