import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';

/** What things are taken to cost and how much may be spent (U-14). Millionths of the company's currency. */

export interface SpendRates {
  readonly callMinuteMicros: number;
  readonly segmentMicros: number;
  readonly mailMicros: number;
  readonly callMinutes: number;
  readonly revision: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** Null limits are none. */
export interface SpendState {
  readonly perDayMicros: number | null;
  readonly totalMicros: number | null;
  /** By the calendar day of the company. */
  readonly spentTodayMicros: number;
  readonly spentMicros: number;
  /** Counts the changes of the limits; 1 = none was ever set. */
  readonly revision: number;
}

export type RateChange = {
  readonly [field in 'callMinuteMicros' | 'segmentMicros' | 'mailMicros' | 'callMinutes']?: number | undefined;
} & { readonly revision?: number | undefined };

export async function getSpendRates(db: Db): Promise<SpendRates> {
  const [row] = await db<SpendRates[]>`
    select call_minute_micros, segment_micros, mail_micros, call_minutes, revision, ms(updated_at) as updated_at, updated_by
    from spend_rate`;
  if (row === undefined) throw new Error('the rates are missing; were all migrations applied?');
  return row;
}

/** Attempts keep what they were taken to cost when they were claimed. */
export async function changeSpendRates(
  sql: Sql,
  { revision, ...change }: RateChange,
  actor: string,
): Promise<SpendRates> {
  return inTransaction(sql, async (tx) => {
    await tx`select from spend_rate for update`;
    const before = await getSpendRates(tx);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the rates stand at revision ${before.revision}, not ${revision}`);
    const { callMinuteMicros, segmentMicros, mailMicros, callMinutes } = { ...before, ...defined(change) };
    await tx`
      update spend_rate set call_minute_micros = ${callMinuteMicros}, segment_micros = ${segmentMicros},
        mail_micros = ${mailMicros}, call_minutes = ${callMinutes}, revision = revision + 1, updated_at = app_now(),
        updated_by = ${actor}`;
    await lookAgain(tx, null);
    await recordChange(tx, {
      entity: 'spending',
      entityId: 'rates',
      change: 'changed',
      data: { fields: Object.keys(defined(change)) },
      actor,
    });
    return getSpendRates(tx);
  });
}

/** Null = the company as a whole. */
export async function getSpendState(db: Db, campaignId: string | null): Promise<SpendState> {
  await requireCampaign(db, campaignId);
  const [row] = await db<SpendState[]>`
    select l.per_day_micros, l.total_micros, coalesce(l.revision, 0) + 1 as revision, s.spent_micros, s.spent_today_micros
    from (${spent(db, campaignId)}) s
    left join spend_limit l on l.campaign_id is not distinct from ${campaignId}::uuid`;
  if (row === undefined) throw new Error('a sum has always one row');
  return row;
}

export interface SpendLimits {
  readonly perDayMicros: number | null;
  readonly totalMicros: number | null;
  readonly revision?: number | undefined;
}

/** What was spent before counts as well. Whoever changes limits at the same moment comes second, and sees it. */
export async function setSpendLimits(
  sql: Sql,
  campaignId: string | null,
  { perDayMicros, totalMicros, revision }: SpendLimits,
  actor: string,
): Promise<SpendState> {
  await requireCampaign(sql, campaignId);
  await inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`spend_limit:${campaignId ?? 'company'}`}, 0))`;
    const standing = await revisionOf(tx, campaignId);
    if (revision !== undefined && revision !== standing)
      throw new Refusal('revision_conflict', `the limits stand at revision ${standing}, not ${revision}`);
    if (standing === NO_LIMITS) await beginCounting(tx, campaignId, actor);
    await lookAgain(tx, campaignId);
    // Claims go on: they wait for this row alone, and for no longer than it takes to commit.
    await tx`
      update spend_limit set per_day_micros = ${perDayMicros}, total_micros = ${totalMicros}, revision = ${standing},
        updated_at = app_now(), updated_by = ${actor}
      where campaign_id is not distinct from ${campaignId}::uuid`;
    const entity = campaignId === null ? 'spending' : 'campaign';
    const data = { perDayMicros, totalMicros };
    await recordChange(tx, { entity, entityId: campaignId ?? 'company', change: 'spend_limits', data, actor });
  });
  return getSpendState(sql, campaignId);
}

/** What callers see while nothing was ever set: no row, and nobody counts. */
const NO_LIMITS = 1;

async function revisionOf(tx: Tx, campaignId: string | null): Promise<number> {
  const [row] = await tx<{ revision: number }[]>`
    select revision from spend_limit where campaign_id is not distinct from ${campaignId}::uuid`;
  return (row?.revision ?? 0) + 1;
}

/**
 * From here on every claim counts, whatever the limits are; what was spent so far is added up once. No claim is under way
 * meanwhile, so nothing is left out and nothing counted twice.
 */
async function beginCounting(tx: Tx, campaignId: string | null, actor: string): Promise<void> {
  await tx`
    select pg_advisory_xact_lock(1, seq::int) from campaign
    where ${campaignId}::uuid is null and status = 'active' or id = ${campaignId} order by seq`;
  // Nor is what was not sent given back to a counter that is not there yet.
  await tx`lock table attempt in share mode`;
  const { spentMicros, spentTodayMicros } = await getSpendState(tx, campaignId);
  await tx`
    insert into spend_limit (campaign_id, on_day, day_spent, total_spent, updated_by)
    values (${campaignId}, company_day(app_now()), ${spentTodayMicros}, ${spentMicros}, ${actor})`;
}

/** Told from the attempts alone. */
function spent(db: Db, campaignId: string | null) {
  return db`
    select coalesce(sum(t.cost_micros), 0)::bigint as spent_micros,
      coalesce(sum(t.cost_micros) filter (where company_day(t.claimed_at) = company_day(app_now())), 0)::bigint as spent_today_micros
    from attempt t join enrollment e on e.id = t.enrollment_id
    where t.state <> 'not_sent' and t.cost_micros > 0 and (${campaignId}::uuid is null or e.campaign_id = ${campaignId})`;
}

/** Who waits for money asks again, page by page. */
async function lookAgain(tx: Tx, campaignId: string | null): Promise<void> {
  await tx`
    update campaign set epoch = epoch + 1
    where status = 'active' and (${campaignId}::uuid is null or id = ${campaignId})`;
}

async function requireCampaign(db: Db, id: string | null): Promise<void> {
  if (id === null) return;
  const rows = await db`select 1 from campaign where id = ${id}`;
  if (rows.length === 0) throw new Refusal('not_found', `there is no campaign ${id}`);
}

function defined(change: Omit<RateChange, 'revision'>): Partial<Omit<SpendRates, 'revision'>> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
