import { tellListed } from './carried-case';
import type { Tx } from './client';
import { candidatesOf, type Evidence } from './contact-import';
import { caseIdOf } from './import-match';
import type { Taken, WaveTarget } from './import-wave';

/** The contacts, consents and cases of a wave of rows, each kind in one statement for all of them. */

/** Thrown where somebody else has just made or taken away what a row is about: looked at again, it is plain. */
export class WaveRace extends Error {
  override readonly name = 'WaveRace';
}

const idsOf = (people: readonly Taken[]) => people.map(({ contactId }) => contactId);

export async function lockKnown(tx: Tx, known: readonly Taken[]): Promise<void> {
  if (known.length === 0) return;
  const locked = await tx`
    select 1 from contact where id = any (${idsOf(known)}::uuid[]) and erased_rt is null order by id for update`;
  if (locked.length < known.length) throw new WaveRace('somebody was erased');
}

export async function insertNewContacts(tx: Tx, { actor }: WaveTarget, made: readonly Taken[]): Promise<void> {
  if (made.length === 0) return;
  const inserted = await tx`
    insert into contact (id, external_id, first_name, last_name, language, stated_zone, state, country, postal_code, places,
      attributes, tags, actor)
    select r.id, r.external_id, coalesce(r.first_name, ''), coalesce(r.last_name, ''), coalesce(r.language, 'en'), r.zone, r.state,
      r.country, r.postal_code, r.places::jsonb, r.attributes::jsonb, array(select jsonb_array_elements_text(r.tags::jsonb)), ${actor}
    from ${valuesOf(tx, made)}
    order by r.external_id nulls last, r.id
    on conflict (external_id) do nothing
    returning 1`;
  if (inserted.length < made.length) throw new WaveRace('somebody else has just made one of them');
}

/** "update": what the file says takes the place of what is known; "merge": it fills in what is not known. Tags and attributes add up. */
export async function updateKnown(tx: Tx, { policy, actor }: WaveTarget, known: readonly Taken[]): Promise<void> {
  if (known.length === 0) return;
  const isMerge = policy === 'merge';
  await tx`
    update contact p set
      first_name = coalesce(case when ${isMerge} then nullif(p.first_name, '') end, r.first_name, p.first_name),
      last_name = coalesce(case when ${isMerge} then nullif(p.last_name, '') end, r.last_name, p.last_name),
      language = case when ${isMerge} then p.language else coalesce(r.language, p.language) end,
      stated_zone = coalesce(case when ${isMerge} then p.stated_zone end, r.zone, p.stated_zone),
      state = coalesce(case when ${isMerge} then p.state end, r.state, p.state),
      country = coalesce(case when ${isMerge} then p.country end, r.country, p.country),
      postal_code = coalesce(case when ${isMerge} then p.postal_code end, r.postal_code, p.postal_code),
      attributes = case when ${isMerge} then r.attributes::jsonb || p.attributes else p.attributes || r.attributes::jsonb end,
      tags = array(select distinct tag from unnest(p.tags || array(select jsonb_array_elements_text(r.tags::jsonb))) as tag order by tag),
      revision = p.revision + 1,
      updated_at = app_now(),
      actor = ${actor}
    from ${valuesOf(tx, known)}
    where p.id = r.id`;
}

/** What the rows say of their people, as a table. */
function valuesOf(tx: Tx, people: readonly Taken[]) {
  const of = <V>(read: (contact: Taken['entry']['contact']) => V) => people.map(({ entry }) => read(entry.contact));
  return tx`unnest(${idsOf(people)}::uuid[], ${of(({ externalId }) => externalId)}::text[],
      ${of(({ firstName }) => firstName)}::text[], ${of(({ lastName }) => lastName)}::text[],
      ${of(({ language }) => language)}::text[], ${of(({ zone }) => zone)}::text[], ${of(({ state }) => state)}::text[],
      ${of(({ country }) => country)}::text[], ${of(({ postalCode }) => postalCode)}::text[],
      ${people.map(({ places }) => JSON.stringify(places))}::text[],
      ${of(({ attributes }) => JSON.stringify(attributes))}::text[], ${of(({ tags }) => JSON.stringify(tags))}::text[])
      as r (id, external_id, first_name, last_name, language, zone, state, country, postal_code, places, attributes, tags)`;
}

