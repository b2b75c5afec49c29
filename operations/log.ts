import { type DestinationStream, type LogFn, type Logger, pino, stdTimeFunctions } from 'pino';
import { requestFields } from '../db/request-context';
import { describeError, withoutValues } from './log-error';

/** Names under which personal data and secrets travel, in lower case; whatever stands there is left out at any depth. */
const PRIVATE_NAMES: ReadonlySet<string> = new Set(
  [
    'phone phones to from email emails mail address addresses value recipient sender contact person attributes',
    'firstname lastname fullname first_name last_name html transcript said answer digits speechresult',
    'body text subject content message_body raw query params payload headers',
    'authorization cookie set-cookie x-twilio-signature password secret token credentials apikey api_key authtoken auth_token',
  ].flatMap((line) => line.split(' ')),
);

/** What may slip through inside a sentence, such as somebody else's error message. */
const PRIVATE_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^/\s:@"]*:[^/\s@"]+@/g, '//[redacted]@'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/(?:\+|%2B)[1-9]\d{7,14}/gi, '[phone]'],
  [/\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b/g, '[phone]'],
  [/[\w.%+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/gi, '[mail]'],
];

const REDACTED = '[redacted]';
/** Deeper than anything we log; below it nothing is shown. */
const MOST_LEVELS = 6;

export interface LogOptions {
  readonly level: string;
  /** Which of our programs speaks. */
  readonly role: string;
}

/** The one logger of every process: JSON lines without personal data or secrets, whoever wrote the message. */
export function createLog({ level, role }: LogOptions, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { role, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    mixin: requestFields,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => withoutPrivateFields(fields),
    },
    // Errors were described already, and pino's own way would tell their messages again.
    serializers: { err: (described: unknown) => described },
    hooks: { streamWrite: maskText, logMethod: nameLoneErrors },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** What nobody caught, a rejection included, ends the process and is told here: Node would print the error with all that hangs on it. */
export function logCrashes(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'crashed');
    process.exit(1);
  });
}

/** A line for people who have no log yet, as when the environment can't be used. */
export function lastWords(error: unknown): string {
  return maskText(error instanceof Error ? error.message : String(error));
}

/** An error without a word would have its own message for one. */
function nameLoneErrors(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  // Proof: the types of pino leave out that an error may come first, or alone.
  const [first, ...rest] = args as unknown[];
  if (first instanceof Error) method.call(this, { err: first }, typeof rest[0] === 'string' ? rest[0] : first.name);
  else method.apply(this, args);
}

function maskText(text: string): string {
  return PRIVATE_TEXT.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text);
}

function withoutPrivateFields(fields: Readonly<Record<string, unknown>>, depth = 1): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      PRIVATE_NAMES.has(name.toLowerCase()) ? REDACTED : withoutPrivateValues(name, value, depth),
    ]),
  );
}

function withoutPrivateValues(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return name === 'message' ? withoutValues(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value);
  // Temporal's SDK shows payloads at its loudest.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MOST_LEVELS) return REDACTED;
  if (Array.isArray(value)) return value.map((item) => withoutPrivateValues(name, item, depth + 1));
  return withoutPrivateFields({ ...value }, depth + 1);
}
