import type { Channel } from '../domain/channel';
import type { Tx } from './client';

export interface PersonSuppression {
  readonly contactId: string;
  readonly channels: readonly Channel[];
  readonly source: string;
  readonly factId: string | null;
  readonly actor: string;
  /** Epoch milliseconds of business time. */
  readonly at: number;
  /** The enrollment that is being changed anyway and needs no waking. */
  readonly besides?: string;
}

/** Bars every address of the person (scope person, R-5) and has the other enrollments of everybody who shares one look again. */
export async function suppressPerson(tx: Tx, order: PersonSuppression): Promise<void> {
  const { contactId, channels, source, factId, actor, at, besides } = order;
  const hashes = await lockAddresses(tx, contactId);
  if (hashes.length === 0) return;
  await suppressAddresses(tx, { hashes, channels, source, factId, actor, at });
  await tx`
    insert into wake (enrollment_id, reason)
    select distinct e.id, 'suppression'
    from contact_address ca
    join enrollment e on e.contact_id = ca.contact_id and e.state = 'open'
    where ca.hash in ${tx(hashes)} and e.id is distinct from ${besides ?? null}::uuid`;
}

interface AddressSuppression extends Omit<PersonSuppression, 'contactId' | 'besides'> {
  readonly hashes: readonly string[];
}

export async function suppressAddresses(
  tx: Tx,
  { hashes, channels, source, factId, actor, at }: AddressSuppression,
): Promise<void> {
  await lockHashes(tx, hashes);
  for (const hash of hashes) {
    await tx`
      insert into suppression (hash, channels, source, fact_id, at, actor)
      values (${hash}, ${[...channels]}, ${source}, ${factId}, at_ms(${at}), ${actor})`;
  }
}

/** All addresses of the contact, always in the same order, so that two transactions never wait for each other in a ring. */
export async function lockAddresses(tx: Tx, contactId: string): Promise<string[]> {
  const rows = await tx<{ hash: string }[]>`
    select a.hash from address a
    where a.hash in (select hash from contact_address where contact_id = ${contactId})
    order by a.hash for no key update`;
  return rows.map(({ hash }) => hash);
}

/** Rows that refer to an address don't wait for this, so that an import of many contacts can't deadlock with claims. */
async function lockHashes(tx: Tx, hashes: readonly string[]): Promise<void> {
  await tx`select 1 from address where hash = any(${[...hashes]}::text[]) order by hash for no key update`;
}

/** The number is somebody else's: not used for this contact any more, whatever channel. */
export async function markWrongNumber(tx: Tx, contactId: string, source: WrongNumberSource): Promise<void> {
  await tx`
    update contact_address set unusable = 'wrong_number'
    where contact_id = ${contactId} and unusable is null and hash in (
      select to_hash from attempt where id = ${source.attemptId}
      union all
      select v.to_hash from message m join conversation v on v.id = m.conversation_id
      where m.fact_id = ${source.replyFactId} and m.direction = 'in')`;
}

/** What the attempt was sent to is nobody's: not used any more, whoever's contact it is, and they all look again. */
export async function markDeadAddress(tx: Tx, attemptId: string | null, besides: string): Promise<void> {
  const [sent] = await tx<{ hash: string }[]>`select to_hash as hash from attempt where id = ${attemptId}`;
  if (sent === undefined) return;
  await lockHashes(tx, [sent.hash]);
  await tx`update contact_address set unusable = 'invalid' where hash = ${sent.hash} and unusable is null`;
  await tx`
    insert into wake (enrollment_id, reason)
    select distinct e.id, 'dead_address'
    from contact_address ca
    join enrollment e on e.contact_id = ca.contact_id and e.state = 'open'
    where ca.hash = ${sent.hash} and e.id <> ${besides}`;
}

/** Who says so: somebody who picked up, or somebody who wrote back. */
export interface WrongNumberSource {
  readonly attemptId: string | null;
  readonly replyFactId: string | null;
}
