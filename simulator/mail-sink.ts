import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerError, type SMTPServerSession } from 'smtp-server';
import type { FaultRule } from './fault-rule';
import { isFictionalMail } from './fictional-address';
import type { Doer } from './people/deeds';
import type { Directory } from './people/directory';
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
    onRcptTo: (address, _session, done) => void answerWith(done, checkRecipient(world, address.address)),
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

async function checkRecipient({ faults, ledger }: World, to: string): Promise<void> {
  const fault = await faults.drawRequest({ channel: 'email', operation: 'rcpt', to });
  const refusal = fault === null ? (isFictionalMail(to) ? null : '550') : fault.mode;
  if (refusal === null) return;
  await ledger.record({ channel: 'email', kind: 'mail', to, accepted: false, status: refusal, detail: { at: 'rcpt' } });
  throw smtpError(refusal);
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

/** Rejects with the SMTP answer that a fault wants. */
async function takeFor(
  world: World,
  { directory, doer }: MailParts,
  delivery: Delivery,
  fault: FaultRule | null,
): Promise<void> {
  const { mail, to, from, attemptId } = delivery;
  const accepted = fault === null || (fault.mode === 'drop_after_dot' && fault.options.executed);
  await world.ledger.record({
    channel: 'email',
    kind: 'mail',
    sid: mail.messageId,
    to,
    from,
    attemptId,
    accepted,
    status: accepted ? 'accepted' : fault?.mode,
    detail: {
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
      fault: fault?.mode ?? null,
    },
  });
  if (accepted) {
    const person = directory.reach(to);
    person.memory.mails += 1;
    const deeds = person.script.onMail?.({ ...person.memory }, person.options) ?? [];
    const origin = { channel: 'email', person: to, attemptId } as const;
    const received = {
      replyTo: replyAddressOf(mail, from),
      subject: mail.subject ?? '',
      messageId: mail.messageId ?? '',
    };
    const words = `${mail.text ?? ''} ${mail.html ?? ''}`;
    void world.background.run(() => doer.perform(person, deeds, { origin, mail: received, words }));
  }
  if (fault !== null && fault.mode !== 'drop_after_dot') throw smtpError(fault.mode);
}

async function answerWith(done: Done, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    return done(error instanceof Error ? error : new Error('the mail could not be taken', { cause: error }));
  }
  done();
}

function smtpError(mode: string): SMTPServerError {
  const words = mode === '451' ? 'Requested action aborted: local error in processing' : 'Mailbox unavailable';
  return Object.assign(new Error(words), { responseCode: mode === '451' ? 451 : 550 });
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
