import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { type Contact, getContact } from './contact';
import { type DraftAddress, refreshPlaces } from './contact-import';
import { Refusal } from './refusal';
import { lockAddresses } from './suppression';

/** An address as somebody sets it by hand; a mark that is left out stays as it is, null takes it away. */
export interface AddressEntry extends DraftAddress {
  readonly unusable?: 'wrong_number' | 'invalid' | null | undefined;
}

interface Standing {
  readonly hash: string;
  readonly unusable: string | null;
}

/**
 * Every address of the contact, in the order of use. What isn't named is not used any more; it stays out of sight, for what
 * was said at it holds for the person, and what was sent to it counts. Holds the locks that every claim takes.
 */
export async function setAddresses(
  sql: Sql,
  id: string,
  { addresses, revision }: { readonly addresses: readonly AddressEntry[]; readonly revision: number },
  actor: string,
): Promise<Contact> {
  return inTransaction(sql, async (tx) => {
    await tx`select from contact where id = ${id} for update`;
    const before = await getContact(tx, id);
    if (revision !== before.revision)
      throw new Refusal('revision_conflict', `the contact stands at revision ${before.revision}, not ${revision}`);
    if (before.erased) throw new Refusal('wrong_status', 'the contact was erased; import the person anew');
    await storeNew(tx, addresses);
    await lockAddresses(tx, id);
    const standing = await tx<Standing[]>`
      select hash, unusable from contact_address where contact_id = ${id} order by position`;
    const next = nextStanding(standing, addresses);
    if (JSON.stringify(next) === JSON.stringify(standing)) return before;
    await replace(tx, id, next);
    await tx`update contact set revision = revision + 1, updated_at = app_now(), actor = ${actor} where id = ${id}`;
    await refreshPlaces(tx, id);
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'contact_changed' from enrollment where contact_id = ${id} and state = 'open'`;
    const data = countsOf(standing, next);
    await recordChange(tx, { entity: 'contact', entityId: id, change: 'addresses_changed', data, actor });
    return getContact(tx, id);
  });
}

function nextStanding(standing: readonly Standing[], addresses: readonly AddressEntry[]): Standing[] {
  const marks = new Map(standing.map(({ hash, unusable }) => [hash, unusable]));
  const named = addresses.map(({ hash, unusable }) => {
    const before = marks.get(hash) ?? null;
    return { hash, unusable: unusable === undefined && before !== 'removed' ? before : (unusable ?? null) };
  });
  const hashes = new Set(named.map(({ hash }) => hash));
  const left = standing.filter(({ hash }) => !hashes.has(hash)).map(({ hash }) => ({ hash, unusable: 'removed' }));
  return [...named, ...left];
}

/** Sorted as every import does it, so that two of them never wait for each other in a ring. */
async function storeNew(tx: Tx, addresses: readonly AddressEntry[]): Promise<void> {
  const sorted = [...addresses].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  await tx`
    insert into address as a (hash, kind, value)
    select * from unnest(${sorted.map(({ hash }) => hash)}::text[], ${sorted.map(({ kind }) => kind)}::text[],
      ${sorted.map(({ value }) => value)}::text[])
    on conflict (hash) do update set value = excluded.value where a.value = ''`;
}

async function replace(tx: Tx, contactId: string, next: readonly Standing[]): Promise<void> {
  await tx`delete from contact_address where contact_id = ${contactId}`;
  await tx`
    insert into contact_address (contact_id, hash, position, unusable)
    select ${contactId}::uuid, * from unnest(${next.map(({ hash }) => hash)}::text[], ${next.map((_, ix) => ix)}::int[],
      ${next.map(({ unusable }) => unusable)}::text[])`;
}

/** Numbers, never the addresses themselves. */
function countsOf(before: readonly Standing[], after: readonly Standing[]) {
  const inUse = (standing: readonly Standing[]) => standing.filter(({ unusable }) => unusable !== 'removed');
  return { before: inUse(before).length, after: inUse(after).length };
}
