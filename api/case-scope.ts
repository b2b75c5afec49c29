import type { Request } from 'express';
import { type Noun, NOUNS, standingsOf } from '../db/case-scope';
import type { Sql } from '../db/client';
import { pointerOf } from '../domain/pointer';
import { ApiError, type Fault } from './errors';
import { queryOf } from './page';
import type { Caller, Route } from './route';

/**
 * How an operation has to do with case types, for callers who are limited to some (K-31). Each has to say so:
 * - a noun: the `:id` of its path names one, which has to be within
 * - `filtered`: answers a choice of rows, of which those within are shown
 * - `named`: about nothing but what its parameters and its body name
 * - `shared`: reads what is the same for everybody, and of no type
 * - `whole`: about the whole company, and not for such callers
 *
 * Whatever a path, a query or a body names besides has to be within as well, wherever it stands.
 */
export type Concern = Noun | 'filtered' | 'named' | 'shared' | 'whole';

/** What a field names, wherever it stands; null = something that is of no type, or is looked for among what is within. */
export const NOUN_OF_FIELD: Readonly<Record<string, Noun | null>> = {
  listId: 'list',
  followsId: 'import',
  contactId: 'contact',
  caseId: 'case',
  caseIds: null,
  formId: 'form',
  agentId: 'agent',
  campaignId: 'campaign',
  enrollmentId: 'enrollment',
  enrollmentIds: null,
  attemptId: 'attempt',
  templateId: null,
  connectionId: null,
  ownAddressId: null,
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Named {
  readonly noun: Noun;
  readonly id: string;
  readonly fault: Fault;
  /** It is what the operation is about, and not only used by it. */
  readonly isSubject: boolean;
}

export function requireNotWhole({ caseTypes }: Caller, { concerns }: Pick<Route, 'concerns'>): void {
  if (caseTypes !== null && concerns === 'whole')
    throw new ApiError('forbidden', 'this key is limited to case types; the operation concerns the whole company');
}

/** Refuses what is named and not within as if it were not there. */
export async function requireWithin(sql: Sql, route: Route, request: Request, { caseTypes }: Caller): Promise<void> {
  if (caseTypes === null || route.isOptOut?.(request.body) === true) return;
  const { concerns } = route;
  const query = queryOf(request);
  requireOwnTypes(caseTypes, query, 'query');
  requireOwnTypes(caseTypes, request.body);
  const named = [
    ...Object.entries(request.params).flatMap(([name, id]) => {
      const noun = name === 'id' ? nounOf(concerns) : NOUN_OF_FIELD[name];
      return noun == null || typeof id !== 'string' ? [] : [namedAt(noun, id, [name], 'path')];
    }),
    ...namedIn(query, [], 'query'),
    ...(route.looksUpNames === true ? [] : namedIn(request.body, [])),
  ];
  for (const noun of new Set(named.map((each) => each.noun))) {
    const those = named.filter((each) => each.noun === noun);
    const standings = await standingsOf(
      sql,
      noun,
      those.map(({ id }) => id),
      caseTypes,
    );
    for (const { id, fault, isSubject } of those) {
      const standing = standings.get(id);
      if (standing === undefined) throw new ApiError('not_found', `there is no ${wordOf(noun)} ${id}`, [fault]);
      if (standing === 'shared' && isSubject && route.method !== 'get')
        throw new ApiError(
          'forbidden',
          `this ${wordOf(noun)} is of no case type; a key that is limited may only use it`,
        );
    }
  }
}

/** Something without a type would be everybody's: callers who are limited make none, and make nothing into one. */
export function requireOwnType({ caseTypes }: Caller, field: string, value: string | null | undefined): void {
  if (caseTypes === null || (value !== null && value !== undefined)) return;
  const detail = `must be given by a key that is limited to ${caseTypes.map((type) => `"${type}"`).join(', ')}`;
  throw new ApiError('invalid_body', `#/${field}: ${detail}`, [{ pointer: `#/${field}`, detail }]);
}

function requireOwnTypes(caseTypes: readonly string[], values: unknown, place?: 'query'): void {
  const value: unknown = isRecord(values) ? values['caseType'] : undefined;
  if (typeof value !== 'string' || caseTypes.includes(value.trim())) return;
  const detail = `must be one of ${caseTypes.map((type) => `"${type}"`).join(', ')}, to which this key is limited`;
  const fault = { pointer: '#/caseType', ...(place === undefined ? {} : { in: place }), detail, value };
  throw new ApiError('forbidden', `caseType: ${detail}`, [fault]);
}

function namedIn(value: unknown, path: readonly (string | number)[], place?: 'query'): Named[] {
  if (Array.isArray(value)) return value.flatMap((each, at) => namedIn(each, [...path, at], place));
  if (isRecord(value)) return Object.entries(value).flatMap(([name, each]) => namedIn(each, [...path, name], place));
  const field = path.findLast((part) => typeof part === 'string');
  const noun = field === undefined ? null : NOUN_OF_FIELD[field];
  // What is no id names nothing here.
  return noun == null || typeof value !== 'string' || !UUID.test(value) ? [] : [namedAt(noun, value, path, place)];
}

function namedAt(noun: Noun, given: string, path: readonly (string | number)[], place?: 'query' | 'path'): Named {
  const id = given.toLowerCase();
  const detail = `there is no such ${wordOf(noun)}`;
  const fault = { pointer: pointerOf(path), ...(place === undefined ? {} : { in: place }), detail, value: given };
  return { noun, id, fault, isSubject: place === 'path' && path[0] === 'id' };
}

function nounOf(concern: Concern): Noun | null {
  return NOUNS.find((noun) => noun === concern) ?? null;
}

function wordOf(noun: Noun): string {
  return noun.replace('_', ' ');
}

/** What JSON and queries are made of, and no file. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** What the OpenAPI document says of it. */
export function concernSentence(concern: Concern): string {
  switch (concern) {
    case 'filtered':
      return 'A key that is limited to case types is shown what is of them.';
    case 'named':
      return 'A key that is limited to case types may name nothing of another one.';
    case 'shared':
      return 'The same for every key, whatever case types it is limited to.';
    case 'whole':
      return 'Not for a key that is limited to case types.';
    default:
      return 'To a key that is limited to case types, what is of another one is `not_found`.';
  }
}
