import { randomUUID } from 'node:crypto';
import type { AddressKind } from '../domain/channel';
import { type CandidatePlaces, candidatePlaces } from '../domain/zone-evidence';
import { tellListed } from './carried-case';
import { isInView, isTypeInView } from './case-scope';
import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import type { ListKind } from './list';
import { holdList, requireOpenList } from './list-members';
import { Refusal } from './refusal';

/** What is known of a person from one source. Null and missing things leave what is stored as it is. */
export interface ContactDraft {
  readonly externalId: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly language: string | null;
  readonly zone: string | null;
  readonly state: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  /** Normalised, the one to use first in front. */
  readonly addresses: readonly DraftAddress[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly consents: readonly { readonly class: string; readonly source: string; readonly text: string }[];
}

export interface DraftAddress {
  readonly kind: AddressKind;
  readonly value: string;
  readonly hash: string;
}

export interface CaseDraft {
  /** Null = the contact's own external id, else an id of ours. */
  readonly externalId: string | null;
  readonly title: string | null;
  readonly status: string | null;
}

export interface ListTarget {
  /** Null = the cases are stored, and stand on no list by it. */
  readonly id: string | null;
  readonly caseType: string;
  readonly kind?: ListKind;
}

export interface StoredEntry {
  readonly status: 'created' | 'updated';
  readonly contactId: string;
}

/** Takes one person with cases into the list, in a transaction of its own; throws a Refusal when a case is somebody else's. */
export async function storeEntry(sql: Sql, list: ListTarget, entry: Entry, actor: string): Promise<StoredEntry> {
  return inTransaction(sql, async (tx) => storeEntryIn(tx, list, entry, actor));
}

export interface Entry {
  readonly contact: ContactDraft;
  readonly cases: readonly CaseDraft[];
}

/** The same within a transaction that is already open. */
export async function storeEntryIn(
  tx: Tx,
  list: ListTarget,
  { contact, cases }: Entry,
  actor: string,
): Promise<StoredEntry> {
  requireOpenList(list);
  if (list.id !== null) await holdList(tx, list.id);
  const stored = await storeContact(tx, contact, cases, actor);
  await storeAddresses(tx, stored.contactId, contact.addresses);
  if (stored.status === 'updated') await refreshPlaces(tx, stored.contactId);
  await storeConsents(tx, stored.contactId, contact, actor);
  const drafts = cases.length === 0 ? [NO_CASE] : cases;
  const caseIds: string[] = [];
  for (const draft of drafts) caseIds.push(await storeCase(tx, list, stored.contactId, contact.externalId, draft));
  if (stored.status === 'updated') {
    await tx`
        insert into wake (enrollment_id, reason)
        select id, 'contact_changed' from enrollment where contact_id = ${stored.contactId} and state = 'open'`;
    if (list.id !== null) await tellListed(tx, list.id, caseIds);
  }
  const { contactId: entityId, status: change } = stored;
  await recordChange(tx, { entity: 'contact', entityId, change, data: { listId: list.id }, actor });
  return stored;
}

const NO_CASE: CaseDraft = { externalId: null, title: null, status: null };

async function storeContact(
  tx: Tx,
  draft: ContactDraft,
  cases: readonly CaseDraft[],
  actor: string,
): Promise<StoredEntry> {
  if (draft.externalId === null) await lockNameless(tx);
  const known = await findContact(tx, draft, cases);
  if (known !== null) return updateContact(tx, requireStanding(known, draft), draft, actor);
  const id = randomUUID();
  if (await insertContact(tx, id, draft, actor)) return { status: 'created', contactId: id };
  // Somebody else has just made it; the row is visible now that we waited for it.
  const other = await findContact(tx, draft, cases);
  if (other === null) throw new Error('the contact was neither stored nor found');
  return updateContact(tx, requireStanding(other, draft), draft, actor);
}

interface KnownContact {
  readonly id: string;
  readonly erased: boolean;
}

/** As long as an erasure waits for a call to end, the person still has their ids: nothing new is learned of them. */
function requireStanding({ id, erased }: KnownContact, { externalId }: ContactDraft): string {
  if (!erased) return id;
  const detail = 'the person is being erased; import them anew when that is done';
  throw new Refusal('case_conflict', detail, [{ pointer: '#/contact/externalId', detail, value: externalId }]);
}

/** Of the person alone; false = somebody has the external id already. */
export async function insertContact(tx: Tx, id: string, draft: ContactDraft, actor: string): Promise<boolean> {
  const made = await tx`
    insert into contact (id, external_id, first_name, last_name, language, stated_zone, state, country, postal_code, places, attributes, tags, actor)
    values (${id}, ${draft.externalId}, ${draft.firstName ?? ''}, ${draft.lastName ?? ''}, ${draft.language ?? 'en'}, ${draft.zone},
      ${draft.state}, ${draft.country}, ${draft.postalCode}, ${placesOf({ ...draft, phones: phonesOf(draft) })}::text::jsonb, ${JSON.stringify(draft.attributes)}::text::jsonb,
      ${[...draft.tags]}, ${actor})
    on conflict (external_id) do nothing
    returning 1`;
  return made.length > 0;
}

/**
 * One after the other: nothing in the tables keeps two from making the same person of a name and an address, who would then
 * be called twice. Taken before anything of a person is locked.
 */
export async function lockNameless(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('people without an external id', 0))`;
}

/** By external id; else by a case; else, where there is no id at all, by name and first address. */
async function findContact(tx: Tx, draft: ContactDraft, cases: readonly CaseDraft[]): Promise<KnownContact | null> {
  const caseIds = cases.flatMap(({ externalId }) => externalId ?? []);
  const named = tx`
    select contact_id from cases k where external_id = any (${caseIds}::text[]) and ${isTypeInView(tx, tx`k.case_type`)} limit 1`;
  const [row] =
    draft.externalId !== null
      ? await tx<(KnownContact & { isInView: boolean })[]>`
          select p.id, p.erased_rt is not null as erased, ${isInView(tx, 'contact', tx`p.id`)} as is_in_view
          from contact p where p.external_id = ${draft.externalId} for update`
      : await tx<(KnownContact & { isInView: boolean })[]>`
          select p.id, p.erased_rt is not null as erased, true as is_in_view from contact p
          where p.id = (${named})
            or (p.external_id is null and p.erased_rt is null
              and lower(p.first_name) = lower(${draft.firstName ?? ''}) and lower(p.last_name) = lower(${draft.lastName ?? ''})
              and exists (select from contact_address a where a.contact_id = p.id and a.hash = ${draft.addresses[0]?.hash ?? ''})
              and ${isInView(tx, 'contact', tx`p.id`)})
          order by p.id = (${named}) desc nulls last, p.created_at
          limit 1
          for update of p`;
  // Ids are unique over all types, so that much has to be told, and no more.
  if (row?.isInView === false) throw caseRefusal(draft.externalId ?? '', IN_USE);
  return row ?? null;
}

const IN_USE = 'is in use already, beyond what you may see';

async function updateContact(tx: Tx, id: string, draft: ContactDraft, actor: string): Promise<StoredEntry> {
  await tx`
    update contact set
      first_name = coalesce(${draft.firstName}, first_name),
      last_name = coalesce(${draft.lastName}, last_name),
      language = coalesce(${draft.language}, language),
      stated_zone = coalesce(${draft.zone}, stated_zone),
      state = coalesce(${draft.state}, state),
      country = coalesce(${draft.country}, country),
      postal_code = coalesce(${draft.postalCode}, postal_code),
      attributes = attributes || ${JSON.stringify(draft.attributes)}::text::jsonb,
      tags = array(select distinct tag from unnest(tags || ${[...draft.tags]}::text[]) as tag order by tag),
      revision = revision + 1,
      updated_at = app_now(),
      actor = ${actor}
    where id = ${id}`;
  return { status: 'updated', contactId: id };
}

/** New addresses come first, in their order; old ones stay behind them, for what was said at one of them still holds for the person. */
export async function storeAddresses(tx: Tx, contactId: string, addresses: readonly DraftAddress[]): Promise<void> {
  const sorted = [...addresses].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  await tx`
    insert into address (hash, kind, value)
    select * from unnest(${sorted.map(({ hash }) => hash)}::text[], ${sorted.map(({ kind }) => kind)}::text[],
      ${sorted.map(({ value }) => value)}::text[])
    on conflict do nothing`;
  const before = await tx<{ hash: string; unusable: string | null }[]>`
    select hash, unusable from contact_address where contact_id = ${contactId} order by position`;
  const marks = new Map(before.map(({ hash, unusable }) => [hash, unusable]));
  const hashes = [...new Set([...addresses.map(({ hash }) => hash), ...marks.keys()])];
  if (hashes.join() === [...marks.keys()].join()) return;
  if (before.length > 0) await tx`delete from contact_address where contact_id = ${contactId}`;
  await tx`
    insert into contact_address (contact_id, hash, position, unusable)
    select ${contactId}::uuid, * from unnest(${hashes}::text[], ${hashes.map((_, ix) => ix)}::int[],
      ${hashes.map((hash) => marks.get(hash) ?? null)}::text[])`;
  await restoreErased(tx, sorted);
}

/** Of somebody who was erased only the hash is left. After the person refers to it: an erasure that is at it was waited for. */
async function restoreErased(tx: Tx, addresses: readonly DraftAddress[]): Promise<void> {
  await tx`
    update address a set value = given.value
    from unnest(${addresses.map(({ hash }) => hash)}::text[], ${addresses.map(({ value }) => value)}::text[]) as given (hash, value)
    where a.hash = given.hash and a.value = ''`;
}

/** The candidate places hang on everything that is known of the person by now, not on what this source said. */
export async function refreshPlaces(tx: Tx, contactId: string): Promise<void> {
  const [row] = await tx<Evidence[]>`
    select p.stated_zone as zone, p.state, p.country, p.postal_code,
      array(select a.value from contact_address ca join address a on a.hash = ca.hash
        where ca.contact_id = p.id and a.kind = 'phone' and ca.unusable is null order by ca.position) as phones
    from contact p
    where p.id = ${contactId}`;
  if (row === undefined) throw new Error(`there is no contact ${contactId}`);
  await tx`update contact set places = ${placesOf(row)}::text::jsonb where id = ${contactId}`;
}

export interface Evidence extends Pick<ContactDraft, 'zone' | 'state' | 'country' | 'postalCode'> {
  readonly phones: readonly string[];
}

function placesOf(evidence: Evidence): string {
  return JSON.stringify(candidatesOf(evidence));
}

/** Where the person may be, by all that is known. */
export function candidatesOf({ zone, state, country, postalCode, phones }: Evidence): CandidatePlaces {
  return candidatePlaces({
    ...(zone === null ? {} : { statedZone: zone }),
    ...(state === null ? {} : { state }),
    ...(country === null ? {} : { country }),
    ...(postalCode === null ? {} : { postalCode }),
    phones,
  });
}

export function phonesOf({ addresses }: ContactDraft): string[] {
  return addresses.filter(({ kind }) => kind === 'phone').map(({ value }) => value);
}

/** What the person has taken back is not given anew by whoever tells the same once more. */
export async function storeConsents(
  tx: Tx,
  contactId: string,
  { consents }: Pick<ContactDraft, 'consents'>,
  actor: string,
): Promise<void> {
  for (const consent of consents) {
    await tx`
      insert into consent (contact_id, class, source, text, given_at, actor)
      select ${contactId}, ${consent.class}, ${consent.source}, ${consent.text}, app_now(), ${actor}
      where not exists (
        select from consent
        where contact_id = ${contactId} and class = ${consent.class} and source = ${consent.source}
          and text = ${consent.text})`;
  }
}

async function storeCase(
  tx: Tx,
  list: ListTarget,
  contactId: string,
  contactExternalId: string | null,
  draft: CaseDraft,
): Promise<string> {
  const externalId = draft.externalId ?? contactExternalId ?? `contact:${contactId}`;
  const [row] = await tx<{ id: string; contactId: string; caseType: string; isInView: boolean }[]>`
    insert into cases as k (contact_id, external_id, case_type, title, status)
    values (${contactId}, ${externalId}, ${list.caseType}, ${draft.title ?? ''}, ${draft.status})
    on conflict (external_id) do update set
      title = coalesce(${draft.title}, k.title),
      status = coalesce(${draft.status}, k.status)
    returning k.id, k.contact_id, k.case_type, ${isTypeInView(tx, tx`k.case_type`)} as is_in_view`;
  if (row === undefined) throw new Error(`case ${externalId} was not stored`);
  if (!row.isInView) throw caseRefusal(externalId, IN_USE);
  if (row.contactId !== contactId) throw caseRefusal(externalId, 'the case belongs to another contact');
  if (row.caseType !== list.caseType)
    throw caseRefusal(externalId, `the case is of the type "${row.caseType}", the list is of "${list.caseType}"`);
  if (list.id !== null)
    await tx`
      insert into list_member as m (list_id, case_id) values (${list.id}, ${row.id})
      on conflict (list_id, case_id) do update set source = 'manual' where m.source <> 'manual'`;
  return row.id;
}

function caseRefusal(externalId: string, detail: string): Refusal {
  return new Refusal('case_conflict', detail, [{ pointer: '#/cases/externalId', detail, value: externalId }]);
}
