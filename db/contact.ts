import type { AddressKind, Channel } from '../domain/channel';
import type { Instant } from '../domain/instant';
import { isInView, isTypeInView } from './case-scope';
import type { Db } from './client';
import { allOf } from './fragment';
import { fewWith } from './few';
import { fewNamed, nameHas } from './name-search';
import { Refusal } from './refusal';

export interface Contact {
  readonly id: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly language: string;
  readonly zone: string | null;
  readonly state: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  /** Where the person may be, from all evidence. */
  readonly places: { readonly zones: readonly string[]; readonly known: boolean };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly addresses: readonly ContactAddress[];
  readonly cases: readonly ContactCase[];
  readonly consents: readonly ContactConsent[];
  /** Nothing personal is left; see the certificate. */
  readonly erased: boolean;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface ContactAddress {
  readonly kind: AddressKind;
  readonly value: string;
  readonly unusable: 'wrong_number' | 'invalid' | null;
  /** Channels that are barred at this address. */
  readonly suppressed: readonly Channel[];
  /** Who found it; null = it was given. */
  readonly foundBy: string | null;
}

export interface ContactCase {
  readonly id: string;
  readonly externalId: string;
  readonly caseType: string;
  readonly title: string;
  readonly status: string | null;
}

export interface ContactConsent {
  readonly class: string;
  readonly source: string;
  readonly givenAt: Instant;
  readonly revokedAt: Instant | null;
}

export interface ContactSearch {
  /** Part of a name, an external id of the contact or of a case, or a whole address. */
  readonly query: string | null;
  /** Hashes of the query read as a phone number and as a mail address. */
  readonly hashes: readonly string[];
  readonly listId?: string | undefined;
  readonly tag?: string | undefined;
  readonly language?: string | undefined;
  readonly caseType?: string | undefined;
  /** Out of calls, where only about cases of one type as well. */
  readonly optedOut?: Channel | undefined;
  readonly attribute?: { readonly name: string; readonly value: string } | undefined;
  readonly after: string | null;
  readonly limit: number;
}

export async function getContact(db: Db, id: string): Promise<Contact> {
  const [row] = await db<Contact[]>`
    select ${columns(db)}
    from contact p
    where p.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no contact ${id}`);
  return row;
}

/** In a stable order that means nothing. */
export async function findContacts(
  db: Db,
  { query, hashes, listId, tag, language, caseType, optedOut, attribute, after, limit }: ContactSearch,
): Promise<Contact[]> {
  const named = query === null ? [] : await fewNamed(db, query, hashes);
  const few = [
    ...named,
    ...(tag === undefined ? [] : await fewWith(db, () => hasTag(db, tag))),
    ...(attribute === undefined ? [] : await fewWith(db, () => hasAttribute(db, attribute))),
  ];
  const conditions = [
    ...(after === null ? [] : [db`p.id > ${after}`]),
    ...(listId === undefined ? [] : [isListed(db, listId)]),
    ...(tag === undefined ? [] : [hasTag(db, tag)]),
    ...(language === undefined ? [] : [db`p.language = ${language}`]),
    ...(caseType === undefined
      ? []
      : [db`exists (select from cases k where k.contact_id = p.id and k.case_type = ${caseType})`]),
    ...(optedOut === undefined ? [] : [isOptedOut(db, optedOut)]),
    ...(attribute === undefined ? [] : [hasAttribute(db, attribute)]),
    ...few.map((ids) => db`p.id = any (${ids})`),
    ...(query === null || named.length > 0
      ? []
      : [
          db`(${nameHas(db, query)}
      or p.external_id = ${query}
      or exists (
        select from cases k
        where k.contact_id = p.id and k.external_id = ${query} and ${isTypeInView(db, db`k.case_type`)})
      or exists (select from contact_address a where a.contact_id = p.id and a.hash = any (${[...hashes]}::text[])))`,
        ]),
  ];
  return db<Contact[]>`
    select ${columns(db)}
    from contact p
    where p.erased_rt is null and ${isInView(db, 'contact', db`p.id`)} and ${allOf(db, conditions)}
    order by p.id
    limit ${limit}`;
}

function hasTag(db: Db, tag: string) {
  return db`p.tags @> array[${tag}::text]`;
}

function hasAttribute(db: Db, { name, value }: NonNullable<ContactSearch['attribute']>) {
  return db`p.attributes @> jsonb_build_object(${name}::text, ${value}::text)`;
}

function isListed(db: Db, listId: string) {
  return db`exists (
    select from list_member m join cases k on k.id = m.case_id
    where m.list_id = ${listId} and k.contact_id = p.id)`;
}

/** Out of calls about cases of one type counts as out of calls. */
function isOptedOut(db: Db, channel: Channel) {
  return db`(exists (
      select from contact_address ca join suppression x on x.hash = ca.hash
      where ca.contact_id = p.id and x.lifted_at is null and ${channel} = any (x.channels))
    or (${channel} = 'voice' and exists (
      select from contact_address ca join call_opt_out o on o.hash = ca.hash
      where ca.contact_id = p.id and o.lifted_at is null and ${isTypeInView(db, db`o.case_type`)})))`;
}

/** Is the address one of this contact's own? Tells a reply of the person from a forwarded one. */
export async function hasAddress(db: Db, contactId: string, hash: string): Promise<boolean> {
  const rows = await db`select from contact_address where contact_id = ${contactId} and hash = ${hash}`;
  return rows.length > 0;
}

/** Is mail to every address of the enrollment's contact barred already? Null = there is no such enrollment. */
export async function mailStandingOf(db: Db, enrollmentId: string): Promise<{ readonly barred: boolean } | null> {
  const [row] = await db<{ barred: boolean }[]>`
    select not exists (
      select from contact_address ca
      where ca.contact_id = e.contact_id and not exists (
        select from suppression s where s.hash = ca.hash and s.lifted_at is null and 'email' = any (s.channels))) as barred
    from enrollment e
    where e.id = ${enrollmentId}`;
  return row ?? null;
}

function columns(db: Db) {
  return db`
    p.id, p.external_id, p.first_name, p.last_name, p.language, p.stated_zone as zone, p.state, p.country, p.postal_code,
    p.erased_rt is not null as erased, p.places, p.attributes, p.tags, p.revision, ms(p.created_at) as created_at, ms(p.updated_at) as updated_at,
    (select coalesce(json_agg(json_build_object(
        'kind', a.kind, 'value', a.value, 'unusable', ca.unusable,
        'foundBy', (select source from found_address f where f.contact_id = p.id and f.hash = a.hash),
        'suppressed', (select coalesce(json_agg(distinct channel order by channel), '[]')
          from suppression s cross join unnest(s.channels) as channel
          where s.hash = a.hash and s.lifted_at is null)) order by ca.position), '[]')
      from contact_address ca join address a on a.hash = ca.hash
      where ca.contact_id = p.id and (ca.unusable is null or ca.unusable in ('wrong_number', 'invalid'))) as addresses,
    (select coalesce(json_agg(json_build_object(
        'id', k.id, 'externalId', k.external_id, 'caseType', k.case_type, 'title', k.title, 'status', k.status)
        order by k.external_id), '[]')
      from cases k where k.contact_id = p.id and ${isTypeInView(db, db`k.case_type`)}) as cases,
    (select coalesce(json_agg(json_build_object(
        'class', n.class, 'source', n.source, 'givenAt', ms(n.given_at), 'revokedAt', ms(n.revoked_at)) order by n.given_at), '[]')
      from consent n where n.contact_id = p.id) as consents`;
}
