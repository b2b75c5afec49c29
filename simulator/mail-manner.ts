import * as z from 'zod';

/** How a mail server treats a mail: refuses it while it is handed over, or takes it and sends it back later. */
export const MAIL_MODES = [
  '421',
  '451',
  '452',
  '550',
  '552',
  '554',
  'bounce_hard',
  'bounce_soft',
  'bounce_delayed',
] as const;

export const MailMannerSchema = z.strictObject({
  mode: z.enum(MAIL_MODES),
  /** Where a refusal is said: to the recipient's name or after the whole mail. */
  at: z.enum(['rcpt', 'data']).default('rcpt'),
  /** Only the first so many times, as greylisting does; always if absent. */
  times: z.int().min(1).optional(),
  /** Business time from the mail to its return; at once, after a moment, if absent. */
  delaySeconds: z.number().min(0).optional(),
});
export type MailManner = z.infer<typeof MailMannerSchema>;

const REFUSALS: ReadonlyMap<string, readonly [code: number, words: string]> = new Map([
  ['421', [421, '4.3.2 Service not available, closing transmission channel']],
  ['451', [451, '4.7.1 Greylisted, try again later']],
  ['452', [452, '4.2.2 Mailbox full']],
  ['550', [550, '5.1.1 No such mailbox']],
  ['552', [552, '5.2.2 Mailbox full']],
  ['554', [554, '5.7.1 Message refused']],
]);

/** What the server says instead of taking the mail; null for a mode that takes it. */
export function refusalOf(mode: string): Error | null {
  const [responseCode, words] = REFUSALS.get(mode) ?? [];
  return responseCode === undefined ? null : Object.assign(new Error(words), { responseCode });
}

export interface ReturnNotice {
  readonly action: 'failed' | 'delayed';
  readonly status: string;
  readonly reason: string;
}

const NOTICES: ReadonlyMap<string, ReturnNotice> = new Map([
  ['bounce_hard', { action: 'failed', status: '5.1.1', reason: '550 5.1.1 No such mailbox' }],
  ['bounce_soft', { action: 'failed', status: '4.4.7', reason: '451 4.4.7 Delivery time expired' }],
  ['bounce_delayed', { action: 'delayed', status: '4.4.1', reason: '421 4.4.1 No answer from host' }],
]);

/** What comes back of a mail that was taken; null for a mode that refuses it. */
export function noticeOf(mode: string): ReturnNotice | null {
  return NOTICES.get(mode) ?? null;
}
