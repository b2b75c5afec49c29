import { OURS, type Rig, startRig, THEIRS } from '../rig';
import type { ScriptName, ScriptOptions } from '../people/script';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const INBOUND = '/webhooks/twilio/sms/inbound';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.stop();
});

async function cast(script: ScriptName, options: ScriptOptions = {}): Promise<void> {
  await rig.control('POST', '/people', { phone: THEIRS, script, options });
}

async function text(more: Record<string, unknown> = {}) {
  const statusCallback = `${rig.product.url}/sms/status?a=${ATTEMPT}`;
  return rig.client.messages.create({ to: THEIRS, from: OURS, body: 'Hello', statusCallback, ...more });
}

async function write(body: string) {
  return rig.control('POST', '/inbound-sms', { from: THEIRS, to: OURS, body });
}

function told(): unknown[] {
  return rig.product.to('/sms/status').map(({ form }) => [form['MessageStatus'], form['ErrorCode']]);
}

function replies(): (string | undefined)[] {
  return rig.product.to(INBOUND).map(({ form }) => form['Body']);
}

describe('a text by the SDK', () => {
  it('is queued at once, then sent, then delivered, and its first status has no callback', async () => {
    const created = await text({ validityPeriod: 600 });
    expect(created).toMatchObject({ status: 'queued', direction: 'outbound-api', numSegments: '1', errorCode: null });
    expect(created.sid).toMatch(/^SM[0-9a-f]{32}$/);
    await rig.simulator.idle();
    expect(told()).toEqual([
      ['sent', undefined],
      ['delivered', undefined],
    ]);
    expect(await rig.client.messages(created.sid).fetch()).toMatchObject({
      status: 'delivered',
      dateSent: expect.any(Date),
    });
    expect(rig.product.received.every(({ isSigned }) => isSigned)).toBe(true);
    expect(rig.ledger.entries({ kind: 'create' })).toMatchObject([
      { accepted: true, attemptId: ATTEMPT, to: THEIRS, from: OURS },
    ]);
  });

  it('to a dead line ends undelivered with its error, and is answered by nobody', async () => {
    await cast('fails');
    const { sid } = await text();
    await rig.simulator.idle();
    expect(told().at(-1)).toEqual(['undelivered', '30003']);
    expect(await rig.client.messages(sid).fetch()).toMatchObject({ status: 'undelivered', errorCode: 30003 });
  });

  it('without a callback URL goes its way in silence', async () => {
    await text({ statusCallback: undefined });
    await rig.simulator.idle();
    expect(rig.product.received).toEqual([]);
  });

  it.each([
    ['plain', 'a'.repeat(160), '1'],
    ['plain', 'a'.repeat(161), '2'],
    ['with an umlaut', 'ü'.repeat(71), '2'],
  ])('counts the segments of one that is %s', async (_what, body, segments) => {
    expect((await text({ body })).numSegments).toBe(segments);
  });
});

