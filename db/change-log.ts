import type { FactBody } from '../domain/fact';
import type { Instant } from '../domain/instant';
import type { Db, Tx } from './client';
import { currentRequest } from './request-context';

export const ENTITIES = [
  'settings',
  'caller_number',
  'enrichment_service',
  'campaign',
  'form',
  'agent',
  'list',
  'list_feed',
  'contact',
  'case',
  'attribute',
  'number_check',
  'enrollment',
  'execution',
  'fact',
  'api_key',
  'connection',
  'template',
  'own_address',
  'own_message',
  'legal_rule',
  'calendar_day',
  'spending',
  'payload',
  'installation',
  'import',
] as const;
export type Entity = (typeof ENTITIES)[number];

export interface ChangeEntry {
  readonly entity: Entity;
  readonly entityId: string;
  readonly change: string;
  /** Names of fields and numbers, never a person's values. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly actor: string;
}

/** Appends who changed what, and by which request; in the transaction of the change, after its locks. */
export async function recordChange(tx: Tx, { entity, entityId, change, data, actor }: ChangeEntry): Promise<void> {
  const request = currentRequest();
  await tx`
    insert into change_log (at, actor, entity, entity_id, change, data, request_id, api_key_id)
    values (app_now(), ${actor}, ${entity}, ${entityId}, ${change}, ${JSON.stringify(data ?? {})}::text::jsonb,
      ${request?.requestId ?? null}, ${request?.keyId ?? null})`;
}

/** The same of many at once, all by one actor. */
export async function recordChanges(tx: Tx, changes: readonly ChangeEntry[], actor: string): Promise<void> {
  if (changes.length === 0) return;
  const of = (read: (change: ChangeEntry) => string) => changes.map(read);
  await tx`
    insert into change_log (at, actor, entity, entity_id, change, data)
    select app_now(), ${actor}, entity, entity_id, change, data::jsonb
    from unnest(${of(({ entity }) => entity)}::text[], ${of(({ entityId }) => entityId)}::text[],
      ${of(({ change }) => change)}::text[], ${of(({ data }) => JSON.stringify(data ?? {}))}::text[])
      as c (entity, entity_id, change, data)`;
}

/** What somebody with a key told or ordered; what arrives by itself leaves its fact alone. */
export async function recordFact(
  tx: Tx,
  fact: {
    readonly id: string;
    readonly enrollmentId: string | null;
    readonly contactId: string | null;
    readonly body: FactBody;
    readonly actor: string;
  },
): Promise<void> {
  if ((currentRequest()?.keyId ?? null) === null) return;
  const { id, enrollmentId, contactId, body, actor } = fact;
  const change = body.kind === 'order' ? `order:${body.order}` : body.kind;
  await recordChange(tx, { ...ownerOf(id, enrollmentId, contactId), change, data: { factId: id }, actor });
}

function ownerOf(factId: string, enrollmentId: string | null, contactId: string | null) {
  if (enrollmentId !== null) return { entity: 'enrollment', entityId: enrollmentId } as const;
  if (contactId !== null) return { entity: 'contact', entityId: contactId } as const;
  return { entity: 'fact', entityId: factId } as const;
}

export interface ChangeRow {
  readonly id: number;
  readonly at: Instant;
  readonly rt: number;
  readonly actor: string;
  readonly entity: string;
  readonly entityId: string;
  readonly change: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** The key of the actor, for names may change. */
  readonly apiKeyId: string | null;
}

export interface ChangeFilter {
  readonly entity?: Entity | undefined;
  readonly entityId?: string | undefined;
  readonly actor?: string | undefined;
  readonly requestId?: string | undefined;
  /** Business time, from the first on and before the second. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly after: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listChanges(db: Db, filter: ChangeFilter): Promise<ChangeRow[]> {
  const { entity = null, entityId = null, actor = null, requestId = null, since = null, until = null } = filter;
  return db<ChangeRow[]>`
    select id, ms(at) as at, ms(rt) as rt, actor, entity, entity_id, change, data, request_id, api_key_id
    from change_log
    where (${entity}::text is null or entity = ${entity})
      and (${entityId}::text is null or entity_id = ${entityId})
      and (${actor}::text is null or actor = ${actor})
      and (${requestId}::text is null or request_id = ${requestId})
      and (${since}::float8 is null or at >= at_ms(${since}))
      and (${until}::float8 is null or at < at_ms(${until}))
      and (${filter.after}::bigint is null or id < ${filter.after})
    order by id desc
    limit ${filter.limit}`;
}
