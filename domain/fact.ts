import * as z from 'zod';
import { ChannelSchema } from './channel';
import { StatusFieldSchema } from './crm-status';
import { BucketSchema, CallOutcomeSchema, OutcomeNameSchema } from './rule';

/** Something that happened outside. Written down as it arrives; `fold` says what it changes. */

const codeSchema = z.string().max(60);
const instantSchema = z.int();

/** The provider's words for a live call, in the order of its life. */
export const CallStatusSchema = z.enum([
  'queued',
  'initiated',
  'ringing',
  'in_progress',
  'completed',
  'busy',
  'no_answer',
  'failed',
  'canceled',
]);
export type CallStatus = z.infer<typeof CallStatusSchema>;

export const MessageStatusSchema = z.enum([
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
]);
export type MessageStatus = z.infer<typeof MessageStatusSchema>;

export const AnsweredBySchema = z.enum(['human', 'machine', 'fax', 'unknown']);
export type AnsweredBy = z.infer<typeof AnsweredBySchema>;

export const OrderSchema = z.enum([
  'complete',
  'remove',
  'pause',
  'resume',
  'hand_back',
  'stop_calls',
  'stop_messaging',
  'cancel_callback',
  /** an admin takes outreach up again although a rule had ended it for good. */
  'bring_back',
]);
export type Order = z.infer<typeof OrderSchema>;

const OptOutSourceSchema = z.enum(['reply', 'keypress', 'unsubscribe', 'operator', 'provider', 'speech']);

export const FactBodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('call_progress'),
    status: CallStatusSchema,
    sid: z.string().max(64).optional(),
    durationSeconds: z.int().min(0).optional(),
    errorCode: codeSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('machine_detected'),
    answeredBy: AnsweredBySchema,
    sid: z.string().max(64).optional(),
  }),
  z.strictObject({
    kind: z.literal('message_progress'),
    status: MessageStatusSchema,
    sid: z.string().max(64).optional(),
    errorCode: codeSchema.optional(),
    /** A mail that came back; after a hard bounce nobody writes to the address any more. */
    bounce: z.enum(['hard', 'soft']).optional(),
  }),
  /** the voice agent's tag, or a person's correction, which fires rules only where it says so. */
  z.strictObject({
    kind: z.literal('call_outcome'),
    outcome: CallOutcomeSchema,
    by: z.enum(['agent', 'operator']).default('agent'),
    runRules: z.boolean().default(true),
    summary: z.string().max(4000).optional(),
    /** The firm's own name for it, which the mapping of the CRM counts as `outcome`. */
    named: OutcomeNameSchema.optional(),
  }),
  /** an outcome that nobody has mapped is recorded; what it means to the plan is not known. */
  z.strictObject({
    kind: z.literal('outcome_unmapped'),
    named: OutcomeNameSchema,
    runRules: z.boolean().default(true),
    summary: z.string().max(4000).optional(),
  }),
  /** R-2 (b): an unanswered series has spent its last allowed attempt, or its run is over. */
  z.strictObject({ kind: z.literal('series_ended'), runKey: z.string() }),
  z.strictObject({ kind: z.literal('call_untagged') }),
  z.strictObject({
    kind: z.literal('reply'),
    channel: ChannelSchema,
    verdict: z.enum(['revoke', 'unclear', 'none']),
    providerId: z.string().max(255).optional(),
  }),
  z.strictObject({
    kind: z.literal('reply_classified'),
    bucket: BucketSchema,
    callbackAt: instantSchema.optional(),
    replyFactId: z.uuid(),
  }),
  z.strictObject({ kind: z.literal('handoff_requested'), reason: z.string().max(1000).optional() }),
  z.strictObject({ kind: z.literal('form_started'), formId: z.string().max(60) }),
  z.strictObject({
    kind: z.literal('form_completed'),
    formId: z.string().max(60),
    answers: z.record(z.string().max(120), z.string().max(4000)).default({}),
  }),
  z.strictObject({
    kind: z.literal('opted_out'),
    source: OptOutSourceSchema,
    channels: z.array(ChannelSchema).min(1).default(['voice', 'sms', 'email']),
  }),
  z.strictObject({
    kind: z.literal('callback_requested'),
    at: instantSchema,
    by: z.literal('operator').optional(),
  }),
  /** An operator gave one touch an instant of its own. */
  z.strictObject({
    kind: z.literal('touch_moved'),
    touchKey: z.string().max(120),
    at: instantSchema,
    note: z.string().max(1000).optional(),
  }),
  z.strictObject({ kind: z.literal('wrong_number') }),
  /** A text of ours that is to be kept elsewhere as well; nothing follows from it. */
  z.strictObject({ kind: z.literal('text_sent') }),
  /** U-1: somebody has changed the status of a case in the CRM. */
  z.strictObject({
    kind: z.literal('crm_status'),
    caseId: z.uuid(),
    field: StatusFieldSchema,
    group: z.string().max(120).optional(),
    value: z.string().max(120),
    /** The connection says that outreach ends here, whatever the campaign does. */
    stops: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('order'), order: OrderSchema, note: z.string().max(1000).optional() }),
]);
export type FactBody = z.infer<typeof FactBodySchema>;
export type FactKind = FactBody['kind'];
