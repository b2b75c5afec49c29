import { type CrmListing, type CrmMapping, CrmMappingSchema, NO_MAPPING, withListing } from '../domain/crm-mapping';
import { type StatusRef, statusKey } from '../domain/crm-status';
import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { getConnection } from './connection';
import type { Circuit } from './connection-circuit';
import { circuitColumns } from './connection-circuit';
import { Refusal } from './refusal';

/** What is known of a connection's CRM. A connection that nobody has mapped has an empty mapping of revision 1. */
export interface StoredMapping {
  readonly mapping: CrmMapping;
  readonly revision: number;
  /** Real time; null = its lists were never asked for. */
  readonly listedRt: number | null;
  readonly listResult: string | null;
  /** They will be asked for then. */
  readonly listRt: number | null;
  readonly updatedAt: Instant | null;
  readonly updatedBy: string | null;
}

type Row = Omit<StoredMapping, 'mapping'> & { readonly mapping: unknown };

const UNMAPPED = { revision: 1, listedRt: null, listResult: null, listRt: null, updatedAt: null, updatedBy: null };

export async function getMapping(db: Db, connectionId: string): Promise<StoredMapping> {
  const [row] = await db<Row[]>`
    select mapping, revision, ms(listed_rt) as listed_rt, list_result, ms(list_rt) as list_rt, ms(updated_at) as updated_at,
      actor as updated_by
    from crm_mapping where connection_id = ${connectionId}`;
  if (row !== undefined) return { ...row, mapping: CrmMappingSchema.parse(row.mapping) };
  await getConnection(db, connectionId);
  return { mapping: NO_MAPPING, ...UNMAPPED };
}

/** Puts another mapping in its place; `revision` is the one that it was made from. */
export async function changeMapping(
  sql: Sql,
  connectionId: string,
  { revision, mapping }: { readonly revision: number; readonly mapping: CrmMapping },
  actor: string,
): Promise<StoredMapping> {
  return inTransaction(sql, async (tx) => {
    const before = await lock(tx, connectionId, actor);
    if (before.revision !== revision)
      throw new Refusal('revision_conflict', `the mapping stands at revision ${before.revision}, not ${revision}`, [
        { pointer: '#/revision', detail: `the current revision is ${before.revision}`, value: revision },
      ]);
    await store(tx, connectionId, mapping, actor);
    const data = {
      statuses: mapping.statuses.length,
      outcomes: mapping.outcomes.length,
      fields: mapping.fields.length,
    };
    await recordChange(tx, { entity: 'connection', entityId: connectionId, change: 'mapping_changed', data, actor });
    return getMapping(tx, connectionId);
  });
}

/** Has a worker ask the CRM for its lists. */
export async function requestListing(sql: Sql, connectionId: string): Promise<StoredMapping> {
  return inTransaction(sql, async (tx) => {
    await lock(tx, connectionId, 'system');
    await tx`update crm_mapping set list_rt = clock_timestamp() where connection_id = ${connectionId}`;
    return getMapping(tx, connectionId);
  });
}

/** Statuses that a CRM tells us of become known to its mapping. */
export async function noteStatuses(tx: Tx, connectionId: string, told: readonly StatusRef[]): Promise<void> {
  const { mapping } = await getMapping(tx, connectionId);
  if (unknownOf(mapping, told).length === 0) return;
  const { mapping: latest } = await lock(tx, connectionId, 'system');
  const added = unknownOf(latest, told).map(({ field, value, group }) => ({
    field,
    value,
    label: value,
    ...(group === undefined ? {} : { group }),
    offered: true,
    stopsOutreach: false,
    source: 'webhook' as const,
  }));
  if (added.length === 0 || latest.statuses.length + added.length > MOST_STATUSES) return;
  await store(tx, connectionId, { ...latest, statuses: [...latest.statuses, ...added] }, 'system');
}

const MOST_STATUSES = 2_000;

/** Each once: a mapping that names one twice is none. */
function unknownOf({ statuses }: CrmMapping, told: readonly StatusRef[]): StatusRef[] {
  const known = new Set(statuses.map(statusKey));
  return [...new Map(told.map((status) => [statusKey(status), status]))].flatMap(([key, status]) =>
    known.has(key) ? [] : [status],
  );
}

/** Lists are asked for again after a quarter of an hour, so that a rule is made of what the CRM has now (S0-51). */
const LIST_EVERY_SECONDS = 900;
const LISTS_PER_ROUND = 10;

/** Connections whose lists are to be asked for now, each taken by one worker; new ones take part by themselves. */
export async function takeDueListings(sql: Sql): Promise<Circuit[]> {
  await sql`
    insert into crm_mapping (connection_id, mapping, list_rt, actor)
    select id, ${JSON.stringify(NO_MAPPING)}::text::jsonb, clock_timestamp(), 'system' from connection
    on conflict (connection_id) do nothing`;
  return sql<Circuit[]>`
    with due as (
      update crm_mapping m set list_rt = clock_timestamp() + make_interval(secs => ${LIST_EVERY_SECONDS})
      where m.connection_id in (
        select d.connection_id from crm_mapping d join connection c on c.id = d.connection_id
        where d.list_rt <= clock_timestamp() and c.state = 'ok'
        order by d.list_rt limit ${LISTS_PER_ROUND} for no key update of d skip locked)
      returning m.connection_id
    )
    select ${circuitColumns(sql)} from connection c join due on due.connection_id = c.id`;
}

/** Keeps what the CRM lists; null = it has no lists, and is not asked again until somebody says so. */
export async function storeListing(sql: Sql, connectionId: string, listing: CrmListing | null): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const { mapping } = await lock(tx, connectionId, 'system');
    if (listing === null) {
      await noteListing(tx, connectionId, 'no_lists');
      await tx`update crm_mapping set list_rt = null where connection_id = ${connectionId}`;
      return;
    }
    const { success, data: next } = CrmMappingSchema.safeParse(withListing(mapping, listing));
    await noteListing(tx, connectionId, success ? 'ok' : 'too_long');
    if (!success || JSON.stringify(next) === JSON.stringify(mapping)) return;
    await store(tx, connectionId, next, 'system');
    const data = { statuses: next.statuses.length };
    await recordChange(tx, {
      entity: 'connection',
      entityId: connectionId,
      change: 'mapping_listed',
      data,
      actor: 'system',
    });
  });
}

/** `ok`, or why the lists could not be had. */
export async function noteListing(db: Db, connectionId: string, result: string): Promise<void> {
  await db`
    update crm_mapping set listed_rt = clock_timestamp(), list_result = ${result} where connection_id = ${connectionId}`;
}

/** Locks the row, which is made if it isn't there. */
async function lock(tx: Tx, connectionId: string, actor: string): Promise<StoredMapping> {
  await getConnection(tx, connectionId);
  await tx`
    insert into crm_mapping (connection_id, mapping, actor) values (${connectionId}, ${JSON.stringify(NO_MAPPING)}::text::jsonb, ${actor})
    on conflict (connection_id) do nothing`;
  await tx`select from crm_mapping where connection_id = ${connectionId} for update`;
  return getMapping(tx, connectionId);
}

async function store(tx: Tx, connectionId: string, mapping: CrmMapping, actor: string): Promise<void> {
  await tx`
    update crm_mapping set mapping = ${JSON.stringify(mapping)}::text::jsonb, revision = revision + 1, updated_at = app_now(),
      actor = ${actor}
    where connection_id = ${connectionId}`;
}
