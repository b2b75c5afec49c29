import type { EnrichmentCause, EnrichmentKind, Found } from '../domain/enrichment';
import type { Instant } from '../domain/instant';
import { isInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';

/** What was looked up of whom, why, what came of it and what it cost (K-25). */
export interface Enrichment {
  readonly id: string;
  readonly seq: number;
  readonly contactId: string;
  readonly campaignId: string | null;
  readonly enrollmentId: string | null;
  readonly cause: EnrichmentCause;
  readonly kinds: readonly EnrichmentKind[];
  readonly state: EnrichmentState;
  /** Who was asked; null = nobody yet. */
  readonly source: string | null;
  readonly data: readonly Found[];
  /** Null = not known, or nothing was asked. */
  readonly costMicros: number | null;
  readonly errorCode: string | null;
  readonly tries: number;
  readonly createdAt: Instant;
  readonly askedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly actor: string;
}

/** `unknown` = the answer got lost, and asking again might be paid for twice. */
export type EnrichmentState = 'pending' | 'asking' | 'found' | 'nothing' | 'failed' | 'unknown';

export interface EnrichmentFilter {
  readonly contactId?: string | undefined;
  readonly campaignId?: string | undefined;
  readonly state?: EnrichmentState | undefined;
  readonly cause?: EnrichmentCause | undefined;
  readonly after: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listEnrichments(db: Db, filter: EnrichmentFilter): Promise<Enrichment[]> {
  const { contactId = null, campaignId = null, state = null, cause = null, after, limit } = filter;
  return db<Enrichment[]>`
    select ${columns(db)} from enrichment n left join enrollment e on e.id = n.enrollment_id
    where (${contactId}::uuid is null or n.contact_id = ${contactId})
      and (${campaignId}::uuid is null or e.campaign_id = ${campaignId})
      and (${state}::text is null or n.state = ${state})
      and (${cause}::text is null or n.cause = ${cause})
      and ${isInView(db, 'enrichment', db`n.id`)}
      and (${after}::bigint is null or n.seq < ${after})
    order by n.seq desc limit ${limit}`;
}

export async function getEnrichment(db: Db, id: string): Promise<Enrichment> {
  const [row] = await db<Enrichment[]>`
    select ${columns(db)} from enrichment n left join enrollment e on e.id = n.enrollment_id where n.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no enrichment ${id}`);
  return row;
}

/**
 * Somebody wants to know more of a person. What was asked before under the same circumstances is not asked again: the answer
 * that is there is answered, and only what failed is tried once more.
 */
export async function requestEnrichment(
  sql: Sql,
  contactId: string,
  kinds: readonly EnrichmentKind[],
  actor: string,
): Promise<Enrichment> {
  return inTransaction(sql, async (tx) => {
    const [contact] = await tx<{ erased: boolean }[]>`
      select erased_rt is not null as erased from contact where id = ${contactId} for key share`;
    if (contact === undefined) throw new Refusal('not_found', `there is no contact ${contactId}`);
    if (contact.erased) throw new Refusal('wrong_status', 'the contact was erased');
    const [service] = await tx<{ enabled: boolean }[]>`select enabled from enrichment_service`;
    if (service?.enabled !== true) throw new Refusal('wrong_status', 'no enrichment service is switched on');
    const [asked] = await tx<{ id: string }[]>`
      insert into enrichment as n (contact_id, need, cause, kinds, actor)
      values (${contactId}, ${needOf(tx, tx`${contactId}::uuid`, kinds)}, 'manual', ${[...kinds]}, ${actor})
      on conflict (contact_id, need) do update set state = 'pending', tries = 0, next_rt = clock_timestamp(),
        error_code = null, finished_at = null, actor = excluded.actor
      where n.state = 'failed'
      returning n.id`;
    if (asked !== undefined) {
      const data = { enrichmentId: asked.id };
      await recordChange(tx, { entity: 'contact', entityId: contactId, change: 'enrichment_requested', data, actor });
      return getEnrichment(tx, asked.id);
    }
    const [known] = await tx<{ id: string }[]>`
      select id from enrichment
      where contact_id = ${contactId} and need = ${needOf(tx, tx`${contactId}::uuid`, kinds)}`;
    if (known === undefined) throw new Error('an enrichment was neither stored nor found');
    return getEnrichment(tx, known.id);
  });
}

/** The question, and all the addresses that were known when it was asked: once there is another, it is another need. */
export function needOf(tx: Tx, contactId: ReturnType<Tx>, kinds: readonly EnrichmentKind[]) {
  const asked = [...kinds].sort().join();
  return tx`
    encode(sha256(convert_to(${asked}::text || coalesce((
      select string_agg(known.hash, ',' order by known.hash) from contact_address known
      where known.contact_id = ${contactId}), ''), 'UTF8')), 'hex')`;
}

function columns(db: Db) {
  return db`
    n.id, n.seq::int, n.contact_id, e.campaign_id, n.enrollment_id, n.cause, n.kinds, n.state, n.source, n.data,
    n.cost_micros::float8, n.error_code, n.tries, ms(n.created_at) as created_at, ms(n.asked_at) as asked_at,
    ms(n.finished_at) as finished_at, n.actor`;
}
