import { chmod, writeFile } from 'node:fs/promises';
import type { CaseTypes } from './case-scope';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { hashSecret, newApiKey } from './tokens';

export type KeyRole = 'viewer' | 'editor' | 'admin';

/** Who asks, as far as every request needs to know. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** Null = whatever the role allows. */
  readonly scopes: readonly string[] | null;
  /** It sees and changes what is of these alone; null = of every type. */
  readonly caseTypes: CaseTypes;
}

/** Any fixed number: whoever needs to know which admin keys there are takes this advisory lock. */
const ADMIN_KEYS_LOCK = 7_204_616;
const ADMIN_KEY_MODE = 0o600;
/** `last_used_rt` tells people which keys are dead; it need not be exact to cost a write per request. */
const LAST_USED_STEP_SECONDS = 60;

/** The key with this prefix while it may be used; the caller still has to compare the secret. */
export async function findApiKey(
  sql: Sql,
  prefix: string,
): Promise<(ApiKey & { readonly secretHash: string; readonly isUnseen: boolean }) | null> {
  const [row] = await sql<(ApiKey & { secretHash: string; isUnseen: boolean })[]>`
    select ${keyColumns(sql)}, k.secret_hash,
      coalesce(k.last_used_rt < clock_timestamp() - make_interval(secs => ${LAST_USED_STEP_SECONDS}), true) as is_unseen
    from api_key k
    where k.prefix = ${prefix} and ${usableKey(sql)}`;
  return row ?? null;
}

export async function touchApiKey(sql: Sql, id: string): Promise<void> {
  await sql`update api_key set last_used_rt = clock_timestamp() where id = ${id}`;
}

/** Makes a key and answers it in plain, the only time that it is seen. */
export async function createApiKey(sql: Sql, name: string, role: KeyRole): Promise<string> {
  return inTransaction(sql, async (tx) => insertKey(tx, name, role));
}

/**
 * At the very first start there is nobody who could make a key: one is made and written to the file, for its owner alone.
 * Answers whether it was. The file comes before the commit, so that no key ever exists that nobody knows.
 */
export async function ensureAdminKey(sql: Sql, file: string): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    await lockAdminKeys(tx);
    const keys = await tx`
      select from api_key k where k.role = 'admin' and k.scopes is null and ${usableKey(tx)} limit 1`;
    if (keys.length > 0) return false;
    const key = await insertKey(tx, 'admin', 'admin');
    await writeFile(file, `${key}\n`, { mode: ADMIN_KEY_MODE });
    // The mode above is only that of a new file.
    await chmod(file, ADMIN_KEY_MODE);
    return true;
  });
}

export async function lockAdminKeys(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(${ADMIN_KEYS_LOCK})`;
}

/** Of `api_key k`. */
export function keyColumns(db: Db) {
  return db`k.id, k.name, k.role, k.scopes, k.case_types`;
}

/** Is `api_key k` one that lets anybody in? */
export function usableKey(db: Db) {
  return db`(not k.disabled and (k.expires_rt is null or k.expires_rt > clock_timestamp()))`;
}

async function insertKey(tx: Tx, name: string, role: KeyRole): Promise<string> {
  const { key, prefix, secret } = newApiKey();
  await tx`insert into api_key (name, prefix, secret_hash, role) values (${name}, ${prefix}, ${hashSecret(secret)}, ${role})`;
  return key;
}
