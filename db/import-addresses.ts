import type { Tx } from './client';
import type { DraftAddress } from './contact-import';
import type { Taken } from './import-wave';

/** The addresses of a wave of rows. */

interface Place {
  readonly contactId: string;
  readonly hash: string;
  readonly position: number;
  readonly unusable: string | null;
}

/** "update" puts the addresses of the file in front, "merge" behind those that are known; none is ever taken away. */
export async function storeAddresses(tx: Tx, made: readonly Taken[], known: readonly Taken[]): Promise<void> {
  const addresses = [...made, ...known].flatMap(({ entry }) => entry.contact.addresses);
  if (addresses.length === 0) return;
  await insertAddresses(tx, addresses);
  const fresh = made.flatMap(({ contactId, entry }) =>
    entry.contact.addresses.map(({ hash }, position) => ({
      contactId: contactId ?? '',
      hash,
      position,
      unusable: null,
    })),
  );
  await insertPlaces(tx, [...fresh, ...(await movedPlaces(tx, known))]);
  await restoreErased(tx, addresses);
}

export async function insertAddresses(tx: Tx, addresses: readonly DraftAddress[]): Promise<void> {
  const { hashes, kinds, values } = table(addresses);
  await tx`
    insert into address (hash, kind, value)
    select hash, kind, value from unnest(${hashes}::text[], ${kinds}::text[], ${values}::text[]) as a (hash, kind, value)
    order by hash
    on conflict do nothing`;
}

/** Of those whose addresses are others now, or in another order, all of them anew: the old places are gone. */
async function movedPlaces(tx: Tx, known: readonly Taken[]): Promise<Place[]> {
  if (known.length === 0) return [];
  const ids = known.map(({ contactId }) => contactId);
  const before = await tx<Place[]>`
    select contact_id, hash, position, unusable from contact_address
    where contact_id = any (${ids}::uuid[])
    order by contact_id, position`;
  const places = known.flatMap((person) =>
    placesAfter(
      person,
      before.filter(({ contactId }) => contactId === person.contactId),
    ),
  );
  const moved = [...new Set(places.map(({ contactId }) => contactId))];
  if (moved.length > 0) await tx`delete from contact_address where contact_id = any (${moved}::uuid[])`;
  return places;
}

/** None = they stay as they are. */
function placesAfter({ contactId, entry, status }: Taken, before: readonly Place[]): Place[] {
  const own = before.map(({ hash }) => hash);
  const given = entry.contact.addresses.map(({ hash }) => hash);
  const hashes = [...new Set(status === 'merged' ? [...own, ...given] : [...given, ...own])];
  if (hashes.join() === own.join()) return [];
  const marks = new Map(before.map(({ hash, unusable }) => [hash, unusable]));
  return hashes.map((hash, position) => ({
    contactId: contactId ?? '',
    hash,
    position,
    unusable: marks.get(hash) ?? null,
  }));
}

async function insertPlaces(tx: Tx, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  await tx`
    insert into contact_address (contact_id, hash, position, unusable)
    select * from unnest(${places.map(({ contactId }) => contactId)}::uuid[], ${places.map(({ hash }) => hash)}::text[],
      ${places.map(({ position }) => position)}::int[], ${places.map(({ unusable }) => unusable)}::text[])`;
}

/** Of somebody who was erased only the hash is left. After the person refers to it: an erasure that is at it was waited for. */
async function restoreErased(tx: Tx, addresses: readonly DraftAddress[]): Promise<void> {
  const { hashes, values } = table(addresses);
  await tx`
    update address a set value = given.value
    from unnest(${hashes}::text[], ${values}::text[]) as given (hash, value)
    where a.hash = given.hash and a.value = ''`;
}

/** Each address once, sorted. */
function table(addresses: readonly DraftAddress[]) {
  const sorted = [...new Map(addresses.map((address) => [address.hash, address])).values()].sort((one, other) =>
    one.hash < other.hash ? -1 : 1,
  );
  return {
    hashes: sorted.map(({ hash }) => hash),
    kinds: sorted.map(({ kind }) => kind),
    values: sorted.map(({ value }) => value),
  };
}
