import * as z from 'zod';
import { type Form, numberRefusal, textOf } from './call-order';
import type { TwilioErrorCode } from './error';

const LONGEST_BODY = 1600;

export const MessageOrderSchema = z.object({
  to: z.string(),
  from: z.string(),
  body: z.string(),
  statusCallback: z.string().optional(),
  /** Seconds; kept for the ledger, because a simulated text never waits. */
  validityPeriod: z.coerce.number().int().optional(),
});
export type MessageOrder = z.infer<typeof MessageOrderSchema>;

/** The order in a form of `POST Messages.json`, or the code with which Twilio refuses it. */
export function readMessageOrder(form: Form): MessageOrder | TwilioErrorCode {
  const refusal = refusalOf(form);
  if (refusal !== null) return refusal;
  const parsed = MessageOrderSchema.safeParse({
    to: textOf(form, 'To'),
    from: textOf(form, 'From'),
    body: textOf(form, 'Body'),
    statusCallback: textOf(form, 'StatusCallback'),
    validityPeriod: textOf(form, 'ValidityPeriod'),
  });
  return parsed.success ? parsed.data : 20001;
}

/** GSM-7 is 160 characters alone and 153 in a row, UCS-2 70 and 67; near enough for a count that nobody pays for. */
export function segmentsOf(body: string): number {
  const isPlain = [...body].every((character) => character <= '\u007f');
  const [alone, inRow] = isPlain ? [160, 153] : [70, 67];
  return body.length <= alone ? 1 : Math.ceil(body.length / inRow);
}

function refusalOf(form: Form): TwilioErrorCode | null {
  const numbers = numberRefusal(textOf(form, 'To'), 21604, 21211) ?? numberRefusal(textOf(form, 'From'), 21603, 21212);
  if (numbers !== null) return numbers;
  const body = textOf(form, 'Body');
  if (body === undefined) return 21602;
  if (body.length > LONGEST_BODY) return 21617;
  const callback = textOf(form, 'StatusCallback');
  return callback !== undefined && !URL.canParse(callback) ? 21609 : null;
}
