import type { Db } from './client';
import { addressHash } from './tokens';

/** Our own numbers by their hash, so that a look-up can name the one an attempt came from. */
export async function sendersByHash(db: Db, addressKey: string): Promise<ReadonlyMap<string, string>> {
  const [row] = await db<{ callerNumbers: string[] }[]>`select caller_numbers from settings`;
  return new Map((row?.callerNumbers ?? []).map((number) => [addressHash(addressKey, 'phone', number), number]));
}
