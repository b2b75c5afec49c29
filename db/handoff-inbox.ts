import type { Instant } from '../domain/instant';
import { isContactInViewAlone, isInView } from './case-scope';
import type { Db } from './client';
import type { ContactName } from './enrollment-views';

/** Everything that waits for a person. */
export interface HandoffRow {
  readonly kind: 'held' | 'unmatched' | 'untagged_call';
  /** Of the enrollment, the fact or the attempt, by kind. */
  readonly id: string;
  readonly at: Instant;
  /** Where the row stands in the order of the inbox, finer than `at`. */
  readonly position: number;
  readonly enrollmentId: string | null;
  readonly campaignId: string | null;
  readonly contact: ContactName | null;
  /** Why it is held, or what kind of fact found nobody. */
  readonly reason: string;
  readonly heldUntilAt: Instant | null;
  /** The last thing that the person wrote. */
  readonly lastMessage: string | null;
  /** Who of the team looks after it. */
  readonly takenBy: string | null;
}

export interface HandoffPage {
  readonly after: { readonly position: number; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first: enrollments on hold, facts that belong to no enrollment, answered calls whose outcome nobody told. */
export async function listHandoffs(db: Db, { after, limit }: HandoffPage): Promise<HandoffRow[]> {
  return db<HandoffRow[]>`
    select h.kind, h.id, ms(h.at) as at, h.position, h.enrollment_id, e.campaign_id, h.reason,
      ms(h.held_until_at) as held_until_at,
      case when p.id is null then null
        else json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name)
      end as contact,
      (select m.body from message m
        left join conversation v on v.id = m.conversation_id
        where m.direction = 'in'
          and (m.fact_id = h.id or (h.kind = 'held' and v.enrollment_id = h.enrollment_id))
        order by m.id desc limit 1) as last_message,
      case when h.kind = 'held' then (
        select n.taken_by from handoff_notice n where n.enrollment_id = h.enrollment_id and n.closed_at is null) end as taken_by
    from (
      select w.*, (extract(epoch from w.at) * 1000000)::bigint::float8 as position
      from (${held(db)} union all ${unmatched(db)} union all ${untagged(db)}) w) h
    left join enrollment e on e.id = h.enrollment_id
    left join contact p on p.id = coalesce(e.contact_id, h.contact_id)
    where (${after === null} or (h.position, h.id) < (${after?.position ?? 0}::float8, ${after?.id ?? NO_ID}::uuid))
      and case when h.enrollment_id is null then ${isContactInViewAlone(db, db`p.id`)}
        else ${isInView(db, 'campaign', db`e.campaign_id`)} end
    order by h.position desc, h.id desc
    limit ${limit}`;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

function held(db: Db) {
  return db`
    select 'held' as kind, id, id as enrollment_id, contact_id, coalesce(hold_reason, 'handoff') as reason, held_until_at,
      coalesce((select max(f.at) from fact f where f.enrollment_id = n.id and f.kind in ('handoff_requested', 'reply')), enrolled_at) as at
    from enrollment n
    where state = 'open' and held_until_at > app_now()`;
}

function unmatched(db: Db) {
  return db`
    select 'unmatched', id, null::uuid, contact_id, kind, null::timestamptz, at
    from fact
    where enrollment_id is null and kind not in ('call_progress', 'machine_detected', 'message_progress')`;
}

function untagged(db: Db) {
  return db`
    select 'untagged_call', id, enrollment_id, null::uuid, 'untagged', null::timestamptz, coalesce(ended_at, claimed_at)
    from attempt
    where outcome = 'untagged'`;
}
