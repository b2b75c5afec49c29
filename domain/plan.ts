import * as z from 'zod';
import { CalendarDaySchema } from './calendar-day';
import type { Channel } from './channel';
import { slotListSchema } from './slots';
import { CALL_STEP, CALLBACK_STEP, PROMISES_RUN } from './touch-key';
import { translationsSchema } from './wording';

/** The part of a version that says what is done to a contact: runs, touches, texts. Changes of it are versioned per enrollment. */

const KEY = /^[a-z0-9][a-z0-9-]{0,39}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const MONTH_MINUTES = 31 * 24 * 60;

const keySchema = z.string().regex(KEY, 'must be 1 to 40 characters a–z, 0–9 or "-", not starting with "-"');
const timeSchema = z.string().regex(TIME, 'must be a time like 09:00');
const minutesSchema = z.int().min(0).max(MONTH_MINUTES);
const textSchema = z.string().trim().min(1).max(1600);

/** ISO: 1 is Monday. */
export const WeekdaySchema = z.literal([1, 2, 3, 4, 5, 6, 7]);

/** K-2, K-3: one start and end for this run, or the blocks of the campaign that all such runs share. */
const runHoursSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('calling_times'), slots: slotListSchema }),
  z.strictObject({ mode: z.literal('company_times') }),
]);

/** Minutes from the end of the last attempt to the next, by how it ended. K-12: four hours where nothing is said. */
const spacingSchema = z.strictObject({
  default: minutesSchema.default(240),
  busy: minutesSchema.optional(),
  noAnswer: minutesSchema.optional(),
  voicemail: minutesSchema.optional(),
  failed: minutesSchema.optional(),
  unsuccessful: minutesSchema.optional(),
});

const voicemailSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hang_up') }),
  z.strictObject({ kind: z.literal('leave_text'), text: textSchema }),
]);

const callsSchema = z.strictObject({
  attempts: z.int().min(1).max(30),
  spacingMinutes: spacingSchema.prefault({}),
  perDay: z.int().min(1).max(10).default(3),
  avoidFailedHour: z.boolean().default(false),
  /** Nobody is called who has not agreed to calls of this class (C12); left out = the calls need no consent. */
  requiresConsent: z.enum(['live_call', 'ai_voice', 'prerecorded']).optional(),
  ringSeconds: z.int().min(5).max(60).default(25),
  greeting: textSchema,
  voicemail: voicemailSchema.default({ kind: 'hang_up' }),
});

/** A call's result as a message may ask for it. `unanswered` covers busy, no answer, failed and voicemail. */
export const CallResultSchema = z.enum([
  'any',
  'unanswered',
  'voicemail',
  'successful',
  'unsuccessful',
  'converted',
  'disqualified',
]);
export type CallResult = z.infer<typeof CallResultSchema>;

const whenSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('before_call'), delayMinutes: minutesSchema.default(2) }),
  z.strictObject({
    kind: z.literal('after_call'),
    results: z.array(CallResultSchema).min(1),
    delayMinutes: minutesSchema.default(0),
    repeat: z.enum(['once', 'each']).default('once'),
  }),
  z.strictObject({ kind: z.literal('after_start'), delayMinutes: minutesSchema.default(0) }),
  z.strictObject({ kind: z.literal('at'), on: CalendarDaySchema, time: timeSchema }),
]);

const messageFields = {
  key: keySchema,
  when: whenSchema,
  /** U-10: the words are those of a version of this template, filled in when the plan is saved. */
  templateId: z.uuid().optional(),
  templateVersion: z.int().min(1).optional(),
};
const subjectSchema = z.string().trim().min(1).max(200);
const mailTextSchema = z.string().trim().min(1).max(50_000);
/** Of a message that names a template, as long as its words are not filled in: a draft is kept, and read again, like that. */
const UNFILLED = '';
/** Empty words are refused by `checkRun` where no template says whose they are. */
const wordsSchema = (longest: number) => z.string().trim().max(longest).default(UNFILLED);
const messageSchema = z.discriminatedUnion('channel', [
  z.strictObject({
    ...messageFields,
    channel: z.literal('sms'),
    text: wordsSchema(1600),
    translations: translationsSchema(z.strictObject({ text: textSchema })).optional(),
    requiresConsent: z.literal('marketing_sms').optional(),
  }),
  z.strictObject({
    ...messageFields,
    channel: z.literal('email'),
    subject: wordsSchema(200),
    text: wordsSchema(50_000),
    translations: translationsSchema(z.strictObject({ subject: subjectSchema, text: mailTextSchema })).optional(),
    requiresConsent: z.literal('marketing_email').optional(),
  }),
]);

