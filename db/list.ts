import type { Instant } from '../domain/instant';
import { MemberConditionsSchema, type MemberConditions } from '../domain/member-conditions';
import { catalogueOf } from './attribute';
import { isTypeInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { meets } from './member-conditions';
import { containing } from './pattern';
import { Refusal } from './refusal';

/** Filled by hand, by conditions alone, or by conditions with exceptions by hand (K-17). */
export type ListKind = 'static' | 'dynamic' | 'hybrid';

export interface List {
  readonly id: string;
  readonly name: string;
  readonly caseType: string;
  readonly kind: ListKind;
  /** Null = a static list. */
  readonly conditions: MemberConditions | null;
  /** When all cases had last been held against the conditions, by the clock on the wall; null = they are being. */
  readonly lookedAt: Instant | null;
  readonly cases: number;
  /** Distinct contacts of the listed cases: the audience of a campaign. */
  readonly contacts: number;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly actor: string;
}

export interface ListPage {
  readonly caseType?: string | undefined;
  readonly kind?: ListKind | undefined;
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
  { id, name, caseType, kind, conditions }: Pick<List, 'id' | 'name' | 'caseType' | 'kind' | 'conditions'>,
  actor: string,
): Promise<List> {
  return inTransaction(sql, async (tx) => {
    const made = await tx`
      insert into list (id, name, case_type, kind, conditions, actor)
      values (${id}, ${name}, ${caseType}, ${kind}, ${jsonOf(conditions)}::text::jsonb, ${actor})
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0) await recordChange(tx, { entity: 'list', entityId: id, change: 'created', actor });
    return getList(tx, id);
  });
}

export interface ListChange {
  readonly name?: string | undefined;
  readonly kind?: ListKind | undefined;
  readonly conditions?: MemberConditions | null | undefined;
  readonly revision?: number | undefined;
}

/** Left-out fields stay. With other conditions every case is looked at anew; a list that becomes static keeps who is on it. */
export async function changeList(sql: Sql, id: string, change: ListChange, actor: string): Promise<List> {
  return inTransaction(sql, async (tx) => {
    await tx`select from list where id = ${id} for update`;
    const before = await getList(tx, id);
    const { revision, name = before.name, kind = before.kind } = change;
    const conditions =
      change.conditions === undefined && kind !== 'static' ? before.conditions : (change.conditions ?? null);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the list stands at revision ${before.revision}, not ${revision}`);
    requireConditions(kind, conditions);
    const fields = [
      ...(name === before.name ? [] : ['name']),
      ...(kind === before.kind ? [] : ['kind']),
      ...(jsonOf(conditions) === jsonOf(before.conditions) ? [] : ['conditions']),
    ];
    if (fields.length === 0) return before;
    await tx`
      update list set name = ${name}, kind = ${kind}, conditions = ${jsonOf(conditions)}::text::jsonb, revision = revision + 1
      where id = ${id}`;
    // Exceptions are a hybrid list's alone.
    if (kind !== 'hybrid') await tx`delete from list_exclusion where list_id = ${id}`;
    if (fields.includes('kind') || fields.includes('conditions'))
      await tx`update list set sweep_cursor = null, sweep_began_rt = null, swept_rt = null where id = ${id}`;
    await recordChange(tx, { entity: 'list', entityId: id, change: 'changed', data: { fields }, actor });
    return getList(tx, id);
  });
}

export function requireConditions(kind: ListKind, conditions: MemberConditions | null): void {
  if ((kind === 'static') === (conditions === null)) return;
  const detail = kind === 'static' ? 'a static list has no conditions' : `a ${kind} list needs conditions`;
  throw new Refusal('wrong_status', `#/conditions: ${detail}`, [{ pointer: '#/conditions', detail }]);
}

function jsonOf(conditions: MemberConditions | null): string | null {
  return conditions === null ? null : JSON.stringify(conditions);
}

export interface Preview {
  readonly cases: number;
  readonly contacts: number;
  readonly sample: readonly {
    readonly caseId: string;
    readonly externalId: string;
    readonly title: string;
    readonly status: string | null;
    readonly contact: { readonly id: string; readonly firstName: string; readonly lastName: string };
  }[];
}

/** Who would stand on a list of the type by these conditions, with the first few of them. Changes nothing. */
export async function previewMembers(
  db: Db,
  {
    caseType,
    conditions,
    limit,
  }: { readonly caseType: string; readonly conditions: MemberConditions; readonly limit: number },
): Promise<Preview> {
  const [row] = await db<Preview[]>`
    with fitting as materialized (
      select k.id, k.external_id, k.title, k.status, k.contact_id, p.first_name, p.last_name
      from (select app_now() as now) t
      cross join settings s
      join cases k on k.case_type = ${caseType}
      join contact p on p.id = k.contact_id and p.erased_rt is null
      where ${meets(db, conditions, await catalogueOf(db))}
    )
    select count(*)::int as cases, count(distinct contact_id)::int as contacts, (
      select coalesce(json_agg(json_build_object('caseId', id, 'externalId', external_id, 'title', title, 'status', status,
        'contact', json_build_object('id', contact_id, 'firstName', first_name, 'lastName', last_name)) order by id), '[]')
      from (select * from fitting order by id limit ${limit}) shown) as sample
    from fitting`;
  return row ?? { cases: 0, contacts: 0, sample: [] };
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
  return withConditions(row);
}

export async function listLists(db: Db, { caseType, kind, query, sort, after, limit }: ListPage): Promise<List[]> {
  const isByName = sort === 'name';
  const rows = await db<List[]>`
    select ${columns(db)}
    from list l
    where (${caseType ?? null}::text is null or l.case_type = ${caseType ?? null})
      and (${kind ?? null}::text is null or l.kind = ${kind ?? null})
      and (${containing(query)}::text is null or l.name ilike ${containing(query)})
      and ${isTypeInView(db, db`l.case_type`)}
      and (${after}::uuid is null or ${
        isByName
          ? db`(lower(l.name), l.id) > (select lower(name), id from list where id = ${after})`
          : db`(l.created_at, l.id) < (select created_at, id from list where id = ${after})`
      })
    order by ${isByName ? db`lower(l.name), l.id` : db`l.created_at desc, l.id desc`}
    limit ${limit}`;
  return rows.map(withConditions);
}

/** JSON does not keep the order of fields: read again, the conditions have one, by which they are compared. */
function withConditions(row: List): List {
  return row.conditions === null ? row : { ...row, conditions: MemberConditionsSchema.parse(row.conditions) };
}

function columns(db: Db) {
  return db`
    l.id, l.name, l.case_type, l.kind, l.conditions, ms(l.swept_rt) as looked_at, l.revision, ms(l.created_at) as created_at, l.actor,
    (select count(*)::int from list_member m where m.list_id = l.id) as cases,
    (select count(distinct k.contact_id)::int from list_member m join cases k on k.id = m.case_id
      where m.list_id = l.id) as contacts`;
}
