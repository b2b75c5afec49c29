import type { Instant } from '../domain/instant';
import { localDateOf, type LocalDate } from '../domain/local-time';
import { reportMailSentence, type ReportMailState, type ReportState, reportStateOf } from '../domain/report-mail';
import { windowStart } from '../domain/report-period';
import type { ReportSchedule } from '../domain/report-schedule';
import { getAnyCampaign } from './campaign';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { appNow } from './clock';
import type { Fragment } from './fragment';
import { Refusal } from './refusal';
import { companyZone, storeReport } from './report';
import type { ReportScope } from './report-people';

/** Reports as people read them, and ask for them. */

export interface ReportMail {
  readonly recipient: string;
  readonly state: ReportMailState;
  /** A sentence; null = there is nothing to say. */
  readonly reason: string | null;
  readonly tries: number;
  readonly finishedAt: Instant | null;
}

export interface Report extends ReportScope {
  readonly id: string;
  readonly seq: number;
  readonly key: string;
  readonly name: string;
  /** The day on which the period ended; null = somebody asked for it. */
  readonly periodOn: LocalDate | null;
  readonly isLast: boolean;
  readonly state: ReportState;
  readonly madeAt: Instant;
  readonly actor: string;
  readonly mails: readonly ReportMail[];
}

export interface ScheduleStanding extends ReportSchedule {
  /** By whose clock on the wall its time is meant. */
  readonly zone: string;
  /** When the period in progress ends; null = none is: the campaign was not launched, or has ended. */
  readonly nextAt: Instant | null;
  readonly lastReport: Report | null;
}

export interface ReportPage {
  readonly campaignId: string;
  readonly key?: string | undefined;
  readonly after: number | null;
  readonly limit: number;
}

/** As the campaign says them now. */
export async function listReportSchedules(db: Db, campaignId: string): Promise<ScheduleStanding[]> {
  const schedules = await schedulesOf(db, campaignId);
  const zone = await companyZone(db);
  const rows = await db<{ key: string; nextAt: Instant | null; lastId: string | null }[]>`
    select s.key, ms(s.next_at) as next_at,
      (select id from report r where r.campaign_id = s.campaign_id and r.key = s.key and r.period_on is not null
        order by r.seq desc limit 1) as last_id
    from report_schedule s where s.campaign_id = ${campaignId}`;
  const ids = rows.flatMap(({ lastId }) => lastId ?? []);
  const reports = await readReports(db, db`r.id = any (${ids}::uuid[])`);
  return schedules.map((schedule) => {
    const row = rows.find(({ key }) => key === schedule.key);
    const lastReport = reports.find(({ id }) => id === row?.lastId) ?? null;
    return { ...schedule, zone, nextAt: row?.nextAt ?? null, lastReport };
  });
}

/** Newest first. */
export async function listReports(db: Db, { campaignId, key, after, limit }: ReportPage): Promise<Report[]> {
  return readReports(
    db,
    db`r.campaign_id = ${campaignId} and (${key ?? null}::text is null or r.key = ${key ?? null})
      and (${after}::bigint is null or r.seq < ${after}) order by r.seq desc limit ${limit}`,
  );
}

export async function getReport(db: Db, id: string): Promise<Report> {
  const [report] = await readReports(db, db`r.id = ${id}`);
  if (report === undefined) throw new Refusal('not_found', `there is no report ${id}`);
  return report;
}

type Row = Omit<Report, 'state'>;

async function readReports(db: Db, which: Fragment): Promise<Report[]> {
  const rows = await db<Row[]>`
    select r.id, r.seq::int, r.campaign_id, r.key, r.name, r.period_on, r.statuses, r.is_last, r.actor,
      ms(r.from_at) as from_at, ms(r.until_at) as until_at, ms(r.made_at) as made_at,
      (select coalesce(json_agg(json_build_object('recipient', m.recipient, 'state', m.state, 'reason', m.reason,
          'tries', m.tries, 'finishedAt', ms(m.finished_at)) order by m.position), '[]')
        from report_mail m where m.report_id = r.id) as mails
    from report r where ${which}`;
  return rows.map((row) => ({
    ...row,
    state: reportStateOf(row.mails.map(({ state }) => state)),
    mails: row.mails.map((mail) => ({ ...mail, reason: reportMailSentence(mail.state, mail.reason) })),
  }));
}

/** What the schedule would tell of if it were due now (S1-88). */
export async function scopeOfNow(db: Db, campaignId: string, key: string): Promise<ReportScope> {
  const { status } = await getAnyCampaign(db, campaignId);
  const schedule = (await schedulesOf(db, campaignId)).find((each) => each.key === key);
  if (schedule === undefined) throw new Refusal('not_found', `the campaign has no report "${key}"`);
  if (status === 'draft') throw new Refusal('wrong_status', 'the campaign is a draft, so nothing has happened yet');
  return { campaignId, statuses: schedule.statuses, ...(await windowUntilNow(db, schedule)) };
}

export interface AskedReport {
  readonly id: string;
  readonly campaignId: string;
  readonly key: string;
  readonly actor: string;
}

/** Has a report mailed now, beside those that come by themselves. Asked again with the same id, it answers what is there. */
export async function askForReport(sql: Sql, { id, campaignId, key, actor }: AskedReport): Promise<Report> {
  return inTransaction(sql, async (tx) => {
    const { status } = await getAnyCampaign(tx, campaignId);
    const schedule = await scheduleAt(tx, campaignId, key);
    if (status === 'draft')
      throw new Refusal('wrong_status', 'the campaign is a draft; nothing is mailed before the launch');
    const span = await windowUntilNow(tx, schedule);
    const isNew = await storeReport(tx, { id, campaignId, schedule, periodOn: null, isLast: false, actor, ...span });
    if (isNew)
      await recordChange(tx, {
        entity: 'campaign',
        entityId: campaignId,
        change: 'report_asked',
        data: { key },
        actor,
      });
    return getReport(tx, id);
  });
}

async function scheduleAt(tx: Tx, campaignId: string, key: string): Promise<ReportSchedule> {
  const schedule = (await schedulesOf(tx, campaignId)).find((each) => each.key === key);
  if (schedule !== undefined) return schedule;
  const detail = 'the campaign has no such report';
  throw new Refusal('unknown_reference', `#/key: ${detail}`, [{ pointer: '#/key', detail, value: key }]);
}

async function windowUntilNow(db: Db, schedule: ReportSchedule): Promise<Pick<ReportScope, 'fromAt' | 'untilAt'>> {
  const zone = await companyZone(db);
  const untilAt = await appNow(db);
  return { fromAt: windowStart(schedule, zone, localDateOf(zone, untilAt)), untilAt };
}

/** Of a draft those that are complete. */
async function schedulesOf(db: Db, campaignId: string): Promise<readonly ReportSchedule[]> {
  const { definition } = await getAnyCampaign(db, campaignId);
  return definition?.reports ?? [];
}
