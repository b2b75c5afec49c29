import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { normaliseEmail } from '../../domain/email';
import type { MailAttachment, MailProvider, MailRequest, NotSent, SendResult } from './provider';
import { judgeSmtp, refuseBeforeSending } from './provider-errors';

interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS when the server offers it. */
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** Either the parts or one URL: `smtps://user:password@mail.example.com:465`. */
export type SmtpOptions = (SmtpServer | { readonly url: string }) & {
  /** From handing the mail over to the server's last word on it. */
  readonly timeoutMs?: number;
  readonly maxConnections?: number;
  /** Real time, epoch milliseconds. */
  readonly now?: () => number;
};

export interface SmtpProvider extends MailProvider {
  /** Closes idle connections at once, the others when their mail is through. */
  close(): void;
}

const TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 5;
/** A longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 2;
/** A pooled connection that the server closed meanwhile is left before a byte of the mail was on it: another one may take it. */
const MAX_REQUEUES = 2;
const DEFAULT_PORT = { plain: 587, secure: 465 };
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Mail by SMTP: pooled connections, one recipient each. There is no look-up: what became unknown stays so until a bounce or a reply. */
export function createSmtp(options: SmtpOptions): SmtpProvider {
  const { timeoutMs = TIMEOUT_MS, maxConnections = MAX_CONNECTIONS, now = Date.now } = options;
  const departures = new WeakMap<AbortSignal, Departure>();
  const transport = createTransport({
    ...connectionOf('url' in options ? serverOf(options.url) : options),
    pool: true,
    maxConnections,
    maxRequeues: MAX_REQUEUES,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', ({ data, message }, done) => {
    const departure = data.signal === undefined ? undefined : departures.get(data.signal);
    if (departure !== undefined) message.processFunc((content) => departure.watch(content));
    done();
  });

  return {
    async sendMail(request): Promise<SendResult> {
      const refusal = refusalOf(request);
      if (refusal !== null) return refusal;
      const departure = new Departure(request.postByMs, timeoutMs, now);
      departures.set(departure.signal, departure);
      try {
        await transport.sendMail({ ...messageOf(request), signal: departure.signal });
        return { kind: 'accepted', sid: request.messageId };
      } catch (error) {
        return departure.judge(error);
      } finally {
        departure.end();
      }
    },
    close: () => transport.close(),
  };
}

/** Watches one mail leave: until its content is asked for, after the server has taken the recipient, nothing has been sent. */
class Departure {
  private readonly controller = new AbortController();
  private readonly deadline: NodeJS.Timeout;
  private untilLate: NodeJS.Timeout;
  private contentLeft = false;
  private late = false;

