import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { seal } from './connection-seal';
import { Refusal } from './refusal';

/** The one service that looks up what is missing of people. Off until an admin switches it on. */
export interface EnrichmentService {
  readonly enabled: boolean;
  readonly name: string;
  readonly url: string;
  /** The header that the token goes into, and what stands before it there. */
  readonly header: string;
  readonly prefix: string;
  readonly hasToken: boolean;
  /** Taken for the cost of an answer that names none. */
  readonly costMicros: number;
  /** Most questions on one calendar day of the company. */
  readonly perDay: number;
  readonly timeoutSeconds: number;
  readonly honoursIdempotencyKey: boolean;
  readonly askedToday: number;
  readonly revision: number;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

type Changeable = Omit<EnrichmentService, 'hasToken' | 'askedToday' | 'revision' | 'updatedAt' | 'updatedBy'>;

export type EnrichmentServiceChange = { readonly [field in keyof Changeable]?: Changeable[field] | undefined } & {
  /** Nobody can read it again; null takes it away. */
  readonly token?: string | null | undefined;
  readonly revision?: number | undefined;
};

/** Where its token is sealed for. */
export const ENRICHMENT_PLACE = 'enrichment';

export async function getEnrichmentService(db: Db): Promise<EnrichmentService> {
  const [row] = await db<EnrichmentService[]>`
    select enabled, name, url, header, prefix, credentials is not null as has_token, cost_micros, per_day, timeout_seconds,
      honours_idempotency_key, ${askedToday(db)} as asked_today, revision, ms(updated_at) as updated_at, updated_by
    from enrichment_service`;
  if (row === undefined) throw new Error('the enrichment service is missing; were all migrations applied?');
  return row;
}

/** Who waits to be asked about is asked about at once: that is how a service is mended. */
export async function changeEnrichmentService(
  sql: Sql,
  secretKey: string,
  { revision, token, ...change }: EnrichmentServiceChange,
  actor: string,
): Promise<EnrichmentService> {
  return inTransaction(sql, async (tx) => {
    await tx`select from enrichment_service for update`;
    const before = await getEnrichmentService(tx);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the service stands at revision ${before.revision}, not ${revision}`);
    const given = Object.entries(change).filter(
      ([field, value]) => value !== undefined && value !== Reflect.get(before, field),
    );
    const fields = [...given.map(([field]) => field), ...(token === undefined ? [] : ['token'])];
    if (fields.length === 0) return before;
    const after = { ...before, ...Object.fromEntries(given) };
    if (after.enabled && after.url === '') {
      const detail = 'must be set before the service is switched on';
      throw new Refusal('wrong_status', `the url ${detail}`, [{ pointer: '#/url', detail }]);
    }
    const sealed = token === undefined || token === null ? null : seal(secretKey, 'token', ENRICHMENT_PLACE, token);
    await tx`
      update enrichment_service set enabled = ${after.enabled}, name = ${after.name}, url = ${after.url},
        header = ${after.header}, prefix = ${after.prefix}, cost_micros = ${after.costMicros}, per_day = ${after.perDay},
        timeout_seconds = ${after.timeoutSeconds}, honours_idempotency_key = ${after.honoursIdempotencyKey},
        credentials = case when ${token === undefined} then credentials else ${sealed} end, not_before_rt = null,
        revision = revision + 1, updated_at = app_now(), updated_by = ${actor}`;
    await tx`update enrichment set next_rt = clock_timestamp() where state = 'pending' and next_rt > clock_timestamp()`;
    const entry = {
      entity: 'enrichment_service',
      entityId: ENRICHMENT_PLACE,
      change: 'changed',
      data: { fields },
    } as const;
    await recordChange(tx, { ...entry, actor });
    return getEnrichmentService(tx);
  });
}

/** How many were asked on this calendar day of the company. */
export function askedToday(db: Db) {
  return db`(select count(*)::int from enrichment where asked_at >= company_day(app_now())::timestamp at time zone (select zone from settings))`;
}
