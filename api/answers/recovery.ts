import * as z from 'zod';
import { LOCK_REASONS } from '../../domain/recovery';
import { Count, RealTime } from './fields';

const ReportAnswer = z
  .object({
    finishedAt: RealTime,
    problem: z.string().nullable().describe('Why it could not be finished; null = it was.'),
    adopted: Count.describe('Calls and texts of the provider that stand here as attempts now.'),
    mailsPresumed: Count.describe('Mails that may have been sent, and count as sent.'),
    held: Count.describe('Calls and texts that fit into no plan; their people are held, in the handoff inbox.'),
    strangers: Count.describe('Calls and texts to people who are in no campaign here.'),
    replies: Count.describe('Texts of people that had not been heard here.'),
  })
  .meta({ id: 'RecoveryReport', description: 'What a recovery found.' });

export const RecoveryAnswer = z
  .object({
    locked: z.boolean().describe('Nothing is sent while it is; what people say is heard.'),
    reason: z.enum(LOCK_REASONS).nullable(),
    sentence: z.string().nullable().describe('The reason in words.'),
    lockedAt: RealTime.nullable(),
    gapFromAt: RealTime.nullable().describe('What happened after this moment may be missing here.'),
    wantedBy: z.string().nullable().describe('Who asked for the recovery that is to come.'),
    last: ReportAnswer.nullable(),
  })
  .meta({ id: 'Recovery', description: 'Whether PostgreSQL and Temporal belong together.' });

export const RECOVERY_EXAMPLE = {
  locked: true,
  reason: 'postgres_older',
  sentence: 'PostgreSQL is older than Temporal: it was restored from a copy, and does not know what came after',
  lockedAt: '2027-03-08T17:00:00.000Z',
  gapFromAt: '2027-03-08T15:58:57.000Z',
  wantedBy: null,
  last: null,
};
