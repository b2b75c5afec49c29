import * as z from 'zod';
import type { ContactStatus, EnrollmentState } from '../../db/enrollment-views';
import { ChannelSchema } from '../../domain/channel';
import type { Decision, ReasonCode } from '../../domain/decision';
import { At, CONTACT_NAME_EXAMPLE, ContactNameAnswer, Count, EXAMPLE_IDS, Id, oneOf, pageOfAnswers } from './fields';

const text = z.string();

export const EnrollmentStateSchema = oneOf<EnrollmentState>()('rejected', 'open', 'ended');
export const ContactStatusSchema = oneOf<ContactStatus>()('active', 'completed_all_calls', 'completed', 'rejected');

const summary = {
  id: Id,
  campaignId: Id,
  contact: ContactNameAnswer,
  state: EnrollmentStateSchema,
  status: ContactStatusSchema.describe('`completed_all_calls`: only messages may still come.'),
  reason: text.nullable().describe('Why it was rejected or has ended: `plan_through`, `opted_out`, …'),
  cases: z.array(z.object({ id: Id, externalId: text })),
  enrolledAt: At,
  endedAt: At.nullable(),
  callsStoppedAt: At.nullable(),
  messagesStoppedAt: At.nullable(),
  leftForGood: z
    .boolean()
    .describe('A rule took the person out of the campaign for good; only an admin brings the person back.'),
  heldUntilAt: At.nullable().describe('A person has taken over until then, or until it is handed back.'),
  holdReason: z.enum(['handoff', 'unclear_reply']).nullable(),
  pausedAt: At.nullable().describe('Outreach to this contact is paused since then.'),
  movedTouch: text.nullable().describe('The touch that an operator last gave an instant of its own.'),
  movedToAt: At.nullable(),
  dueAt: At.nullable().describe('When the row is looked at again at the latest.'),
};

const DecisionSchema = oneOf<Decision['kind']>()('touch', 'queue', 'wait', 'hold', 'reconcile', 'finish');

const ReasonCodeSchema = oneOf<ReasonCode>()(
  'locked_for_recovery',
  'campaign_paused',
  'channel_paused',
  'contact_paused',
  'campaign_ended',
  'handoff',
  'unclear_reply',
  'reply_unread',
  'in_flight',
  'awaiting_tag',
  'outside_hours',
  'opening_jitter',
  'resume_jitter',
  'spacing',
  'message_delay',
  'pre_call_message',
  'scheduled',
  'run_not_started',
  'per_day',
  'cap',
  'failed_hour',
  'legal_cap',
  'spend_limit',
  'no_consent',
  'no_basis',
  'solicits',
  'reassigned',
  'country_not_allowed',
  'costly_number',
  'not_before',
  'kept_wait',
  'moved',
  'callback',
  'calls_scheduled_externally',
  'no_free_line',
  'due',
  'plan_through',
  'opted_out',
  'unreachable',
  'no_common_hour',
  'left_list',
  'step_removed',
  'calls_stopped',
  'messages_stopped',
  'ended',
  'retry',
);

const ReasonAnswer = z
  .object({ code: ReasonCodeSchema })
  .catchall(z.union([text, z.number(), z.null()]))
  .meta({ id: 'Reason', description: 'A code for machines, with the values that its sentence needs.' });

export const NextAnswer = z
  .object({
    decision: DecisionSchema,
    touch: z
      .object({
        key: text.describe('Run, step and ordinal.'),
        channel: ChannelSchema,
        version: z.int().min(1).describe('The version that it is planned and worded by.'),
      })
      .nullable()
      .describe('What is to be done; null = nothing that could be named.'),
    sentence: text.describe('The decision as one English sentence, without personal data.'),
    reasons: z.array(ReasonAnswer),
    askAt: At.nullable().describe('When it is decided again at the latest; null = never.'),
  })
  .meta({ id: 'Next', description: 'What comes next, and why.' });

export const EnrollmentSummaryAnswer = z
  .object({
    ...summary,
    next: NextAnswer.nullable().describe('As its last step decided it; null = it took none yet.'),
  })
  .meta({ id: 'EnrollmentSummary' });
export const EnrollmentPageAnswer = pageOfAnswers('Enrollment', EnrollmentSummaryAnswer);
export const EnrollmentCountAnswer = z.object({ count: Count }).meta({ id: 'EnrollmentCount' });

export const EnrollmentAnswer = z
  .object({
    ...summary,
    next: NextAnswer.describe('Worked out now, by the planner that also acts.'),
    workflowUrl: z.url().nullable().describe('Its workflow in the Temporal UI; null = no UI is configured.'),
  })
  .meta({ id: 'Enrollment', description: 'One contact in one campaign.' });

export const MovedTouchAnswer = z
  .object({
    factId: Id.nullable(),
    duplicate: z.boolean().describe('The same order was given before; nothing was changed.'),
    touch: text.nullable().describe('What was moved.'),
    at: At.nullable().describe('When it will be done, as things stand.'),
  })
  .meta({ id: 'MovedTouch' });

export const MOVED_TOUCH_EXAMPLE = {
  factId: EXAMPLE_IDS.fact,
  duplicate: false,
  touch: 'two-days.call.2',
  at: '2099-03-09T15:30:00.000Z',
};

export const ENROLLMENT_SUMMARY_EXAMPLE = {
  id: EXAMPLE_IDS.enrollment,
  campaignId: EXAMPLE_IDS.campaign,
  contact: CONTACT_NAME_EXAMPLE,
  state: 'open',
  status: 'active',
  reason: null,
  cases: [{ id: EXAMPLE_IDS.case, externalId: '70001' }],
  enrolledAt: '2027-03-08T13:00:00.500Z',
  endedAt: null,
  callsStoppedAt: null,
  messagesStoppedAt: null,
  leftForGood: false,
  heldUntilAt: null,
  holdReason: null,
  pausedAt: null,
  movedTouch: null,
  movedToAt: null,
  dueAt: '2027-03-09T15:03:03.923Z',
  next: {
    decision: 'wait',
    touch: { key: 'two-days.call.1', channel: 'voice', version: 1 },
    sentence: 'Next is two-days.call.1 (voice) at 2027-03-09T15:03:03.923Z: call 1 of 3.',
    reasons: [{ code: 'retry', attempt: 1, of: 3 }],
    askAt: '2027-03-09T15:03:03.923Z',
  },
};

export const ENROLLMENT_EXAMPLE = {
  ...ENROLLMENT_SUMMARY_EXAMPLE,
  workflowUrl: `http://127.0.0.1:8233/namespaces/default/workflows/enrollment%2F${EXAMPLE_IDS.enrollment}`,
};
