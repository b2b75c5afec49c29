import { type Assumptions, AssumptionsSchema } from '../domain/forecast-assumptions';
import type { Instant } from '../domain/instant';
import { getCampaign } from './campaign';
import { requireStatus } from './campaign-life';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { Refusal } from './refusal';

export const FORECAST_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type ForecastState = (typeof FORECAST_STATES)[number];

export interface ForecastSummary {
  /** On the list now and inside, those who have ended before left out. */
  readonly contacts: number;
  /** Was tried to reach before, or will be. */
  readonly reached: number;
  readonly unreached: number;
  readonly held: number;
  /** Not through when the forecast ends. */
  readonly beyond: number;
  readonly rejected: number;
  /** Ended before, so nothing is forecast for them. */
  readonly endedBefore: number;
  readonly touches: Readonly<Record<'voice' | 'sms' | 'email', number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly costMicros: number;
  readonly firstTouchAt: Instant | null;
  readonly lastTouchAt: Instant | null;
  /** When the last one is through; null = not everybody is. */
  readonly endsAt: Instant | null;
  /** Touches that waited for a line, the pace or their sender, and the longest wait. */
  readonly delayed: number;
  readonly longestWaitSeconds: number;
  readonly lines: {
    /** Most calls at once if nobody had to wait. */
    readonly needed: number;
    /** Told from a part of the contacts. */
    readonly isEstimated: boolean;
    readonly available: number;
    /** Most calls at once with the lines that there are. */
    readonly used: number;
    readonly areShort: boolean;
  };
}

export interface ForecastRow {
  readonly id: string;
  readonly seq: number;
  readonly campaignId: string;
  readonly state: ForecastState;
  readonly failure: string | null;
  /** Null = from the moment in which it is begun. */
  readonly startsAt: Instant | null;
  readonly days: number;
  readonly lines: number | null;
  readonly assumptions: Assumptions;
  /** Per cent. */
  readonly progress: number;
  readonly summary: ForecastSummary | null;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
  readonly actor: string;
}

export interface NewForecast {
  readonly id: string;
  readonly campaignId: string;
  readonly startsAt: Instant | null;
  readonly days: number;
  readonly lines: number | null;
  readonly assumptions: Assumptions;
  readonly actor: string;
}

/** Whoever is silent for so long is dead, and the work is begun anew. */
const SILENT_SECONDS = 60;
const MOST_TRIES = 3;
/** Most that may wait or be under way for one campaign. */
const MOST_OPEN = 5;
const KEPT_DAYS = 30;

/** Carried out again with the same id, it answers the forecast that is there. */
export async function createForecast(sql: Sql, forecast: NewForecast): Promise<ForecastRow> {
  const { id, campaignId, startsAt, days, lines, assumptions, actor } = forecast;
  return inTransaction(sql, async (tx) => {
    await tx`select from campaign where id = ${campaignId} for no key update`;
    const campaign = await getCampaign(tx, campaignId);
    const [known] = await tx`select 1 from forecast where id = ${id}`;
    if (known !== undefined) return getForecast(tx, id);
    requireStatus(campaign, ['draft', 'active', 'paused'], 'forecast');
    if (startsAt !== null && campaign.status !== 'draft')
      throw new Refusal('wrong_status', `the campaign is ${campaign.status}; only the start of a draft can be chosen`);
    const [open] = await tx<{ count: number }[]>`
      select count(*)::int as count from forecast where campaign_id = ${campaignId} and state in ('waiting', 'running')`;
    if ((open?.count ?? 0) >= MOST_OPEN)
      throw new Refusal('wrong_status', `${MOST_OPEN} forecasts of the campaign are under way; cancel one or wait`);
    await tx`
      insert into forecast (id, campaign_id, starts_at, days, lines, assumptions, actor)
      values (${id}, ${campaignId}, at_ms(${startsAt}), ${days}, ${lines}, ${JSON.stringify(assumptions)}::text::jsonb, ${actor})`;
    await recordChange(tx, {
      entity: 'campaign',
      entityId: campaignId,
      change: 'forecast_asked',
      data: { forecastId: id },
      actor,
    });
    return getForecast(tx, id);
  });
}

