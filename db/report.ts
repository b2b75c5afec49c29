import type { CampaignDefinition } from '../domain/campaign-definition';
import type { Instant } from '../domain/instant';
import type { LocalDate } from '../domain/local-time';
import { nextPeriod, windowStart } from '../domain/report-period';
import { type ReportSchedule, ReportScheduleListSchema } from '../domain/report-schedule';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { appNow } from './clock';
import { idOfRequest } from './tokens';

/**
 * When each report of a campaign comes next, and the row that says it came. The period in progress stands in its row: it ends
 * when it was going to, whatever is published meanwhile, and what is published counts from the next one on (E-16).
 */

/** So many periods are claimed in one transaction. */
const PAGE = 20;
const SYSTEM = 'system';

/** Every schedule of a launched campaign has its next period, and no other one has any. The caller holds the campaign. */
export async function planReports(
  tx: Tx,
  campaignId: string,
  { reports = [] }: Pick<CampaignDefinition, 'reports'>,
  now: Instant,
): Promise<void> {
  const known = await tx<{ key: string; isPlanned: boolean; lastOn: LocalDate | null }[]>`
    select key, next_at is not null as is_planned, last_on from report_schedule
    where campaign_id = ${campaignId} order by key for update`;
  const zone = await companyZone(tx);
  for (const schedule of reports) {
    const { key } = schedule;
    const row = known.find((each) => each.key === key);
    if (row?.isPlanned === true) continue;
    const next = nextPeriod(schedule, zone, { at: now, on: row?.lastOn ?? null });
    await tx`
      insert into report_schedule (campaign_id, key, next_at, next_on)
      values (${campaignId}, ${key}, at_ms(${next.at}), ${next.on}::date)
      on conflict (campaign_id, key) do update set next_at = excluded.next_at, next_on = excluded.next_on`;
  }
  await tx`
    update report_schedule set next_at = null, next_on = null
    where campaign_id = ${campaignId} and next_at is not null and key <> all (${reports.map(({ key }) => key)}::text[])`;
}

/** Whatever fell due before a publication is of the schedules that stood then. The caller holds the campaign. */
export async function claimReportsBefore(tx: Tx, campaignId: string, now: Instant): Promise<void> {
  while ((await claimPage(tx, { untilAt: now, campaignId })) > 0);
}

/** One page of periods that are over, over all campaigns: each becomes a row, once. Answers how many. */
export async function claimDueReports(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => claimPage(tx, { untilAt: await appNow(tx), campaignId: null }));
}

interface Due {
  readonly campaignId: string;
  readonly key: string;
  readonly nextAt: Instant;
  readonly nextOn: LocalDate;
  readonly isLast: boolean;
  readonly reports: unknown;
}

interface Asked {
  readonly untilAt: Instant;
  /** Null = of any campaign, passing over those that somebody else is at. */
  readonly campaignId: string | null;
}

async function claimPage(tx: Tx, { untilAt, campaignId }: Asked): Promise<number> {
  const which = campaignId === null ? tx`` : tx`and s.campaign_id = ${campaignId}`;
  const due = await tx<Due[]>`
    select s.campaign_id, s.key, ms(s.next_at) as next_at, s.next_on, coalesce(c.ended_at <= s.next_at, false) as is_last,
      c.definition -> 'reports' as reports
    from report_schedule s join campaign c on c.id = s.campaign_id
    where s.next_at <= at_ms(${untilAt}) ${which}
    order by s.next_at, s.campaign_id, s.key limit ${PAGE}
    for no key update of s ${campaignId === null ? tx`skip locked` : tx``}`;
  if (due.length === 0) return 0;
  const zone = await companyZone(tx);
  for (const each of due) await claimPeriod(tx, each, zone);
  return due.length;
}

/** The row of the period, a mail for each recipient, and the period that follows: all of them, or none. */
async function claimPeriod(tx: Tx, due: Due, zone: string): Promise<void> {
  const { campaignId, key, nextAt, nextOn, isLast, reports } = due;
  const schedule = ReportScheduleListSchema.parse(reports ?? []).find((each) => each.key === key);
  if (schedule !== undefined)
    await storeReport(tx, {
      ...{ id: idOfRequest(`report ${campaignId}/${key}/${nextOn}`), campaignId, schedule, isLast, actor: SYSTEM },
      ...{ periodOn: nextOn, fromAt: windowStart(schedule, zone, nextOn), untilAt: nextAt },
    });
  const next = schedule === undefined || isLast ? null : nextPeriod(schedule, zone, { at: nextAt, on: nextOn });
  await tx`
    update report_schedule set last_on = next_on, next_at = at_ms(${next?.at ?? null}), next_on = ${next?.on ?? null}::date
    where campaign_id = ${campaignId} and key = ${key}`;
}

export interface NewReport {
  readonly id: string;
  readonly campaignId: string;
  readonly schedule: ReportSchedule;
  /** Null = somebody asked for it. */
  readonly periodOn: LocalDate | null;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly isLast: boolean;
  readonly actor: string;
}

/** False = it is there already. */
export async function storeReport(tx: Tx, report: NewReport): Promise<boolean> {
  const { id, campaignId, schedule, periodOn, fromAt, untilAt, isLast, actor } = report;
  const made = await tx`
    insert into report (id, campaign_id, key, period_on, from_at, until_at, name, statuses, is_last, actor)
    values (${id}, ${campaignId}, ${schedule.key}, ${periodOn}::date, at_ms(${fromAt}), at_ms(${untilAt}), ${schedule.name},
      ${schedule.statuses}, ${isLast}, ${actor})
    on conflict do nothing returning 1`;
  if (made.length === 0) return false;
  const recipients = [...new Set(schedule.recipients.map((recipient) => recipient.toLowerCase()))];
  for (const [position, recipient] of recipients.entries())
    await tx`
      insert into report_mail (id, report_id, position, recipient)
      values (${idOfRequest(`report ${id}/${position}`)}, ${id}, ${position}, ${recipient})`;
  return true;
}

/** Schedules are told by the company's clock on the wall. */
export async function companyZone(db: Db): Promise<string> {
  const [row] = await db<{ zone: string }[]>`select zone from settings`;
  if (row === undefined) throw new Error('the settings row is missing; were all migrations applied?');
  return row.zone;
}

/**
 * After a database was restored: of what fell due until then nobody can say whether it was mailed, for mail has no books. It
 * gets its rows and is never mailed by itself; what falls due later is.
 */
export async function presumeReports(sql: Sql, untilAt: Instant): Promise<void> {
  const claimed = () => inTransaction(sql, (tx) => claimPage(tx, { untilAt, campaignId: null }));
  while ((await claimed()) > 0);
  await sql`
    update report_mail m set state = 'unknown', reason = 'restored', finished_at = app_now()
    from report r
    where r.id = m.report_id and m.state in ('pending', 'claimed') and r.until_at <= at_ms(${untilAt})`;
}
