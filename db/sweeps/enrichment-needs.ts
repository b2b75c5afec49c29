import { EnrichmentPolicySchema, isEnriching } from '../../domain/enrichment';
import { inTransaction, type Sql, type Tx } from '../client';
import { needOf } from '../enrichment';
import { isMeant } from './enroll';

/** So many contacts are looked at in a round. */
const PAGE = 500;
/** A campaign that was looked through to its end is looked through again after this long. */
const RESCAN_SECONDS = 20;
const UNANSWERED = ['no_answer', 'busy', 'failed', 'voicemail'];

/**
 * Writes down whom a campaign wants looked up: the next page of one campaign. True = there was a full page, so there may be
 * more. A need that is known already stays as it is.
 */
export async function findNeeds(sql: Sql): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    const campaign = await nextCampaign(tx);
    if (campaign === null) return false;
    const { id, after } = campaign;
    const policy = EnrichmentPolicySchema.parse(campaign.enrichment);
    const page = isEnriching(policy) ? await pageOf(tx, id, after) : [];
    if (page.length > 0)
      await tx`
        insert into enrichment (contact_id, need, enrollment_id, cause, kinds, actor)
        select w.contact_id, ${needOf(tx, tx`w.contact_id`, policy.kinds)}, w.id, w.cause, ${[...policy.kinds]}::text[], 'system'
        from (${wantedOf(tx, page, policy)}) w where w.cause is not null
        on conflict (contact_id, need) do nothing`;
    await tx`
      insert into enrichment_scan (campaign_id, after) values (${id}, ${page.length < PAGE ? 0 : (page.at(-1)?.seq ?? 0)})
      on conflict (campaign_id) do update set after = excluded.after,
        scanned_rt = case when excluded.after = 0 then clock_timestamp() else '-infinity' end`;
    return page.length === PAGE;
  });
}

interface Row {
  readonly id: string;
  readonly seq: number;
}

interface Campaign {
  readonly id: string;
  readonly after: number;
  readonly enrichment: unknown;
}

/** None while the service is off. */
async function nextCampaign(tx: Tx): Promise<Campaign | null> {
  const [campaign] = await tx<Campaign[]>`
    select c.id, coalesce(s.after, 0)::float8 as after, v.policy -> 'enrichment' as enrichment
    from enrichment_service x
    join campaign c on c.status = 'active'
    join version v on v.id = c.current_version_id
    left join enrichment_scan s on s.campaign_id = c.id
    where x.enabled
      and (jsonb_typeof(v.policy -> 'enrichment' -> 'afterUnreachable') = 'number'
        or jsonb_array_length(v.policy -> 'enrichment' -> 'on') > 0)
      and coalesce(s.scanned_rt, '-infinity') < clock_timestamp() - make_interval(secs => ${RESCAN_SECONDS})
    order by s.scanned_rt nulls first, c.seq
    limit 1`;
  return campaign ?? null;
}

/** Whoever could not be enrolled for want of an address needs one most. */
async function pageOf(tx: Tx, campaignId: string, after: number): Promise<Row[]> {
  return tx<Row[]>`
    select id, seq::float8 as seq from (
      (select id, seq from enrollment where campaign_id = ${campaignId} and state = 'open' and seq > ${after}
        order by seq limit ${PAGE})
      union all
      (select id, seq from enrollment where campaign_id = ${campaignId} and state = 'rejected' and reason = 'no_usable_address'
        and seq > ${after} order by seq limit ${PAGE})) either
    order by seq limit ${PAGE}`;
}

/** Why each of them is to be looked up; what was asked of a person before counts as the beginning. */
function wantedOf(
  tx: Tx,
  page: readonly Row[],
  { afterUnreachable, on }: { afterUnreachable: number | null; on: readonly string[] },
) {
  return tx`
    select e.id, e.contact_id,
      case
        when ${afterUnreachable}::int <= made.unanswered then 'unreachable'
        when since.asked_at is not null then null
        when ${on.includes('import')} then 'import'
        when ${on.includes('call')} and made.called then 'call'
        when ${on.includes('text')} and made.texted then 'text'
      end as cause
    from enrollment e
    join campaign c on c.id = e.campaign_id
    join contact p on p.id = e.contact_id and p.erased_rt is null
    cross join lateral (select max(created_at) as asked_at from enrichment n where n.contact_id = e.contact_id) since
    cross join lateral (
      select coalesce(bool_or(t.channel = 'voice'), false) as called, coalesce(bool_or(t.channel = 'sms'), false) as texted,
        count(*) filter (where t.channel = 'voice' and t.disposition = any (${UNANSWERED}::text[])
          and t.claimed_at > greatest(since.asked_at, (select max(a.claimed_at) from attempt a
            where a.enrollment_id = e.id and a.disposition = 'answered'), '-infinity'))::int as unanswered
      from attempt t where t.enrollment_id = e.id and t.state not in ('claimed', 'not_sent')) made
    where e.id = any (${page.map(({ id }) => id)}::uuid[]) and (e.state = 'open' or ${isMeant(tx)})`;
}
