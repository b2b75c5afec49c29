import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { containing } from './pattern';
import { Refusal } from './refusal';

export interface List {
  readonly id: string;
  readonly name: string;
  readonly caseType: string;
  readonly cases: number;
  /** Distinct contacts of the listed cases: the audience of a campaign. */
  readonly contacts: number;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly actor: string;
}

export interface ListPage {
  readonly caseType?: string | undefined;
  /** Part of the name. */
  readonly query?: string | undefined;
  /** Newest first, or by name. */
  readonly sort: 'newest' | 'name';
  /** Id of the last list of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** Carried out again with the same id, it answers the list that is there. */
export async function createList(
  sql: Sql,
  { id, name, caseType }: Pick<List, 'id' | 'name' | 'caseType'>,
  actor: string,
): Promise<List> {
  return inTransaction(sql, async (tx) => {
    const made = await tx`
      insert into list (id, name, case_type, actor) values (${id}, ${name}, ${caseType}, ${actor})
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0) await recordChange(tx, { entity: 'list', entityId: id, change: 'created', actor });
    return getList(tx, id);
  });
}

/** Left-out fields stay. */
export async function changeList(
  sql: Sql,
  id: string,
  { name, revision }: { readonly name?: string | undefined; readonly revision?: number | undefined },
  actor: string,
): Promise<List> {
  return inTransaction(sql, async (tx) => {
    await tx`select from list where id = ${id} for update`;
    const before = await getList(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the list stands at revision ${before.revision}, not ${revision}`);
    if (name === undefined || name === before.name) return before;
    await tx`update list set name = ${name}, revision = revision + 1 where id = ${id}`;
    await recordChange(tx, { entity: 'list', entityId: id, change: 'changed', data: { fields: ['name'] }, actor });
    return getList(tx, id);
  });
}

/** Says of an import what it came to, after the last of its people was stored. */
export async function recordImport(
  sql: Sql,
  listId: string,
  counts: { readonly created: number; readonly updated: number; readonly rejected: number },
  actor: string,
): Promise<void> {
  await inTransaction(sql, async (tx) =>
    recordChange(tx, { entity: 'list', entityId: listId, change: 'imported', data: counts, actor }),
  );
}

export async function getList(db: Db, id: string): Promise<List> {
  const [row] = await db<List[]>`
    select ${columns(db)}
    from list l
    where l.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no list ${id}`);
  return row;
}

export async function listLists(db: Db, { caseType, query, sort, after, limit }: ListPage): Promise<List[]> {
  const isByName = sort === 'name';
  return db<List[]>`
    select ${columns(db)}
    from list l
    where (${caseType ?? null}::text is null or l.case_type = ${caseType ?? null})
      and (${containing(query)}::text is null or l.name ilike ${containing(query)})
      and (${after}::uuid is null or ${
        isByName
          ? db`(lower(l.name), l.id) > (select lower(name), id from list where id = ${after})`
          : db`(l.created_at, l.id) < (select created_at, id from list where id = ${after})`
      })
    order by ${isByName ? db`lower(l.name), l.id` : db`l.created_at desc, l.id desc`}
    limit ${limit}`;
}

function columns(db: Db) {
  return db`
    l.id, l.name, l.case_type, l.revision, ms(l.created_at) as created_at, l.actor,
    (select count(*)::int from list_member m where m.list_id = l.id) as cases,
    (select count(distinct k.contact_id)::int from list_member m join cases k on k.id = m.case_id
      where m.list_id = l.id) as contacts`;
}
