import type { NotSent, Unknown } from './provider';

/**
 * The one place that knows what a provider's refusal means. Whatever is not listed gets the careful answer: a refusal that
 * we don't know ends this attempt and no more, an answer that we can't trust is `unknown`, never a second try.
 */

/** Our own words. No text of a provider gets further than this file: it may quote the number or the address. */
type FailureReason =
  | 'account_inactive'
  | 'address_invalid'
  | 'blocked'
  | 'connection_lost'
  | 'content_refused'
  | 'credentials'
  | 'deferred'
  | 'expired'
  | 'header_refused'
  | 'mailbox_full'
  | 'not_understood'
  | 'opted_out'
  | 'queue_full'
  | 'rate_limited'
  | 'refused'
  | 'region_not_allowed'
  | 'request_invalid'
  | 'sender_refused'
  | 'server_error'
  | 'timeout'
  | 'too_late'
  | 'undelivered'
  | 'unreachable'
  | 'webhook_failed';

type Verdict = NotSent['verdict'];
type Meaning = readonly [Verdict | 'unknown', FailureReason];

/** Thrown where a provider is asked and nothing is sent; has neither the address nor the provider's words in it. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    readonly reason: string,
    readonly code?: string,
  ) {
    super(`the provider could not be asked: ${reason}`);
  }
}

/** https://www.twilio.com/docs/api/errors; the 30xxx come with callbacks and look-ups, seldom with the answer to a create. */
const TWILIO_CODES: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [10001, ['configuration', 'account_inactive']],
  [10002, ['configuration', 'account_inactive']],
  [10004, ['retry', 'rate_limited']],
  [11200, ['configuration', 'webhook_failed']],
  [11205, ['configuration', 'webhook_failed']],
  [12100, ['configuration', 'webhook_failed']],
  [13223, ['address_invalid', 'address_invalid']],
  [13224, ['address_invalid', 'address_invalid']],
  [13227, ['configuration', 'region_not_allowed']],
  [20003, ['configuration', 'credentials']],
  [20005, ['configuration', 'account_inactive']],
  [20006, ['configuration', 'credentials']],
  [20008, ['configuration', 'credentials']],
  [20010, ['configuration', 'account_inactive']],
  [20404, ['configuration', 'credentials']],
  [20429, ['retry', 'rate_limited']],
  [20500, ['unknown', 'server_error']],
  [20503, ['unknown', 'server_error']],
  [21203, ['configuration', 'region_not_allowed']],
  [21205, ['configuration', 'request_invalid']],
  [21210, ['configuration', 'sender_refused']],
  [21211, ['address_invalid', 'address_invalid']],
  [21212, ['configuration', 'sender_refused']],
  [21213, ['configuration', 'sender_refused']],
  [21214, ['address_invalid', 'address_invalid']],
  [21215, ['configuration', 'region_not_allowed']],
  // Fraud, regulation or a missing customer profile: the number itself may be good.
  [21216, ['final', 'blocked']],
  [21217, ['address_invalid', 'address_invalid']],
  [21219, ['configuration', 'account_inactive']],
  [21408, ['configuration', 'region_not_allowed']],
  [21601, ['configuration', 'sender_refused']],
  [21602, ['final', 'content_refused']],
  [21603, ['configuration', 'sender_refused']],
  [21606, ['configuration', 'sender_refused']],
  [21608, ['configuration', 'account_inactive']],
  [21609, ['configuration', 'request_invalid']],
  [21610, ['opted_out', 'opted_out']],
  [21611, ['retry', 'queue_full']],
  // Not reachable by text from this sender; a voice call may still get through.
  [21612, ['final', 'blocked']],
  [21614, ['address_invalid', 'address_invalid']],
  [21617, ['final', 'content_refused']],
  [21618, ['final', 'content_refused']],
  [21659, ['configuration', 'sender_refused']],
  [21660, ['configuration', 'sender_refused']],
  // More than a day of calls is queued: nothing is to be added before somebody has looked.
  [22005, ['configuration', 'queue_full']],
  [30001, ['retry', 'queue_full']],
  [30002, ['configuration', 'account_inactive']],
  [30003, ['final', 'undelivered']],
  // A block by the carrier or the handset is as good as an opt-out.
  [30004, ['opted_out', 'opted_out']],
  [30005, ['address_invalid', 'address_invalid']],
  [30006, ['address_invalid', 'address_invalid']],
  [30007, ['configuration', 'content_refused']],
  [30008, ['final', 'undelivered']],
  [30034, ['configuration', 'sender_refused']],
  [30036, ['retry', 'expired']],
  [30450, ['configuration', 'blocked']],
]);

const HTTP_STATUS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [401, ['configuration', 'credentials']],
  [403, ['configuration', 'credentials']],
  [404, ['configuration', 'credentials']],
  // The server, or something before it, got tired of waiting: how much it took in is anybody's guess.
  [408, ['unknown', 'timeout']],
  // Twilio: a request answered so was never processed (20429).
  [429, ['retry', 'rate_limited']],
]);

/** By the command that got a 5xx. A server that refuses the recipient knows its mailboxes, one that refuses the rest knows us. */
const SMTP_COMMANDS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['RCPT TO', ['address_invalid', 'address_invalid']],
  ['MAIL FROM', ['configuration', 'sender_refused']],
  ['DATA', ['final', 'content_refused']],
]);