const runSchema = z
  .strictObject({
    key: keySchema,
    startsOn: CalendarDaySchema,
    endsOn: CalendarDaySchema.nullable().default(null),
    weekdays: z.array(WeekdaySchema).min(1).default([1, 2, 3, 4, 5]),
    hours: runHoursSchema,
    calls: callsSchema.optional(),
    messages: z.array(messageSchema).max(50).default([]),
  })
  .check(checkRun);

export const PlanSchema = z
  .strictObject({
    runs: z.array(runSchema).min(1).max(50),
    /** The id of a form that is kept here, or the key of one that is kept elsewhere. */
    formId: keySchema.nullable().default(null),
    /** Who speaks (S1-7). Null = nobody, so there can be no calls; left out = the installation's own voice, as before there were agents. */
    agentId: z.uuid().nullable().optional(),
  })
  .check(({ value, issues }) => {
    if (value.agentId === null && value.runs.some(({ calls }) => calls !== undefined))
      issues.push(problem(['agentId'], null, 'calls need an agent; only messages go without one (S1-13)'));
    value.runs.forEach((run, at) => {
      if (value.runs.findIndex(({ key }) => key === run.key) < at)
        issues.push(problem(['runs', at, 'key'], run.key, `the run key "${run.key}" is used twice`));
    });
  });

export type Plan = z.infer<typeof PlanSchema>;
export type Run = Plan['runs'][number];
export type CallPlan = NonNullable<Run['calls']>;
export type PlannedMessage = Run['messages'][number];

/** The channels that a run uses. */
export function channelsOf({ calls, messages }: Run): Channel[] {
  return [
    ...new Set([...(calls === undefined ? [] : (['voice'] as const)), ...messages.map(({ channel }) => channel)]),
  ];
}

function checkRun({ value: run, issues }: z.core.ParsePayload<z.output<typeof runSchema>>): void {
  if (run.key === PROMISES_RUN)
    issues.push(problem(['key'], run.key, `the run key "${run.key}" is taken: promised callbacks have it`));
  if (run.endsOn !== null && run.endsOn < run.startsOn)
    issues.push(problem(['endsOn'], run.endsOn, `the run ends on ${run.endsOn}, before it starts on ${run.startsOn}`));
  if (run.calls === undefined && run.messages.length === 0)
    issues.push(problem(['messages'], run.messages, 'a run needs calls, messages or both'));
  run.messages.forEach((message, at) => {
    const { key, when, templateId, templateVersion } = message;
    const refuse = (field: string[], input: unknown, rule: string) =>
      issues.push(problem(['messages', at, ...field], input, rule));
    if (run.calls === undefined && (when.kind === 'before_call' || when.kind === 'after_call'))
      refuse(['when', 'kind'], when.kind, 'a messaging-only run has no call to be before or after (K-10)');
    if (when.kind === 'at' && (when.on < run.startsOn || (run.endsOn !== null && when.on > run.endsOn)))
      refuse(['when', 'on'], when.on, `the message is due on ${when.on}, which is no day of its run`);
    if (templateId === undefined) {
      if (templateVersion !== undefined)
        refuse(['templateVersion'], templateVersion, 'a version without templateId is a version of nothing');
      for (const [field, words] of wordFields(message))
        if (words === UNFILLED) refuse([field], words, 'must say something, or templateId must say whose words it has');
    }
    if (key === CALL_STEP || key === CALLBACK_STEP)
      refuse(['key'], key, `the message key "${key}" is taken: calls have it`);
    if (run.messages.findIndex((other) => other.key === key) < at)
      refuse(['key'], key, `the message key "${key}" is used twice in this run`);
  });
}

function wordFields(message: PlannedMessage): readonly (readonly [field: string, words: string])[] {
  const text = ['text', message.text] as const;
  return message.channel === 'email' ? [text, ['subject', message.subject]] : [text];
}

function problem(path: (string | number)[], input: unknown, message: string) {
  return { code: 'custom' as const, path, input, message };
}
