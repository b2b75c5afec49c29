import type { Found, FoundAddress } from '../domain/enrichment';
import { carryListedIn } from './carried-case';
import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { refreshPlaces } from './contact-import';
import { rejectStopped, stopsOf } from './crm-standing';
import { lockPerson } from './erasure-rows';
import { isMeant } from './sweeps/enroll';
import { recordTimeline } from './timeline';
import { addressHash } from './tokens';

/** What an answer brought. */
export interface EnrichmentResult {
  readonly found: readonly Found[];
  readonly addresses: readonly FoundAddress[];
  readonly source: string;
  readonly costMicros: number;
}

/**
 * Puts what was found where it belongs: addresses to the person's own, flagged with where they come from, everything to the
 * history. Whoever did not pick up is called at the new number next; else it stands behind those that were given. False =
 * somebody has settled it before, and nothing is done.
 */
export async function storeFound(
  sql: Sql,
  { id, addressKey }: { readonly id: string; readonly addressKey: string },
  result: EnrichmentResult,
): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    const [asked] = await tx<Asked[]>`
      select n.contact_id, n.cause, ms(app_now()) as now from enrichment n
      where n.id = ${id} and n.state = 'asking'`;
    if (asked === undefined) return false;
    // The person before the question, as whoever erases them does.
    await lockPerson(tx, asked.contactId);
    const [contact] = await tx<{ erased: boolean }[]>`
      select erased_rt is not null as erased from contact where id = ${asked.contactId}`;
    const found = contact?.erased === false ? result.found : [];
    const settled = await tx`
      update enrichment set state = ${found.length > 0 ? 'found' : 'nothing'}, data = ${JSON.stringify(found)}::text::jsonb,
        cost_micros = ${result.costMicros}, finished_at = app_now()
      where id = ${id} and state = 'asking' returning 1`;
    if (settled.length === 0) return false;
    if (found.length > 0) await append(tx, { id, addressKey, ...asked }, result);
    return true;
  });
}

interface Asked {
  readonly contactId: string;
  readonly cause: string;
  readonly now: number;
}

async function append(
  tx: Tx,
  { id, addressKey, contactId, cause, now }: Asked & { readonly id: string; readonly addressKey: string },
  { addresses, source }: EnrichmentResult,
): Promise<void> {
  const own = new Set(
    (await tx<{ hash: string }[]>`select hash from contact_address where contact_id = ${contactId}`).map(
      ({ hash }) => hash,
    ),
  );
  const fresh = addresses
    .map((address) => ({ ...address, hash: addressHash(addressKey, address.kind, address.value) }))
    .filter(({ hash }) => !own.has(hash));
  if (fresh.length > 0) {
    await storeAddresses(tx, contactId, fresh, cause === 'unreachable');
    await tx`
      insert into found_address (contact_id, hash, source, enrichment_id)
      select ${contactId}::uuid, hash, source, ${id}::uuid
      from unnest(${fresh.map(({ hash }) => hash)}::text[],
        ${fresh.map((each) => [source, each.source].filter((part) => part !== null && part !== '').join(': ') || 'enrichment')}::text[]) as f (hash, source)
      on conflict do nothing`;
    await refreshPlaces(tx, contactId);
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'contact_changed' from enrollment where contact_id = ${contactId} and state = 'open'`;
    await tx`update contact set revision = revision + 1, updated_at = app_now() where id = ${contactId}`;
    await takeIn(tx, contactId, now);
  }
  const count = (kind: FoundAddress['kind']) => fresh.filter((each) => each.kind === kind).length;
  const data = { enrichmentId: id, phones: count('phone'), emails: count('email') };
  await recordChange(tx, { entity: 'contact', entityId: contactId, change: 'enriched', data, actor: 'system' });
}

/** Whoever could not be enrolled for want of an address is now, where the campaign goes on and still means them. */
async function takeIn(tx: Tx, contactId: string, at: number): Promise<void> {
  const taken = await tx<{ id: string; campaignId: string }[]>`
    update enrollment e set state = 'open', reason = null, enrolled_at = at_ms(${at}), wants_workflow = true
    from campaign c, version v
    where e.contact_id = ${contactId} and e.state = 'rejected' and e.reason = 'no_usable_address'
      and c.id = e.campaign_id and c.status = 'active' and v.id = c.current_version_id and ${isMeant(tx)}
      and exists (select from plan_channels(v.plan) channel, contact_address ca join address a on a.hash = ca.hash
        where ca.contact_id = e.contact_id and ca.unusable is null
          and a.kind = case channel when 'email' then 'email' else 'phone' end)
    returning e.id, e.campaign_id`;
  await carryListedIn(
    tx,
    taken.map(({ id }) => id),
  );
  for (const { id: enrollmentId, campaignId } of taken) {
    // Their rows are locked, so whatever the CRM tells was told before or finds them taken in.
    const stopped = await rejectStopped(tx, await stopsOf(tx, campaignId), [contactId]);
    if (stopped.has(enrollmentId)) continue;
    const data = { status: 'active', reason: 'address_found' };
    await recordTimeline(tx, { enrollmentId, kind: 'contact_status_changed', data, actor: 'system', at });
  }
}

/** Before all that are there, or behind them; an address of somebody who was erased gets its words back. */
async function storeAddresses(
  tx: Tx,
  contactId: string,
  addresses: readonly (FoundAddress & { readonly hash: string })[],
  comesFirst: boolean,
): Promise<void> {
  const sorted = [...addresses].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  await tx`
    insert into address as a (hash, kind, value)
    select * from unnest(${sorted.map(({ hash }) => hash)}::text[], ${sorted.map(({ kind }) => kind)}::text[],
      ${sorted.map(({ value }) => value)}::text[])
    on conflict (hash) do update set value = excluded.value where a.value = ''`;
  const hashes = addresses.map(({ hash }) => hash);
  await tx`
    insert into contact_address (contact_id, hash, position)
    select ${contactId}::uuid, hash, (ix + ${comesFirst ? tx`first - ${hashes.length + 1}::int` : tx`last`})::int
    from unnest(${hashes}::text[]) with ordinality as given (hash, ix),
      (select coalesce(min(position), 0) as first, coalesce(max(position), 0) as last
        from contact_address where contact_id = ${contactId}) standing`;
}
