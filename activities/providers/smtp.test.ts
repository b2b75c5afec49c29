import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { MailRequest, SendResult } from './provider';
import { createSmtp, type SmtpOptions, type SmtpProvider } from './smtp';

const MAIL: MailRequest = {
  attemptId: '0f8fad5b-d9cb-569f-a165-70867728950e',
  from: 'intake@example.com',
  fromName: 'Example & Partners, LLP',
  to: 'asha@example.org',
  replyTo: 'reply+0f8fad5b@example.com',
  subject: 'Your case, Asha 😀',
  text: 'Hello Asha\n\nPlease call us.\n',
  html: '<p>Hello Asha</p>',
  messageId: '<0f8fad5b-d9cb-569f-a165-70867728950e@example.com>',
  unsubscribeUrl: 'https://outreach.example.com/u/Zm9sbG93dGhyb3VnaA',
  unsubscribeMail: 'reply+0f8fad5b@example.com',
  postByMs: Number.MAX_SAFE_INTEGER,
};
const PASSWORD = 'password-that-nobody-may-see';
const SHORT_MS = 200;

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function client(options: SmtpOptions): SmtpProvider {
  const provider = createSmtp(options);
  cleanups.push(() => provider.close());
  return provider;
}

interface Received {
  readonly recipients: readonly string[];
  readonly raw: Buffer;
}

/** A real mail server that keeps what it gets. */
async function inbox(): Promise<{ readonly url: string; readonly mails: Received[] }> {
  const mails: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({ recipients: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) });
        done();
      });
    },
  });
  cleanups.push(async () => new Promise((resolve) => server.close(resolve)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `smtp://127.0.0.1:${portOf(server.server)}`, mails };
}

type Step = 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'content';
type Script = Partial<Record<Step, string | ((socket: Socket) => void)>>;

const USUAL: Record<Step, string> = {
  greeting: '220 ready',
  EHLO: '250 hello',
  AUTH: '235 welcome',
  MAIL: '250 sender ok',
  RCPT: '250 recipient ok',
  DATA: '354 go ahead',
  content: '250 queued',
};

/** Speaks just enough SMTP to break it at any step; tells how many mails it got to the final dot. */
async function scripted(
  script: Script,
): Promise<{ readonly port: number; readonly finished: () => number; readonly content: () => string }> {
  let finished = 0;
  let content = '';
  const server = createServer((socket) => {
    const answer = (step: Step): void => {
      const act = script[step] ?? USUAL[step];
      if (typeof act === 'string') socket.write(`${act}\r\n`);
      else act(socket);
    };
    let rest = '';
    let inContent = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (inContent) content += String(chunk);
      rest += String(chunk);
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inContent && line !== '.') continue;
        if (inContent) {
          inContent = false;
          finished += 1;
          answer('content');
          continue;
        }
        const word = line.slice(0, 4).toUpperCase();
        if (word === 'RSET') socket.write('250 reset\r\n');
        else if (word === 'EHLO' || word === 'AUTH' || word === 'MAIL' || word === 'RCPT' || word === 'DATA') {
          inContent = word === 'DATA' && script.DATA === undefined;
          answer(word);
        } else socket.write('502 not known here\r\n');
      }
    });
    answer('greeting');
  });
  return { port: await listen(server), finished: () => finished, content: () => content };
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return portOf(server);
}

function portOf(server: Pick<Server, 'address'>): number {
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  return (server.address() as AddressInfo).port;
}

function headersOf(mail: Email): Record<string, string> {
  return Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
}

