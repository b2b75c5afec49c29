import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db } from './client';
import type { Fragment } from './fragment';
import { Refusal } from './refusal';

/** What a caller who is limited to case types may see (K-31). Whatever is read for a request is read within its limits. */

/** Null = of every type. */
export type CaseTypes = readonly string[] | null;

/** Everything that belongs to a case type, whether it says so itself or by what it hangs on. */
export const NOUNS = [
  'list',
  'import',
  'feed',
  'case',
  'contact',
  'consent',
  'relationship',
  'enrichment',
  'form',
  'agent',
  'campaign',
  'version',
  'forecast',
  'report',
  'contact_operation',
  'enrollment',
  'attempt',
  'commitment',
  'execution',
  'test_message',
] as const;
export type Noun = (typeof NOUNS)[number];

const current = new AsyncLocalStorage<CaseTypes>();

export function limitedTo<T>(caseTypes: CaseTypes, run: () => T): T {
  return current.run(caseTypes, run);
}

/** Null outside of requests as well: workers and sweeps serve everybody. */
export function caseTypesInView(): CaseTypes {
  return current.getStore() ?? null;
}

/** As a row keeps it. */
export function caseTypesToKeep(): string[] | null {
  const caseTypes = caseTypesInView();
  return caseTypes === null ? null : [...caseTypes];
}

/** What is there and within: a thing of one's own types, or one of no type at all, which everybody uses. */
type Standing = 'own' | 'shared';

/** The standing of each that is there and not of another type; whatever is left out might as well not exist. */
export async function standingsOf(
  db: Db,
  noun: Noun,
  ids: readonly string[],
  caseTypes: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await db<{ id: string; isShared: boolean }[]>`
    select id, is_shared from (${WITHIN[noun](db, typesOf(db, caseTypes))}) w where id = any (${[...ids]}::uuid[])`;
  return new Map(rows.map(({ id, isShared }) => [id, isShared ? 'shared' : 'own']));
}

/** Under the lock that the caller holds: somebody may have changed what it is about since the request was let in. */
export async function requireInView(db: Db, noun: Noun, id: string): Promise<void> {
  const caseTypes = caseTypesInView();
  if (caseTypes === null || (await standingsOf(db, noun, [id], caseTypes)).size > 0) return;
  throw new Refusal('not_found', `there is no ${noun} ${id}`);
}

/** Keeps what the request may see: the expression is the id of such a thing. */
export function isInView(db: Db, noun: Noun, id: Fragment): Fragment {
  const caseTypes = caseTypesInView();
  if (caseTypes === null) return db`true`;
  const types = typesOf(db, caseTypes);
  // Of a million people: looked at one by one as they are read, and not joined to themselves.
  if (noun === 'contact') return hasContact(db, id, types);
  return db`exists (select from (${WITHIN[noun](db, types)}) w where w.id = ${id})`;
}

/** The same of what says its type itself. */
export function isTypeInView(db: Db, caseType: Fragment): Fragment {
  const caseTypes = caseTypesInView();
  return caseTypes === null ? db`true` : db`${caseType} = any (${typesOf(db, caseTypes)})`;
}

/** The contact is of no other type besides: what a person said outside of every campaign may be about any of their cases. */
export function isContactInViewAlone(db: Db, contactId: Fragment): Fragment {
  const caseTypes = caseTypesInView();
  if (caseTypes === null) return db`true`;
  const types = typesOf(db, caseTypes);
  return db`(${isInView(db, 'contact', contactId)}
    and not exists (select from cases k where k.contact_id = ${contactId} and k.case_type <> all (${types}))
    and not exists (
      select from enrollment e join campaign c on c.id = e.campaign_id
      where e.contact_id = ${contactId} and not ${isOfTypes(db, types)}))`;
}

export async function isEnrollmentInView(db: Db, id: string | null | undefined): Promise<boolean> {
  if (id === null || id === undefined) return false;
  const [row] = await db<{ is: boolean }[]>`select ${isInView(db, 'enrollment', db`${id}::uuid`)} as is`;
  return row?.is === true;
}

