import type { CampaignStatus } from '../domain/campaign-definition';
import type { Channel } from '../domain/channel';
import { type Decision, versionOf } from '../domain/decision';
import { LONGEST_CAP_MS } from '../domain/caps';
import type { Instant } from '../domain/instant';
import { countriesOf } from '../domain/places';
import type {
  AttemptView,
  CampaignView,
  Commitment,
  CompanyRules,
  EnrollmentView,
  PersonAttempt,
  PlannerInput,
  Standing,
} from '../domain/planner-input';
import type { Spending } from '../domain/spend';
import type { CandidatePlaces } from '../domain/zone-evidence';
import type { Db } from './client';
import { type CompanyRow, companyColumns, companyRules, spendingColumn } from './company-rules';
import { numberParts, type NumberRows, numberViews, relationshipsOf } from './number-facts';
import { getVersion, type VersionContent } from './versions';
import { zonesInDoubt } from './zone-doubts';

/** The planner's inputs and what the caller needs beside them, read in one statement. */
export interface PlannerFrame {
  readonly input: PlannerInput;
  readonly campaignId: string;
  readonly contactId: string;
  readonly campaignEpoch: number;
  readonly lineGroupId: string;
  readonly cases: readonly string[];
  /** Business milliseconds per real one. */
  readonly speed: number;
  readonly messagesPerSecond: number;
}

interface Row extends CompanyRow, NumberRows {
  isLocked: boolean;
  now: Instant;
  id: string;
  campaignId: string;
  contactId: string;
  state: EnrollmentView['state'];
  reason: string | null;
  enrolledAt: Instant;
  callsStoppedAt: Instant | null;
  messagesStoppedAt: Instant | null;
  heldUntilAt: Instant | null;
  holdReason: EnrollmentView['holdReason'];
  notBeforeAt: Instant | null;
  planVersionId: string;
  policyVersionId: string;
  cases: string[];
  pausedAt: Instant | null;
  movedTouch: string | null;
  movedToAt: Instant | null;
  isDropped: boolean;
  lastDecision: Decision | null;
  pausedChannels: Channel[];
  resumed: CampaignView['resumedAt'];
  replansFrom: number;
  campaignStatus: CampaignStatus;
  campaignEpoch: number;
  lineGroupId: string;
  places: CandidatePlaces;
  attempts: AttemptView[];
  personAttempts: PersonAttempt[];
  commitments: Commitment[];
  endedSeries: string[];
  unreadReplies: number;
  spending: Spending;
  messagesPerSecond: number;
}

/** `line` is what the caller knows about the right to call. Time is read here, so take the locks before. */
export async function loadPlannerFrame(
  db: Db,
  enrollmentId: string,
  line: PlannerInput['line'],
): Promise<PlannerFrame> {
  const [row] = await readRows(db, db`e.id = ${enrollmentId}`);
  if (row === undefined) throw new Error(`there is no enrollment ${enrollmentId}`);
  return frameOf(db, row, line);
}

/** The same for many, to be looked at and not acted upon; whoever isn't there is left out. */
export async function loadPlannerFrames(db: Db, enrollmentIds: readonly string[]): Promise<PlannerFrame[]> {
  const frames: PlannerFrame[] = [];
  for (const row of await readRows(db, db`e.id = any (${[...enrollmentIds]}::uuid[])`))
    frames.push(await frameOf(db, row, 'none'));
  return frames;
}

async function frameOf(db: Db, row: Row, line: PlannerInput['line']): Promise<PlannerFrame> {
  const company = await companyRules(db, row);
  return toFrame(
    row,
    company,
    await getVersion(db, row.planVersionId),
    await getVersion(db, row.policyVersionId),
    line,
  );
}

