import { valueAt } from '../../domain/crm-hook';
import type { CaseStatuses } from './provider';

/** Reads the lists and statuses of a CRM; what isn't there or has no name is left out. */

interface Places {
  readonly within: string;
  readonly value: string;
  readonly label: string;
  readonly group?: string | undefined;
}

export interface Listed {
  readonly value: string;
  readonly label: string;
  readonly group?: string;
}

const MOST_ENTRIES = 2_000;
const MOST_CHARACTERS = 120;

export function listFrom(document: unknown, { within, value, label, group }: Places): Listed[] {
  const list: unknown = valueAt(document, within);
  if (!Array.isArray(list)) return [];
  return list.slice(0, MOST_ENTRIES).flatMap((entry: unknown): Listed[] => {
    const [own, name] = [wordAt(entry, value), wordAt(entry, label)];
    const type = group === undefined ? null : wordAt(entry, group);
    return own === null ? [] : [{ value: own, label: name ?? own, ...(type === null ? {} : { group: type }) }];
  });
}

export function statusesFrom(
  document: unknown,
  { status, substatus }: { readonly status: string; readonly substatus?: string | undefined },
): CaseStatuses {
  const further = substatus === undefined ? null : wordAt(document, substatus);
  return {
    status: wordAt(document, status),
    substatuses: further === null ? [] : [{ group: null, value: further }],
  };
}

/** A text or a number, as a text. */
export function wordAt(document: unknown, pointer: string): string | null {
  const value = valueAt(document, pointer);
  const word = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  return word === '' || word.length > MOST_CHARACTERS ? null : word;
}
