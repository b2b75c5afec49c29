import * as z from 'zod';
import { Actor, At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, EXAMPLE_IDS, Id, pageOfAnswers } from './fields';

const text = z.string();

const HandoffAnswer = z
  .object({
    kind: z.enum(['held', 'unmatched', 'untagged_call']),
    id: Id.describe('Of the enrollment, the fact or the attempt, by kind.'),
    at: At,
    enrollmentId: Id.nullable(),
    campaignId: Id.nullable(),
    contact: ContactNameAnswer.nullable(),
    reason: text.describe('Why it is held, or what kind of fact found nobody.'),
    heldUntilAt: At.nullable(),
    lastMessage: text.nullable().describe('The last thing that the person wrote.'),
    takenBy: text.nullable().describe('Who of the team looks after it; null = nobody yet.'),
  })
  .meta({ id: 'Handoff', description: 'Something that waits for a person.' });

export const HandoffPageAnswer = pageOfAnswers('Handoff', HandoffAnswer);

export const HANDOFF_EXAMPLE = {
  kind: 'held',
  id: EXAMPLE_IDS.enrollment,
  at: '2027-03-08T16:10:00.000Z',
  enrollmentId: EXAMPLE_IDS.enrollment,
  campaignId: EXAMPLE_IDS.campaign,
  contact: CONTACT_NAME_EXAMPLE,
  reason: 'handoff',
  heldUntilAt: '2027-03-11T16:10:00.000Z',
  lastMessage: 'Can I talk to a person?',
  takenBy: null,
};

export const HandoffNoticeAnswer = z
  .object({
    enrollmentId: Id,
    reason: text,
    at: At,
    escalatesAt: At.nullable().describe(
      'Others are told then, if nobody has taken it; null = nobody is, or they were.',
    ),
    takenAt: At.nullable(),
    takenBy: Actor.nullable(),
    closedAt: At.nullable().describe('null = outreach is held still.'),
    alerts: z.array(
      z
        .object({
          level: z.int().min(1).max(2).describe('1 = at once, 2 = since nobody had taken it.'),
          channel: z.enum(['sms', 'email']),
          to: text,
          state: z
            .enum(['pending', 'claimed', 'sent', 'not_sent', 'unknown'])
            .describe('`unknown`: the answer got lost; it is not sent again.'),
          errorCode: text.nullable(),
        })
        .meta({ id: 'HandoffAlert' }),
    ),
  })
  .meta({ id: 'HandoffNotice', description: 'Somebody who waits for a person: who was told, and who has taken it.' });

export const HANDOFF_NOTICE_EXAMPLE = {
  enrollmentId: EXAMPLE_IDS.enrollment,
  reason: 'handoff',
  at: '2027-03-08T16:10:00.000Z',
  escalatesAt: '2027-03-08T16:25:00.000Z',
  takenAt: null,
  takenBy: null,
  closedAt: null,
  alerts: [{ level: 1, channel: 'email', to: 'team@example.com', state: 'sent', errorCode: null }],
};
