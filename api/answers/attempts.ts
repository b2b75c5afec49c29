import * as z from 'zod';
import { ChannelSchema } from '../../domain/channel';
import type { AttemptState, Disposition, TaggedOutcome } from '../../domain/planner-input';
import { Actor, At, EXAMPLE_IDS, Id, oneOf, pageOfAnswers } from './fields';

const text = z.string();

const AttemptStateSchema = oneOf<AttemptState>()(
  'claimed',
  'accepted',
  'not_sent',
  'unknown',
  'unknown_final',
  'ended',
);
const DispositionSchema = oneOf<Disposition>()(
  'answered',
  'voicemail',
  'busy',
  'no_answer',
  'failed',
  'canceled',
  'delivered',
  'undelivered',
);
const OutcomeSchema = oneOf<TaggedOutcome>()('successful', 'unsuccessful', 'converted', 'disqualified', 'untagged');

const AttemptAnswer = z
  .object({
    id: Id,
    touchKey: text.describe('`<run>.<step>.<ordinal>`'),
    try: z.int().min(1),
    channel: ChannelSchema,
    to: text.describe('The address that was tried.'),
    foundBy: text.nullable().describe('Who had found the address for us (K-7); null = it was given.'),
    state: AttemptStateSchema.describe(
      '`unknown`: the answer was lost and is being looked for; it is never sent again meanwhile.',
    ),
    status: text.nullable().describe("The provider's word."),
    answeredBy: text.nullable(),
    disposition: DispositionSchema.nullable(),
    outcome: OutcomeSchema.nullable(),
    durationSeconds: z.int().min(0).nullable(),
    errorCode: text.nullable(),
    errorDetail: text.nullable(),
    providerSid: text.nullable(),
    version: z.int().min(1).describe('The version of the campaign that it was claimed under.'),
    claimedAt: At,
    acceptedAt: At.nullable(),
    endedAt: At.nullable(),
  })
  .meta({ id: 'Attempt', description: 'One try to carry out a planned moment of contact.' });

export const AttemptPageAnswer = pageOfAnswers('Attempt', AttemptAnswer);

const TimelineEntryAnswer = z
  .object({
    id: z.int(),
    kind: text.describe(
      'What happened: `call_started`, `call_ended`, `call_analyzed`, `message_sent`, `message_delivered`, `message_failed`, `message_received`, ' +
        '`touch_refused`, `opted_out`, `handoff_requested`, `handed_back`, `form_started`, `form_completed`, `rule_fired`, `action_done`, ' +
        '`action_failed`, `callback_requested`, `callback_closed`, `contact_status_changed`, `crm_status_changed`, `operator_order`, `transfer_started`, …; more may be added.',
    ),
    attemptId: Id.nullable(),
    factId: Id.nullable(),
    data: z.record(text, z.unknown()).describe('Details by kind, never what a person said.'),
    actor: Actor,
    at: At,
  })
  .meta({ id: 'TimelineEntry' });

export const TimelinePageAnswer = pageOfAnswers('Timeline', TimelineEntryAnswer);

export const ATTEMPT_EXAMPLE = {
  id: EXAMPLE_IDS.attempt,
  touchKey: 'two-days.call.1',
  try: 1,
  channel: 'voice',
  to: '+12125550123',
  foundBy: null,
  state: 'ended',
  status: 'no_answer',
  answeredBy: null,
  disposition: 'no_answer',
  outcome: null,
  durationSeconds: null,
  errorCode: null,
  errorDetail: null,
  providerSid: 'CA00000000000000000000000000000001',
  version: 1,
  claimedAt: '2027-03-08T15:00:10.000Z',
  acceptedAt: '2027-03-08T15:00:10.300Z',
  endedAt: '2027-03-08T15:00:36.000Z',
};

export const TIMELINE_EXAMPLE = {
  id: 4711,
  kind: 'call_ended',
  attemptId: EXAMPLE_IDS.attempt,
  factId: EXAMPLE_IDS.fact,
  data: { disposition: 'no_answer' },
  actor: 'provider',
  at: '2027-03-08T15:00:36.000Z',
};
