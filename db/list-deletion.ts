import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { getList } from './list';
import { Refusal, type RefusedField } from './refusal';

/** So many of what uses a list are named. */
const MOST_NAMED = 20;

/**
 * The list with who stands on it, and the reports of its imports; contacts and cases stay. Refused while anything uses it.
 * Whoever begins to use it at the same moment comes first, or finds no list.
 */
export async function deleteList(
  sql: Sql,
  id: string,
  { revision }: { readonly revision?: number | undefined },
  actor: string,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx`select from list where id = ${id} for update`;
    const before = await getList(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the list stands at revision ${before.revision}, not ${revision}`);
    const users = await usersOf(tx, id);
    if (users.length > 0)
      throw new Refusal('wrong_status', `the list is in use: ${users.map(({ detail }) => detail).join('; ')}`, users);
    await tx`
      update import set follows_id = null
      where list_id <> ${id} and follows_id in (select id from import where list_id = ${id})`;
    await tx`delete from import where list_id = ${id}`;
    await tx`delete from list where id = ${id}`;
    const data = { cases: before.cases };
    await recordChange(tx, { entity: 'list', entityId: id, change: 'deleted', data, actor });
  });
}

interface User {
  readonly pointer: string;
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** A campaign in any status, for its history speaks of the list; a feed; an import that is not over. */
async function usersOf(tx: Tx, id: string): Promise<RefusedField[]> {
  const users = await tx<User[]>`
    select * from (
      select '#/campaigns' as pointer, c.id, 'the campaign "' || c.name || '"' as name, c.status as state
      from campaign c where c.list_id = ${id}
      union all
      select '#/feeds', f.id, 'the feed from the connection "' || k.name || '"', case when f.enabled then 'on' else 'switched off' end
      from list_feed f join connection k on k.id = f.connection_id where f.list_id = ${id}
      union all
      select '#/imports', i.id, 'the import "' || i.name || '"', i.status
      from import i where i.list_id = ${id} and i.status in ('uploaded', 'mapped', 'running')
    ) u
    order by pointer, name, id
    limit ${MOST_NAMED}`;
  return users.map(({ pointer, id: value, name, state }) => ({ pointer, detail: `${name} (${state}) uses it`, value }));
}