async function readRows(db: Db, chosen: ReturnType<Db>): Promise<Row[]> {
  return db<Row[]>`
    select
      exists (select 1 from installation where locked_rt is not null) as is_locked,
      ms(t.now) as now,
      coalesce((select speed from clock), 1) as speed,
      e.id, e.campaign_id, e.contact_id, e.state, e.reason, e.cases, e.hold_reason,
      ms(e.enrolled_at) as enrolled_at,
      ms(e.calls_stopped_at) as calls_stopped_at,
      ms(e.messages_stopped_at) as messages_stopped_at,
      ms(e.held_until_at) as held_until_at,
      ms(e.not_before_at) as not_before_at,
      ms(e.paused_at) as paused_at, e.moved_touch, ms(e.moved_to_at) as moved_to_at, e.decision as last_decision,
      (c.list_exchanged or c.leaves_with_list) and not exists (select from list_member m join cases k on k.id = m.case_id
        where m.list_id = c.list_id and k.contact_id = e.contact_id)
        and not exists (select from campaign_addition a where a.campaign_id = c.id and a.contact_id = e.contact_id) as is_dropped,
      c.paused_channels, c.resumed, c.replans_from,
      ${planVersionId(db)} as plan_version_id,
      c.current_version_id as policy_version_id,
      c.status as campaign_status, c.epoch as campaign_epoch, c.line_group_id,
      p.places,
      (select coalesce(json_agg(json_build_object(
          'hash', a.hash, 'kind', a.kind, 'usable', ca.unusable is null,
          ${numberParts(db, db`t.now`)},
          'suppressed', (select coalesce(json_agg(distinct s.channel), '[]')
            from (select unnest(channels) as channel from suppression where hash = a.hash and lifted_at is null
              union all select 'voice' from call_opt_out o where o.hash = a.hash and o.lifted_at is null
                and (o.case_type in (select k.case_type from cases k where k.id = any (e.cases))
                  or o.case_type = (select l.case_type from list l where l.id = c.list_id))) s)
        ) order by ca.position), '[]')
        from contact_address ca join address a on a.hash = ca.hash
        where ca.contact_id = e.contact_id) as addresses,
      (select coalesce(json_agg(json_build_object(
          'id', t.id, 'touchKey', t.touch_key, 'runKey', t.run_key, 'stepKey', t.step_key, 'ordinal', t.ordinal,
          'try', t.try, 'channel', t.channel, 'state', t.state, 'disposition', t.disposition, 'outcome', t.outcome,
          'claimedAt', ms(t.claimed_at), 'endedAt', ms(t.ended_at),
          'retryable', t.state = 'not_sent' and t.rank = 0 and t.status <> 'final'
        ) order by t.claimed_at, t.claimed_rt, t.try), '[]')
        from attempt t where t.enrollment_id = e.id) as attempts,
      (select coalesce(json_agg(json_build_object('at', ms(u.claimed_at), 'kind', u.kind) order by u.claimed_at), '[]')
        from (select distinct aa.attempt_id, aa.claimed_at, case aa.channel when 'email' then 'email' else 'phone' end as kind
          from contact_address ca join attempt_address aa on aa.hash = ca.hash
          where ca.contact_id = e.contact_id and aa.claimed_at > t.now - make_interval(secs => ${LONGEST_CAP_MS / 1000})) u) as person_attempts,
      (select coalesce(json_agg(json_build_object('id', k.id, 'ordinal', k.ordinal, 'promisedAt', ms(k.promised_at)) order by k.ordinal), '[]')
        from (select id, state, promised_at, row_number() over (order by seq)::int as ordinal
          from commitment where enrollment_id = e.id) k
        where k.state = 'open') as commitments,
      (select coalesce(json_agg(f.body ->> 'runKey'), '[]')
        from fact f where f.enrollment_id = e.id and f.kind = 'series_ended') as ended_series,
      (select count(*)::int from enrollment o join execution x on x.enrollment_id = o.id
        where x.kind = 'classify' and x.state = 'pending' and o.contact_id in (
          select other.contact_id from contact_address own join contact_address other on other.hash = own.hash
          where own.contact_id = e.contact_id union all select e.contact_id)) as unread_replies,
      (select coalesce(json_agg(json_build_object('id', n.id, 'class', n.class, 'givenAt', ms(n.given_at)) order by n.given_at, n.id), '[]')
        from consent n where n.contact_id = e.contact_id and n.revoked_at is null and n.given_at <= t.now) as consents,
      ${relationshipsOf(db)} as relationships,
      ${spendingColumn(db)} as spending, ${companyColumns(db)}, s.messages_per_second
    from (select app_now() as now) t
    cross join settings s
    cross join (select id, revision from law_revision order by revision desc limit 1) w
    join enrollment e on ${chosen}
    join campaign c on c.id = e.campaign_id
    join contact p on p.id = e.contact_id`;
}

/** The version whose plan `e` lives in the campaign `c`: the current one, unless it was kept in an earlier one. */
export function planVersionId(db: Db) {
  return db`coalesce(e.plan_version_id, case when e.seq > c.kept_through then c.current_version_id else (
    select v.id from version v where v.campaign_id = c.id and coalesce(v.kept_through, 0) < e.seq
    order by v.number desc limit 1) end)`;
}

function toFrame(
  row: Row,
  company: CompanyRules,
  planVersion: VersionContent,
  { policy }: VersionContent,
  line: PlannerInput['line'],
): PlannerFrame {
  const {
    id,
    state,
    reason,
    enrolledAt,
    callsStoppedAt,
    messagesStoppedAt,
    heldUntilAt,
    holdReason,
    notBeforeAt,
    pausedAt,
    isDropped,
    endedSeries,
  } = row;
  const { number, plannedSince, history, plan } = planVersion;
  return {
    input: {
      now: row.now,
      isLocked: row.isLocked,
      campaign: { status: row.campaignStatus, pausedChannels: row.pausedChannels, resumedAt: row.resumed },
      plan,
      planVersionId: row.planVersionId,
      planVersion: { number, plannedSince, replansFrom: row.replansFrom, history, policy: planVersion.policy },
      policy,
      policyVersionId: row.policyVersionId,
      company,
      enrollment: {
        id,
        state,
        reason,
        enrolledAt,
        callsStoppedAt,
        messagesStoppedAt,
        heldUntilAt,
        holdReason,
        notBeforeAt,
        pausedAt,
        isDropped,
        moved: row.movedTouch === null ? null : { touchKey: row.movedTouch, at: row.movedToAt ?? enrolledAt },
        standing: standingOf(row),
        keptWait: row.lastDecision?.keptWait ?? null,
        endedSeries,
      },
      contact: {
        zones: zonesInDoubt(row.places.zones),
        placeKnown: row.places.known,
        states: row.places.states,
        countries: countriesOf(row.places),
        ...numberViews(row),
      },
      attempts: row.attempts,
      personAttempts: row.personAttempts,
      commitments: row.commitments,
      unreadReplies: row.unreadReplies,
      spending: row.spending,
      line,
    },
    campaignId: row.campaignId,
    contactId: row.contactId,
    campaignEpoch: row.campaignEpoch,
    lineGroupId: row.lineGroupId,
    cases: row.cases,
    speed: row.speed,
    messagesPerSecond: row.messagesPerSecond,
  };
}

/** What the last step had the contact wait for. */
function standingOf({ lastDecision, enrolledAt }: Row): Standing | null {
  if (lastDecision === null || !('touch' in lastDecision) || lastDecision.touch === undefined) return null;
  const { key, runKey, stepKey } = lastDecision.touch;
  return {
    touchKey: key,
    runKey,
    stepKey,
    version: versionOf(lastDecision.touch),
    dueAt: lastDecision.kind === 'wait' ? lastDecision.askAt : enrolledAt,
  };
}
