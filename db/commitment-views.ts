import type { Instant } from '../domain/instant';
import { isInView } from './case-scope';
import type { Db } from './client';
import type { ContactName } from './enrollment-views';

export type CommitmentState = 'open' | 'kept' | 'moved' | 'broken';

/** A promise to call back, and what became of it. */
export interface CommitmentRow {
  readonly id: string;
  readonly campaignId: string;
  readonly enrollmentId: string;
  readonly contact: ContactName;
  readonly promisedAt: Instant;
  readonly state: CommitmentState;
  /** How the call that kept it ended, or why it was moved or broken; null = it is open. */
  readonly reason: string | null;
  /** Who asked for it. */
  readonly actor: string;
  readonly attemptId: string | null;
  readonly calledAt: Instant | null;
  readonly createdAt: Instant;
  readonly closedAt: Instant | null;
  /** Where the row stands in the order of the report, finer than `promisedAt`. */
  readonly position: number;
}

export interface CommitmentPage {
  readonly campaignId?: string | undefined;
  readonly enrollmentId?: string | undefined;
  readonly state?: CommitmentState | undefined;
  /** Promised for this instant or later, and for before the second one. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly after: { readonly position: number; readonly id: string } | null;
  readonly limit: number;
}

/** In the order in which they are due. */
export async function listCommitments(db: Db, page: CommitmentPage): Promise<CommitmentRow[]> {
  const { campaignId = null, enrollmentId = null, state = null, since = null, until = null, after, limit } = page;
  return db<CommitmentRow[]>`
    select k.id, e.campaign_id, k.enrollment_id, ms(k.promised_at) as promised_at, k.state, k.reason, f.actor, k.attempt_id,
      ms(t.claimed_at) as called_at, ms(k.created_at) as created_at, ms(k.closed_at) as closed_at, ${position(db)}::float8 as position,
      json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact
    from commitment k
    join enrollment e on e.id = k.enrollment_id
    join contact p on p.id = e.contact_id
    join fact f on f.id = k.fact_id
    left join attempt t on t.id = k.attempt_id
    where (${campaignId}::uuid is null or e.campaign_id = ${campaignId})
      and (${enrollmentId}::uuid is null or k.enrollment_id = ${enrollmentId})
      and (${state}::text is null or k.state = ${state})
      and ${isInView(db, 'campaign', db`e.campaign_id`)}
      and (${since}::float8 is null or k.promised_at >= at_ms(${since}))
      and (${until}::float8 is null or k.promised_at < at_ms(${until}))
      and (${after === null} or (${position(db)}, k.id) > (${after?.position ?? 0}::bigint, ${after?.id ?? null}::uuid))
    order by k.promised_at, k.id
    limit ${limit}`;
}

/** Microseconds. */
function position(db: Db) {
  return db`(extract(epoch from k.promised_at) * 1000000)::bigint`;
}
