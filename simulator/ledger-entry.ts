import * as z from 'zod';

export const LedgerChannelSchema = z.enum(['voice', 'sms', 'email', 'crm', 'enrichment']);
export type LedgerChannel = z.infer<typeof LedgerChannelSchema>;

/** One thing the outside world was asked for, or did by itself. */
export const LedgerEntrySchema = z.object({
  n: z.int(),
  /** Business time, epoch milliseconds. */
  at: z.number(),
  /** Real time, epoch milliseconds. */
  rt: z.number(),
  channel: LedgerChannelSchema,
  kind: z.enum([
    'create',
    'list',
    'fetch',
    'update',
    'delete',
    'status',
    'callback',
    'machine',
    'twiml',
    'inbound',
    'opt_out',
    'opt_in',
    'mail',
    'bounce',
    'fact',
    'assign',
    'crm_status',
    'crm_note',
    'crm_lookup',
    'enrichment',
    'crm_list',
    'crm_field',
  ]),
  sid: z.string().optional(),
  to: z.string().optional(),
  from: z.string().optional(),
  accepted: z.boolean().optional(),
  attemptId: z.string().optional(),
  status: z.string().optional(),
  detail: z.record(z.string(), z.unknown()),
});
export type LedgerEntry = z.infer<typeof LedgerEntrySchema>;
export type LedgerKind = LedgerEntry['kind'];
export type NewLedgerEntry = Omit<LedgerEntry, 'n' | 'at' | 'rt'>;
