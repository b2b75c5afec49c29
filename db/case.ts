import type { Instant } from '../domain/instant';
import { isTypeInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { containing } from './pattern';
import { Refusal } from './refusal';

/** A case of a contact: what lists name and campaigns are about. */

export interface Case {
  readonly id: string;
  readonly externalId: string;
  readonly caseType: string;
  readonly title: string;
  readonly status: string | null;
  readonly contact: CaseContact;
  /** The lists that it stands on. */
  readonly lists: readonly { readonly id: string; readonly name: string }[];
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

interface CaseContact {
  readonly id: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
}

export interface NewCase extends Pick<Case, 'id' | 'caseType' | 'title' | 'status'> {
  /** Null = an id of ours. */
  readonly externalId: string | null;
}

export interface CaseFilter {
  readonly contactId?: string | undefined;
  readonly listId?: string | undefined;
  readonly caseType?: string | undefined;
  readonly status?: string | undefined;
  /** Part of the title, or a whole external id. */
  readonly query?: string | undefined;
  readonly after: string | null;
  readonly limit: number;
}

/** Carried out again with the same id, it answers the case that is there. */
export async function createCase(sql: Sql, contactId: string, draft: NewCase, actor: string): Promise<Case> {
  const { id, caseType, title, status } = draft;
  return inTransaction(sql, async (tx) => {
    await requirePerson(tx, contactId);
    const externalId = draft.externalId ?? `case:${id}`;
    const made = await tx`
      insert into cases (id, contact_id, external_id, case_type, title, status, actor)
      values (${id}, ${contactId}, ${externalId}, ${caseType}, ${title}, ${status}, ${actor})
      on conflict do nothing
      returning 1`;
    if (made.length > 0) {
      await recordChange(tx, { entity: 'case', entityId: id, change: 'created', data: { contactId }, actor });
      return getCase(tx, id);
    }
    const [known] = await tx`select 1 from cases where id = ${id}`;
    if (known !== undefined) return getCase(tx, id);
    const detail = 'is the external id of another case';
    throw new Refusal('case_conflict', `"${externalId}" ${detail}`, [
      { pointer: '#/externalId', detail, value: externalId },
    ]);
  });
}

export interface CaseChange {
  readonly caseType?: string | undefined;
  readonly title?: string | undefined;
  readonly status?: string | null | undefined;
  readonly revision?: number | undefined;
}

/** Left-out fields stay. Whoever is being reached about it looks again. */
export async function changeCase(sql: Sql, id: string, change: CaseChange, actor: string): Promise<Case> {
  return inTransaction(sql, async (tx) => {
    // Whoever puts it on a list holds the row meanwhile.
    await tx`select from cases where id = ${id} for update`;
    const before = await getCase(tx, id);
    const { revision, caseType = before.caseType, title = before.title, status = before.status } = change;
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the case stands at revision ${before.revision}, not ${revision}`);
    const fields = [
      ...(caseType === before.caseType ? [] : ['caseType']),
      ...(title === before.title ? [] : ['title']),
      ...(status === before.status ? [] : ['status']),
    ];
    if (fields.length === 0) return before;
    if (caseType !== before.caseType) requireNoList(before, caseType);
    await tx`
      update cases set case_type = ${caseType}, title = ${title}, status = ${status}, actor = ${actor} where id = ${id}`;
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'case_changed' from enrollment where contact_id = ${before.contact.id} and state = 'open'`;
    await recordChange(tx, { entity: 'case', entityId: id, change: 'changed', data: { fields }, actor });
    return getCase(tx, id);
  });
}

/** S1-20: every case of a list is of the list's type. */
function requireNoList({ lists, caseType }: Case, value: string): void {
  const [list] = lists;
  if (list === undefined) return;
  const detail = `the case stands on the list "${list.name}", whose cases are all of the type "${caseType}"; take it off first`;
  throw new Refusal('case_conflict', detail, [{ pointer: '#/caseType', detail, value }]);
}

export async function getCase(db: Db, id: string): Promise<Case> {
  const [row] = await db<Case[]>`
    select ${columns(db)} from cases k join contact p on p.id = k.contact_id where k.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no case ${id}`);
  return row;
}

/** In a stable order that means nothing; cases of people who were erased are left out. */
export async function listCases(db: Db, filter: CaseFilter): Promise<Case[]> {
  const { contactId = null, listId = null, caseType = null, status = null, query = null, after, limit } = filter;
  return db<Case[]>`
    select ${columns(db)}
    from cases k join contact p on p.id = k.contact_id
    where p.erased_rt is null
      and (${after}::uuid is null or k.id > ${after})
      and (${contactId}::uuid is null or k.contact_id = ${contactId})
      and (${listId}::uuid is null or exists (select from list_member m where m.list_id = ${listId} and m.case_id = k.id))
      and (${caseType}::text is null or k.case_type = ${caseType})
      and ${isTypeInView(db, db`k.case_type`)}
      and (${status}::text is null or k.status = ${status})
      and (${query}::text is null or k.external_id = ${query} or k.title ilike ${containing(query)})
    order by k.id
    limit ${limit}`;
}

async function requirePerson(tx: Tx, contactId: string): Promise<void> {
  const [person] = await tx<{ erased: boolean }[]>`
    select erased_rt is not null as erased from contact where id = ${contactId} for key share`;
  if (person === undefined) throw new Refusal('not_found', `there is no contact ${contactId}`);
  if (person.erased) throw new Refusal('wrong_status', 'the contact was erased; import the person anew');
}

function columns(db: Db) {
  return db`
    k.id, k.external_id, k.case_type, k.title, k.status,
    json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact,
    (select coalesce(json_agg(json_build_object('id', l.id, 'name', l.name) order by l.name, l.id), '[]')
      from list_member m join list l on l.id = m.list_id where m.case_id = k.id) as lists,
    k.revision, ms(k.created_at) as created_at, ms(k.updated_at) as updated_at, k.actor`;
}