export async function getForecast(db: Db, id: string): Promise<ForecastRow> {
  const [row] = await db<ForecastRow[]>`select ${columns(db)} from forecast f where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no forecast ${id}`);
  return parsed(row);
}

/** Newest first. */
export async function listForecasts(
  db: Db,
  { campaignId, after, limit }: { campaignId: string; after: number | null; limit: number },
): Promise<ForecastRow[]> {
  const rows = await db<ForecastRow[]>`
    select ${columns(db)} from forecast f
    where campaign_id = ${campaignId} and (${after}::bigint is null or seq < ${after})
    order by seq desc limit ${limit}`;
  return rows.map(parsed);
}

/** Whoever is at it hears of it within seconds. What is over already stays as it is. */
export async function cancelForecast(sql: Sql, id: string, actor: string): Promise<ForecastRow> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<{ campaignId: string }[]>`
      update forecast set state = 'cancelled', finished_at = app_now(), runner = null
      where id = ${id} and state in ('waiting', 'running') returning campaign_id`;
    if (row !== undefined)
      await recordChange(tx, {
        entity: 'campaign',
        entityId: row.campaignId,
        change: 'forecast_cancelled',
        data: { forecastId: id },
        actor,
      });
    return getForecast(tx, id);
  });
}

/** Takes the next one that nobody is at, or the one that is named; null = there is none. What a dead process had begun is begun anew. */
export async function takeForecast(sql: Sql, runner: string, id: string | null = null): Promise<ForecastRow | null> {
  const [row] = await sql<ForecastRow[]>`
    with next as (
      select id from forecast
      where state in ('waiting', 'running') and (${id}::uuid is null or id = ${id})
        and (runner is null or seen_rt < clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}))
      order by seq limit 1 for update skip locked
    )
    update forecast f set
      state = case when tries < ${MOST_TRIES} then 'running' else 'failed' end,
      failure = case when tries < ${MOST_TRIES} then null else 'It was begun several times and never came to its end.' end,
      runner = ${runner}, seen_rt = clock_timestamp(), tries = tries + 1, progress = 0
    from next where f.id = next.id
    returning ${columns(sql)}`;
  return row === undefined || row.state === 'failed' ? null : parsed(row);
}

/** Says that the work goes on; false = it was cancelled, or somebody else is at it. */
export async function keepForecast(sql: Sql, id: string, runner: string, progress: number): Promise<boolean> {
  const rows = await sql`
    update forecast set seen_rt = clock_timestamp(), progress = ${Math.floor(progress)}
    where id = ${id} and runner = ${runner} and state = 'running' returning 1`;
  return rows.length > 0;
}

/** Lets somebody else begin it anew. */
export async function releaseForecast(sql: Sql, id: string, runner: string): Promise<void> {
  await sql`
    update forecast set state = 'waiting', runner = null, tries = tries - 1
    where id = ${id} and runner = ${runner} and state = 'running'`;
}

export async function failForecast(sql: Sql, id: string, runner: string, failure: string): Promise<void> {
  await sql`
    update forecast set state = 'failed', failure = ${failure}, finished_at = app_now(), runner = null
    where id = ${id} and runner = ${runner} and state = 'running'`;
}

/** Forecasts are about a time that has passed by then. Answers how many went. */
export async function forgetForecasts(sql: Sql): Promise<number> {
  const rows = await sql`
    delete from forecast where id in (
      select id from forecast where created_rt < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) limit 5)
    returning 1`;
  return rows.length;
}

function columns(db: Db) {
  return db`f.id, f.seq::int, f.campaign_id, f.state, f.failure, ms(f.starts_at) as starts_at, f.days, f.lines, f.assumptions,
    f.progress, f.summary, ms(f.created_at) as created_at, ms(f.finished_at) as finished_at, f.actor`;
}

function parsed(row: ForecastRow): ForecastRow {
  return { ...row, assumptions: AssumptionsSchema.parse(row.assumptions) };
}
