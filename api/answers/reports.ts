import * as z from 'zod';
import type { Report, ScheduleStanding } from '../../db/report-reading';
import { REPORT_MAIL_STATES, REPORT_STATES } from '../../domain/report-mail';
import { ReportScheduleSchema } from '../../domain/report-schedule';
import { toDocument } from '../document';
import { Actor, At, Count, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();

const MailAnswer = z
  .object({
    recipient: text,
    state: z
      .enum(REPORT_MAIL_STATES)
      .describe('`unknown` = nobody can say whether it was mailed; it is not mailed again by itself.'),
    reason: text.nullable().describe('Why it is where it is, as a sentence.'),
    tries: Count,
    finishedAt: At.nullable(),
  })
  .meta({ id: 'ReportMail' });

export const ReportAnswer = z
  .object({
    id: Id,
    campaignId: Id,
    key: text.describe('Of the schedule.'),
    name: text,
    periodOn: z.iso
      .date()
      .nullable()
      .describe('The local day on which the period ended; null = somebody asked for it.'),
    fromAt: At.describe('What happened from here on is counted …'),
    untilAt: At.describe('… until here.'),
    statuses: z.array(text).describe('Only clients in these statuses; none = all.'),
    isLast: z.boolean().describe('The campaign had ended: no other one comes by itself.'),
    state: z.enum(REPORT_STATES).describe('`partly` = its mails came to different ends.'),
    mails: z.array(MailAnswer),
    madeAt: At,
    actor: Actor,
  })
  .meta({ id: 'Report', description: 'One period of a report schedule, or one that somebody asked for.' });
export const ReportPageAnswer = pageOfAnswers('Report', ReportAnswer);

export const ReportSchedulesAnswer = z
  .object({
    items: z.array(
      z
        .object({
          ...ReportScheduleSchema.shape,
          zone: text.describe("The company's: its clock on the wall is meant."),
          nextAt: At.nullable().describe(
            'When the period in progress ends; null = none is, for the campaign was not launched or has ended.',
          ),
          lastReport: ReportAnswer.nullable().describe('Of the last period that came.'),
        })
        .meta({ id: 'ReportScheduleStanding' }),
    ),
  })
  .meta({ id: 'ReportSchedules' });

export function reportDocument({ seq: _, ...report }: Report): unknown {
  return toDocument(report);
}

export function scheduleDocument({ lastReport, ...standing }: ScheduleStanding): unknown {
  const last = lastReport === null ? null : reportDocument(lastReport);
  return { ...Object(toDocument(standing)), lastReport: last };
}

export const REPORT_EXAMPLE = {
  id: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a41',
  campaignId: EXAMPLE_IDS.campaign,
  key: 'weekly',
  name: 'Every Monday',
  periodOn: '2027-03-08',
  fromAt: '2027-03-01T13:00:00.000Z',
  untilAt: '2027-03-08T13:00:00.000Z',
  statuses: [],
  isLast: false,
  state: 'mailed',
  mails: [
    {
      recipient: 'partner@example.com',
      state: 'mailed',
      reason: null,
      tries: 1,
      finishedAt: '2027-03-08T13:00:02.000Z',
    },
  ],
  madeAt: '2027-03-08T13:00:00.000Z',
  actor: 'system',
};

export const REPORT_SCHEDULES_EXAMPLE = {
  items: [
    {
      key: 'weekly',
      kind: 'client_engagement',
      name: 'Every Monday',
      every: { period: 'week', weekday: 1 },
      time: '08:00',
      windowDays: 7,
      statuses: [],
      recipients: ['partner@example.com'],
      zone: 'America/New_York',
      nextAt: '2027-03-15T12:00:00.000Z',
      lastReport: REPORT_EXAMPLE,
    },
  ],
};

export const REPORT_FILE_EXAMPLE = `external_id,first_name,last_name,case_external_ids,status,reason,calls,calls_answered,last_call_outcome,sms_sent,sms_received,email_sent,email_received,messages_sent,messages_received,form,last_activity_at
P-1001,Asha,Rivera,70001;70002,active,,2,1,successful,1,1,0,0,1,1,started,2027-03-04T15:02:11.000Z
`;
