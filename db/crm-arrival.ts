import type { ListOrder } from '../domain/crm-record';
import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { type Entry, storeEntryIn } from './contact-import';
import { addMembersIn, removeMembersIn } from './list-members';
import { listsFedBy } from './list-feed';
import { Refusal } from './refusal';

/** What a CRM tells of its cases by webhook: stored, and put on lists as its address or the lists' feeds say (K-18). */

export interface CrmArrival {
  readonly connectionId: string;
  readonly caseExternalId: string;
  readonly caseType: string | null;
  readonly title: string | null;
  readonly status: string | null;
  /** Null = nothing by which the person could be reached is told, so only a case that is known changes. */
  readonly entry: Entry | null;
  /** Why not, or what of the person was left out. */
  readonly untaken: string;
  /** Null = the lists' own feeds decide. */
  readonly order: ListOrder | null;
  /** The same case told the same twice in a row changes nothing. */
  readonly bodyHash: string;
}

export interface ListMove {
  readonly listId: string;
  readonly move: 'added' | 'removed' | 'unchanged' | 'refused';
  readonly reason: string | null;
}

export interface ArrivalOutcome {
  readonly result: 'created' | 'updated' | 'repeated' | 'refused';
  readonly reason: string | null;
  readonly contactId: string | null;
  readonly lists: readonly ListMove[];
}

