import type { Channel } from '../domain/channel';
import type { Decision } from '../domain/decision';
import type { Instant } from '../domain/instant';
import type { AttemptState, Disposition, TaggedOutcome } from '../domain/planner-input';
import type { Db } from './client';
import { containing } from './pattern';
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

export interface EnrollmentFilter {
  readonly campaignId: string;
  readonly state?: EnrollmentState | undefined;
  readonly status?: ContactStatus | undefined;
  readonly reason?: string | undefined;
  /** Due before this instant. */
  readonly dueBefore?: Instant | undefined;
  /** Part of the contact's name, or an external id of theirs. */
  readonly query?: string | undefined;
  /** In the order of enrollment, or who is due first. */
  readonly sort: 'enrolled' | 'due';
  readonly after: { readonly position: number; readonly id: string } | null;
  readonly limit: number;
}

export interface ListedEnrollment extends EnrollmentSummary {
  /** Where the row stands in the order that was asked for. */
  readonly position: number;
  /** What its last step decided; null = it took none yet. */
  readonly lastDecision: Decision | null;
}

export async function listEnrollments(db: Db, filter: EnrollmentFilter): Promise<ListedEnrollment[]> {
  const { campaignId, state = null, status = null, reason = null, dueBefore = null, query = null } = filter;
  const { sort, after, limit } = filter;
  const position = sort === 'due' ? duePosition(db) : db`e.seq`;
  return db<ListedEnrollment[]>`
    select ${summaryColumns(db)}, ${position} as position, e.decision as last_decision
    from enrollment e
    join contact p on p.id = e.contact_id
    where e.campaign_id = ${campaignId}
      and (${state}::text is null or e.state = ${state})
      and (${status}::text is null or ${statusOf(db)} = ${status})
      and (${reason}::text is null or e.reason = ${reason})
      and (${dueBefore}::float8 is null or e.due_at < at_ms(${dueBefore}))
      and (${query}::text is null
        or p.first_name || ' ' || p.last_name ilike ${containing(query)}
        or p.external_id = ${query}
        or exists (select from cases k where k.id = any (e.cases) and k.external_id = ${query}))
      and (${after === null} or (${position}, e.id) > (${after?.position ?? 0}::bigint, ${after?.id ?? null}::uuid))
    order by ${position}, e.id
    limit ${limit}`;
}

/** Microseconds; whoever is never due comes last. */
function duePosition(db: Db) {
  return db`coalesce((extract(epoch from e.due_at) * 1000000)::bigint, 9000000000000000)`;
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

/** Why an operator may not take up outreach again, or null: opted out (S1-118), left for good, never enrolled. */
export async function resumeRefusal(db: Db, id: string): Promise<string | null> {
  const [row] = await db<
    { state: EnrollmentState; reason: string | null; leftForGood: boolean; optedOut: boolean; campaignStatus: string }[]
  >`
    select e.state, e.reason, e.left_for_good, c.status as campaign_status,
      exists (
        select from contact_address a
        join suppression s on s.hash = a.hash and s.lifted_at is null and cardinality(s.channels) = 3
        where a.contact_id = e.contact_id) as opted_out
    from enrollment e
    join campaign c on c.id = e.campaign_id
    where e.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no enrollment ${id}`);
  if (row.reason === 'erased') return 'the contact was erased';
  if (row.optedOut || row.reason === 'opted_out') return 'the contact opted out; only a new consent reopens outreach';
  if (row.leftForGood) return 'a rule took the contact out of the campaign for good';
  if (row.state === 'rejected') return `the contact could not be enrolled (${row.reason})`;
  if (row.campaignStatus === 'completed' || row.campaignStatus === 'archived')
    return `the campaign is ${row.campaignStatus}`;
  return null;
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

function summaryColumns(db: Db) {
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
