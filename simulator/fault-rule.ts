import * as z from 'zod';
import { CALLBACK_MODES, CALLBACK_OPTIONS } from './callback-manner';
import { LedgerChannelSchema, type LedgerChannel } from './ledger-entry';
import { MAIL_MODES } from './mail-manner';

const OF_TWILIO = [
  'ok',
  '429',
  '500_not_executed',
  '500_executed',
  'timeout_not_executed',
  'timeout_executed',
  'reset',
] as const;
const OF_A_SERVICE = [
  'ok',
  '401',
  '429',
  '500',
  '504_executed',
  '504_not_executed',
  'error_in_200',
  'slow',
  'timeout_not_executed',
  'timeout_executed',
  'reset',
] as const;

/** What happens to the answer of a request; "executed" means that the asked for thing really happens all the same. */
const REQUEST_MODES = {
  voice: OF_TWILIO,
  sms: OF_TWILIO,
  email: ['ok', ...MAIL_MODES, 'drop_after_dot'],
  crm: OF_A_SERVICE,
  enrichment: OF_A_SERVICE,
} as const satisfies Record<LedgerChannel, readonly string[]>;

const MODES = [
  'ok',
  '401',
  '429',
  '500',
  '500_not_executed',
  '500_executed',
  '504_executed',
  '504_not_executed',
  'slow',
  'timeout_not_executed',
  'timeout_executed',
  'reset',
  'error_in_200',
  ...MAIL_MODES,
  'drop_after_dot',
  ...CALLBACK_MODES,
] as const;
export type FaultMode = (typeof MODES)[number];

export const OperationSchema = z.enum(['create', 'lookup', 'update', 'delete', 'inbound', 'rcpt', 'status', 'note']);
export type Operation = z.infer<typeof OperationSchema>;

const MatchSchema = z.strictObject({
  /** Left out: any operation of a CRM, creates (and their callbacks) of the other channels. */
  operation: OperationSchema.optional(),
  /** Phone number, mail address, or case id at a CRM. */
  to: z.string().optional(),
  attemptId: z.string().optional(),
  /** Only the nth matching request since the rule was put, counted from 1. */
  nth: z.int().min(1).optional(),
});

const OptionsSchema = z.strictObject({
  retryAfterSeconds: z.int().min(0).default(1),
  /** How long a timed out request is held open unless the client leaves, and how late a slow answer comes. */
  holdMs: z.int().min(1).default(35_000),
  /** For `reset` and `drop_after_dot`. */
  executed: z.boolean().default(true),
  ...CALLBACK_OPTIONS,
  /** The rule is over so many minutes of business time after it was put. */
  businessMinutes: z.number().positive().optional(),
});

export const FaultRuleSchema = z
  .strictObject({
    channel: LedgerChannelSchema,
    mode: z.enum(MODES),
    match: MatchSchema.prefault({}),
    /** Fires so many times at most. */
    times: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).default(1),
    options: OptionsSchema.prefault({}),
  })
  .refine((rule) => modesOf(rule.channel).includes(rule.mode), {
    path: ['mode'],
    error: 'the channel has no such mode (a refused connection is had by stopping the simulator)',
  });
export type FaultRule = z.infer<typeof FaultRuleSchema>;

export function modesOf(channel: LedgerChannel): readonly FaultMode[] {
  const callbacks = channel === 'voice' || channel === 'sms' ? CALLBACK_MODES : [];
  return [...REQUEST_MODES[channel], ...callbacks];
}

export function isCallbackMode(mode: FaultMode): boolean {
  return CALLBACK_MODES.some((name) => name === mode);
}
