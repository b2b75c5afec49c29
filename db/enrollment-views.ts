import type { Channel } from '../domain/channel';
import { type OrderStanding, orderSentence, refusalToBringBack, refusalToResume } from '../domain/contact-order';
import type { Instant } from '../domain/instant';
import type { AttemptState, Disposition, TaggedOutcome } from '../domain/planner-input';
import { agreedAgain } from './agreed-again';
import type { Db } from './client';
import { Refusal } from './refusal';

/** Reading enrollments for people: nothing here is locked and nothing is decided by it. */

export type EnrollmentState = 'rejected' | 'open' | 'ended';
/** S1-102..S1-104 as R-9 reads them; who could not be enrolled has a status of its own. */
export type ContactStatus = 'active' | 'completed_all_calls' | 'completed' | 'rejected';

export interface ContactName {
  readonly id: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
}

export interface EnrollmentSummary {
  readonly id: string;
  readonly seq: number;
  readonly campaignId: string;
  readonly contact: ContactName;
  readonly state: EnrollmentState;
  readonly status: ContactStatus;
  readonly reason: string | null;
  readonly cases: readonly { readonly id: string; readonly externalId: string }[];
  readonly enrolledAt: Instant;
  readonly endedAt: Instant | null;
  readonly callsStoppedAt: Instant | null;
  readonly messagesStoppedAt: Instant | null;
  readonly leftForGood: boolean;
  readonly heldUntilAt: Instant | null;
  readonly holdReason: 'handoff' | 'unclear_reply' | null;
  readonly pausedAt: Instant | null;
  /** What an operator last moved, and to when. */
  readonly movedTouch: string | null;
  readonly movedToAt: Instant | null;
  readonly dueAt: Instant | null;
}

export async function getEnrollment(db: Db, id: string): Promise<EnrollmentSummary> {
  const [row] = await db<EnrollmentSummary[]>`
    select ${summaryColumns(db)}
    from enrollment e
    join contact p on p.id = e.contact_id
    where e.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no enrollment ${id}`);
  return row;
}

export async function requireEnrollment(db: Db, id: string): Promise<void> {
  const rows = await db`select from enrollment where id = ${id}`;
  if (rows.length === 0) throw new Refusal('not_found', `there is no enrollment ${id}`);
}

/** Why an operator may not take up outreach again, or null: opted out (S1-118) without a new consent (S1-112), left for good, never enrolled. */
export async function resumeRefusal(db: Db, id: string): Promise<string | null> {
  const refusal = refusalToResume(await standingOf(db, id));
  return refusal === null ? null : orderSentence(refusal.reason, refusal.detail);
}

/** why not even an admin may bring the contact back, or null. */
export async function bringBackRefusal(db: Db, id: string): Promise<string | null> {
  return refusalToBringBack(await standingOf(db, id));
}

/** Where the contact stands when an order comes; only under the lock of the row does it stay so. */
export async function standingOf(db: Db, id: string): Promise<OrderStanding> {
  const [row] = await db<OrderStanding[]>`
    select e.state, e.reason, e.left_for_good, c.status as campaign_status, e.paused_at is not null as paused,
      e.calls_stopped_at is not null as calls_stopped, e.messages_stopped_at is not null as messages_stopped, e.calls_over,
      (select count(distinct channel) = 3
        from contact_address a
        join suppression s on s.hash = a.hash and s.lifted_at is null
        cross join unnest(s.channels) channel
        where a.contact_id = e.contact_id) as opted_out,
      coalesce(${agreedAgain(db)}, false) as agreed_again
    from enrollment e
    join campaign c on c.id = e.campaign_id
    where e.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no enrollment ${id}`);
  return row;
}

