import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { rerouteHeld } from './connection-release';
import { seal } from './connection-seal';
import { Refusal } from './refusal';
import { brokenConstraint } from './result-guard';

export type ConnectionKind = 'lawruler' | 'smartadvocate' | 'http';
export type ConnectionState = 'ok' | 'held' | 'disabled';
/** Why a connection is not `ok`; `by_hand` = an operator disabled it. */
export type HoldReason = 'credentials' | 'outage' | 'configuration' | 'by_hand';

/** A connection as it may be shown: nothing of its credentials but that there are some. */
export interface ConnectionRow {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly fromEnvironment: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasCredentials: boolean;
  readonly isDefault: boolean;
  readonly state: ConnectionState;
  readonly reason: HoldReason | null;
  readonly sinceRt: number;
  /** Has anything gone through since it was let go on? */
  readonly isProven: boolean;
  readonly held: number;
  readonly heldSinceRt: number | null;
  readonly nextCheckRt: number | null;
  readonly checkedRt: number | null;
  readonly checkResult: string | null;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

export interface ConnectionDraft {
  readonly id: string;
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly settings: object;
  readonly credentials: object;
  readonly isDefault: boolean;
}

export interface ConnectionChange {
  readonly name?: string | undefined;
  readonly settings?: object | undefined;
  /** The whole of them anew: nobody can read what is there. */
  readonly credentials?: object | undefined;
  readonly isDefault?: boolean | undefined;
  readonly revision?: number | undefined;
}

/** Makes it, or finds what the same request has made. */
export async function createConnection(
  sql: Sql,
  secretKey: string,
  draft: ConnectionDraft,
  actor: string,
): Promise<ConnectionRow> {
  const { id, name, kind, settings, credentials } = draft;
  return withUniqueName(name, () =>
    inTransaction(sql, async (tx) => {
      const made = await tx`
        insert into connection (id, name, kind, settings, credentials, actor)
        values (${id}, ${name}, ${kind}, ${JSON.stringify(settings)}::text::jsonb,
          ${seal(secretKey, 'credentials', id, JSON.stringify(credentials))}, ${actor})
        on conflict (id) do nothing returning 1`;
      if (made.length === 0) return getConnection(tx, id);
      if (draft.isDefault) await makeDefault(tx, id, true);
      await recordChange(tx, { entity: 'connection', entityId: id, change: 'created', actor });
      return getConnection(tx, id);
    }),
  );
}

/** Oldest first. */
export async function listConnections(
  db: Db,
  { after, limit }: { readonly after: number | null; readonly limit: number },
): Promise<ConnectionRow[]> {
  return db<ConnectionRow[]>`
    select ${columns(db)} from connection c
    where ${after}::bigint is null or c.seq > ${after}
    order by c.seq limit ${limit}`;
}

export async function getConnection(db: Db, id: string): Promise<ConnectionRow> {
  const [row] = await db<ConnectionRow[]>`select ${columns(db)} from connection c where c.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no connection ${id}`);
  return row;
}

/** What holds it is asked about anew at once when settings or credentials change: that is how it is mended. */
export async function changeConnection(
  sql: Sql,
  secretKey: string,
  id: string,
  { revision, ...change }: ConnectionChange,
  actor: string,
): Promise<ConnectionRow> {
  return withUniqueName(change.name ?? '', () =>
    inTransaction(sql, async (tx) => {
      const before = await lock(tx, id);
      if (revision !== undefined && revision !== before.revision)
        throw new Refusal('revision_conflict', `the connection stands at revision ${before.revision}, not ${revision}`);
      const { name, settings, credentials, isDefault } = change;
      const isMended = settings !== undefined || credentials !== undefined;
      if (isMended && before.fromEnvironment)
        throw new Refusal('wrong_status', 'this connection is set up in the environment of the workers, not here');
      if (isDefault !== undefined && isDefault !== before.isDefault) await makeDefault(tx, id, isDefault);
      const sealed = credentials === undefined ? null : seal(secretKey, 'credentials', id, JSON.stringify(credentials));
      await tx`
        update connection set
          name = coalesce(${name ?? null}, name),
          settings = coalesce(${settings === undefined ? null : JSON.stringify(settings)}::text::jsonb, settings),
          credentials = coalesce(${sealed}, credentials),
          revision = revision + 1, updated_at = app_now(), actor = ${actor}
        where id = ${id}`;
      if (isMended) await mended(tx, id);
      const fields = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]));
      await recordChange(tx, { entity: 'connection', entityId: id, change: 'changed', data: { fields }, actor });
      return getConnection(tx, id);
    }),
  );
}

