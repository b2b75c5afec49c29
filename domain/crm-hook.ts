import * as z from 'zod';

/** Where a CRM's word of a changed status has what; it is JSON or a form, and CRMs agree on nothing. */

const pointer = z
  .string()
  .max(300)
  .regex(/^(?:\/(?:[^~/]|~[01])*)+$/, 'must be a JSON pointer like /lead/status');

export const CrmHookSchema = z.strictObject({
  /** The case as its external id has it. */
  caseId: pointer,
  status: pointer,
  /** Left out = it tells of no substatus. */
  substatus: pointer.optional(),
  group: pointer.optional(),
});
export type CrmHook = z.infer<typeof CrmHookSchema>;

/** LawRuler's own names are not published; a hook of it can give any name to a value. */
const USUAL_HOOKS = {
  lawruler: { caseId: '/LeadID', status: '/Status', substatus: '/SubStatus' },
  smartadvocate: {
    caseId: '/caseNumber',
    status: '/caseStatusID',
    substatus: '/secondStatusID',
    group: '/secondStatusTypeName',
  },
  http: { caseId: '/caseId', status: '/status', substatus: '/substatus', group: '/group' },
} as const satisfies Record<string, CrmHook>;

export function usualHook(kind: keyof typeof USUAL_HOOKS): CrmHook {
  return USUAL_HOOKS[kind];
}

export interface ToldStatus {
  readonly caseId: string;
  readonly status: string | null;
  readonly substatus: { readonly group: string | null; readonly value: string } | null;
}

const MOST = 120;

/** What somebody's CRM tells; null = it names no case, or nothing of its status. */
export function readHook(document: unknown, hook: CrmHook): ToldStatus | null {
  const caseId = wordAt(document, hook.caseId, 200);
  const status = wordAt(document, hook.status, MOST);
  const value = hook.substatus === undefined ? null : wordAt(document, hook.substatus, MOST);
  const group = hook.group === undefined ? null : wordAt(document, hook.group, MOST);
  if (caseId === null || (status === null && value === null)) return null;
  return { caseId, status, substatus: value === null ? null : { group, value } };
}

function wordAt(document: unknown, at: string, most: number): string | null {
  const value = valueAt(document, at);
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return null;
  const word = text.trim();
  return word === '' || word.length > most ? null : word;
}

/** The value that a JSON pointer (RFC 6901) leads to; undefined = nothing is there. */
export function valueAt(document: unknown, pointerText: string): unknown {
  let value = document;
  for (const part of pointerText.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