/** The first of the zones in which the person may be: the one to read the person's own words in. */
export async function placeOfEnrollment(db: Db, id: string): Promise<string | null> {
  const [row] = await db<{ zone: string | null }[]>`
    select p.places -> 'zones' ->> 0 as zone
    from enrollment e
    join contact p on p.id = e.contact_id
    where e.id = ${id}`;
  return row?.zone ?? null;
}

/** The form of the enrollment's campaign, null = it has none (S0-32). */
export async function formOfEnrollment(db: Db, id: string): Promise<string | null> {
  const [row] = await db<{ formId: string | null }[]>`
    select v.plan ->> 'formId' as form_id
    from enrollment e
    join campaign c on c.id = e.campaign_id
    join version v on v.id = c.current_version_id
    where e.id = ${id}`;
  return row?.formId ?? null;
}

export interface AttemptRow {
  readonly id: string;
  readonly touchKey: string;
  readonly try: number;
  readonly channel: Channel;
  readonly to: string;
  /** Who found the address; null = it was given. */
  readonly foundBy: string | null;
  readonly state: AttemptState;
  readonly status: string | null;
  readonly answeredBy: string | null;
  readonly disposition: Disposition | null;
  readonly outcome: TaggedOutcome | null;
  readonly durationSeconds: number | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly providerSid: string | null;
  readonly version: number;
  readonly claimedAt: Instant;
  readonly acceptedAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** All of them, oldest first: a plan has no more than a few dozen. */
export async function listAttempts(db: Db, enrollmentId: string): Promise<AttemptRow[]> {
  return db<AttemptRow[]>`
    select t.id, t.touch_key, t.try, t.channel, a.value as to, t.permit ->> 'foundBy' as found_by, t.state, t.status, t.answered_by, t.disposition,
      t.outcome, t.duration_seconds, t.error_code, t.error_detail, t.provider_sid, v.number as version,
      ms(t.claimed_at) as claimed_at, ms(t.accepted_at) as accepted_at, ms(t.ended_at) as ended_at
    from attempt t
    join address a on a.hash = t.to_hash
    join version v on v.id = t.version_id
    where t.enrollment_id = ${enrollmentId}
    order by t.claimed_at, t.try`;
}

export interface TimelineRow {
  readonly id: number;
  readonly kind: string;
  readonly attemptId: string | null;
  readonly factId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly at: Instant;
}

export interface RowPage {
  readonly enrollmentId: string;
  readonly after: number | null;
  readonly limit: number;
}

/** Oldest first. */
export async function listTimeline(db: Db, { enrollmentId, after, limit }: RowPage): Promise<TimelineRow[]> {
  return db<TimelineRow[]>`
    select id::int, kind, attempt_id, fact_id, data, actor, ms(at) as at
    from timeline
    where enrollment_id = ${enrollmentId} and (${after}::bigint is null or id > ${after})
    order by id
    limit ${limit}`;
}

function statusOf(db: Db) {
  return db`
    case
      when e.state = 'rejected' then 'rejected'
      when e.state = 'ended' then 'completed'
      when e.calls_stopped_at is not null or e.calls_over then 'completed_all_calls'
      else 'active'
    end`;
}

/** Of `enrollment e` and `contact p`. */
export function summaryColumns(db: Db) {
  return db`
    e.id, e.seq::int, e.campaign_id,
    json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact,
    e.state, ${statusOf(db)} as status, e.reason,
    (select coalesce(json_agg(json_build_object('id', k.id, 'externalId', k.external_id) order by k.external_id), '[]')
      from cases k where k.id = any (e.cases)) as cases,
    ms(e.enrolled_at) as enrolled_at, ms(e.ended_at) as ended_at,
    ms(e.calls_stopped_at) as calls_stopped_at, ms(e.messages_stopped_at) as messages_stopped_at,
    e.left_for_good, ms(e.held_until_at) as held_until_at, e.hold_reason, ms(e.paused_at) as paused_at,
    e.moved_touch, ms(e.moved_to_at) as moved_to_at, ms(e.due_at) as due_at`;
}