describe('a mail', () => {
  it('T21: has exactly its headers, one recipient and both bodies', async () => {
    const { url, mails } = await inbox();
    expect(await client({ url }).sendMail(MAIL)).toEqual({ kind: 'accepted', sid: MAIL.messageId });
    expect(mails).toHaveLength(1);
    expect(mails[0]?.recipients).toEqual([MAIL.to]);
    const mail = await PostalMime.parse(mails[0]?.raw ?? '');
    expect(mail.from).toMatchObject({ address: MAIL.from, name: MAIL.fromName });
    expect(mail.to).toMatchObject([{ address: MAIL.to, name: '' }]);
    expect(mail.replyTo).toMatchObject([{ address: MAIL.replyTo }]);
    expect(mail.subject).toBe(MAIL.subject);
    expect(mail.text?.trim()).toBe(MAIL.text.trim());
    expect(mail.html?.trim()).toBe(MAIL.html);
    expect(mail.messageId).toBe(MAIL.messageId);
    expect(headersOf(mail)).toMatchObject({
      'list-unsubscribe': `<${MAIL.unsubscribeUrl}>, <mailto:${MAIL.unsubscribeMail}?subject=unsubscribe>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
      'x-attempt-id': MAIL.attemptId,
    });
    expect(mail.headers.map(({ key }) => key).toSorted()).toEqual(HEADERS);
  });

  it('goes out without a display name when there is none', async () => {
    const { url, mails } = await inbox();
    const { fromName: _none, ...nameless } = MAIL;
    await client({ url }).sendMail(nameless);
    expect(String(mails[0]?.raw)).toContain('From: intake@example.com\r\n');
  });

  it('T21: whatever subject and name are, the headers are the same and the recipient is one', async () => {
    const { url, mails } = await inbox();
    const provider = client({ url });
    const words = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom(...ATTACKS));
    await fc.assert(
      fc.asyncProperty(words, words, async (subject, fromName) => {
        mails.length = 0;
        const result = await provider.sendMail({ ...MAIL, subject, fromName });
        if (/[\r\n\0]/.test(subject + fromName)) {
          expect(result).toEqual({ kind: 'not_sent', verdict: 'final', reason: 'header_refused' });
          expect(mails).toHaveLength(0);
          return;
        }
        expect(result).toEqual({ kind: 'accepted', sid: MAIL.messageId });
        expect(mails.map(({ recipients }) => recipients)).toEqual([[MAIL.to]]);
        const mail = await PostalMime.parse(mails[0]?.raw ?? '');
        const optional = subject.trim() === '' ? HEADERS.filter((key) => key !== 'subject') : HEADERS;
        expect(mail.headers.map(({ key }) => key).toSorted()).toEqual(optional);
        expect(mail.from?.address).toBe(MAIL.from);
        expect(mail.to).toMatchObject([{ address: MAIL.to }]);
      }),
      { numRuns: 150 },
    );
  });

  it.each<[Exclude<keyof MailRequest, 'attachment'>, string]>(
    (
      [
        'attemptId',
        'from',
        'fromName',
        'to',
        'replyTo',
        'subject',
        'messageId',
        'unsubscribeUrl',
        'unsubscribeMail',
      ] as const
    ).flatMap((field) =>
      ['\r', '\n', '\0'].map((character): [Exclude<keyof MailRequest, 'attachment'>, string] => [field, character]),
    ),
  )('T21: with a line break or NUL in %s is not sent', async (field, character) => {
    const { url, mails } = await inbox();
    const request = { ...MAIL, [field]: `${String(MAIL[field])}${character}Bcc: ben@example.org` };
    expect(await client({ url }).sendMail(request)).toEqual({
      kind: 'not_sent',
      verdict: 'final',
      reason: 'header_refused',
    });
    expect(mails).toEqual([]);
  });

  it('T21: with a line break in the name of an attachment is not sent', async () => {
    const { url, mails } = await inbox();
    const attachment = { name: 'report.csv\r\nBcc: ben@example.org', type: 'text/csv', content: 'a' };
    expect(await client({ url }).sendMail({ ...MAIL, attachment })).toMatchObject({ reason: 'header_refused' });
    expect(mails).toEqual([]);
  });

  it.each<[Partial<MailRequest>, SendResult]>([
    [
      { to: '"asha@evil.example.com> "@example.org' },
      { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid' },
    ],
    [
      { to: 'asha@example.org, ben@example.org' },
      { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid' },
    ],
    [{ to: ' asha@example.org' }, { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid' }],
    [{ to: 'asha' }, { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid' }],
    [{ from: 'Intake <intake@example.com>' }, { kind: 'not_sent', verdict: 'configuration', reason: 'sender_refused' }],
    [{ replyTo: 'nobody' }, { kind: 'not_sent', verdict: 'final', reason: 'request_invalid' }],
    [{ unsubscribeMail: '' }, { kind: 'not_sent', verdict: 'final', reason: 'request_invalid' }],
    [{ unsubscribeUrl: 'javascript:alert(1)' }, { kind: 'not_sent', verdict: 'final', reason: 'request_invalid' }],
    [{ unsubscribeUrl: 'https://example.com/>,<x' }, { kind: 'not_sent', verdict: 'final', reason: 'request_invalid' }],
  ])('T21: with %j is not sent', async (change, result) => {
    const { url, mails } = await inbox();
    expect(await client({ url }).sendMail({ ...MAIL, ...change })).toEqual(result);
    expect(mails).toEqual([]);
  });
});

describe('a refusal', () => {
  it.each<[Step, string, SendResult]>([
    ['greeting', '554 go away', { kind: 'not_sent', verdict: 'configuration', reason: 'refused', code: '554' }],
    ['greeting', '421 too many connections', { kind: 'not_sent', verdict: 'retry', reason: 'deferred', code: '421' }],
    [
      'MAIL',
      '550 5.1.8 not you',
      { kind: 'not_sent', verdict: 'configuration', reason: 'sender_refused', code: '550 5.1.8' },
    ],
    ['MAIL', '451 4.3.0 later', { kind: 'not_sent', verdict: 'retry', reason: 'deferred', code: '451 4.3.0' }],
    [
      'RCPT',
      '550 no such user',
      { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid', code: '550' },
    ],
    [
      'RCPT',
      '550 5.1.1 no such user',
      { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid', code: '550 5.1.1' },
    ],
    ['RCPT', '552 5.2.2 full', { kind: 'not_sent', verdict: 'final', reason: 'mailbox_full', code: '552 5.2.2' }],
    ['RCPT', '554 5.7.1 relaying denied', { kind: 'not_sent', verdict: 'final', reason: 'blocked', code: '554 5.7.1' }],
    ['RCPT', '450 4.2.0 greylisted', { kind: 'not_sent', verdict: 'retry', reason: 'deferred', code: '450 4.2.0' }],
    ['DATA', '503 no valid recipients', { kind: 'not_sent', verdict: 'final', reason: 'content_refused', code: '503' }],
    ['content', '554 5.6.0 spam', { kind: 'not_sent', verdict: 'final', reason: 'content_refused', code: '554 5.6.0' }],
    [
      'content',
      '550 5.1.1 no such user',
      { kind: 'not_sent', verdict: 'address_invalid', reason: 'address_invalid', code: '550 5.1.1' },
    ],
    ['content', '452 4.3.1 disk full', { kind: 'not_sent', verdict: 'retry', reason: 'deferred', code: '452 4.3.1' }],
    ['content', '421 4.3.2 closing', { kind: 'not_sent', verdict: 'retry', reason: 'deferred', code: '421 4.3.2' }],
  ])('at %s by "%s" is judged', async (step, reply, result) => {
    const { port } = await scripted({ [step]: reply });
    expect(await client({ host: '127.0.0.1', port, secure: false }).sendMail(MAIL)).toEqual(result);
  });

  it.each<[string, SendResult]>([
    [
      '535 5.7.8 wrong password',
      { kind: 'not_sent', verdict: 'configuration', reason: 'credentials', code: '535 5.7.8' },
    ],
    ['454 4.7.0 try later', { kind: 'not_sent', verdict: 'retry', reason: 'deferred', code: '454 4.7.0' }],
  ])('of the password by "%s" is judged', async (reply, result) => {
    const { port } = await scripted({ EHLO: '250-hello\r\n250 AUTH PLAIN', AUTH: reply });
    expect(await client({ url: `smtp://intake:${PASSWORD}@127.0.0.1:${port}` }).sendMail(MAIL)).toEqual(result);
  });
});

describe('a broken connection', () => {
  it('that nobody took says that nothing was sent', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await client({ host: '127.0.0.1', port, secure: false }).sendMail(MAIL)).toMatchObject({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'unreachable',
    });
  });

  it.each<Step>(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'])('F23: at %s says that nothing was sent', async (step) => {
    const { port, finished } = await scripted({ [step]: (socket: Socket) => socket.destroy() });
    const result = await client({ host: '127.0.0.1', port, secure: false }).sendMail(MAIL);
    expect(result).toMatchObject({ kind: 'not_sent', verdict: 'retry', reason: 'unreachable' });
    expect(finished()).toBe(0);
  });

  it('F23: after the final dot is unknown, and the mail is not sent again', async () => {
    const { port, finished } = await scripted({ content: (socket: Socket) => socket.destroy() });
    const result = await client({ host: '127.0.0.1', port, secure: false }).sendMail(MAIL);
    expect(result).toMatchObject({ kind: 'unknown', reason: 'connection_lost' });
    expect(finished()).toBe(1);
  });

  it('F23: after the final dot on a connection that was used before is unknown too', async () => {
    let mails = 0;
    const { port, finished } = await scripted({
      content: (socket: Socket) => {
        mails += 1;
        if (mails === 1) socket.write('250 queued\r\n');
        else socket.destroy();
      },
    });
    const provider = client({ host: '127.0.0.1', port, secure: false, maxConnections: 1 });
    expect(await provider.sendMail(MAIL)).toMatchObject({ kind: 'accepted' });
    expect(await provider.sendMail(MAIL)).toMatchObject({ kind: 'unknown' });
    expect(finished()).toBe(2);
  });

  it('on which nothing of the mail was yet is replaced by another', async () => {
    let connections = 0;
    const { port, finished } = await scripted({
      greeting: (socket: Socket) => {
        connections += 1;
        socket.write('220 ready\r\n');
      },
      MAIL: (socket: Socket) => {
        if (connections === 1 && finished() === 1) socket.destroy();
        else socket.write('250 sender ok\r\n');
      },
    });
    const provider = client({ host: '127.0.0.1', port, secure: false, maxConnections: 1 });
    await provider.sendMail(MAIL);
    expect(await provider.sendMail(MAIL)).toMatchObject({ kind: 'accepted' });
    expect({ connections, finished: finished() }).toEqual({ connections: 2, finished: 2 });
  });
});