/** After their addresses: the candidate places hang on everything that is known by now. */
export async function refreshKnownPlaces(tx: Tx, known: readonly Taken[]): Promise<void> {
  if (known.length === 0) return;
  const rows = await tx<(Evidence & { id: string })[]>`
    select p.id, p.stated_zone as zone, p.state, p.country, p.postal_code,
      array(select a.value from contact_address ca join address a on a.hash = ca.hash
        where ca.contact_id = p.id and a.kind = 'phone' and ca.unusable is null order by ca.position) as phones
    from contact p
    where p.id = any (${idsOf(known)}::uuid[])`;
  await tx`
    update contact p set places = r.places::jsonb
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => JSON.stringify(candidatesOf(row)))}::text[]) as r (id, places)
    where p.id = r.id and p.places is distinct from r.places::jsonb`;
}

/** What the person has taken back is not given anew by another file from the same source. */
export async function storeConsents(tx: Tx, { actor }: WaveTarget, people: readonly Taken[]): Promise<void> {
  const given = people.flatMap(({ contactId, entry }) =>
    entry.contact.consents.map((consent) => ({ contactId, ...consent })),
  );
  if (given.length === 0) return;
  await tx`
    insert into consent (contact_id, class, source, text, given_at, actor)
    select r.contact_id, r.class, r.source, r.text, app_now(), ${actor}
    from unnest(${given.map(({ contactId }) => contactId)}::uuid[], ${given.map((each) => each.class)}::text[],
      ${given.map(({ source }) => source)}::text[], ${given.map(({ text }) => text)}::text[]) as r (contact_id, class, source, text)
    where not exists (
      select from consent c where c.contact_id = r.contact_id and c.class = r.class and c.source = r.source)`;
}

/** And puts them onto the list. */
export async function storeCases(tx: Tx, { list, policy }: WaveTarget, people: readonly Taken[]): Promise<void> {
  if (people.length === 0) return;
  const isMerge = policy === 'merge';
  const ids = people.map(({ entry, contactId }) => caseIdOf(entry) ?? `contact:${contactId}`);
  const stored = await tx<{ id: string }[]>`
    insert into cases as k (contact_id, external_id, case_type, title, status)
    select contact_id, external_id, ${list.caseType}, coalesce(title, ''), status
    from unnest(${idsOf(people)}::uuid[], ${ids}::text[], ${people.map(({ entry }) => entry.case.title)}::text[],
      ${people.map(({ entry }) => entry.case.status)}::text[]) as r (contact_id, external_id, title, status)
    order by external_id
    on conflict (external_id) do update set
      title = coalesce(case when ${isMerge} then nullif(k.title, '') end, nullif(excluded.title, ''), k.title),
      status = coalesce(case when ${isMerge} then k.status end, excluded.status, k.status)
    where k.contact_id = excluded.contact_id and k.case_type = excluded.case_type
    returning k.id`;
  if (stored.length < people.length) throw new WaveRace('somebody else has just made one of the cases');
  await tx`
    insert into list_member as m (list_id, case_id)
    select ${list.id}::uuid, id from unnest(${stored.map(({ id }) => id)}::uuid[]) as k (id)
    on conflict (list_id, case_id) do update set source = 'manual' where m.source <> 'manual'`;
  // Whoever has just been made is in no campaign.
  if (list.id !== null && people.some(({ status }) => status !== 'created'))
    await tellListed(
      tx,
      list.id,
      stored.map(({ id }) => id),
    );
}
