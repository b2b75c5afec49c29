import type { Instant } from '../domain/instant';
import type { Db, Sql } from './client';
import { type CampaignCounts, countCampaign } from './report-views';

export interface CampaignStats {
  readonly counts: CampaignCounts;
  /** As of this business instant. */
  readonly countedAt: Instant;
}

/** A campaign is counted again after this many times as long as counting it took, so that large ones are counted seldom. */
const PATIENCE = 20;
const AT_LEAST_MS = 2_000;
/** A reader may wait for so long to see figures of this very moment. */
const QUICK_MS = 50;
/** No transaction stays open for so long. */
const SETTLED_AFTER_SECONDS = 5;

/** Counts a campaign whose figures may have changed since it was last counted, the longest uncounted first; false when there is none. */
export async function countNext(sql: Sql): Promise<boolean> {
  const [campaign] = await sql<{ id: string }[]>`
    select c.id
    from campaign c
    left join campaign_stats s on s.campaign_id = c.id
    where c.status <> 'draft'
      and (s.counted_rt is null
        -- Counted by a version that did not count this yet.
        or not s.counts ? 'reached'
        or s.counted_rt < clock_timestamp() - make_interval(secs => greatest(${AT_LEAST_MS}, s.took_ms * ${PATIENCE}) / 1000.0)
          and ${mayHaveChanged(sql)})
    order by s.counted_rt nulls first
    limit 1`;
  if (campaign === undefined) return false;
  await countAndKeep(sql, campaign.id);
  return true;
}

/** Of each campaign that has been counted. */
export async function statsOf(db: Db, campaignIds: readonly string[]): Promise<ReadonlyMap<string, CampaignStats>> {
  const rows = await db<(CampaignStats & { campaignId: string })[]>`
    select campaign_id, counts, ms(counted_at) as counted_at
    from campaign_stats
    where campaign_id = any(${[...campaignIds]}::uuid[])`;
  return new Map(rows.map(({ campaignId, ...stats }) => [campaignId, stats]));
}

/** Counted now where that is quickly done; of a large campaign as it was last counted. */
export async function getCampaignCounts(db: Db, campaignId: string): Promise<CampaignCounts> {
  const [kept] = await db<{ counts: CampaignCounts }[]>`
    select counts from campaign_stats where campaign_id = ${campaignId} and took_ms > ${QUICK_MS}`;
  return kept?.counts ?? countCampaign(db, campaignId);
}

async function countAndKeep(sql: Sql, campaignId: string): Promise<void> {
  const startedMs = performance.now();
  // Read before counting: what happens meanwhile is counted again.
  const [{ settledId } = { settledId: '0' }] = await sql<{ settledId: string }[]>`
    select coalesce(max(id), 0)::text as settled_id
    from timeline
    where campaign_id = ${campaignId} and rt < clock_timestamp() - make_interval(secs => ${SETTLED_AFTER_SECONDS})`;
  const counts = await countCampaign(sql, campaignId);
  const tookMs = Math.round(performance.now() - startedMs);
  await sql`
    insert into campaign_stats (campaign_id, counts, counted_at, took_ms, timeline_id)
    values (${campaignId}, ${JSON.stringify(counts)}::text::jsonb, app_now(), ${tookMs}, ${settledId}::bigint)
    on conflict (campaign_id) do update set
      counts = excluded.counts, counted_at = excluded.counted_at, counted_rt = clock_timestamp(),
      took_ms = excluded.took_ms, timeline_id = excluded.timeline_id`;
}

/** One that lives changes all the time; one that is over only by what came late, and that is in its story. */
function mayHaveChanged(db: Db) {
  return db`
    (c.status in ('active', 'paused')
      or exists (select 1 from timeline t where t.campaign_id = c.id and t.id > s.timeline_id))`;
}
