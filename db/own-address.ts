import type { AddressKind } from '../domain/channel';
import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { queueCode } from './own-message';
import { Refusal } from './refusal';
import { isOwnAddressCode } from './tokens';

/** U-3: addresses of the team. Whoever registers one proves with a code, sent there, that it is theirs; tests go nowhere else. */

export interface OwnAddress {
  readonly id: string;
  readonly seq: number;
  readonly kind: AddressKind;
  readonly value: string;
  /** Whose it is, in the team's words. */
  readonly label: string;
  readonly verifiedRt: number | null;
  /** Until when the code that was sent last counts; null = there is none. */
  readonly codeEndsRt: number | null;
  readonly createdAt: Instant;
  readonly actor: string;
}

export interface NewOwnAddress extends Pick<OwnAddress, 'id' | 'kind' | 'value' | 'label'> {
  readonly hash: string;
}

const MOST_TRIES = 5;

/** The id under which an address is registered already; null = it is not. */
export async function registeredAs(db: Db, hash: string): Promise<string | null> {
  const [row] = await db<{ id: string }[]>`select id from own_address where hash = ${hash}`;
  return row?.id ?? null;
}

/** Registers it and has the first code sent. Carried out again with the same id, it answers the address that is there. */
export async function registerOwnAddress(sql: Sql, address: NewOwnAddress, actor: string): Promise<OwnAddress> {
  const { id, kind, value, hash, label } = address;
  return inTransaction(sql, async (tx) => {
    const made = await tx`
      insert into own_address (id, kind, value, hash, label, actor)
      values (${id}, ${kind}, ${value}, ${hash}, ${label}, ${actor})
      on conflict do nothing returning 1`;
    if (made.length > 0) {
      await queueCode(tx, id, actor);
      await recordChange(tx, { entity: 'own_address', entityId: id, change: 'registered', data: { kind }, actor });
      return getOwnAddress(tx, id);
    }
    if ((await registeredAs(tx, hash)) !== id)
      throw new Refusal('wrong_status', 'this address is registered already', [
        { pointer: '#/value', detail: 'is registered already', value },
      ]);
    return getOwnAddress(tx, id);
  });
}

export async function getOwnAddress(db: Db, id: string): Promise<OwnAddress> {
  const [row] = await db<OwnAddress[]>`select ${columns(db)} from own_address where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no own address ${id}`);
  return row;
}

/** Oldest first. */
export async function listOwnAddresses(
  db: Db,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<OwnAddress[]> {
  return db<OwnAddress[]>`
    select ${columns(db)} from own_address
    where ${after}::bigint is null or seq > ${after}
    order by seq limit ${limit}`;
}

/** Another code; the one before counts no more. */
export async function sendCode(sql: Sql, id: string, actor: string): Promise<OwnAddress> {
  return inTransaction(sql, async (tx) => {
    const { verifiedRt } = await lock(tx, id);
    if (verifiedRt !== null) throw new Refusal('wrong_status', 'the address is verified; it needs no code');
    await queueCode(tx, id, actor);
    await recordChange(tx, { entity: 'own_address', entityId: id, change: 'code_ordered', actor });
    return getOwnAddress(tx, id);
  });
}

/** Takes the code. A wrong one counts, whoever tries; confirming what is verified changes nothing. */
export async function confirmOwnAddress(
  sql: Sql,
  { id, code, secretKey }: { readonly id: string; readonly code: string; readonly secretKey: string },
  actor: string,
): Promise<OwnAddress> {
  const left = await inTransaction(sql, async (tx) => {
    const { verifiedRt } = await lock(tx, id);
    if (verifiedRt !== null) return null;
    const [tried] = await tx<{ nth: number; tries: number }[]>`
      update own_address set code_tries = code_tries + 1
      where id = ${id} and code_ends_rt > clock_timestamp() and code_tries < ${MOST_TRIES}
      returning code_number as nth, code_tries as tries`;
    if (tried === undefined) return 0;
    if (!isOwnAddressCode(secretKey, id, tried.nth, code)) return MOST_TRIES - tried.tries;
    await tx`update own_address set verified_rt = clock_timestamp(), code_ends_rt = null where id = ${id}`;
    await recordChange(tx, { entity: 'own_address', entityId: id, change: 'verified', actor });
    return null;
  });
  if (left === null) return getOwnAddress(sql, id);
  const detail = left === 0 ? 'no code counts any more: ask for another' : `is not the code; ${left} tries are left`;
  throw new Refusal('not_verified', `the address is not verified: the code ${detail}`, [{ pointer: '#/code', detail }]);
}

/** What was sent there stays as evidence, without the address. */
export async function removeOwnAddress(sql: Sql, id: string, actor: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await lock(tx, id);
    await tx`delete from own_address where id = ${id}`;
    await recordChange(tx, { entity: 'own_address', entityId: id, change: 'removed', actor });
  });
}

async function lock(tx: Tx, id: string): Promise<OwnAddress> {
  await tx`select from own_address where id = ${id} for update`;
  return getOwnAddress(tx, id);
}

function columns(db: Db) {
  return db`id, seq::int, kind, value, label, ms(verified_rt) as verified_rt, ms(code_ends_rt) as code_ends_rt,
    ms(created_at) as created_at, actor`;
}
