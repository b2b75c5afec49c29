/**
 * What a mail system says of a mail that it could not deliver: a delivery status notification (RFC 3464). Read as lines,
 * whatever the parts of the mail were wrapped in on the way to us; everything in it may be forged.
 */

export interface Bounce {
  /** Hard: nobody will ever read mail at this address. Soft: this mail was not delivered. Delayed: it may still be. */
  readonly kind: 'hard' | 'soft' | 'delayed';
  /** Enhanced status code (RFC 3463), such as 5.1.1. */
  readonly status: string;
  /** To whom the mail could not be delivered, as the mail system writes it; null when it doesn't say. */
  readonly recipient: string | null;
  /** Ids by which the returned mail names its attempt. */
  readonly attemptIds: readonly string[];
  /** Addresses in the returned mail that may carry the proof that it was ours. */
  readonly replyAddresses: readonly string[];
}

const REPORT = /^\s*multipart\/report\b/i;
/** Read receipts and feedback about spam are reports of another kind. */
const OTHER_REPORT = /report-type\s*=\s*"?(?!delivery-status)[\w-]/i;
const FIELD = /^([a-z][a-z-]*):[ \t]*(.*)$/i;
const STATUS = /^[245]\.\d{1,3}\.\d{1,3}/;
const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const REPLY_ADDRESS = /reply\+[0-9a-v]+\.[0-9a-v]+@[^\s<>?,;"]+/gi;
/** Who names an attempt of ours: the envelope, our own header, and the id that we gave the mail. */
const NAMING: readonly string[] = ['original-envelope-id', 'x-attempt-id', 'message-id'];

/** Says something of the sender, the size, the content or a policy, and nothing against the address. */
const NOT_THE_ADDRESS: readonly string[] = ['5.1.7', '5.1.8', '5.2.2', '5.2.3', '5.3.4'];
const NOT_THE_ADDRESS_SUBJECTS: readonly string[] = ['5.6.', '5.7.'];

/** A forged notification may hold as many names as it likes; a mail of ours has one. */
const MOST_NAMES = 5;

type Fields = readonly (readonly [name: string, value: string])[];

/** Null for everything else, also for the notice that a mail was delivered. */
export function readBounce({
  headers,
  text,
}: {
  headers: Readonly<Record<string, string>>;
  text: string;
}): Bounce | null {
  if (!isDeliveryReport(headers)) return null;
  const fields = fieldsOf(text);
  const status = STATUS.exec(valueOf(fields, 'status') ?? '')?.[0];
  const kind = status === undefined ? null : kindOf(status, valueOf(fields, 'action') ?? 'failed');
  if (status === undefined || kind === null) return null;
  return {
    kind,
    status,
    recipient: addressIn(valueOf(fields, 'original-recipient') ?? valueOf(fields, 'final-recipient')),
    attemptIds: unique(fields.flatMap(([name, value]) => (NAMING.includes(name) ? (value.match(UUID) ?? []) : []))),
    replyAddresses: unique(text.match(REPLY_ADDRESS) ?? []),
  };
}

function isDeliveryReport(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && REPORT.test(value) && !OTHER_REPORT.test(value),
  );
}

/** A line that begins with a space goes on with the one before. */
function fieldsOf(text: string): Fields {
  const lines = text.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, name, value] = FIELD.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()] as const];
  });
}

function valueOf(fields: Fields, wanted: string): string | undefined {
  return fields.find(([name]) => name === wanted)?.[1];
}

function kindOf(status: string, action: string): Bounce['kind'] | null {
  if (/^delayed\b/i.test(action)) return 'delayed';
  if (!/^failed\b/i.test(action) || status.startsWith('2')) return null;
  const isHard =
    status.startsWith('5') &&
    !NOT_THE_ADDRESS.includes(status) &&
    !NOT_THE_ADDRESS_SUBJECTS.some((subject) => status.startsWith(subject));
  return isHard ? 'hard' : 'soft';
}

/** "rfc822; asha@example.com" → "asha@example.com" */
function addressIn(recipient: string | undefined): string | null {
  const address = recipient?.replace(/^[^;]*;/, '').trim() ?? '';
  return address === '' ? null : address;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.toLowerCase()))].slice(0, MOST_NAMES);
}