  constructor(
    private readonly postByMs: number,
    timeoutMs: number,
    private readonly now: () => number,
  ) {
    this.deadline = setTimeout(() => this.controller.abort(), timeoutMs);
    this.untilLate = this.whenLate();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  watch(content: Readable): Readable {
    return Readable.from(this.release(content), { objectMode: false });
  }

  judge(error: unknown): SendResult {
    if (this.late && !this.contentLeft) return refuseBeforeSending('retry', 'too_late');
    return judgeSmtp({
      contentLeft: this.contentLeft,
      command: textOf(error, 'command'),
      reply: textOf(error, 'response'),
      error,
    });
  }

  end(): void {
    clearTimeout(this.deadline);
    clearTimeout(this.untilLate);
  }

  /** A generator begins when somebody reads, which is after the server said "go ahead". */
  private async *release(content: Readable): AsyncGenerator<unknown> {
    if (this.now() > this.postByMs) {
      this.late = true;
      throw new Error('it is too late to send');
    }
    this.contentLeft = true;
    yield* content;
  }

  private whenLate(): NodeJS.Timeout {
    const leftMs = Math.max(0, Math.min(this.postByMs - this.now(), LONGEST_TIMER_MS));
    return setTimeout(() => this.giveUpIfLate(), leftMs + 1);
  }

  private giveUpIfLate(): void {
    if (this.contentLeft) return;
    if (this.now() <= this.postByMs) {
      // A timer may run a little ahead of the clock that the permit is read on.
      this.untilLate = this.whenLate();
      return;
    }
    this.late = true;
    this.controller.abort();
  }
}

function messageOf(request: MailRequest) {
  const {
    from,
    fromName = '',
    to,
    replyTo,
    subject,
    text,
    html,
    messageId,
    attemptId,
    unsubscribeUrl,
    unsubscribeMail,
    attachment,
  } = request;
  return {
    // Objects, never strings to be parsed: a name can't become an address.
    from: { name: fromName, address: from },
    to: { name: '', address: to },
    replyTo: { name: '', address: replyTo },
    envelope: { from, to: [to] },
    subject,
    text,
    html,
    messageId,
    xMailer: false as const,
    ...(attachment === undefined ? {} : { attachments: [attachmentOf(attachment)] }),
    ...(unsubscribeUrl === null || unsubscribeMail === null
      ? { headers: { 'X-Attempt-Id': attemptId } }
      : {
          // RFC 8058: one click on the mail program's own button posts to the URL.
          list: { unsubscribe: [[unsubscribeUrl, `mailto:${unsubscribeMail}?subject=unsubscribe`]] },
          headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click', 'X-Attempt-Id': attemptId },
        }),
  };
}

function attachmentOf({ name, type, content }: MailAttachment) {
  return { filename: name, contentType: type, content, contentTransferEncoding: 'base64' as const };
}

/** What would have to be bent before it could be sent is not sent (T21). */
function refusalOf(request: MailRequest): NotSent | null {
  const { attemptId, from, fromName = '', to, replyTo, subject, messageId, unsubscribeUrl, unsubscribeMail } = request;
  const file = [request.attachment?.name ?? '', request.attachment?.type ?? ''];
  const leaving = [unsubscribeUrl ?? '', unsubscribeMail ?? ''];
  const headers = [attemptId, from, fromName, to, replyTo, subject, messageId, ...leaving, ...file];
  if (headers.some(breaksHeader)) return refuseBeforeSending('final', 'header_refused');
  if (!isAddress(to)) return refuseBeforeSending('address_invalid', 'address_invalid');
  if (!isAddress(from)) return refuseBeforeSending('configuration', 'sender_refused');
  const isToTeam = unsubscribeUrl === null && unsubscribeMail === null;
  const canBeLeft = isToTeam || (isAddress(unsubscribeMail ?? '') && isLink(unsubscribeUrl ?? ''));
  const isComplete = isAddress(replyTo) && canBeLeft;
  return isComplete ? null : refuseBeforeSending('final', 'request_invalid');
}

function breaksHeader(text: string): boolean {
  return text.includes('\r') || text.includes('\n') || text.includes('\0');
}

/** Comes out of reading as it went in, so the server can't read another address out of it. */
function isAddress(text: string): boolean {
  try {
    return normaliseEmail(text) === text.toLowerCase();
  } catch {
    return false;
  }
}

function isLink(text: string): boolean {
  return /^https?:\/\/[^\s<>]+$/.test(text) && URL.canParse(text);
}

function connectionOf({ host, port, secure, auth }: SmtpServer) {
  // A password doesn't go over an open line, except within the machine.
  const requireTLS = auth !== undefined && !secure && !LOOPBACK.includes(host);
  return { host, port, secure, requireTLS, ...(auth === undefined ? {} : { auth: { ...auth } }) };
}

function serverOf(text: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(text);
  if (protocol !== 'smtp:' && protocol !== 'smtps:')
    throw new Error('the URL of the mail server must begin with smtp: or smtps:');
  const secure = protocol === 'smtps:';
  const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? DEFAULT_PORT[secure ? 'secure' : 'plain'] : Number(port),
    secure,
    ...(auth.user === '' ? {} : { auth }),
  };
}

function textOf(error: unknown, field: 'command' | 'response'): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value: unknown = Object.getOwnPropertyDescriptor(error, field)?.value;
  return typeof value === 'string' ? value : null;
}
