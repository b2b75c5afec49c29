import { type CallerReason, callerFor } from '../domain/caller-number';
import type { Touch } from '../domain/decision';
import type { Db } from './client';
import type { Correspondents } from './content';
import type { PlannerFrame } from './planner-input';
import { addressHash } from './tokens';

/** The address that an attempt comes from, and what its evidence says about both ends. */
export interface Sender {
  readonly from: string;
  readonly evidence: { readonly callerReason?: CallerReason; readonly foundBy?: string };
}

/** Null = there is none that may be used. */
export function senderFor(
  { pool, heardFrom, mailFrom, to, foundBy }: Correspondents,
  { channel }: Touch,
  { input: { policy }, contactId }: PlannerFrame,
  { addressKey }: { readonly addressKey: string },
): Sender | null {
  const found = foundBy === null ? {} : { foundBy };
  if (channel === 'email') return mailFrom === '' ? null : { from: mailFrom, evidence: found };
  const { callerNumbers, localPresence } = policy;
  const byHash = heardFrom.length === 0 ? new Map<string, string>() : hashesOf(pool.numbers, addressKey);
  const caller = callerFor({
    pool,
    callerNumbers,
    localPresence,
    channel,
    to: to ?? '',
    heardFrom: heardFrom.flatMap((hash) => byHash.get(hash) ?? []),
    seed: Number.parseInt(contactId.slice(0, 8), 16),
  });
  return caller === null ? null : { from: caller.number, evidence: { callerReason: caller.reason, ...found } };
}

/** Our own numbers by their hash, so that a look-up can name the one an attempt came from. */
export async function sendersByHash(db: Db, addressKey: string): Promise<ReadonlyMap<string, string>> {
  const [row] = await db<{ callerNumbers: string[] }[]>`select caller_numbers from settings`;
  return hashesOf(row?.callerNumbers ?? [], addressKey);
}

function hashesOf(numbers: readonly string[], addressKey: string): Map<string, string> {
  return new Map(numbers.map((number) => [addressHash(addressKey, 'phone', number), number]));
}
