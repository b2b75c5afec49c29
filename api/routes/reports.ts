import * as z from 'zod';
import { requireCampaign } from '../../db/campaign';
import { askForReport, getReport, listReports, listReportSchedules, scopeOfNow } from '../../db/report-reading';
import { idOfRequest } from '../../db/tokens';
import { ReportScheduleSchema } from '../../domain/report-schedule';
import { reportFile } from '../../imports/report-file';
import { pageExample } from '../answers/fields';
import { FileAnswer } from '../answers/imports';
import {
  REPORT_EXAMPLE,
  REPORT_FILE_EXAMPLE,
  REPORT_SCHEDULES_EXAMPLE,
  ReportAnswer,
  reportDocument,
  ReportPageAnswer,
  ReportSchedulesAnswer,
  scheduleDocument,
} from '../answers/reports';
import type { ApiDeps } from '../deps';
import { numberAt, pageOf, pageQuery } from '../page';
import { created, csvFile, defineRoute, IdParams, ok, type Route } from '../route';

const Key = ReportScheduleSchema.shape.key;
const COUNTED =
  'One line for each client, with the ids of all their cases; no number and no mail address. What happened in the window is counted when the file is made, and statuses are those of then. Whoever was erased is not in it.';

/**
 * GET /campaigns/{id}/report-schedules, /campaigns/{id}/report-schedules/{key}/export
 * GET, POST /campaigns/{id}/reports
 * GET /reports/{id}, /reports/{id}/export
 */
export function reportRoutes(deps: ApiDeps): Route[] {
  return [...scheduleRoutes(deps), ...mailedRoutes(deps)];
}

function scheduleRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/report-schedules',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listReportSchedules',
        tag: 'Campaigns',
        summary: 'List the report schedules of a campaign, with what comes next',
        description:
          'They are part of the definition (`reports`) and changed with it. What is published counts from the next period on: the one in progress ends when it was going to.',
        answers: { 200: ReportSchedulesAnswer },
        examples: { answer: REPORT_SCHEDULES_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok({ items: (await listReportSchedules(sql, id)).map(scheduleDocument) }),
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/report-schedules/:key/export',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'exportReport',
        tag: 'Campaigns',
        summary: 'Take away the report that a schedule would mail if it were due now',
        description: `The filter, the length of the window and the columns of the schedule. ${COUNTED}`,
        answers: { 200: FileAnswer },
        answersCsv: true,
        problems: ['wrong_status'],
        examples: { answer: REPORT_FILE_EXAMPLE },
      },
      params: z.strictObject({ ...IdParams.shape, key: Key }),
      handle: async ({ params: { id, key } }) => csvFile(`${key}.csv`, reportFile(sql, await scopeOfNow(sql, id, key))),
    }),
  ];
}

function mailedRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/reports',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'listReports',
        tag: 'Campaigns',
        summary: 'List the reports of a campaign, newest first',
        description: 'Every period that came, and those that somebody asked for, with what became of each mail.',
        parameters: { key: 'Of this schedule alone, be it one that is gone by now.' },
        answers: { 200: ReportPageAnswer },
        examples: { answer: pageExample(REPORT_EXAMPLE) },
      },
      params: IdParams,
      query: z.strictObject({ ...pageQuery, key: Key.optional() }),
      handle: async ({ params: { id }, query: { limit, cursor, key } }) => {
        await requireCampaign(sql, id);
        const rows = await listReports(sql, { campaignId: id, key, after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ seq }) => seq, reportDocument));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/campaigns/:id/reports',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'sendReport',
        tag: 'Campaigns',
        summary: 'Mail a report now, beside those that come by themselves',
        description:
          'To the recipients of the schedule, with its filter and the length of its window. The schedule goes on as if nothing had been.',
        answers: { 201: ReportAnswer },
        problems: ['unknown_reference', 'wrong_status'],
        examples: {
          body: { key: 'weekly' },
          answer: { ...REPORT_EXAMPLE, periodOn: null, state: 'sending', actor: 'key:office' },
        },
      },
      params: IdParams,
      body: z.strictObject({ key: Key.describe('Of the schedule.') }),
      handle: async ({ params, body: { key }, caller: { actor }, requestKey }) => {
        const id = idOfRequest(requestKey);
        const report = await askForReport(sql, { id, campaignId: params.id, key, actor });
        return created(reportDocument(report), `/reports/${id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/reports/:id',
      role: 'viewer',
      concerns: 'report',
      operation: {
        id: 'getReport',
        tag: 'Campaigns',
        summary: 'Read a report, with what became of each mail',
        answers: { 200: ReportAnswer },
        examples: { answer: REPORT_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(reportDocument(await getReport(sql, id))),
    }),
    defineRoute({
      method: 'get',
      path: '/reports/:id/export',
      role: 'viewer',
      concerns: 'report',
      operation: {
        id: 'downloadReport',
        tag: 'Campaigns',
        summary: 'Take away the file of a report, made anew',
        description: COUNTED,
        answers: { 200: FileAnswer },
        answersCsv: true,
        examples: { answer: REPORT_FILE_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const report = await getReport(sql, id);
        return csvFile(`${report.key}.csv`, reportFile(sql, report));
      },
    }),
  ];
}
