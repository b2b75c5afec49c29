import * as z from 'zod';

/** What many answers are made of. */

export const Id = z.uuid();
export const At = z.iso.datetime().describe('An instant in UTC, business time.');
export const RealTime = z.iso.datetime().describe('An instant in UTC, by the clock on the wall.');
export const Count = z.int().min(0);
export const Actor = z
  .string()
  .describe('Who did it: `key:<name of the API key>`, `contact`, `provider` or a part of the system.');
export const Revision = z
  .int()
  .min(1)
  .describe('Counts the changes; goes back with the next one, so that nobody overwrites what they have not seen.');

/** One of these words; the compiler refuses a list that lacks one of the type's. */
export function oneOf<W extends string>() {
  return <const L extends readonly W[]>(...words: [W] extends [L[number]] ? L : never) => z.enum<L>(words);
}

/** One page of `item`, named after it. */
export function pageOfAnswers(name: string, item: z.ZodType): z.ZodType {
  return z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().describe('Send it as `cursor` for the next page; null = there are no more.'),
    })
    .meta({ id: `${name}Page` });
}

export function pageExample(...items: unknown[]): unknown {
  return { items, nextCursor: null };
}

/** The things that the examples of this document speak of. */
export const EXAMPLE_IDS = {
  list: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a01',
  contact: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a02',
  otherContact: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a0f',
  case: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a03',
  campaign: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a04',
  enrollment: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a05',
  attempt: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a06',
  fact: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a07',
  execution: '0d1f3f0a-7c52-5f0e-9f0b-3a4f6f1f2a08',
  agent: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a10',
  form: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a11',
} as const;

export const ContactNameAnswer = z
  .object({
    id: Id,
    externalId: z.string().nullable(),
    firstName: z.string(),
    lastName: z.string(),
  })
  .meta({ id: 'ContactName', description: 'Whom it is about.' });

export const CONTACT_NAME_EXAMPLE = {
  id: EXAMPLE_IDS.contact,
  externalId: 'P-1001',
  firstName: 'Asha',
  lastName: 'Rivera',
};
