import type { EnrichmentKind } from '../../domain/enrichment';
import { inTransaction, type Sql } from '../client';
import { askedToday } from '../enrichment-service';

/** So many are asked about in a round. */
const PAGE = 10;
/** Whoever asked and was not heard of for so long is gone. */
const LOST_SECONDS = 60;

export interface DueEnrichment {
  readonly id: string;
  readonly contactId: string;
  readonly kinds: readonly EnrichmentKind[];
  readonly tries: number;
  readonly person: EnrichedPerson;
  readonly service: AskedService;
}

/** What the service is told, so that it can tell people apart. */
export interface EnrichedPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly state: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

export interface AskedService {
  readonly name: string;
  readonly url: string;
  readonly header: string;
  readonly prefix: string;
  readonly credentials: string | null;
  readonly costMicros: number;
  readonly timeoutSeconds: number;
  readonly honoursIdempotencyKey: boolean;
}

/** Claims what is due before anybody is asked: whatever happens then, it is not asked by two. */
export async function takeEnrichments(sql: Sql): Promise<DueEnrichment[]> {
  return inTransaction(sql, async (tx) => {
    // One at a time counts what was asked today.
    const [service] = await tx<{ left: number }[]>`
      select greatest(0, per_day - ${askedToday(tx)})::int as left from enrichment_service
      where enabled and coalesce(not_before_rt, '-infinity') <= clock_timestamp() for update`;
    if (service === undefined || service.left === 0) return [];
    // A need that was found while its person was being erased.
    await tx`
      update enrichment n set state = 'failed', error_code = 'erased', finished_at = app_now() from contact p
      where p.id = n.contact_id and p.erased_rt is not null and n.state = 'pending' and n.next_rt <= clock_timestamp()`;
    return tx<DueEnrichment[]>`
      with due as (
        select n.id from enrichment n where n.state = 'pending' and n.next_rt <= clock_timestamp()
        order by n.next_rt limit ${Math.min(PAGE, service.left)} for update skip locked
      ), taken as (
        update enrichment n set state = 'asking', tries = n.tries + 1, asked_rt = clock_timestamp(), asked_at = app_now(),
          next_rt = clock_timestamp() + make_interval(secs => ${LOST_SECONDS}), source = x.name, error_code = null
        from due, enrichment_service x where n.id = due.id
        returning n.id, n.contact_id, n.kinds, n.tries
      )
      select t.*,
        json_build_object('firstName', p.first_name, 'lastName', p.last_name, 'state', p.state, 'country', p.country,
          'postalCode', p.postal_code,
          'phones', array(select a.value from contact_address ca join address a on a.hash = ca.hash
            where ca.contact_id = p.id and a.kind = 'phone' order by ca.position),
          'emails', array(select a.value from contact_address ca join address a on a.hash = ca.hash
            where ca.contact_id = p.id and a.kind = 'email' order by ca.position)) as person,
        json_build_object('name', x.name, 'url', x.url, 'header', x.header, 'prefix', x.prefix, 'credentials', x.credentials,
          'costMicros', x.cost_micros, 'timeoutSeconds', x.timeout_seconds,
          'honoursIdempotencyKey', x.honours_idempotency_key) as service
      from taken t join contact p on p.id = t.contact_id cross join enrichment_service x`;
  });
}

/** Asked by somebody who is gone: again where that costs nothing, else nobody will know. */
export async function releaseLost(sql: Sql): Promise<number> {
  const lost = await sql`
    update enrichment n set
      state = case when x.honours_idempotency_key then 'pending' else 'unknown' end,
      error_code = 'answer_lost', next_rt = clock_timestamp(),
      finished_at = case when x.honours_idempotency_key then null else app_now() end
    from enrichment_service x
    where n.state = 'asking' and n.next_rt <= clock_timestamp()
    returning 1`;
  return lost.length;
}
