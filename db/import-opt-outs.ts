import { recordChanges } from './change-log';
import type { Tx } from './client';
import { insertAddresses } from './import-addresses';
import type { Taken, WaveTarget } from './import-wave';

/**
 * Opt-outs of a wave of rows. They add up whatever becomes of the row: what the file says is never lost because its
 * person is known, and what is known is never lifted by a file (K-33). They bar every address of the row and of its person.
 */
export async function storeOptOuts(tx: Tx, { importId, actor }: WaveTarget, taken: readonly Taken[]): Promise<void> {
  const given = taken.filter(({ row }) => row.optOut.length > 0);
  if (given.length === 0) return;
  await insertAddresses(
    tx,
    given.flatMap(({ entry }) => entry.contact.addresses),
  );
  const barred = given.flatMap(({ row, entry, match, contactId }) =>
    row.optOut.flatMap((channel) => [
      ...entry.contact.addresses.map(({ hash }) => ({ hash, contactId: null, channel })),
      { hash: null, contactId: contactId ?? match.contactId, channel },
    ]),
  );
  await bar(tx, barred, { source: 'import', actor });
  await recordChanges(
    tx,
    given.flatMap(({ row, match, contactId }) => {
      const entityId = contactId ?? match.contactId;
      const data = { channels: row.optOut, importId };
      return entityId === null ? [] : [{ entity: 'contact', entityId, change: 'opted_out', data, actor }];
    }),
    actor,
  );
}

/** An address, or every address of a contact. */
interface Barred {
  readonly hash: string | null;
  readonly contactId: string | null;
  readonly channel: string;
}

/** What is barred already stays as it is, and whoever shares an address that is barred now looks again. */
export async function bar(
  tx: Tx,
  barred: readonly Barred[],
  { source, actor }: { readonly source: string; readonly actor: string },
): Promise<void> {
  const hashes = await lockBarred(tx, barred);
  await tx`
    insert into suppression (hash, channels, source, at, actor)
    select b.hash, array_agg(b.channel order by b.channel), ${source}, app_now(), ${actor}
    from (${addressesOf(tx, barred)}) as b
    where not exists (
      select from suppression s where s.hash = b.hash and s.lifted_at is null and b.channel = any (s.channels))
    group by b.hash`;
  await tx`
    insert into wake (enrollment_id, reason)
    select distinct e.id, 'suppression'
    from contact_address ca join enrollment e on e.contact_id = ca.contact_id and e.state = 'open'
    where ca.hash = any (${hashes}::text[])`;
}

/** In the order in which everybody locks addresses. */
async function lockBarred(tx: Tx, barred: readonly Barred[]): Promise<string[]> {
  const rows = await tx<{ hash: string }[]>`
    select hash from address where hash in (select hash from (${addressesOf(tx, barred)}) as b)
    order by hash for no key update`;
  return rows.map(({ hash }) => hash);
}

function addressesOf(tx: Tx, barred: readonly Barred[]) {
  const given = tx`unnest(${barred.map(({ hash }) => hash)}::text[], ${barred.map(({ contactId }) => contactId)}::uuid[],
    ${barred.map(({ channel }) => channel)}::text[]) as g (hash, contact_id, channel)`;
  return tx`
    select g.hash, g.channel from ${given} where g.hash is not null
    union
    select ca.hash, g.channel from ${given} join contact_address ca on ca.contact_id = g.contact_id`;
}
