import * as z from 'zod';
import { BucketSchema, CallOutcomeSchema } from './rule';

/** What a forecast takes for granted about people: nobody can know it, so it is said. */

const rateSchema = z.number().min(0).max(1);
const secondsSchema = z.int().min(0).max(7_200);
const minutesSchema = z.int().min(0).max(44_640);

/** How one call goes. */
const CallAnswerSchema = z.strictObject({
  result: z.enum(['answered', 'voicemail', 'busy', 'no_answer', 'failed']),
  /** The tag of an answered call; null = none ever comes. */
  outcome: CallOutcomeSchema.nullable().default('unsuccessful'),
  /** An answered person asks to be called again so many minutes after the call. */
  callbackMinutes: minutesSchema.optional(),
  /** An answered person asks never to be contacted again. */
  optsOut: z.boolean().default(false),
});
export type CallAnswer = z.infer<typeof CallAnswerSchema>;

/** What comes of one text or mail: nothing, a STOP, or a reply that is read as a bucket. */
const MessageAnswerSchema = z.union([z.enum(['nothing', 'stop']), BucketSchema]);
export type MessageAnswer = z.infer<typeof MessageAnswerSchema>;

/** One contact whose answers are known: the nth call or message gets the nth, all further ones the last. */
const ScriptSchema = z.strictObject({
  contactId: z.uuid(),
  calls: z.array(CallAnswerSchema).max(50).default([]),
  texts: z.array(MessageAnswerSchema).max(50).default([]),
  mails: z.array(MessageAnswerSchema).max(50).default([]),
});
export type Script = z.infer<typeof ScriptSchema>;

export const AssumptionsSchema = z
  .strictObject({
    /** The same seed gives the same answers to the same people. */
    seed: z.int().min(0).max(999_999_999).default(1),
    /** Shares of all calls; nobody picks up the rest. */
    calls: z
      .strictObject({
        answered: rateSchema.default(0.25),
        voicemail: rateSchema.default(0.35),
        busy: rateSchema.default(0.05),
        failed: rateSchema.default(0.03),
      })
      .prefault({}),
    /** Shares of the answered calls; the rest is unsuccessful. */
    outcomes: z
      .strictObject({
        successful: rateSchema.default(0.3),
        converted: rateSchema.default(0.1),
        disqualified: rateSchema.default(0.1),
      })
      .prefault({}),
    /** Who answers and asks to be called again, and when. */
    callbacks: z.strictObject({ rate: rateSchema.default(0), afterMinutes: minutesSchema.default(1_440) }).prefault({}),
    /** Which share of the texts is answered by a STOP, and how soon replies come. */
    replies: z.strictObject({ stop: rateSchema.default(0.01), afterMinutes: minutesSchema.default(10) }).prefault({}),
    /** How long a call has its line: until it is picked up, then the talk. An unanswered one rings as long as the plan says where `noAnswer` is null. */
    seconds: z
      .strictObject({
        pickUp: secondsSchema.default(10),
        talk: secondsSchema.default(120),
        voicemail: secondsSchema.default(30),
        noAnswer: secondsSchema.nullable().default(null),
      })
      .prefault({}),
    scripts: z.array(ScriptSchema).max(1_000).default([]),
  })
  .check(({ value: { calls, outcomes, scripts }, issues }) => {
    for (const [field, shares] of Object.entries({ calls, outcomes })) {
      const sum = Object.values(shares).reduce((total, share) => total + share, 0);
      if (sum > 1 + ROUNDING)
        issues.push({
          code: 'custom',
          path: [field],
          input: shares,
          message: `the shares add up to ${Number(sum.toFixed(6))}, which is more than 1`,
        });
    }
    scripts.forEach(({ contactId }, at) => {
      if (scripts.findIndex((script) => script.contactId === contactId) < at)
        issues.push({
          code: 'custom',
          path: ['scripts', at, 'contactId'],
          input: contactId,
          message: `the contact ${contactId} has two scripts`,
        });
    });
  });
export type Assumptions = z.infer<typeof AssumptionsSchema>;

const ROUNDING = 1e-9;

/** How people answer: by their script, else by chance that depends on the seed, the person and the number of the call alone. */
export class Answers {
  private readonly scripts: ReadonlyMap<string, Script>;

  constructor(readonly assumptions: Assumptions) {
    this.scripts = new Map(assumptions.scripts.map((script) => [script.contactId, script]));
  }

  /** Of the person's nth call, counted from 0. */
  call(contactId: string, n: number): CallAnswer {
    const { calls, outcomes, callbacks } = this.assumptions;
    const known = nth(this.scripts.get(contactId)?.calls, n);
    if (known !== undefined) return known;
    const result = drawn(this.chance('call', contactId, n), calls) ?? 'no_answer';
    if (result !== 'answered') return { result, outcome: null, optsOut: false };
    const outcome = drawn(this.chance('outcome', contactId, n), outcomes) ?? 'unsuccessful';
    const asks = this.chance('callback', contactId, n) < callbacks.rate;
    return { result, outcome, optsOut: false, ...(asks ? { callbackMinutes: callbacks.afterMinutes } : {}) };
  }

  /** Of the person's nth text or mail, counted from 0. */
  message(contactId: string, channel: 'sms' | 'email', n: number): MessageAnswer {
    const script = this.scripts.get(contactId);
    const known = nth(channel === 'sms' ? script?.texts : script?.mails, n);
    if (known !== undefined) return known;
    return channel === 'sms' && this.chance('text', contactId, n) < this.assumptions.replies.stop ? 'stop' : 'nothing';
  }

  private chance(occasion: string, contactId: string, n: number): number {
    return chanceOf(`${this.assumptions.seed}/${occasion}/${contactId}/${n}`);
  }
}

function nth<T>(answers: readonly T[] | undefined, n: number): T | undefined {
  return answers?.[n] ?? answers?.at(-1);
}

function drawn<K extends string>(chance: number, shares: Readonly<Record<K, number>>): K | null {
  let below = 0;
  for (const key of keysOf(shares)) {
    below += shares[key];
    if (chance < below) return key;
  }
  return null;
}

function keysOf<K extends string>(shares: Readonly<Record<K, number>>): K[] {
  // Object.keys loses the key type; the object was parsed by a strict schema.
  return Object.keys(shares) as K[];
}

/** FNV-1a, then mixed so that texts that differ in their last letter are far apart; in [0, 1). */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
