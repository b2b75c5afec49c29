import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { FaultRule } from './fault-rule';
import { isFictionalMail } from './fictional-address';
import type { Ledger } from './ledger';
import { type MailManner, noticeOf, refusalOf, type ReturnNotice } from './mail-manner';
import type { Doer, Occasion } from './people/deeds';
import type { Directory, Person } from './people/directory';
import type { Deed } from './people/script';
import type { World } from './world';

export interface MailSink {
  readonly port: number;
  stop(): Promise<void>;
}

export interface MailParts {
  readonly directory: Directory;
  readonly doer: Doer;
}

type Done = (error?: Error | null) => void;

/** Takes mail for names that nobody can own, and lets the people there read it. */
export async function startMailSink(world: World, parts: MailParts, port: number): Promise<MailSink> {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    // Without a certificate of our own there is nothing to encrypt with.
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onAuth: (_auth, _session, done) => done(null, { user: 'anyone' }),
    onRcptTo: (address, _session, done) => void answerWith(done, checkRecipient(world, parts, address.address)),
    onData: (stream, session, done) => void answerWith(done, takeMail(world, parts, server, stream, session)),
  });
  // A client that leaves in the middle is its own business.
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: portOf(listening.address()),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of server.connections) connection._socket.destroy();
      }),
  };
}

async function checkRecipient({ faults, ledger }: World, { directory }: MailParts, to: string): Promise<void> {
  const fault = await faults.drawRequest({ channel: 'email', operation: 'rcpt', to });
  const mode = fault?.mode ?? (isFictionalMail(to) ? mannerAt('rcpt', ledger, directory.reach(to))?.mode : '550');
  const refusal = refusalOf(mode ?? '');
  if (mode === undefined || refusal === null) return;
  await ledger.record({ channel: 'email', kind: 'mail', to, accepted: false, status: mode, detail: { at: 'rcpt' } });
  throw refusal;
}

/** How the person's own server treats a mail at this point, if it does anything. */
function mannerAt(point: MailManner['at'], ledger: Ledger, { address, script, options }: Person): MailManner | null {
  const manner = options.mail ?? script.mail;
  if (manner === undefined || (noticeOf(manner.mode) === null ? manner.at : 'data') !== point) return null;
  const before = ledger.entries({ channel: 'email', kind: 'mail', to: address });
  const done = before.filter(({ status, detail }) => status === manner.mode || detail['fault'] === manner.mode).length;
  return done < (manner.times ?? Infinity) ? manner : null;
}

async function takeMail(
  world: World,
  parts: MailParts,
  server: SMTPServer,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  const mail = await PostalMime.parse(Buffer.concat(chunks));
  const attemptId = headerOf(mail, 'x-attempt-id');
  for (const { address: to } of session.envelope.rcptTo) {
    const fault = await world.faults.drawRequest({ channel: 'email', operation: 'create', to, attemptId });
    await takeFor(world, parts, { mail, to, from: senderOf(session), attemptId }, fault);
    if (fault?.mode === 'drop_after_dot') hangUp(server, session);
  }
}

interface Delivery {
  readonly mail: Email;
  readonly to: string;
  readonly from: string;
  readonly attemptId: string | undefined;
}

/** Rejects with the SMTP answer that a fault, or the person's own server, wants. */
async function takeFor(
  world: World,
  { directory, doer }: MailParts,
  delivery: Delivery,
  fault: FaultRule | null,
): Promise<void> {
  const { mail, to, from, attemptId } = delivery;
  const person = directory.reach(to);
  const manner = fault === null ? mannerAt('data', world.ledger, person) : null;
  const mode = fault?.mode ?? manner?.mode ?? '';
  const refusal = refusalOf(mode);
  const accepted = refusal === null && (mode !== 'drop_after_dot' || fault?.options.executed === true);
  await world.ledger.record({
    channel: 'email',
    kind: 'mail',
    sid: mail.messageId,
    to,
    from,
    attemptId,
    accepted,
    status: accepted ? 'accepted' : mode,
    detail: {
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      ...attachmentsOf(mail),
      headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
      fault: mode === '' ? null : mode,
    },
  });
  if (accepted) {
    person.memory.mails += 1;
    const delaySeconds = fault?.options.delaySeconds ?? manner?.delaySeconds;
    const deeds = deedsOn(person, noticeOf(mode));
    const act = (): Promise<void> => doer.perform(person, deeds, occasionOf(delivery));
    void world.background.run(() =>
      delaySeconds === undefined ? act() : world.agenda.after(delaySeconds * 1000, act),
    );
  }
  if (refusal !== null) throw refusal;
}

/** By name, as text. */
function attachmentsOf({ attachments }: Email): { attachments?: Record<string, string> } {
  if (attachments.length === 0) return {};
  const texts = attachments.map(({ filename, content }) => [
    filename ?? '',
    typeof content === 'string' ? content : new TextDecoder().decode(content),
  ]);
  return { attachments: Object.fromEntries(texts) };
}

/** What comes of a mail that was taken: it goes back, or the person reads it. */
function deedsOn({ script, options, memory }: Person, notice: ReturnNotice | null): readonly Deed[] {
  return notice === null ? (script.onMail?.({ ...memory }, options) ?? []) : [{ kind: 'return', notice }];
}

function occasionOf({ mail, to, from, attemptId }: Delivery): Occasion {
  return {
    origin: { channel: 'email', person: to, attemptId },
    mail: {
      replyTo: replyAddressOf(mail, from),
      returnPath: from,
      headers: mail.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
      subject: mail.subject ?? '',
      messageId: mail.messageId ?? '',
    },
    words: `${mail.text ?? ''} ${mail.html ?? ''}`,
  };
}

async function answerWith(done: Done, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    return done(error instanceof Error ? error : new Error('the mail could not be taken', { cause: error }));
  }
  done();
}

/** Cuts the connection, so that the client never learns what became of its mail. */
function hangUp(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy();
}

function headerOf(mail: Email, name: string): string | undefined {
  return mail.headers.find(({ key }) => key === name)?.value;
}

function senderOf(session: SMTPServerSession): string {
  return session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
}

function replyAddressOf(mail: Email, from: string): string {
  return mail.replyTo?.[0]?.address ?? mail.from?.address ?? from;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the mail sink listens on no TCP port');
  return address.port;
}