/** Enhanced status codes (RFC 3463) say more than the command; the longest prefix wins. Only for recipient and content. */
const SMTP_ENHANCED: readonly (readonly [prefix: string, Meaning])[] = [
  ['5.1.7', ['configuration', 'sender_refused']],
  ['5.1.8', ['configuration', 'sender_refused']],
  ['5.1.', ['address_invalid', 'address_invalid']],
  ['5.2.2', ['final', 'mailbox_full']],
  // Relaying denied, spam policy, a closed list: says nothing against the address.
  ['5.7.', ['final', 'blocked']],
];

const LONGEST_RETRY_AFTER_MS = 3_600_000;
const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ECONNABORTED', 'ERR_CANCELED', 'ABORT_ERR', 'EABORT']);
/** Codes of the mail client for a message that it would not even begin to send. */
const UNFIT_MAIL: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE', 'ESTREAM']);
const NO_LOGIN: ReadonlySet<string> = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2']);

export interface HttpRefusal {
  readonly status: number;
  /** Twilio's own code, if the body had one. */
  readonly code: number | null;
  readonly retryAfterMs: number | null;
}

/** An answer other than 2xx. Only a 4xx says that nothing was done. */
export function judgeAnswer({ status, code, retryAfterMs }: HttpRefusal): NotSent | Unknown {
  const shown = String(code ?? status);
  if (status === 429) return notSent(['retry', 'rate_limited'], shown, retryAfterMs);
  if (status < 400 || status >= 500) return { kind: 'unknown', reason: 'server_error', code: shown };
  const meaning =
    (code === null ? undefined : TWILIO_CODES.get(code)) ?? HTTP_STATUS.get(status) ?? (['final', 'refused'] as const);
  return notSent(meaning, shown, retryAfterMs);
}

/** A failure without an answer. Before the first byte it proves that nothing was sent, after it it proves nothing. */
export function judgeSilence(bytesLeft: boolean, error: unknown): NotSent | Unknown {
  const code = codeOf(error);
  const isTimeout = code !== undefined && TIMEOUTS.has(code);
  if (!bytesLeft) return notSent(['retry', 'unreachable'], code, null);
  return {
    kind: 'unknown',
    reason: isTimeout ? 'timeout' : 'connection_lost',
    ...(code === undefined ? {} : { code }),
  };
}

interface SmtpFailure {
  /** Whether a byte of the message was given to the connection; the envelope alone sends nothing. */
  readonly contentLeft: boolean;
  readonly command: string | null;
  readonly reply: string | null;
  readonly error: unknown;
}

export function judgeSmtp({ contentLeft, command, reply, error }: SmtpFailure): NotSent | Unknown {
  const [, replyCode, enhanced] = /^([45]\d\d)(?:[ -](\d\.\d{1,3}\.\d{1,3})\b)?/.exec(reply ?? '') ?? [];
  if (replyCode === undefined) return contentLeft ? judgeSilence(true, error) : judgeUnsent(error);
  const shown = enhanced === undefined ? replyCode : `${replyCode} ${enhanced}`;
  if (replyCode.startsWith('4')) return notSent(['retry', 'deferred'], shown, null);
  return notSent(meaningOfReply(command, enhanced), shown, null);
}

/** Nothing left the machine, for a reason of our own. */
export function refuseBeforeSending(verdict: Verdict, reason: FailureReason): NotSent {
  return { kind: 'not_sent', verdict, reason };
}

/** Milliseconds that `Retry-After` asks for, as seconds or as a date; null when there is none or it makes no sense. */
export function readRetryAfter(header: unknown, now: number): number | null {
  if (typeof header !== 'string') return null;
  const text = header.trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), LONGEST_RETRY_AFTER_MS);
}

function judgeUnsent(error: unknown): NotSent | Unknown {
  const code = codeOf(error);
  if (code !== undefined && NO_LOGIN.has(code)) return notSent(['configuration', 'credentials'], code, null);
  if (code !== undefined && UNFIT_MAIL.has(code)) return notSent(['final', 'request_invalid'], code, null);
  return judgeSilence(false, error);
}

function meaningOfReply(command: string | null, enhanced: string | undefined): Meaning {
  if (command?.startsWith('AUTH') === true) return ['configuration', 'credentials'];
  const byCommand = command === null ? undefined : SMTP_COMMANDS.get(command);
  if (byCommand === undefined) return ['configuration', 'refused'];
  if (command === 'MAIL FROM' || enhanced === undefined) return byCommand;
  return SMTP_ENHANCED.find(([prefix]) => enhanced.startsWith(prefix))?.[1] ?? byCommand;
}

function notSent([verdict, reason]: Meaning, code: string | undefined, retryAfterMs: number | null): NotSent | Unknown {
  const shown = code === undefined ? {} : { code };
  if (verdict === 'unknown') return { kind: 'unknown', reason, ...shown };
  return { kind: 'not_sent', verdict, reason, ...shown, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

/** Only what looks like a code: the messages of errors quote hosts, paths and what was sent. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,50}$/.test(code) ? code : undefined;
}
