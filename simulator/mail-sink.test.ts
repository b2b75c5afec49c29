import { readBounce } from '../domain/bounce';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { type Rig, startRig } from './rig';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const ASHA = 'asha@example.com';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.stop();
});

async function send(more: SendMailOptions = {}) {
  const transport = createTransport({ host: '127.0.0.1', port: rig.simulator.smtpPort, ignoreTLS: true });
  try {
    return await transport.sendMail({
      from: 'Firm <intake@example.com>',
      to: ASHA,
      replyTo: 'reply+token@inbound.example.com',
      subject: 'Your case – next step',
      text: 'Dear Asha, …',
      messageId: '<one@example.com>',
      headers: {
        'X-Attempt-Id': ATTEMPT,
        'List-Unsubscribe': '<https://outreach.example.com/u/abc>, <mailto:unsubscribe@example.com>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      ...more,
    });
  } finally {
    transport.close();
  }
}

function mails() {
  return rig.ledger.entries({ kind: 'mail' });
}

describe('a mail by nodemailer', () => {
  it('is read as it was written', async () => {
    await send();
    expect(mails()).toMatchObject([
      {
        channel: 'email',
        sid: '<one@example.com>',
        to: ASHA,
        from: 'intake@example.com',
        accepted: true,
        attemptId: ATTEMPT,
        detail: {
          subject: 'Your case – next step',
          text: expect.stringContaining('Dear Asha, …'),
          headers: {
            'list-unsubscribe': '<https://outreach.example.com/u/abc>, <mailto:unsubscribe@example.com>',
            'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
            'reply-to': 'reply+token@inbound.example.com',
          },
        },
      },
    ]);
    const { body } = await rig.control('GET', '/summary');
    expect(body).toMatchObject({ creates: { email: { accepted: 1 } }, duplicates: [] });
  });

  it.each(['ben@example.org', 'cy@mail.example.com'])('to %s is taken', async (to) => {
    await send({ to });
    expect(mails()).toMatchObject([{ to, accepted: true }]);
  });

  it.each(['ben@example.net', 'ben@notexample.com', 'ben@gmail.com'])(
    'to %s is refused, because it could be somebody',
    async (to) => {
      await expect(send({ to })).rejects.toMatchObject({ code: 'EENVELOPE', responseCode: 550 });
      expect(mails()).toMatchObject([{ to, accepted: false, status: '550' }]);
    },
  );

  it('that is sent twice is a duplicate', async () => {
    await send();
    await send();
    const { body } = await rig.control('GET', '/summary');
    expect(body).toMatchObject({ duplicates: [{ attemptId: ATTEMPT, channel: 'email', accepted: 2 }] });
  });
});

describe('a fault', () => {
  it.each([
    ['451', 451],
    ['550', 550],
  ] as const)('%s after the mail was read', async (mode, responseCode) => {
    await rig.control('PUT', '/faults', [{ channel: 'email', mode, match: { attemptId: ATTEMPT }, times: 1 }]);
    await expect(send()).rejects.toMatchObject({ code: 'EMESSAGE', responseCode });
    expect(mails()).toMatchObject([{ accepted: false, status: mode, attemptId: ATTEMPT }]);
    await expect(send()).resolves.toMatchObject({ accepted: [ASHA] });
  });

  it.each([
    ['451', 451],
    ['550', 550],
  ] as const)('%s for the recipient', async (mode, responseCode) => {
    await rig.control('PUT', '/faults', [{ channel: 'email', mode, match: { operation: 'rcpt', to: ASHA } }]);
    await expect(send()).rejects.toMatchObject({ code: 'EENVELOPE', responseCode });
    expect(mails()).toMatchObject([{ accepted: false, to: ASHA, status: mode }]);
  });

  it.each([true, false])('cuts the connection after the final dot (delivered: %s)', async (executed) => {
    await rig.control('PUT', '/faults', [{ channel: 'email', mode: 'drop_after_dot', options: { executed } }]);
    await expect(send()).rejects.not.toHaveProperty('responseCode', expect.any(Number));
    expect(mails()).toMatchObject([{ accepted: executed, detail: { fault: 'drop_after_dot' } }]);
  });
});

describe("a person's mail server", () => {
  const cast = (script: string, options: object = {}) =>
    rig.control('POST', '/people', { email: ASHA, script, options });
  const returned = () =>
    rig.product
      .to('/v1/facts')
      .map(({ text }) => JSON.parse(text) as { headers: Record<string, string>; text: string });

  it.each([
    ['refuses_mail', 550, '550 5.1.1 No such mailbox'],
    ['mailbox_full', 452, '452 4.2.2 Mailbox full'],
  ])('%s answers %d to the name of the recipient', async (script, responseCode, response) => {
    await cast(script);
    await expect(send()).rejects.toMatchObject({ code: 'EENVELOPE', responseCode, response });
    expect(mails()).toMatchObject([{ accepted: false, to: ASHA, status: String(responseCode) }]);
  });

  it.each([
    ['421', 421],
    ['552', 552],
    ['554', 554],
  ] as const)('may answer %s after the whole mail', async (mode, responseCode) => {
    await cast('never_answers', { mail: { mode, at: 'data' } });
    await expect(send()).rejects.toMatchObject({ responseCode });
    expect(mails()).toMatchObject([{ accepted: false, status: mode, attemptId: ATTEMPT }]);
  });

  it('defers_mail takes it the second time', async () => {
    await cast('defers_mail');
    await expect(send()).rejects.toMatchObject({
      responseCode: 451,
      response: '451 4.7.1 Greylisted, try again later',
    });
    await send();
    expect(mails()).toMatchObject([{ accepted: false, status: '451' }, { accepted: true }]);
  });

  it.each([
    ['bounces_hard', {}, 'hard', '5.1.1'],
    ['bounces_soft', {}, 'soft', '4.4.7'],
    ['never_answers', { mail: { mode: 'bounce_delayed' } }, 'delayed', '4.4.1'],
  ])('%s %j sends the mail back to its return path', async (script, options, kind, status) => {
    await cast(script, options);
    await send();
    await rig.simulator.idle();
    expect(mails()).toMatchObject([{ accepted: true }]);
    expect(rig.ledger.entries({ kind: 'bounce' })).toMatchObject([{ to: ASHA, attemptId: ATTEMPT, status }]);
    const [report, ...others] = returned();
    expect(others).toEqual([]);
    expect(report).toMatchObject({ kind: 'inbound_email', to: 'intake@example.com', headers: { 'Return-Path': '<>' } });
    expect(report && readBounce(report)).toMatchObject({ kind, status, recipient: ASHA, attemptIds: [ATTEMPT] });
  });

  it('sends it back when its business time has come, and only the mail that a fault names', async () => {
    const options = { delaySeconds: 3600 };
    await rig.control('PUT', '/faults', [{ channel: 'email', mode: 'bounce_hard', match: { to: ASHA }, options }]);
    await send();
    await send({ to: 'ben@example.com' });
    await rig.simulator.idle();
    expect(returned()).toEqual([]);
    expect(rig.simulator.nextAt()).toBe(rig.clock.now + 3_600_000);
    rig.clock.now += 3_600_000;
    await rig.simulator.idle();
    expect(returned()).toHaveLength(1);
    expect(rig.ledger.entries({ kind: 'bounce' })).toMatchObject([{ to: ASHA, at: rig.clock.now }]);
  });

  it('returns nothing that has no return path', async () => {
    await cast('bounces_hard');
    await send({ envelope: { from: '', to: [ASHA] } });
    await rig.simulator.idle();
    expect(returned()).toEqual([]);
  });
});

describe('people', () => {
  it('answer to the address that the mail names, and say which mail', async () => {
    await rig.control('POST', '/people', { email: ASHA, script: 'mail_replies' });
    await send();
    await rig.simulator.idle();
    expect(rig.product.to('/v1/facts').map(({ text }) => JSON.parse(text))).toMatchObject([
      {
        kind: 'inbound_email',
        from: ASHA,
        to: 'reply+token@inbound.example.com',
        subject: 'Re: Your case – next step',
        headers: { 'In-Reply-To': '<one@example.com>', References: '<one@example.com>' },
      },
    ]);
  });

  it('fill in the form behind a link in the text or only in the HTML', async () => {
    await rig.control('POST', '/people', { email: ASHA, script: 'completes_form' });
    await send({ text: 'See below', html: '<a href="https://outreach.example.com/f/tok-1">Your form</a>' });
    await rig.simulator.idle();
    expect(rig.product.to('/v1/facts').map(({ text }) => JSON.parse(text))).toMatchObject([
      { kind: 'form_started', formToken: 'tok-1' },
      { kind: 'form_completed', formToken: 'tok-1' },
    ]);
  });

  it('may write by themselves', async () => {
    const mail = {
      from: ASHA,
      to: 'intake@example.com',
      subject: 'Hello',
      text: 'Any news?',
      inReplyTo: '<one@example.com>',
    };
    expect(await rig.control('POST', '/inbound-email', mail)).toMatchObject({ status: 201, body: { status: 200 } });
    expect(JSON.parse(rig.product.to('/v1/facts')[0]?.text ?? '')).toMatchObject({
      kind: 'inbound_email',
      text: 'Any news?',
      headers: { 'In-Reply-To': '<one@example.com>' },
    });
  });
});