/** An operator's word: what waits goes on, one action first. */
export async function resumeConnection(sql: Sql, id: string, actor: string): Promise<ConnectionRow> {
  return inTransaction(sql, async (tx) => {
    const { state } = await lock(tx, id);
    if (state === 'ok') return getConnection(tx, id);
    await tx`
      update connection set state = 'ok', reason = null, since_rt = clock_timestamp(), is_proven = false, trial_rt = null,
        failures = 0, failing = '{}', check_rt = null, not_before_rt = null
      where id = ${id}`;
    await recordChange(tx, { entity: 'connection', entityId: id, change: 'resumed', actor });
    return getConnection(tx, id);
  });
}

/** Its actions wait from now on until an operator resumes it. */
export async function disableConnection(sql: Sql, id: string, actor: string): Promise<ConnectionRow> {
  return inTransaction(sql, async (tx) => {
    const { state } = await lock(tx, id);
    if (state === 'disabled') return getConnection(tx, id);
    await tx`
      update connection set state = 'disabled', reason = 'by_hand', since_rt = clock_timestamp(), check_rt = null
      where id = ${id}`;
    await recordChange(tx, { entity: 'connection', entityId: id, change: 'disabled', actor });
    return getConnection(tx, id);
  });
}

/** Has a worker ask it whether all is well; the answer shows in `checkedRt` and `checkResult`. */
export async function requestCheck(sql: Sql, id: string): Promise<ConnectionRow> {
  await sql`update connection set check_rt = clock_timestamp() where id = ${id}`;
  return getConnection(sql, id);
}

/** Null = the default connection. */
export async function connectionOfCampaign(db: Db, campaignId: string): Promise<string | null> {
  const [row] = await db<{ connectionId: string | null }[]>`
    select connection_id from campaign where id = ${campaignId}`;
  if (row === undefined) throw new Refusal('not_found', `there is no campaign ${campaignId}`);
  return row.connectionId;
}

/** For actions from now on, and for those that wait and were never sent. */
export async function setCampaignConnection(
  sql: Sql,
  campaignId: string,
  connectionId: string | null,
  actor: string,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const before = await connectionOfCampaign(tx, campaignId);
    if (before === connectionId) return;
    const known = await tx`select 1 from connection where id = ${connectionId}`;
    if (connectionId !== null && known.length === 0)
      throw new Refusal('unknown_reference', `there is no connection ${connectionId}`, [
        { pointer: '#/connectionId', detail: 'there is no such connection', value: connectionId },
      ]);
    await tx`update campaign set connection_id = ${connectionId} where id = ${campaignId}`;
    await rerouteHeld(tx, campaignId);
    const data = { connectionId };
    await recordChange(tx, { entity: 'campaign', entityId: campaignId, change: 'connection_changed', data, actor });
  });
}

async function lock(tx: Tx, id: string): Promise<ConnectionRow> {
  await tx`select from connection where id = ${id} for update`;
  return getConnection(tx, id);
}

async function makeDefault(tx: Tx, id: string, isDefault: boolean): Promise<void> {
  await tx`update connection set is_default = false, revision = revision + 1 where is_default and id <> ${id}`;
  await tx`update connection set is_default = ${isDefault} where id = ${id}`;
  await rerouteHeld(tx, null);
}

/** A token of the old credentials is good for nothing, and who waits to hear if it is well hears it soon. */
async function mended(tx: Tx, id: string): Promise<void> {
  await tx`
    update connection set token = null, token_expires_rt = null, token_claimed_rt = null, not_before_rt = null,
      check_rt = case when state = 'held' then clock_timestamp() else check_rt end, checks = 0
    where id = ${id}`;
  // It may have lists now that it did not have before.
  await tx`update crm_mapping set list_rt = clock_timestamp() where connection_id = ${id}`;
}

async function withUniqueName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (brokenConstraint(error) !== 'connection_name_key') throw error;
    const detail = 'is the name of another connection';
    throw new Refusal('wrong_status', `the name ${detail}`, [{ pointer: '#/name', detail, value: name }]);
  }
}

function columns(db: Db) {
  return db`
    c.id, c.seq::int, c.name, c.kind, c.from_environment, c.settings, c.credentials is not null as has_credentials, c.is_default,
    c.state, c.reason, ms(c.since_rt) as since_rt, c.is_proven,
    (select count(*)::int from execution x where x.connection_id = c.id and x.held_rt is not null) as held,
    (select ms(min(x.held_rt)) from execution x where x.connection_id = c.id and x.held_rt is not null) as held_since_rt,
    ms(c.check_rt) as next_check_rt, ms(c.checked_rt) as checked_rt, c.check_result,
    c.revision, ms(c.created_at) as created_at, ms(c.updated_at) as updated_at, c.actor as updated_by`;
}
