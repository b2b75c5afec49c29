import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { FaultRuleSchema } from '../fault-rule';
import { isFictional, isFictionalMail } from '../fictional-address';
import { ScriptNameSchema, ScriptOptionsSchema } from '../people/script';

/** Bodies of the control routes. */
const PhoneSchema = z.string().refine(isFictional, { error: 'not a number kept for fiction, +1 xxx 555-01xx' });
const MailSchema = z.string().refine(isFictionalMail, { error: 'not an address at example.com or example.org' });

export const ProductSchema = z
  .strictObject({
    publicUrl: z.url().transform((url) => url.replace(/\/+$/, '')),
    apiKey: z.string().min(1),
  })
  .partial();

/** `{ faults: [...] }`, or the list alone. */
export const FaultListSchema = z.union([
  z.strictObject({ faults: z.array(FaultRuleSchema) }),
  z.array(FaultRuleSchema).transform((faults) => ({ faults })),
]);

export const AssignmentSchema = z
  .strictObject({
    phone: PhoneSchema.optional(),
    email: MailSchema.optional(),
    script: ScriptNameSchema,
    options: ScriptOptionsSchema.prefault({}),
  })
  .refine(({ phone, email }) => phone !== undefined || email !== undefined, { error: 'name a phone or an email' });

export const InboundTextSchema = z.strictObject({ from: PhoneSchema, to: PhoneSchema, body: z.string() });

export const InboundMailSchema = z
  .strictObject({
    from: MailSchema,
    to: MailSchema,
    subject: z.string().default(''),
    text: z.string(),
    messageId: z.string().optional(),
    /** Message-ID of the mail that is answered. */
    inReplyTo: z.string().optional(),
  })
  .transform(({ messageId, inReplyTo, ...mail }) => ({
    ...mail,
    messageId: messageId ?? `<${randomUUID()}@mail.example.com>`,
    headers: inReplyTo === undefined ? {} : { 'In-Reply-To': inReplyTo, References: inReplyTo },
  }));

export const UnknownLeadsSchema = z.array(z.string().min(1));
