import type { CallerPool } from '../domain/caller-number';
import type { Touch } from '../domain/decision';
import type { Run } from '../domain/plan';
import { parseTemplate, render, type TemplateValues } from '../domain/template';
import { CALLBACK_STEP, CALL_STEP } from '../domain/touch-key';
import { wordsIn } from '../domain/wording';
import { poolOf } from './caller-number';
import type { Tx } from './client';
import type { PlannerFrame } from './planner-input';
import { formToken, unsubscribeToken } from './tokens';

/** The words of an attempt, filled in for one person at the claim and kept as its evidence. */
export type Content =
  | {
      readonly kind: 'call';
      readonly greeting: string;
      readonly voicemail: string | null;
      readonly ringSeconds: number;
      readonly language: string;
    }
  | { readonly kind: 'sms'; readonly text: string }
  | {
      readonly kind: 'email';
      readonly subject: string;
      readonly text: string;
      readonly companyName: string;
      readonly companyAddress: string;
    };

export type Prepared = Content | { readonly kind: 'incomplete'; readonly missing: readonly string[] };

interface Ask {
  readonly touch: Touch;
  readonly frame: PlannerFrame;
  readonly keys: { readonly secretKey: string; readonly publicUrl: string };
}

/** Who writes or calls, to whom, and what texts may say of both. */
export interface Correspondents {
  readonly firstName: string;
  readonly lastName: string;
  readonly language: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The address itself; null when it is no more. */
  readonly to: string | null;
  readonly companyName: string;
  readonly companyAddress: string;
  readonly companyPhone: string;
  readonly pool: CallerPool;
  /** Hashes of our numbers at the person's last attempts, the last one first. */
  readonly heardFrom: readonly string[];
  readonly mailFrom: string;
  readonly subject: string;
  /** Who found the address for us; null = it was given. */
  readonly foundBy: string | null;
}

const MOST_SMS_CHARACTERS = 1_600;
const MOST_MAIL_CHARACTERS = 100_000;
const CALLBACK_RING_SECONDS = 30;

export async function correspondentsOf(tx: Tx, enrollmentId: string, toHash: string): Promise<Correspondents> {
  const [row] = await tx<Correspondents[]>`
    select p.first_name, p.last_name, p.language, p.attributes, (select value from address where hash = ${toHash}) as to,
      s.company_name, s.company_address, s.company_phone, s.mail_from, c.subject,
      ${poolOf(tx)} as pool,
      array(select t.from_hash from enrollment o join attempt t on t.enrollment_id = o.id
        where o.contact_id = p.id and t.channel <> 'email' and t.state <> 'not_sent'
        order by t.claimed_at desc, t.claimed_rt desc limit 20) as heard_from,
      (select source from found_address where contact_id = p.id and hash = ${toHash}) as found_by
    from enrollment e
    join campaign c on c.id = e.campaign_id
    join contact p on p.id = e.contact_id
    cross join settings s
    where e.id = ${enrollmentId}`;
  if (row === undefined) throw new Error(`there is no enrollment ${enrollmentId}`);
  return row;
}

export function prepareContent(person: Correspondents, { touch, frame, keys }: Ask): Prepared {
  const values = valuesOf(person, linksOf(frame, keys));
  const run = frame.input.plan.runs.find(({ key }) => key === touch.runKey);
  if (touch.stepKey === CALL_STEP || touch.stepKey === CALLBACK_STEP)
    return callContent(run ?? firstWithCalls(frame), person, values);
  const message = run?.messages.find(({ key }) => key === touch.stepKey);
  if (message === undefined) return { kind: 'incomplete', missing: [touch.stepKey] };
  return message.channel === 'sms'
    ? smsContent(wordsIn<SmsWords>(person.language, message, message.translations), values)
    : mailContent(wordsIn<MailWords>(person.language, message, message.translations), person, values);
}

export interface SmsWords {
  readonly text: string;
}

export interface MailWords {
  readonly subject: string;
  readonly text: string;
}

export function smsContent(words: SmsWords, values: TemplateValues): Prepared {
  const text = render(parseTemplate(words.text), values, MOST_SMS_CHARACTERS);
  return text.ok ? { kind: 'sms', text: text.text } : { kind: 'incomplete', missing: text.missing };
}

export function mailContent(
  words: MailWords,
  person: Pick<Correspondents, 'companyName' | 'companyAddress'>,
  values: TemplateValues,
): Prepared {
  const subject = render(parseTemplate(words.subject), values, MOST_MAIL_CHARACTERS);
  const text = render(parseTemplate(words.text), values, MOST_MAIL_CHARACTERS);
  if (!subject.ok) return { kind: 'incomplete', missing: subject.missing };
  if (!text.ok) return { kind: 'incomplete', missing: text.missing };
  return {
    kind: 'email',
    subject: subject.text,
    text: text.text,
    companyName: person.companyName,
    companyAddress: person.companyAddress,
  };
}

export function callContent(
  run: Run | undefined,
  person: Pick<Correspondents, 'language'>,
  values: TemplateValues,
): Prepared {
  const calls = run?.calls;
  if (calls === undefined) return { kind: 'incomplete', missing: ['calls'] };
  const greeting = render(parseTemplate(calls.greeting), values, MOST_SMS_CHARACTERS);
  if (!greeting.ok) return { kind: 'incomplete', missing: greeting.missing };
  if (calls.voicemail.kind === 'hang_up') return asCall(greeting.text, null, calls.ringSeconds, person);
  const voicemail = render(parseTemplate(calls.voicemail.text), values, MOST_SMS_CHARACTERS);
  if (!voicemail.ok) return { kind: 'incomplete', missing: voicemail.missing };
  return asCall(greeting.text, voicemail.text, calls.ringSeconds, person);
}

function asCall(
  greeting: string,
  voicemail: string | null,
  ringSeconds: number,
  { language }: Pick<Correspondents, 'language'>,
): Content {
  return { kind: 'call', greeting, voicemail, ringSeconds: ringSeconds || CALLBACK_RING_SECONDS, language };
}

/** A callback belongs to no run; it speaks as the first run with calls does. */
function firstWithCalls({ input }: PlannerFrame): Run | undefined {
  return input.plan.runs.find(({ calls }) => calls !== undefined);
}

interface Links {
  readonly form: string;
  readonly unsubscribe: string;
}

function linksOf({ input }: PlannerFrame, { secretKey, publicUrl }: Ask['keys']): Links {
  const enrollmentId = input.enrollment.id;
  return {
    form: `${publicUrl}/f/${formToken(secretKey, enrollmentId)}`,
    unsubscribe: `${publicUrl}/u/${unsubscribeToken(secretKey, enrollmentId)}`,
  };
}

/** What a text may speak of, of this person. */
export function valuesOf(
  person: Omit<Correspondents, 'language' | 'to' | 'callerNumbers' | 'mailFrom'>,
  links: Links,
): TemplateValues {
  return {
    contact: {
      ...person.attributes,
      first_name: person.firstName,
      last_name: person.lastName,
      full_name: `${person.firstName} ${person.lastName}`.trim(),
    },
    company: { name: person.companyName, address: person.companyAddress, phone: person.companyPhone },
    campaign: { subject: person.subject },
    form: { link: links.form },
    unsubscribe: { link: links.unsubscribe },
  };
}
