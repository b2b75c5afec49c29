import { chmod, writeFile } from 'node:fs/promises';
import { inTransaction, type Sql, type Tx } from './client';
import { hashSecret, newApiKey } from './tokens';

export type KeyRole = 'viewer' | 'editor' | 'admin';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly secretHash: string;
}

/** Any fixed number: whoever looks for the first key takes this advisory lock. */
const FIRST_KEY_LOCK = 7_204_616;
const ADMIN_KEY_MODE = 0o600;
/** `last_used_rt` tells people which keys are dead; it need not be exact to cost a write per request. */
const LAST_USED_STEP_SECONDS = 60;

/** The key with this prefix, unless it was disabled; the caller still has to compare the secret. */
export async function findApiKey(sql: Sql, prefix: string): Promise<ApiKey | null> {
  const [row] = await sql<ApiKey[]>`
    select id, name, role, secret_hash from api_key
    where prefix = ${prefix} and not disabled`;
  return row ?? null;
}

export async function touchApiKey(sql: Sql, id: string): Promise<void> {
  await sql`
    update api_key set last_used_rt = clock_timestamp()
    where id = ${id} and (last_used_rt is null
      or last_used_rt < clock_timestamp() - make_interval(secs => ${LAST_USED_STEP_SECONDS}))`;
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
    await tx`select pg_advisory_xact_lock(${FIRST_KEY_LOCK})`;
    const keys = await tx`select from api_key where role = 'admin' and not disabled limit 1`;
    if (keys.length > 0) return false;
    const key = await insertKey(tx, 'admin', 'admin');
    await writeFile(file, `${key}\n`, { mode: ADMIN_KEY_MODE });
    // The mode above is only that of a new file.
    await chmod(file, ADMIN_KEY_MODE);
    return true;
  });
}

async function insertKey(tx: Tx, name: string, role: KeyRole): Promise<string> {
  const { key, prefix, secret } = newApiKey();
  await tx`insert into api_key (name, prefix, secret_hash, role) values (${name}, ${prefix}, ${hashSecret(secret)}, ${role})`;
  return key;
}