/** All of it or nothing, so that the same sent again after a failure does what is left to do. What is refused is kept with the reason. */
export async function takeRecord(sql: Sql, arrival: CrmArrival, actor: string): Promise<ArrivalOutcome> {
  try {
    return await inTransaction(sql, async (tx) => {
      // One record of a case after the other.
      await tx`select pg_advisory_xact_lock(hashtextextended(${`crm:${arrival.caseExternalId}`}, 0))`;
      if (await isRepeated(tx, arrival)) return { result: 'repeated', reason: null, contactId: null, lists: [] };
      const outcome = await take(tx, arrival, actor);
      await keep(tx, arrival, outcome);
      return outcome;
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const outcome: ArrivalOutcome = { result: 'refused', reason: error.message, contactId: null, lists: [] };
    await inTransaction(sql, async (tx) => keep(tx, arrival, outcome));
    return outcome;
  }
}

interface KnownCase {
  readonly id: string;
  readonly contactId: string;
  readonly caseType: string;
}

async function take(tx: Tx, arrival: CrmArrival, actor: string): Promise<ArrivalOutcome> {
  const { connectionId, order, status } = arrival;
  const before = await findCase(tx, arrival.caseExternalId);
  const named = order === null ? null : await namedLists(tx, order);
  const caseType = arrival.caseType ?? named?.[0]?.caseType ?? before?.caseType;
  if (caseType === undefined) throw new Refusal('unknown_reference', 'the record names no case type');
  if (before === undefined && order?.action === 'remove')
    return { result: 'updated', reason: null, contactId: null, lists: unchanged(named ?? []) };
  const contactId = await store(tx, arrival, { before, caseType }, actor);
  const isKnown = before !== undefined;
  const listIds = named?.map(({ id }) => id) ?? (await listsFedBy(tx, { connectionId, caseType, status, isKnown }));
  const lists: ListMove[] = [];
  for (const listId of listIds) lists.push(await move(tx, { listId, arrival, isByFeed: named === null }, actor));
  return { result: isKnown ? 'updated' : 'created', reason: null, contactId, lists };
}

async function store(
  tx: Tx,
  { entry, untaken, caseExternalId, title, status, caseType: told }: CrmArrival,
  { before, caseType }: { readonly before: KnownCase | undefined; readonly caseType: string },
  actor: string,
): Promise<string> {
  if (entry !== null) return (await storeEntryIn(tx, { id: null, caseType }, entry, actor)).contactId;
  if (before === undefined)
    throw new Refusal('unknown_reference', `the case is not known, and the person can not be stored: ${untaken}`);
  if (told !== null && told !== before.caseType)
    throw new Refusal('case_conflict', `the case is of the type "${before.caseType}", the record of "${told}"`);
  const changed = await tx`
    update cases set title = coalesce(${title}, title), status = coalesce(${status}, status), actor = ${actor}
    where external_id = ${caseExternalId} and (title, status) is distinct from (coalesce(${title}, title), coalesce(${status}, status))
    returning 1`;
  if (changed.length > 0) {
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'case_changed' from enrollment where contact_id = ${before.contactId} and state = 'open'`;
    const data = { fields: ['title', 'status'] };
    await recordChange(tx, { entity: 'case', entityId: before.id, change: 'changed', data, actor });
  }
  return before.contactId;
}

async function move(
  tx: Tx,
  { listId, arrival, isByFeed }: { readonly listId: string; readonly arrival: CrmArrival; readonly isByFeed: boolean },
  actor: string,
): Promise<ListMove> {
  const named = { caseIds: [], externalIds: [arrival.caseExternalId] };
  if (isByFeed && (await isExcluded(tx, listId, arrival.caseExternalId)))
    return { listId, move: 'refused', reason: 'it was taken off the list by hand' };
  const [result] =
    arrival.order?.action === 'remove'
      ? await removeMembersIn(tx, listId, named, actor)
      : await addMembersIn(tx, listId, named, actor);
  return { listId, move: result?.status ?? 'refused', reason: result?.reason ?? null };
}

async function isExcluded(tx: Tx, listId: string, externalId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from list_exclusion x join cases k on k.id = x.case_id where x.list_id = ${listId} and k.external_id = ${externalId}`;
  return rows.length > 0;
}

interface NamedList {
  readonly id: string;
  readonly caseType: string;
}

/** The lists that the address names: by id or name, and the one of the campaign. */
async function namedLists(tx: Tx, { listId, listName, campaignId }: ListOrder): Promise<NamedList[]> {
  const lists: NamedList[] = [];
  if (listId !== null) {
    const found = await tx<NamedList[]>`select id, case_type from list where id = ${listId}`;
    lists.push(...only(found, `there is no list ${listId}`));
  }
  if (listId === null && listName !== null) {
    const found = await tx<NamedList[]>`select id, case_type from list where lower(name) = lower(${listName}) limit 2`;
    lists.push(...only(found, `there is no list "${listName}"`));
  }
  if (campaignId !== null) {
    const found = await tx<NamedList[]>`
      select l.id, l.case_type from campaign c join list l on l.id = c.list_id where c.id = ${campaignId}`;
    lists.push(...only(found, `there is no campaign ${campaignId}`));
  }
  return lists.filter(({ id }, at) => lists.findIndex((each) => each.id === id) === at);
}

function only(found: readonly NamedList[], missing: string): readonly NamedList[] {
  if (found.length === 0) throw new Refusal('unknown_reference', missing);
  if (found.length > 1) throw new Refusal('unknown_reference', 'several lists have this name; name one by its id');
  return found;
}

function unchanged(lists: readonly NamedList[]): ListMove[] {
  return lists.map(({ id }) => ({ listId: id, move: 'unchanged', reason: 'there is no such case' }));
}

async function findCase(tx: Tx, externalId: string): Promise<KnownCase | undefined> {
  const [row] = await tx<KnownCase[]>`select id, contact_id, case_type from cases where external_id = ${externalId}`;
  return row;
}

/** A record that was refused is tried again: what stood against it may be mended. */
async function isRepeated(tx: Tx, { connectionId, caseExternalId, bodyHash }: CrmArrival): Promise<boolean> {
  const [last] = await tx<{ bodyHash: string; result: string }[]>`
    select body_hash, result from crm_arrival
    where connection_id = ${connectionId} and case_external_id = ${caseExternalId} order by id desc limit 1`;
  return last !== undefined && last.bodyHash === bodyHash && last.result !== 'refused';
}

async function keep(tx: Tx, arrival: CrmArrival, { result, reason, contactId, lists }: ArrivalOutcome): Promise<void> {
  await tx`
    insert into crm_arrival (connection_id, contact_id, case_external_id, body_hash, result, reason, lists, at)
    values (${arrival.connectionId}, ${contactId}, ${arrival.caseExternalId}, ${arrival.bodyHash}, ${result}, ${reason},
      ${JSON.stringify(lists)}::text::jsonb, app_now())`;
}

export interface ArrivalRow extends ArrivalOutcome {
  readonly id: number;
  readonly caseExternalId: string;
  readonly at: Instant;
}

/** Newest first. */
export async function listArrivals(
  db: Db,
  connectionId: string,
  {
    result = null,
    after,
    limit,
  }: { readonly result?: ArrivalOutcome['result'] | null; readonly after: number | null; readonly limit: number },
): Promise<ArrivalRow[]> {
  return db<ArrivalRow[]>`
    select id, case_external_id, contact_id, result, reason, lists, ms(at) as at
    from crm_arrival
    where connection_id = ${connectionId} and (${result}::text is null or result = ${result})
      and (${after}::bigint is null or id < ${after})
    order by id desc
    limit ${limit}`;
}

const FORGET_AFTER_DAYS = 90;
const FORGET_PAGE = 1_000;

/** Answers whether there may be more to forget. */
export async function forgetArrivals(sql: Sql): Promise<boolean> {
  const forgotten = await sql`
    delete from crm_arrival where id in (
      select id from crm_arrival where at < (select app_now()) - make_interval(days => ${FORGET_AFTER_DAYS})
      order by at limit ${FORGET_PAGE} for update skip locked)`;
  return forgotten.count === FORGET_PAGE;
}
