import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
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
  /** Id of the last list of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

export async function createList(sql: Sql, name: string, caseType: string, actor: string): Promise<List> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<{ id: string }[]>`
      insert into list (name, case_type, actor) values (${name}, ${caseType}, ${actor})
      returning id`;
    if (row === undefined) throw new Error('the list was not stored');
    await recordChange(tx, { entity: 'list', entityId: row.id, change: 'created', actor });
    return getList(tx, row.id);
  });
}

export async function getList(db: Db, id: string): Promise<List> {
  const [row] = await db<List[]>`
    select ${columns(db)}
    from list l
    where l.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no list ${id}`);
  return row;
}

/** Newest first. */
export async function listLists(db: Db, { after, limit }: ListPage): Promise<List[]> {
  return db<List[]>`
    select ${columns(db)}
    from list l
    where ${after}::uuid is null
      or (l.created_at, l.id) < (select created_at, id from list where id = ${after})
    order by l.created_at desc, l.id desc
    limit ${limit}`;
}

function columns(db: Db) {
  return db`
    l.id, l.name, l.case_type, l.revision, ms(l.created_at) as created_at, l.actor,
    (select count(*)::int from list_member m where m.list_id = l.id) as cases,
    (select count(distinct k.contact_id)::int from list_member m join cases k on k.id = m.case_id
      where m.list_id = l.id) as contacts`;
}