describe('silence', () => {
  it.each<Step>(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'])(
    'at %s until the deadline says that nothing was sent',
    async (step) => {
      const { port } = await scripted({ [step]: () => undefined });
      const result = await client({ host: '127.0.0.1', port, secure: false, timeoutMs: SHORT_MS }).sendMail(MAIL);
      expect(result).toMatchObject({ kind: 'not_sent', verdict: 'retry', reason: 'unreachable' });
    },
  );

  it('after the final dot until the deadline is unknown', async () => {
    const { port } = await scripted({ content: () => undefined });
    const result = await client({ host: '127.0.0.1', port, secure: false, timeoutMs: SHORT_MS }).sendMail(MAIL);
    expect(result).toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });
});

describe('the guard', () => {
  it('sends nothing when it is too late', async () => {
    const { url, mails } = await inbox();
    const result = await client({ url, now: () => 1001 }).sendMail({ ...MAIL, postByMs: 1000 });
    expect(result).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'too_late' });
    expect(mails).toEqual([]);
  });

  it('lets no byte of the mail out when the server took its time before "go ahead"', async () => {
    let now = 1000;
    const { port, finished, content } = await scripted({
      RCPT: (socket) => {
        now = 1001;
        socket.write('250 recipient ok\r\n');
      },
    });
    const provider = client({ host: '127.0.0.1', port, secure: false, now: () => now });
    expect(await provider.sendMail({ ...MAIL, postByMs: 1000 })).toEqual({
      kind: 'not_sent',
      verdict: 'retry',
      reason: 'too_late',
    });
    expect({ finished: finished(), content: content() }).toEqual({ finished: 0, content: '' });
  });

  it('does not wait for a server that says nothing until it is too late anyway', async () => {
    const { port } = await scripted({ RCPT: () => undefined });
    const provider = client({ host: '127.0.0.1', port, secure: false });
    const result = await provider.sendMail({ ...MAIL, postByMs: Date.now() + SHORT_MS });
    expect(result).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'too_late' });
  });

  it('looks again when its timer ran ahead of the clock', async () => {
    const { port } = await scripted({ RCPT: () => undefined });
    const begunAt = Date.now();
    const slowNow = () => begunAt + (Date.now() - begunAt) / 2;
    const provider = client({ host: '127.0.0.1', port, secure: false, now: slowNow });
    const result = await provider.sendMail({ ...MAIL, postByMs: begunAt + SHORT_MS });
    expect(result).toEqual({ kind: 'not_sent', verdict: 'retry', reason: 'too_late' });
  });
});

