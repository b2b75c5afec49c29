import * as z from 'zod';
import { OutcomeNameSchema } from '../domain/rule';
import { InstantSchema } from './instant';
import { cutText, toldText } from './text';

/** What an outside platform may tell: POST /facts. `eventId` is its own name for what happened; the same again changes nothing. */

const about = {
  eventId: toldText(150).pipe(z.string().min(1)),
  /** The call as the provider names it. */
  callSid: toldText(64).pipe(z.string().min(1)).optional(),
};
const aboutCall = { ...about, attemptId: z.uuid().optional() };
const aboutContact = { ...aboutCall, enrollmentId: z.uuid().optional() };
const aboutForm = { ...about, formToken: z.string().max(200).optional(), enrollmentId: z.uuid().optional() };

export const FactInputSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('call_outcome'),
      ...aboutCall,
      /** One of ours, or the firm's own name for one: what it counts as stands in the mapping of its CRM. */
      outcome: OutcomeNameSchema,
      summary: toldText(4000).optional(),
      by: z.enum(['agent', 'operator']).default('agent'),
      runRules: z.boolean().default(true),
    }),
    z.strictObject({ kind: z.literal('wrong_number'), ...aboutCall }),
    z.strictObject({ kind: z.literal('handoff_requested'), ...aboutContact, reason: toldText(1000).optional() }),
    z.strictObject({
      kind: z.literal('callback_requested'),
      ...aboutContact,
      at: InstantSchema.optional(),
      /** The person's words, read in the person's own zone. */
      text: toldText(500).pipe(z.string().min(1)).optional(),
    }),
    z.strictObject({ kind: z.literal('form_started'), ...aboutForm }),
    z.strictObject({
      kind: z.literal('form_completed'),
      ...aboutForm,
      answers: z.record(toldText(120).pipe(z.string().min(1)), toldText(4000)).default({}),
    }),
    z.strictObject({
      kind: z.literal('inbound_email'),
      ...about,
      from: toldText(320).pipe(z.string().min(1)),
      to: toldText(320).pipe(z.string().min(1)),
      subject: cutText(1000).default(''),
      text: cutText(100_000).default(''),
      messageId: cutText(998).optional(),
      headers: z.record(toldText(200), cutText(10_000)).default({}),
    }),
  ])
  .check(({ value, issues }) => {
    const targets = TARGETS[value.kind].filter((target) => Reflect.get(value, target) !== undefined);
    if (TARGETS[value.kind].length > 0 && targets.length === 0) {
      const message = `one of ${TARGETS[value.kind].join(', ')} must say whom it is about`;
      issues.push({ code: 'custom', path: [TARGETS[value.kind][0] ?? ''], input: undefined, message });
    }
    if (value.kind === 'callback_requested' && (value.at === undefined) === (value.text === undefined))
      issues.push({
        code: 'custom',
        path: ['at'],
        input: undefined,
        message: 'one of at and text must say when, and only one',
      });
  });

export type FactInput = z.output<typeof FactInputSchema>;
export type FactInputOf<K extends FactInput['kind']> = Extract<FactInput, { kind: K }>;

const OF_CALL = ['callSid', 'attemptId'] as const;
const OF_CONTACT = [...OF_CALL, 'enrollmentId'] as const;
const OF_FORM = ['formToken', 'enrollmentId'] as const;

/** The fields of which one must say whom the fact is about. Mails say it by their address. */
const TARGETS: Readonly<Record<FactInput['kind'], readonly string[]>> = {
  call_outcome: OF_CALL,
  wrong_number: OF_CALL,
  handoff_requested: OF_CONTACT,
  callback_requested: OF_CONTACT,
  form_started: OF_FORM,
  form_completed: OF_FORM,
  inbound_email: [],
};
