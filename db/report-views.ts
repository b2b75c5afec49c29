import type { Channel } from '../domain/channel';
import type { Instant } from '../domain/instant';
import type { AttemptState, TaggedOutcome } from '../domain/planner-input';
import type { Db } from './client';
import type { ContactName } from './enrollment-views';

/** What a campaign came to so far, counted when asked. */
export interface CampaignCounts {
  /** Everybody with a row: enrolled or rejected. */
  readonly contacts: number;
  readonly enrolled: number;
  readonly rejected: number;
  readonly open: number;
  readonly ended: number;
  readonly status: { readonly active: number; readonly completedAllCalls: number; readonly completed: number };
  readonly reasons: Readonly<Record<string, number>>;
  /** Contacts who answered a call. */
  readonly reached: number;
  /** Contacts by how their calls came out. */
  readonly outcomes: Readonly<Partial<Record<TaggedOutcome, number>>>;
  readonly attempts: Readonly<Record<Channel, number>>;
  readonly attemptStates: Readonly<Record<Channel, Partial<Record<AttemptState, number>>>>;
  readonly rulesFired: number;
  readonly actions: { readonly pending: number; readonly done: number; readonly failed: number };
}

export async function countCampaign(db: Db, campaignId: string): Promise<CampaignCounts> {
  const [row] = await db<CampaignCounts[]>`
    select
      e.contacts, e.contacts - e.rejected as enrolled, e.rejected, e.open, e.ended,
      json_build_object('active', e.open - e.calls_over, 'completedAllCalls', e.calls_over, 'completed', e.ended) as status,
      (select coalesce(json_object_agg(reason, n), '{}') from (
        select reason, count(*)::int as n from enrollment
        where campaign_id = ${campaignId} and reason is not null group by reason) r) as reasons,
      (select count(distinct t.enrollment_id)::int from attempt t join enrollment n on n.id = t.enrollment_id
        where n.campaign_id = ${campaignId} and t.channel = 'voice' and t.disposition = 'answered') as reached,
      (select coalesce(json_object_agg(outcome, n), '{}') from (
        select t.outcome, count(distinct t.enrollment_id)::int as n
        from attempt t join enrollment n on n.id = t.enrollment_id
        where n.campaign_id = ${campaignId} and t.outcome is not null group by t.outcome) o) as outcomes,
      ${attemptCounts(db, campaignId, 'total')} as attempts,
      ${attemptCounts(db, campaignId, 'by_state')} as attempt_states,
      (select count(*)::int from rule_firing where campaign_id = ${campaignId}) as rules_fired,
      (select json_build_object(
          'pending', count(*) filter (where x.state = 'pending'),
          'done', count(*) filter (where x.state = 'done'),
          'failed', count(*) filter (where x.state = 'failed'))
        from execution x join enrollment n on n.id = x.enrollment_id
        where n.campaign_id = ${campaignId} and x.rule_key is not null) as actions
    from (
      select count(*)::int as contacts,
        (count(*) filter (where state = 'rejected'))::int as rejected,
        (count(*) filter (where state = 'open'))::int as open,
        (count(*) filter (where state = 'ended'))::int as ended,
        (count(*) filter (where state = 'open' and (calls_stopped_at is not null or calls_over)))::int as calls_over
      from enrollment where campaign_id = ${campaignId}) e`;
  if (row === undefined) throw new Error(`campaign ${campaignId} could not be counted`);
  return row;
}

/** One entry per channel, also for those that were never used. */
function attemptCounts(db: Db, campaignId: string, detail: 'total' | 'by_state') {
  const counted =
    detail === 'total'
      ? db`coalesce(sum(n), 0)`
      : db`coalesce(json_object_agg(state, n) filter (where state is not null), '{}')`;
  return db`
    (select json_object_agg(channel, counted) from (
      select ch.channel, ${counted} as counted
      from unnest(array['voice', 'sms', 'email']) as ch (channel)
      left join (
        select t.channel, t.state, count(*)::int as n
        from attempt t join enrollment n on n.id = t.enrollment_id
        where n.campaign_id = ${campaignId}
        group by t.channel, t.state) c on c.channel = ch.channel
      group by ch.channel) by_channel)`;
}

/** S0-57..S0-60: one row per firing, with what its actions really came to. */
export interface RuleFiringRow {
  readonly seq: number;
  readonly enrollmentId: string;
  readonly contact: ContactName;
  readonly ruleKey: string;
  /** For example "Unsuccessful Call". */
  readonly phrase: string;
  readonly version: number;
  readonly at: Instant;
  readonly actions: readonly FiredAction[];
}

export interface FiredAction {
  readonly id: string;
  readonly kind: string;
  readonly caseExternalId: string | null;
  readonly state: 'pending' | 'done' | 'failed';
  readonly result: string | null;
  readonly errorCode: string | null;
  readonly finishedAt: Instant | null;
}

export interface FiringPage {
  readonly campaignId: string;
  readonly after: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listRuleFirings(db: Db, { campaignId, after, limit }: FiringPage): Promise<RuleFiringRow[]> {
  return db<RuleFiringRow[]>`
    select f.seq::int, f.enrollment_id, f.rule_key, f.phrase, v.number as version, ms(f.at) as at,
      json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact,
      (select coalesce(json_agg(json_build_object(
          'id', x.id, 'kind', x.kind, 'caseExternalId', k.external_id, 'state', x.state, 'result', x.result,
          'errorCode', x.error_code, 'finishedAt', ms(x.finished_at)) order by x.seq), '[]')
        from execution x
        left join cases k on k.id = x.case_id
        where x.fact_id = f.fact_id and x.rule_key = f.rule_key) as actions
    from rule_firing f
    join enrollment e on e.id = f.enrollment_id
    join contact p on p.id = e.contact_id
    join version v on v.id = f.version_id
    where f.campaign_id = ${campaignId} and (${after}::bigint is null or f.seq < ${after})
    order by f.seq desc
    limit ${limit}`;
}