describe('people', () => {
  it.each<[ScriptName, string]>([
    ['replies_yes', 'yes please'],
    ['replies_callback', 'call me Tuesday at three'],
    ['replies_stop', 'STOP'],
    ['replies_no_more', 'no more texts please'],
    ['replies_question', 'what documents do I need to bring?'],
  ])('%s: “%s”, to the first text only', async (script, reply) => {
    await cast(script);
    await text();
    await rig.simulator.idle();
    await text().catch(() => undefined);
    await rig.simulator.idle();
    expect(replies()).toEqual([reply]);
    expect(rig.product.to(INBOUND)[0]).toMatchObject({
      isSigned: true,
      form: { From: THEIRS, To: OURS, NumMedia: '0' },
    });
  });

  it('may be told to answer another text in other words', async () => {
    await cast('replies_yes', { reply: 'sure', replyTo: 2 });
    await text();
    await rig.simulator.idle();
    expect(replies()).toEqual([]);
    await text();
    await rig.simulator.idle();
    expect(replies()).toEqual(['sure']);
  });

  it('who asked for a call by text pick up', async () => {
    await cast('replies_callback');
    rig.product.answer = () => ({ body: '<Response/>' });
    const call = {
      to: THEIRS,
      from: OURS,
      url: `${rig.product.url}/voice/answer`,
      statusCallback: `${rig.product.url}/voice/status`,
    };
    await rig.client.calls.create(call);
    await text();
    await rig.simulator.idle();
    await rig.client.calls.create(call);
    await rig.simulator.idle();
    expect(rig.product.to('/voice/status').map(({ form }) => form['CallStatus'])).toEqual(['no-answer', 'completed']);
  });

  it('fill in the form behind a link', async () => {
    await cast('completes_form', { answers: { injured: 'yes' } });
    await text({ body: 'No link here' });
    await text({ body: `Please fill in ${rig.product.url}/f/abc.DEF-1_2.` });
    await rig.simulator.idle();
    expect(rig.product.to('/v1/facts').map(({ text: body }) => JSON.parse(body))).toMatchObject([
      { kind: 'form_started', formToken: 'abc.DEF-1_2' },
      { kind: 'form_completed', formToken: 'abc.DEF-1_2', answers: { injured: 'yes' } },
    ]);
  });

  it('get the texts that the product answers with', async () => {
    rig.product.answer = () => ({
      body: '<Response><Message>We stop.</Message><Message><Body>Bye</Body></Message></Response>',
    });
    await write('no more texts please');
    const sent = rig.ledger
      .entries({ kind: 'create' })
      .map(({ accepted, status, detail }) => [accepted, status, detail['order']]);
    expect(sent).toMatchObject([
      [true, 'reply', { body: 'We stop.' }],
      [true, 'reply', { body: 'Bye' }],
    ]);
  });
});

describe('Twilio’s own handling of keywords', () => {
  it.each(['STOP', ' stop ', 'Unsubscribe', 'REVOKE', 'optout'])(
    'blocks the pair of numbers after “%s”',
    async (body) => {
      await write(body);
      expect(rig.product.to(INBOUND)[0]?.form).toMatchObject({ Body: body, OptOutType: 'STOP' });
      await expect(text()).rejects.toMatchObject({ status: 400, code: 21610 });
      expect(rig.ledger.entries({ kind: 'create' })).toMatchObject([
        { accepted: false, attemptId: ATTEMPT, detail: { code: 21610 } },
      ]);
      await expect(text({ from: '+12125550101' })).resolves.toMatchObject({ status: 'queued' });
    },
  );

  it('keeps an answer of the product from a blocked person', async () => {
    rig.product.answer = () => ({ body: '<Response><Message>You are out</Message></Response>' });
    await write('STOP');
    expect(rig.ledger.entries({ kind: 'create' })).toMatchObject([
      { accepted: false, status: 'reply', detail: { code: 21610 } },
    ]);
  });

  it.each(['stop please', 'please stop', 'no more texts please'])('does nothing for “%s”', async (body) => {
    await write(body);
    expect(rig.product.to(INBOUND)[0]?.form).not.toHaveProperty('OptOutType');
    await expect(text()).resolves.toMatchObject({ status: 'queued' });
  });

  it('lifts the block after START', async () => {
    await write('STOP');
    await write('start');
    await expect(text()).resolves.toMatchObject({ status: 'queued' });
    expect(rig.ledger.entries().map(({ kind }) => kind)).toEqual(expect.arrayContaining(['opt_out', 'opt_in']));
  });

  it('only answers HELP', async () => {
    await write('help');
    expect(rig.product.to(INBOUND)[0]?.form).toMatchObject({ OptOutType: 'HELP' });
    await expect(text()).resolves.toMatchObject({ status: 'queued' });
  });
});

it('a person’s text to nobody is in the ledger as failed', async () => {
  await rig.product.stop();
  expect(await write('hello')).toMatchObject({ status: 201, body: { sid: expect.stringMatching(/^SM/) } });
  expect(rig.ledger.entries({ kind: 'inbound' })).toMatchObject([
    { from: THEIRS, to: OURS, detail: { failure: 'ECONNREFUSED' } },
  ]);
});