function typesOf(db: Db, caseTypes: readonly string[]): Fragment {
  return db`${[...caseTypes]}::text[]`;
}

/** Of `campaign c`. */
function isOfTypes(db: Db, types: Fragment): Fragment {
  return db`coalesce(campaign_case_types(c) <@ ${types}, false)`;
}

/** Whoever has no case belongs to nobody's types. */
function hasContact(db: Db, id: Fragment, types: Fragment): Fragment {
  return db`(exists (select from cases k where k.contact_id = ${id} and k.case_type = any (${types}))
    or exists (
      select from enrollment e join campaign c on c.id = e.campaign_id
      where e.contact_id = ${id} and ${isOfTypes(db, types)}))`;
}

type Within = (db: Db, types: Fragment) => Fragment;

/** The ids of everything within the types, by noun. */
const WITHIN: Readonly<Record<Noun, Within>> = {
  list: (db, types) => db`select id, false as is_shared from list where case_type = any (${types})`,
  import: (db, types) => db`
    select i.id, false as is_shared from import i join list l on l.id = i.list_id where l.case_type = any (${types})`,
  feed: (db, types) => db`
    select f.id, false as is_shared from list_feed f join list l on l.id = f.list_id where l.case_type = any (${types})`,
  case: (db, types) => db`select id, false as is_shared from cases where case_type = any (${types})`,
  contact: (db, types) => db`select p.id, false as is_shared from contact p where ${hasContact(db, db`p.id`, types)}`,
  consent: (db, types) => db`
    select n.id, false as is_shared from consent n where ${hasContact(db, db`n.contact_id`, types)}`,
  relationship: (db, types) => db`
    select r.id, false as is_shared from relationship r where ${hasContact(db, db`r.contact_id`, types)}`,
  enrichment: (db, types) => db`
    select n.id, false as is_shared
    from enrichment n
    left join enrollment e on e.id = n.enrollment_id
    left join campaign c on c.id = e.campaign_id
    where ${hasContact(db, db`n.contact_id`, types)} and (n.enrollment_id is null or ${isOfTypes(db, types)})`,
  form: (db, types) => db`
    select id, case_type is null as is_shared from form where case_type is null or case_type = any (${types})`,
  // An agent is of the type of the form that it fills in.
  agent: (db, types) => db`
    select a.id, f.case_type is null as is_shared
    from agent a left join form f on f.id = a.form_id
    where f.case_type is null or f.case_type = any (${types})`,
  campaign: (db, types) => db`select c.id, false as is_shared from campaign c where ${isOfTypes(db, types)}`,
  version: (db, types) => ofCampaign(db, db`version`, types),
  forecast: (db, types) => ofCampaign(db, db`forecast`, types),
  report: (db, types) => ofCampaign(db, db`report`, types),
  contact_operation: (db, types) => ofCampaign(db, db`contact_operation`, types),
  enrollment: (db, types) => ofCampaign(db, db`enrollment`, types),
  attempt: (db, types) => ofEnrollment(db, db`attempt`, types),
  commitment: (db, types) => ofEnrollment(db, db`commitment`, types),
  execution: (db, types) => ofEnrollment(db, db`execution`, types),
  // What is left of a campaign that was deleted says nothing of its type any more.
  test_message: (db, types) => db`
    select m.id, false as is_shared
    from own_message m left join campaign c on c.id = m.campaign_id
    where (m.contact_id is null or ${hasContact(db, db`m.contact_id`, types)})
      and case when m.campaign_id is null then m.run_key is null else ${isOfTypes(db, types)} end`,
};

function ofCampaign(db: Db, table: Fragment, types: Fragment): Fragment {
  return db`
    select x.id, false as is_shared from ${table} x join campaign c on c.id = x.campaign_id where ${isOfTypes(db, types)}`;
}

function ofEnrollment(db: Db, table: Fragment, types: Fragment): Fragment {
  return db`
    select x.id, false as is_shared
    from ${table} x join enrollment e on e.id = x.enrollment_id join campaign c on c.id = e.campaign_id
    where ${isOfTypes(db, types)}`;
}