describe('the server', () => {
  it('is given by a URL with a scheme of mail', () => {
    expect(() => createSmtp({ url: `https://intake:${PASSWORD}@example.com` })).toThrow(
      /^the URL of the mail server must begin with smtp: or smtps:$/,
    );
  });

  it('that offers no TLS is not given the password, unless it is on this machine', async () => {
    const { port, finished } = await scripted({ EHLO: '250-hello\r\n250 AUTH PLAIN' });
    const auth = { user: 'intake', pass: PASSWORD };
    const remote = client({ host: '127.1', port, secure: false, auth });
    expect(await remote.sendMail(MAIL)).toMatchObject({ kind: 'not_sent' });
    expect(finished()).toBe(0);
    const local = client({ host: '127.0.0.1', port, secure: false, auth });
    expect(await local.sendMail(MAIL)).toMatchObject({ kind: 'accepted' });
  });
});

it('T13: no failure shows the password or an address', async () => {
  const scripts: Script[] = [
    { greeting: `554 ${MAIL.to}` },
    { EHLO: '250-hello\r\n250 AUTH PLAIN', AUTH: `535 ${PASSWORD}` },
    { MAIL: `550 ${MAIL.from}` },
    { RCPT: `550 5.1.1 <${MAIL.to}>` },
    { content: `554 ${MAIL.to} ${PASSWORD}` },
    { content: (socket) => socket.destroy() },
  ];
  for (const script of scripts) {
    const { port } = await scripted(script);
    const shown = inspect(await client({ url: `smtp://intake:${PASSWORD}@127.0.0.1:${port}` }).sendMail(MAIL), {
      depth: 10,
    });
    for (const secret of [PASSWORD, 'asha', 'intake@']) expect(shown).not.toContain(secret);
  }
});

const HEADERS = [
  'content-type',
  'date',
  'from',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'message-id',
  'mime-version',
  'reply-to',
  'subject',
  'to',
  'x-attempt-id',
];
const ATTACKS = [
  'Hello\r\nBcc: ben@example.org',
  'Hello\nX-Evil: 1',
  'Hello\r',
  'Hello\0',
  'ben@example.org',
  '"Ben" <ben@example.org>',
  'Asha <asha@example.org>, Ben <ben@example.org>',
  '=?utf-8?q?a=0D=0ABcc:_ben@example.org?=',
  'a\u2028Bcc: ben@example.org',
  'a\u0085Bcc: ben@example.org',
  '',
  ' ',
];
