import * as z from 'zod';
import { CallbackMannerSchema } from '../callback-manner';
import type { FactDraft } from '../facts';
import { type MailManner, MailMannerSchema, type ReturnNotice } from '../mail-manner';

export const ScriptNameSchema = z.enum([
  'answers_converts',
  'answers_successful',
  'answers_unsuccessful',
  'disqualified',
  'never_answers',
  'voicemail',
  'busy_then_answers',
  'fails',
  'asks_for_human',
  'wrong_number',
  'presses_opt_out',
  'stop_while_ringing',
  'replies_yes',
  'replies_callback',
  'replies_stop',
  'replies_no_more',
  'replies_question',
  'completes_form',
  'mail_replies',
  'refuses_mail',
  'mailbox_full',
  'defers_mail',
  'bounces_hard',
  'bounces_soft',
]);
export type ScriptName = z.infer<typeof ScriptNameSchema>;

const OutcomeSchema = z.enum(['successful', 'unsuccessful', 'converted', 'disqualified']);
export type Outcome = z.infer<typeof OutcomeSchema>;

/** What may be changed about a script for one person. */
export const ScriptOptionsSchema = z.strictObject({
  /** The voice agent's tag after an answered call; null = it never tags. */
  outcome: OutcomeSchema.nullable().optional(),
  summary: z.string().optional(),
  /** What is said at each question on the phone, one line a time; the person hangs up when there is none left. */
  lines: z.array(z.string()).optional(),
  /** The key pressed at the first question that takes keys. */
  key: z.string().optional(),
  /** Words of the reply by text or mail. */
  reply: z.string().optional(),
  /** Which message is replied to, counted from 1. */
  replyTo: z.int().min(1).optional(),
  /** How many calls find the line busy before one is answered. */
  busyCalls: z.int().min(0).optional(),
  /** The person asks on the phone to be called again, in these words. */
  callback: z.string().optional(),
  answers: z.record(z.string(), z.string()).optional(),
  answeredBy: z
    .enum(['human', 'machine_start', 'machine_end_beep', 'machine_end_silence', 'machine_end_other', 'fax', 'unknown'])
    .optional(),
  /** Texts to this person end undelivered with this error. */
  smsError: z.string().optional(),
  /** How the provider tells of calls and texts to this person, unless a fault says otherwise. */
  callbacks: CallbackMannerSchema.optional(),
  /** How the person's mail server treats mail, unless a fault says otherwise. */
  mail: MailMannerSchema.optional(),
});
export type ScriptOptions = z.infer<typeof ScriptOptionsSchema>;

/** What happened to this person so far, the present call or message included. */
export interface Memory {
  calls: number;
  texts: number;
  mails: number;
  replies: number;
}

export type PickUp = 'human' | 'machine' | 'busy' | 'no-answer' | 'failed';

/** Something a person, or a server or the voice agent on the person's behalf, does outside of the call itself. */
export type Deed =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'mail'; readonly body: string }
  | { readonly kind: 'return'; readonly notice: ReturnNotice }
  | { readonly kind: 'fact'; readonly fact: FactDraft }
  | { readonly kind: 'form'; readonly answers: Readonly<Record<string, string>> };

/** How a kind of person behaves. Pure: it is told what happened and says what it does. */
export interface Script {
  pickUp(memory: Memory, options: ScriptOptions): PickUp;
  readonly lines?: readonly string[];
  readonly key?: string;
  readonly outcome?: Outcome;
  readonly smsError?: string;
  readonly mail?: MailManner;
  /** Done as soon as the phone rings; it rings on for a while after that. */
  readonly whileRinging?: readonly Deed[];
  /** What the voice agent posts after a call that a human answered, before its tag. */
  readonly duringCall?: readonly Deed[];
  onText?(memory: Memory, options: ScriptOptions): readonly Deed[];
  onMail?(memory: Memory, options: ScriptOptions): readonly Deed[];
}
