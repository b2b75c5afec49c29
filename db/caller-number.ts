import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';

/** The pool of numbers that people hear from (U-12). Which ones there are, and in which order, stands in the settings. */

export type Registration = 'unknown' | 'pending' | 'registered' | 'rejected';

export interface CallerNumber {
  readonly id: string;
  /** Where it stands in the company's order, counted from 1. */
  readonly position: number;
  readonly number: string;
  readonly label: string;
  readonly registration: Registration;
  readonly resting: boolean;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

export interface CallerNumberValues {
  readonly label?: string | undefined;
  readonly registration?: Registration | undefined;
  readonly resting?: boolean | undefined;
}

/** In the company's order. */
export async function listCallerNumbers(
  db: Db,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<CallerNumber[]> {
  return db<CallerNumber[]>`
    select * from (${pool(db)}) p where ${after}::int is null or position > ${after} order by position limit ${limit}`;
}

export async function getCallerNumber(db: Db, id: string): Promise<CallerNumber> {
  const [row] = await db<CallerNumber[]>`select * from (${pool(db)}) p where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no caller number ${id}`);
  return row;
}

/** Puts it at the end of the pool. Carried out again with the same id, it answers the number that is there. */
export async function addCallerNumber(
  sql: Sql,
  { id, number, ...values }: CallerNumberValues & { readonly id: string; readonly number: string },
  actor: string,
): Promise<CallerNumber> {
  return inTransaction(sql, async (tx) => {
    const { numbers } = await lockPool(tx);
    const [known] = await tx<{ id: string }[]>`select id from caller_number where number = ${number}`;
    if (known !== undefined && known.id !== id) {
      const detail = 'is in the pool already';
      throw new Refusal('wrong_status', `the number ${detail}`, [{ pointer: '#/number', detail, value: number }]);
    }
    if (known === undefined) {
      if (numbers.length >= MOST_NUMBERS)
        throw new Refusal('wrong_status', `the pool has ${MOST_NUMBERS} numbers, which is as many as it may have`);
      // Before the settings name it, for they would give it an id of their own.
      await tx`insert into caller_number (id, number, actor) values (${id}, ${number}, ${actor})`;
      await store(tx, id, values, actor, 0);
      await storePool(tx, [...numbers, number], actor);
      await recordChange(tx, { entity: 'caller_number', entityId: id, change: 'created', actor });
    }
    return getCallerNumber(tx, id);
  });
}

export async function changeCallerNumber(
  sql: Sql,
  id: string,
  { revision, ...change }: CallerNumberValues & { readonly revision?: number | undefined },
  actor: string,
): Promise<CallerNumber> {
  return inTransaction(sql, async (tx) => {
    await tx`select from caller_number where id = ${id} for update`;
    const before = await getCallerNumber(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the number stands at revision ${before.revision}, not ${revision}`);
    const fields = Object.entries(change).flatMap(([field, value]) =>
      value === undefined || value === Reflect.get(before, field) ? [] : [field],
    );
    if (fields.length === 0) return before;
    await store(tx, id, change, actor);
    await recordChange(tx, { entity: 'caller_number', entityId: id, change: 'changed', data: { fields }, actor });
    return getCallerNumber(tx, id);
  });
}

/** It is ours no more: nothing is begun from it, and what campaigns say of it means nothing. */
export async function removeCallerNumber(sql: Sql, id: string, actor: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const { numbers } = await lockPool(tx);
    const { number } = await getCallerNumber(tx, id);
    await storePool(
      tx,
      numbers.filter((each) => each !== number),
      actor,
    );
    await recordChange(tx, { entity: 'caller_number', entityId: id, change: 'removed', actor });
  });
}

/** As a `CallerPool`, of the settings `s`. */
export function poolOf(db: Db) {
  return db`json_build_object('numbers', s.caller_numbers,
    'resting', array(select number from caller_number where resting),
    'unregistered', array(select number from caller_number where registration in ('pending', 'rejected')))`;
}

const MOST_NUMBERS = 100;

async function lockPool(tx: Tx): Promise<{ readonly numbers: readonly string[] }> {
  const [row] = await tx<{ numbers: string[] }[]>`select caller_numbers as numbers from settings for update`;
  if (row === undefined) throw new Error('the settings row is missing; were all migrations applied?');
  return row;
}

async function storePool(tx: Tx, numbers: readonly string[], actor: string): Promise<void> {
  await tx`
    update settings set caller_numbers = ${[...numbers]}, revision = revision + 1, updated_at = app_now(), updated_by = ${actor}`;
}

async function store(
  tx: Tx,
  id: string,
  { label, registration, resting }: CallerNumberValues,
  actor: string,
  by: 0 | 1 = 1,
): Promise<void> {
  await tx`
    update caller_number set
      label = coalesce(${label ?? null}, label),
      registration = coalesce(${registration ?? null}, registration),
      resting = coalesce(${resting ?? null}, resting),
      revision = revision + ${by}, updated_at = app_now(), actor = ${actor}
    where id = ${id}`;
}

function pool(db: Db) {
  return db`
    select n.id, g.position::int, n.number, n.label, n.registration, n.resting, n.revision,
      ms(n.created_at) as created_at, ms(n.updated_at) as updated_at, n.actor as updated_by
    from settings s cross join unnest(s.caller_numbers) with ordinality as g (number, position)
    join caller_number n on n.number = g.number`;
}
