import type { Instant } from '../domain/instant';
import type { ReportMailState } from '../domain/report-mail';
import { inTransaction, type Sql, type Tx } from './client';
import { isLocked } from './installation';
import { hasOptedOut } from './opted-out';
import { addressHash } from './tokens';

/** Mails of reports: each recipient is an effect of its own, claimed before anything leaves the machine. */

/** Longer than any mail takes to leave or to fail. */
const ANSWER_WITHIN_SECONDS = 60;
const POST_WITHIN_SECONDS = 5;
/** A workflow that was started this long ago and has not come to its end may be gone. */
const START_AGAIN_SECONDS = 600;
const START_PAGE = 50;

/** What a report is made of, and what its mail says. */
export interface ReportOfMail {
  readonly state: ReportMailState;
  readonly campaignId: string;
  readonly campaignName: string;
  readonly name: string;
  readonly key: string;
  readonly statuses: readonly string[];
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly isLast: boolean;
  readonly zone: string;
}

/** Null = it is gone with its campaign. */
export async function reportOfMail(sql: Sql, mailId: string): Promise<ReportOfMail | null> {
  const [row] = await sql<ReportOfMail[]>`
    select m.state, r.campaign_id, c.name as campaign_name, r.name, r.key, r.statuses, ms(r.from_at) as from_at,
      ms(r.until_at) as until_at, r.is_last, s.zone
    from report_mail m join report r on r.id = m.report_id join campaign c on c.id = r.campaign_id cross join settings s
    where m.id = ${mailId}`;
  return row ?? null;
}

export async function openMails(sql: Sql, reportId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from report_mail where report_id = ${reportId} and state in ('pending', 'claimed') order by position`;
  return rows.map(({ id }) => id);
}

export type MailClaim =
  | { readonly kind: 'claimed'; readonly to: string; readonly from: string; readonly postByMs: number }
  /** Nothing more is to be done. */
  | { readonly kind: 'closed'; readonly state: ReportMailState }
  /** Not now; `afterMs` = no sooner than that. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs: number | null };

interface MailRow {
  readonly state: ReportMailState;
  readonly recipient: string;
  readonly leftMs: number | null;
}

/** One try of one mail. A claim that somebody else died with is closed as unknown, and nobody sends it again. */
export async function claimReportMail(sql: Sql, mailId: string, addressKey: string): Promise<MailClaim> {
  return inTransaction(sql, async (tx) => {
    if (await isLocked(tx)) return { kind: 'later', reason: 'locked_for_recovery', afterMs: null };
    const hash = await lockAddress(tx, mailId, addressKey);
    const [mail] = await tx<MailRow[]>`
      select state, recipient, ms(deadline_rt) - ms(clock_timestamp()) as left_ms from report_mail
      where id = ${mailId} for update`;
    if (mail === undefined) return { kind: 'closed', state: 'failed' };
    if (mail.state === 'claimed') return lookAfter(tx, mailId, mail.leftMs ?? 0);
    if (mail.state !== 'pending') return { kind: 'closed', state: mail.state };
    if (await hasOptedOut(tx, 'email', hash))
      return { kind: 'closed', state: await close(tx, mailId, 'failed', 'opted_out') };
    const [sender] = await tx<{ mailFrom: string; postByMs: number }[]>`
      select mail_from, ms(clock_timestamp() + make_interval(secs => ${POST_WITHIN_SECONDS})) as post_by_ms from settings`;
    if (sender === undefined || sender.mailFrom === '') {
      await tx`update report_mail set reason = 'no_sender' where id = ${mailId}`;
      return { kind: 'later', reason: 'no_sender', afterMs: null };
    }
    await tx`
      update report_mail set state = 'claimed', reason = null, tries = tries + 1,
        deadline_rt = clock_timestamp() + make_interval(secs => ${ANSWER_WITHIN_SECONDS})
      where id = ${mailId}`;
    return { kind: 'claimed', to: mail.recipient, from: sender.mailFrom, postByMs: sender.postByMs };
  });
}

/** The lock that an opt-out of the address takes is held while it is looked for. */
async function lockAddress(tx: Tx, mailId: string, addressKey: string): Promise<string> {
  const [row] = await tx<{ recipient: string }[]>`select recipient from report_mail where id = ${mailId}`;
  const hash = addressHash(addressKey, 'email', row?.recipient ?? '');
  await tx`select from address where hash = ${hash} for share`;
  return hash;
}

async function lookAfter(tx: Tx, mailId: string, leftMs: number): Promise<MailClaim> {
  if (leftMs > 0) return { kind: 'later', reason: 'under_way', afterMs: leftMs };
  return { kind: 'closed', state: await close(tx, mailId, 'unknown', 'nobody_answered') };
}

async function close(
  tx: Tx,
  mailId: string,
  state: 'failed' | 'unknown',
  reason: string,
): Promise<'failed' | 'unknown'> {
  await tx`update report_mail set state = ${state}, reason = ${reason}, finished_at = app_now() where id = ${mailId}`;
  return state;
}

/** The mail server's answer; `pending` = it refused, and is asked again. */
export async function recordReportMail(
  sql: Sql,
  mailId: string,
  state: ReportMailState,
  reason: string | null,
): Promise<void> {
  await sql`
    update report_mail set state = ${state}, reason = ${reason}, deadline_rt = null,
      finished_at = case when ${state === 'pending'} then null else app_now() end
    where id = ${mailId} and (state = 'claimed' or (state = 'unknown' and ${state} = 'mailed'))`;
}

/** It can never be sent as it is. */
export async function failReportMail(sql: Sql, mailId: string, reason: string): Promise<void> {
  await sql`
    update report_mail set state = 'failed', reason = ${reason}, finished_at = app_now()
    where id = ${mailId} and state = 'pending'`;
}

/** The last word when it was tried for long enough: what it failed by last stays its reason. */
export async function giveUpReportMail(sql: Sql, mailId: string): Promise<void> {
  await sql`
    update report_mail set state = case state when 'pending' then 'failed' else 'unknown' end,
      reason = coalesce(reason, 'nobody_answered'), finished_at = app_now()
    where id = ${mailId} and state in ('pending', 'claimed')`;
}

/** Guards every claim: what nobody answered for by its deadline is unknown. */
export async function expireReportMails(sql: Sql): Promise<number> {
  const rows = await sql`
    update report_mail set state = 'unknown', reason = 'nobody_answered', finished_at = app_now()
    where state = 'claimed' and deadline_rt < clock_timestamp()
    returning 1`;
  return rows.length;
}

/** Reports that are not through and have no workflow, or may have lost it. */
export async function reportsToStart(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from report
    where id in (select report_id from report_mail where state in ('pending', 'claimed'))
      and (started_rt is null or started_rt < clock_timestamp() - make_interval(secs => ${START_AGAIN_SECONDS}))
    order by seq limit ${START_PAGE}`;
  return rows.map(({ id }) => id);
}

export async function markReportStarted(sql: Sql, id: string): Promise<void> {
  await sql`update report set started_rt = clock_timestamp() where id = ${id}`;
}
