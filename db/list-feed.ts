import type { Instant } from '../domain/instant';
import { isInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal, type RefusedField } from './refusal';
import { brokenConstraint } from './result-guard';

/** What of a CRM's records comes onto a list by itself (K-18). */

export interface ListFeed {
  readonly id: string;
  readonly listId: string;
  readonly connectionId: string;
  readonly enabled: boolean;
  /** Only when the case is told of for the first time. */
  readonly firstSyncOnly: boolean;
  /** Empty = whatever fits the list. */
  readonly caseTypes: readonly string[];
  readonly statuses: readonly string[];
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

export type FeedSettings = Pick<ListFeed, 'enabled' | 'firstSyncOnly' | 'caseTypes' | 'statuses'>;
export type NewFeed = Pick<ListFeed, 'id' | 'listId' | 'connectionId'> & FeedSettings;

/** Carried out again with the same id, it answers the feed that is there. */
export async function createFeed(sql: Sql, feed: NewFeed, actor: string): Promise<ListFeed> {
  const { id, listId, connectionId, enabled, firstSyncOnly, caseTypes, statuses } = feed;
  try {
    return await inTransaction(sql, async (tx) => {
      await requireEnds(tx, feed);
      const made = await tx`
        insert into list_feed (id, list_id, connection_id, enabled, first_sync_only, case_types, statuses, actor)
        values (${id}, ${listId}, ${connectionId}, ${enabled}, ${firstSyncOnly}, ${[...caseTypes]}, ${[...statuses]}, ${actor})
        on conflict (id) do nothing
        returning 1`;
      const data = { listId, connectionId };
      if (made.length > 0)
        await recordChange(tx, { entity: 'list_feed', entityId: id, change: 'created', data, actor });
      return getFeed(tx, id);
    });
  } catch (error) {
    if (brokenConstraint(error) !== 'list_feed_list_id_connection_id_key') throw error;
    const detail = 'the connection feeds this list already; change that feed';
    throw new Refusal('wrong_status', detail, [{ pointer: '#/connectionId', detail, value: connectionId }]);
  }
}

/** Left-out fields stay. */
export async function changeFeed(
  sql: Sql,
  id: string,
  {
    revision,
    ...given
  }: { readonly [field in keyof FeedSettings]?: FeedSettings[field] | undefined } & {
    readonly revision?: number | undefined;
  },
  actor: string,
): Promise<ListFeed> {
  return inTransaction(sql, async (tx) => {
    await tx`select from list_feed where id = ${id} for update`;
    const before = await getFeed(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the feed stands at revision ${before.revision}, not ${revision}`);
    const told = Object.entries(given).filter(([, value]) => value !== undefined);
    const fields = told
      .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, field)))
      .map(([field]) => field);
    if (fields.length === 0) return before;
    const next: FeedSettings = { ...before, ...Object.fromEntries(told) };
    await tx`
      update list_feed set enabled = ${next.enabled}, first_sync_only = ${next.firstSyncOnly}, case_types = ${[...next.caseTypes]},
        statuses = ${[...next.statuses]}, revision = revision + 1, updated_at = app_now(), actor = ${actor}
      where id = ${id}`;
    await recordChange(tx, { entity: 'list_feed', entityId: id, change: 'changed', data: { fields }, actor });
    return getFeed(tx, id);
  });
}

export async function getFeed(db: Db, id: string): Promise<ListFeed> {
  const [row] = await db<ListFeed[]>`select ${columns(db)} from list_feed where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no feed ${id}`);
  return row;
}

export interface FeedPage {
  readonly listId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly after: string | null;
  readonly limit: number;
}

/** In a stable order that means nothing. */
export async function listFeeds(db: Db, { listId, connectionId, after, limit }: FeedPage): Promise<ListFeed[]> {
  return db<ListFeed[]>`
    select ${columns(db)} from list_feed
    where (${listId ?? null}::uuid is null or list_id = ${listId ?? null})
      and (${connectionId ?? null}::uuid is null or connection_id = ${connectionId ?? null})
      and (${after}::uuid is null or id > ${after})
      and ${isInView(db, 'feed', db`list_feed.id`)}
    order by id
    limit ${limit}`;
}

/** Lists that take the record in by themselves. `isKnown` = the case had been told of before. */
export async function listsFedBy(
  tx: Tx,
  record: {
    readonly connectionId: string;
    readonly caseType: string;
    readonly status: string | null;
    readonly isKnown: boolean;
  },
): Promise<string[]> {
  const { connectionId, caseType, status, isKnown } = record;
  const rows = await tx<{ listId: string }[]>`
    select f.list_id
    from list_feed f join list l on l.id = f.list_id
    where f.connection_id = ${connectionId} and f.enabled and l.kind <> 'dynamic' and l.case_type = ${caseType}
      and (not f.first_sync_only or not ${isKnown}::boolean)
      and (f.case_types = '{}' or ${caseType} = any (f.case_types))
      and (f.statuses = '{}' or exists (select from unnest(f.statuses) each where lower(each) = lower(${status ?? ''})))
    order by f.list_id`;
  return rows.map(({ listId }) => listId);
}

async function requireEnds(tx: Tx, { listId, connectionId, caseTypes }: NewFeed): Promise<void> {
  const [list] = await tx<{ caseType: string; kind: string }[]>`
    select case_type, kind from list where id = ${listId} for key share`;
  const [connection] = await tx`select 1 from connection where id = ${connectionId} for key share`;
  const problems: RefusedField[] = [];
  if (list === undefined) problems.push({ pointer: '#/listId', detail: 'there is no such list', value: listId });
  if (connection === undefined)
    problems.push({ pointer: '#/connectionId', detail: 'there is no such connection', value: connectionId });
  if (list?.kind === 'dynamic')
    problems.push({
      pointer: '#/listId',
      detail: 'who is on a dynamic list is decided by its conditions alone',
      value: listId,
    });
  if (list !== undefined && caseTypes.length > 0 && !caseTypes.includes(list.caseType))
    problems.push({
      pointer: '#/caseTypes',
      detail: `must name the type of the list, "${list.caseType}", or nothing`,
      value: caseTypes,
    });
  if (problems.length > 0)
    throw new Refusal('unknown_reference', problems.map(({ detail }) => detail).join('; '), problems);
}

function columns(db: Db) {
  return db`
    id, list_id, connection_id, enabled, first_sync_only, case_types, statuses, revision, ms(created_at) as created_at,
    ms(updated_at) as updated_at, actor`;
}
