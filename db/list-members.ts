import { tellListed } from './carried-case';
import { isTypeInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import type { ListKind } from './list';
import { Refusal } from './refusal';

/** Which cases stand on a list. `list_member` is the truth that campaigns enroll by; here it is changed by hand. */

export interface Member {
  readonly caseId: string;
  readonly externalId: string;
  readonly title: string;
  readonly status: string | null;
  readonly contact: {
    readonly id: string;
    readonly externalId: string | null;
    readonly firstName: string;
    readonly lastName: string;
  };
  /** Put there by hand, import or CRM, or there because the conditions are met; `excluded` = taken off for good. */
  readonly source: 'manual' | 'conditions' | 'excluded';
}

export interface MemberPage {
  readonly source?: Member['source'] | undefined;
  readonly after: string | null;
  readonly limit: number;
}

/** In a stable order that means nothing. Left out, `source` means everybody on the list. */
export async function listMembers(db: Db, listId: string, { source, after, limit }: MemberPage): Promise<Member[]> {
  const standing =
    source === 'excluded'
      ? db`select case_id, 'excluded' as source from list_exclusion where list_id = ${listId}`
      : db`select case_id, source from list_member
          where list_id = ${listId} and (${source ?? null}::text is null or source = ${source ?? null})`;
  return db<Member[]>`
    select k.id as case_id, k.external_id, k.title, k.status, m.source,
      json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact
    from (${standing}) m
    join cases k on k.id = m.case_id
    join contact p on p.id = k.contact_id
    where ${after}::uuid is null or k.id > ${after}
    order by k.id
    limit ${limit}`;
}

/** Cases as somebody names them. */
export interface NamedCases {
  readonly caseIds: readonly string[];
  readonly externalIds: readonly string[];
}

export interface MemberResult {
  /** As it was named. */
  readonly name: string;
  readonly caseId: string | null;
  readonly status: 'added' | 'removed' | 'unchanged' | 'refused';
  readonly reason: string | null;
}

/** A result for each case, in the order in which they were named; who is refused stops none of the others. */
export async function addMembers(sql: Sql, listId: string, named: NamedCases, actor: string): Promise<MemberResult[]> {
  return inTransaction(sql, async (tx) => addMembersIn(tx, listId, named, actor));
}

/** The same within a transaction that is already open. */
export async function addMembersIn(tx: Tx, listId: string, named: NamedCases, actor: string): Promise<MemberResult[]> {
  const list = await holdList(tx, listId);
  requireOpenList(list);
  const found = await lockCases(tx, named);
  const fitting = found.filter((each) => refusalOf(each, list) === null).map(({ id }) => id);
  const before = await membersAmong(tx, listId, fitting, 'manual');
  await tx`
    insert into list_member as m (list_id, case_id, source)
    select ${listId}::uuid, id, 'manual' from unnest(${fitting}::uuid[]) id
    on conflict (list_id, case_id) do update set source = 'manual' where m.source <> 'manual'`;
  await tellListed(tx, listId, fitting);
  const added = fitting.length - before.size;
  if (added > 0)
    await recordChange(tx, {
      entity: 'list',
      entityId: listId,
      change: 'members_added',
      data: { cases: added },
      actor,
    });
  return resultsOf(named, found, (each) => {
    const refusal = refusalOf(each, list);
    if (refusal !== null) return { status: 'refused', reason: refusal };
    return { status: before.has(each.id) ? 'unchanged' : 'added', reason: null };
  });
}

/** Taken off a hybrid list, a case does not come back by the conditions. */
export async function removeMembers(
  sql: Sql,
  listId: string,
  named: NamedCases,
  actor: string,
): Promise<MemberResult[]> {
  return inTransaction(sql, async (tx) => removeMembersIn(tx, listId, named, actor));
}

export async function removeMembersIn(
  tx: Tx,
  listId: string,
  named: NamedCases,
  actor: string,
): Promise<MemberResult[]> {
  const list = await holdList(tx, listId);
  requireOpenList(list);
  const found = await lockCases(tx, named);
  const ids = found.map(({ id }) => id);
  const before = await membersAmong(tx, listId, ids, null);
  await leaveList(tx, listId, [...before], { onlyByConditions: false });
  if (list.kind === 'hybrid')
    await tx`
      insert into list_exclusion (list_id, case_id, at, actor)
      select ${listId}::uuid, id, app_now(), ${actor} from unnest(${ids}::uuid[]) id
      on conflict do nothing`;
  if (before.size > 0) {
    const data = { cases: before.size };
    await recordChange(tx, { entity: 'list', entityId: listId, change: 'members_removed', data, actor });
  }
  return resultsOf(named, found, ({ id }) => ({ status: before.has(id) ? 'removed' : 'unchanged', reason: null }));
}

/**
 * They are enrolled no more because of this list. Who is enrolled already goes on, unless the campaign says that whoever
 * leaves the list leaves it as well: those look again. With `onlyByConditions` whoever was put there by hand meanwhile stays.
 */
export async function leaveList(
  tx: Tx,
  listId: string,
  caseIds: readonly string[],
  { onlyByConditions }: { readonly onlyByConditions: boolean },
): Promise<void> {
  if (caseIds.length === 0) return;
  const left = await tx<{ caseId: string }[]>`
    delete from list_member
    where list_id = ${listId} and case_id = any (${[...caseIds]}::uuid[]) and (source = 'conditions' or not ${onlyByConditions}::boolean)
    returning case_id`;
  const cases = tx`select contact_id from cases where id = any (${left.map(({ caseId }) => caseId)}::uuid[])`;
  await tx`
    insert into list_departure (list_id, contact_id, at)
    select distinct ${listId}::uuid, contact_id, app_now() from (${cases}) gone order by contact_id
    on conflict (list_id, contact_id) do update set at = excluded.at`;
  await tx`
    insert into wake (enrollment_id, reason)
    select e.id, 'left_list'
    from campaign c
    join enrollment e on e.campaign_id = c.id and e.state = 'open'
    where c.list_id = ${listId} and c.status in ('active', 'paused') and (c.leaves_with_list or c.list_exchanged)
      and e.contact_id in (${cases})`;
}

/** Of a dynamic list the conditions alone decide, so that nobody is on it who doesn't meet them. */
export function requireOpenList({ kind }: { readonly kind?: ListKind }): void {
  if (kind === 'dynamic')
    throw new Refusal(
      'wrong_status',
      'who stands on a dynamic list is decided by its conditions alone; make it hybrid to add and remove people by hand',
    );
}

interface HeldList {
  readonly kind: ListKind;
  readonly caseType: string;
}

/** It is neither deleted nor made another kind of list while somebody is put on it. */
export async function holdList(tx: Tx, id: string): Promise<HeldList> {
  const [row] = await tx<HeldList[]>`select kind, case_type from list where id = ${id} for share`;
  if (row === undefined) throw new Refusal('not_found', `there is no list ${id}`);
  return row;
}

interface FoundCase {
  readonly id: string;
  readonly externalId: string;
  readonly caseType: string;
  readonly erased: boolean;
}

/** Nobody gives them another type meanwhile. */
async function lockCases(tx: Tx, { caseIds, externalIds }: NamedCases): Promise<FoundCase[]> {
  return tx<FoundCase[]>`
    select k.id, k.external_id, k.case_type, p.erased_rt is not null as erased
    from cases k join contact p on p.id = k.contact_id
    where (k.id = any (${[...caseIds]}::uuid[]) or k.external_id = any (${[...externalIds]}::text[]))
      and ${isTypeInView(tx, tx`k.case_type`)}
    order by k.id
    for share of k`;
}

async function membersAmong(
  tx: Tx,
  listId: string,
  caseIds: readonly string[],
  source: 'manual' | null,
): Promise<Set<string>> {
  const rows = await tx<{ caseId: string }[]>`
    select case_id from list_member
    where list_id = ${listId} and case_id = any (${[...caseIds]}::uuid[]) and (${source}::text is null or source = ${source})`;
  return new Set(rows.map(({ caseId }) => caseId));
}

/** S1-20. */
function refusalOf({ caseType, erased }: FoundCase, list: HeldList): string | null {
  if (erased) return 'the person was erased';
  return caseType === list.caseType ? null : `the case is of the type "${caseType}", the list is of "${list.caseType}"`;
}

function resultsOf(
  { caseIds, externalIds }: NamedCases,
  found: readonly FoundCase[],
  outcomeOf: (found: FoundCase) => Pick<MemberResult, 'status' | 'reason'>,
): MemberResult[] {
  const result = (name: string, each: FoundCase | undefined): MemberResult =>
    each === undefined
      ? { name, caseId: null, status: 'refused', reason: 'there is no such case' }
      : { name, caseId: each.id, ...outcomeOf(each) };
  return [
    ...caseIds.map((id) =>
      result(
        id,
        found.find((each) => each.id === id.toLowerCase()),
      ),
    ),
    ...externalIds.map((id) =>
      result(
        id,
        found.find(({ externalId }) => externalId === id),
      ),
    ),
  ];
}
