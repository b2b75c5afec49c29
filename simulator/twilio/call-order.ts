import * as z from 'zod';
import { isE164, isFictional } from '../fictional-address';
import type { TwilioErrorCode } from './error';

/** A form as Express reads it: repeated names are lists. */
export const FormSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({});
export type Form = z.infer<typeof FormSchema>;

const MethodSchema = z.enum(['GET', 'POST']).default('POST');
const EventSchema = z.enum(['initiated', 'ringing', 'answered', 'completed']);
export type CallEvent = z.infer<typeof EventSchema>;

export const CallOrderSchema = z.object({
  to: z.string(),
  from: z.string(),
  url: z.string().optional(),
  twiml: z.string().optional(),
  method: MethodSchema,
  statusCallback: z.string().optional(),
  statusCallbackMethod: MethodSchema,
  statusCallbackEvents: z.array(EventSchema),
  timeoutSeconds: z.coerce.number().int().min(1).max(600).default(60),
  machineDetection: z.enum(['Enable', 'DetectMessageEnd']).optional(),
  asyncAmd: z.boolean(),
  asyncAmdStatusCallback: z.string().optional(),
  asyncAmdStatusCallbackMethod: MethodSchema,
});
export type CallOrder = z.infer<typeof CallOrderSchema>;

/** The order in a form of `POST Calls.json`, or the code with which Twilio refuses it. */
export function readCallOrder(form: Form): CallOrder | TwilioErrorCode {
  const refusal = refusalOf(form);
  if (refusal !== null) return refusal;
  const parsed = CallOrderSchema.safeParse({
    to: textOf(form, 'To'),
    from: textOf(form, 'From'),
    url: textOf(form, 'Url'),
    twiml: textOf(form, 'Twiml'),
    method: textOf(form, 'Method'),
    statusCallback: textOf(form, 'StatusCallback'),
    statusCallbackMethod: textOf(form, 'StatusCallbackMethod'),
    statusCallbackEvents: eventsOf(form),
    timeoutSeconds: textOf(form, 'Timeout'),
    machineDetection: textOf(form, 'MachineDetection'),
    asyncAmd: textOf(form, 'AsyncAmd') === 'true',
    asyncAmdStatusCallback: textOf(form, 'AsyncAmdStatusCallback'),
    asyncAmdStatusCallbackMethod: textOf(form, 'AsyncAmdStatusCallbackMethod'),
  });
  return parsed.success ? parsed.data : 20001;
}

export function textOf(form: Form, name: string): string | undefined {
  const value = form[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === '' ? undefined : first;
}

/** The attempt that an order belongs to: the product writes it into the callback URL as `a`. */
export function attemptIdOf(statusCallback: string | undefined): string | undefined {
  if (statusCallback === undefined || !URL.canParse(statusCallback)) return undefined;
  return new URL(statusCallback).searchParams.get('a') ?? undefined;
}

/** For the ledger: what stands behind the question mark proves who may call back, and is nobody else's business. */
export function withoutQuery(url: string | undefined): string | undefined {
  return url?.replace(/[?#].*$/s, '');
}

/** The code for a number that is not there, malformed, or could belong to somebody. */
export function numberRefusal(
  number: string | undefined,
  missing: TwilioErrorCode,
  invalid: TwilioErrorCode,
): TwilioErrorCode | null {
  if (number === undefined) return missing;
  return isE164(number) && isFictional(number) ? null : invalid;
}

function refusalOf(form: Form): TwilioErrorCode | null {
  const numbers = numberRefusal(textOf(form, 'To'), 21201, 21211) ?? numberRefusal(textOf(form, 'From'), 21213, 21212);
  if (numbers !== null) return numbers;
  const url = textOf(form, 'Url');
  if (url === undefined) return textOf(form, 'Twiml') === undefined ? 21205 : null;
  return URL.canParse(url) ? null : 21205;
}

/** Sent as a repeated parameter, or as one with blanks; `completed` alone if nothing is asked for. */
function eventsOf(form: Form): CallEvent[] {
  const given = [form['StatusCallbackEvent'] ?? []].flat().flatMap((text) => text.split(/\s+/));
  const known = EventSchema.options.filter((event) => given.includes(event));
  return known.length === 0 ? ['completed'] : known;
}
