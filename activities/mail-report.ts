import { ApplicationFailure } from '@temporalio/activity';
import type { Sql } from '../db/client';
import {
  claimReportMail,
  failReportMail,
  giveUpReportMail,
  openMails,
  recordReportMail,
  reportOfMail,
  type ReportOfMail,
} from '../db/report-mail';
import type { ReportMailState } from '../domain/report-mail';
import { type ReportWords, reportWords } from '../domain/report-words';
import { escapeHtml } from '../domain/template';
import { reportFile } from '../imports/report-file';
import type { ReportActivities } from './contract';
import type { MailProvider, SendResult } from './providers/provider';

export interface ReportDeps {
  readonly sql: Sql;
  readonly mail: MailProvider;
  readonly keys: { readonly addressKey: string };
}

/** Mail servers take about twenty millions, of which encoding costs a third. */
const MOST_BYTES = 10_000_000;

/** Mails one report to one recipient: makes the file, claims the mail, sends it once, writes down the answer. */
export function createReports(deps: ReportDeps): ReportActivities {
  const { sql } = deps;
  return {
    openReport: async ({ reportId }) => ({ mailIds: await openMails(sql, reportId) }),
    mailReport: async ({ mailId }) => ({ state: await mailReport(deps, mailId) }),
    giveUpReport: async ({ mailId }) => giveUpReportMail(sql, mailId),
  };
}

async function mailReport({ sql, mail, keys }: ReportDeps, mailId: string): Promise<ReportMailState> {
  const report = await reportOfMail(sql, mailId);
  if (report === null) return 'failed';
  if (report.state !== 'pending' && report.state !== 'claimed') return report.state;
  // Before the claim, which is good for seconds.
  const file = await textOf(sql, report);
  if (file === null) {
    await failReportMail(sql, mailId, 'too_large');
    return 'failed';
  }
  const claimed = await claimReportMail(sql, mailId, keys.addressKey);
  if (claimed.kind === 'closed') return claimed.state;
  if (claimed.kind === 'later') throw again(claimed.reason, claimed.afterMs);
  const { to, from, postByMs } = claimed;
  const result = await mail.sendMail({
    ...{ attemptId: mailId, from, to, replyTo: from, postByMs, unsubscribeUrl: null, unsubscribeMail: null },
    ...lettersOf(reportWords(report)),
    messageId: `<${mailId}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    attachment: { name: reportWords(report).fileName, type: 'text/csv; charset=utf-8', content: file },
  });
  const state = stateAfter(result);
  await recordReportMail(sql, mailId, state, result.kind === 'accepted' ? null : result.reason);
  if (state === 'pending' && result.kind === 'not_sent') throw again(result.reason, result.retryAfterMs ?? null);
  return state;
}

/** Null = it is too large for a mail. */
async function textOf(sql: Sql, report: ReportOfMail): Promise<string | null> {
  const parts: string[] = [];
  let bytes = 0;
  for await (const part of reportFile(sql, report)) {
    bytes += Buffer.byteLength(part);
    if (bytes > MOST_BYTES) return null;
    parts.push(part);
  }
  return parts.join('');
}

function lettersOf({ subject, text }: ReportWords): { subject: string; text: string; html: string } {
  return { subject, text, html: `<p>${escapeHtml(text).replaceAll('\n', '<br>\n')}</p>` };
}

/** What is unknown stays so: mail has no books in which it could be looked up. */
function stateAfter(result: SendResult): ReportMailState {
  if (result.kind === 'accepted') return 'mailed';
  if (result.kind === 'unknown') return 'unknown';
  return result.verdict === 'retry' || result.verdict === 'configuration' ? 'pending' : 'failed';
}

function again(reason: string, afterMs: number | null): ApplicationFailure {
  const delay = afterMs === null ? {} : { nextRetryDelay: Math.max(1, Math.ceil(afterMs)) };
  return ApplicationFailure.create({ message: reason, type: 'ReportNotMailed', ...delay });
}
