import * as z from 'zod';
import { normaliseEmail } from './email';
import { usablePhone } from './phone';

/** Who of the team is told that somebody waits for a person, and who is told next (U-4). */

const MOST_RECIPIENTS = 20;

const recipientSchema = z.discriminatedUnion('channel', [
  z.strictObject({
    channel: z.literal('sms'),
    to: z
      .string()
      .max(40)
      .refine((value) => usablePhone(value)?.e164 === value, 'must be a phone number in E.164 like +12125550123'),
  }),
  z.strictObject({
    channel: z.literal('email'),
    to: z.string().max(254).refine(isMail, 'must be a mail address in lower case'),
  }),
]);

const recipientsSchema = z
  .array(recipientSchema)
  .max(MOST_RECIPIENTS)
  .check(({ value, issues }) => {
    value.forEach(({ to }, at) => {
      if (value.findIndex((other) => other.to === to) < at)
        issues.push({ code: 'custom', path: [at, 'to'], input: to, message: 'the address is named twice' });
    });
  });

export const HandoffAlertsSchema = z
  .strictObject({
    /** Told at once; none = nobody is, the inbox shows it all the same. */
    recipients: recipientsSchema.default([]),
    /** Told when nobody has taken it by then; null = nobody else is. */
    escalation: z
      .strictObject({ afterMinutes: z.int().min(1).max(1440), recipients: recipientsSchema.min(1) })
      .nullable()
      .default(null),
  })
  .refine(({ recipients, escalation }) => recipients.length > 0 || escalation === null, {
    path: ['recipients'],
    message: 'must name somebody where an escalation is set: there is nothing to escalate from',
  });

export type HandoffAlerts = z.infer<typeof HandoffAlertsSchema>;

export interface AlertSubject {
  readonly campaignName: string;
  readonly reason: string;
  readonly level: 1 | 2;
  readonly link: string;
}

/** What the team reads; it names nobody, for a phone lies on a table. */
export function alertWords({ campaignName, reason, level, link }: AlertSubject): { subject: string; text: string } {
  const what = reason === 'unclear_reply' ? 'A reply waits to be read' : 'Somebody asks for a person';
  const still = level === 2 ? 'Nobody has taken it yet: ' : '';
  const subject = `${still}${what} (${campaignName})`;
  return { subject, text: `${subject}. ${link}` };
}

function isMail(value: string): boolean {
  try {
    return normaliseEmail(value) === value;
  } catch {
    return false;
  }
}
