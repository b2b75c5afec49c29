import type { Sql } from '../db/client';
import { reportPage, type ReportRow, type ReportScope } from '../db/report-people';
import { toIso } from '../domain/instant';
import { CSV_MARK, csvLine } from './csv-writer';

const PAGE = 500;

/** What each column says of a client. */
const COLUMNS: Readonly<Record<string, (row: ReportRow) => string | number | null>> = {
  external_id: (row) => row.externalId,
  first_name: (row) => row.firstName,
  last_name: (row) => row.lastName,
  //
  case_external_ids: (row) => row.caseExternalIds.map((id) => id.replaceAll(';', ',')).join(';'),
  status: (row) => row.status,
  reason: (row) => row.reason,
  calls: (row) => row.calls,
  calls_answered: (row) => row.callsAnswered,
  last_call_outcome: (row) => row.lastCallOutcome,
  sms_sent: (row) => row.smsSent,
  sms_received: (row) => row.smsReceived,
  email_sent: (row) => row.emailSent,
  email_received: (row) => row.emailReceived,
  messages_sent: (row) => row.smsSent + row.emailSent,
  messages_received: (row) => row.smsReceived + row.emailReceived,
  form: (row) => row.form,
  last_activity_at: (row) => (row.lastActivityAt === null ? null : toIso(row.lastActivityAt)),
};

/** The CSV file of a report (S1-79), a page at a time, counted when it is asked for. It holds no number and no mail address. */
export async function* reportFile(sql: Sql, scope: ReportScope): AsyncGenerator<string> {
  yield CSV_MARK + csvLine(Object.keys(COLUMNS));
  for (let page = await reportPage(sql, scope, null, PAGE); page.length > 0; ) {
    yield page.map((row) => csvLine(Object.values(COLUMNS).map((cell) => String(cell(row) ?? '')))).join('');
    page = page.length < PAGE ? [] : await reportPage(sql, scope, page.at(-1)?.position ?? null, PAGE);
  }
}
