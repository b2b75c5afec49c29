import { OURS, type Rig, startRig, THEIRS } from '../rig';
import type { ScriptName, ScriptOptions } from '../people/script';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const GREETING = '<Response><Gather input="speech dtmf" action="/voice/turn"><Say>Hello</Say></Gather></Response>';
const GOODBYE = '<Response><Say>Goodbye</Say><Hangup/></Response>';

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

async function call(more: Record<string, unknown> = {}) {
  return rig.client.calls.create({
    to: THEIRS,
    from: OURS,
    url: `${rig.product.url}/voice/answer?a=${ATTEMPT}`,
    statusCallback: `${rig.product.url}/voice/status?a=${ATTEMPT}&t=token`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    ...more,
  });
}

function statuses(): (string | undefined)[] {
  return rig.product.to('/voice/status').map(({ form }) => form['CallStatus']);
}

function facts(): unknown[] {
  return rig.product.to('/v1/facts').map(({ text }) => JSON.parse(text));
}

describe('a talk', () => {
  it('says one line at each question and hangs up when there is none left', async () => {
    await cast('answers_successful', { lines: ['First.', 'Second.'] });
    rig.product.answer = ({ path }) => (path.startsWith('/voice') ? { body: GREETING } : {});
    await call();
    await rig.simulator.idle();
    const turns = rig.product.to('/voice/turn').map(({ form }) => [form['SpeechResult'], form['Confidence']]);
    expect(turns).toEqual([
      ['First.', '0.92'],
      ['Second.', '0.92'],
    ]);
  });

  it('presses the opt-out key at the first question that takes keys', async () => {
    await cast('presses_opt_out');
    rig.product.answer = ({ path }) => ({ body: path === '/voice/answer' ? GREETING : GOODBYE });
    await call();
    await rig.simulator.idle();
    expect(rig.product.to('/voice/turn').map(({ form }) => form['Digits'])).toEqual(['9']);
  });

  it('goes on to the next verb when a question takes only keys and nobody presses one', async () => {
    await cast('answers_successful');
    rig.product.answer = ({ path }) =>
      path === '/voice/answer'
        ? {
            body: '<Response><Gather numDigits="1"><Say>Press 9</Say></Gather><Redirect>more?page=2</Redirect></Response>',
          }
        : { body: GOODBYE };
    await call();
    await rig.simulator.idle();
    expect(rig.product.to('/voice/more')[0]?.query.get('page')).toBe('2');
  });

  it('asks the present document again when a question names no action', async () => {
    await cast('answers_successful', { lines: ['Once.'] });
    rig.product.answer = () => ({ body: '<Response><Gather input="speech"/></Response>' });
    await call();
    await rig.simulator.idle();
    expect(rig.product.to('/voice/answer').map(({ form }) => form['SpeechResult'])).toEqual([undefined, 'Once.']);
  });

  it('tells the action of an empty result only if asked to', async () => {
    await cast('voicemail');
    rig.product.answer = ({ path }) =>
      path === '/voice/answer'
        ? { body: '<Response><Gather input="speech" action="/voice/turn" actionOnEmptyResult="true"/></Response>' }
        : { body: GOODBYE };
    await call();
    await rig.simulator.idle();
    expect(rig.product.to('/voice/turn').map(({ form }) => form['SpeechResult'])).toEqual(['']);
  });

  it.each([
    ['<Dial action="/voice/dialled">+12125550199</Dial>', 'completed', 'transferred'],
    ['<Dial action="/voice/dialled"><Number>+442079460000</Number></Dial>', 'failed', 'transfer_refused'],
  ])('transfers by %s, but never to a number that could be somebody’s', async (dial, dialled, noted) => {
    await cast('asks_for_human');
    rig.product.answer = ({ path }) => ({ body: path === '/voice/answer' ? `<Response>${dial}</Response>` : GOODBYE });
    await call();
    await rig.simulator.idle();
    expect(rig.product.to('/voice/dialled').map(({ form }) => form['DialCallStatus'])).toEqual([dialled]);
    expect(rig.ledger.entries({ kind: 'twiml' }).map(({ status }) => status)).toContain(noted);
  });

  it.each([
    ['an error', { status: 500, body: GREETING }],
    ['no TwiML', { body: 'hello' }],
  ])('that gets %s ends without a word, and nobody tags it', async (_what, answer) => {
    await cast('answers_converts');
    rig.product.answer = ({ path }) => (path === '/voice/answer' ? answer : {});
    await call();
    await rig.simulator.idle();
    expect(statuses().at(-1)).toBe('completed');
    expect(facts()).toEqual([]);
  });

  it('stops at a verb that it does not know, and says so in the ledger', async () => {
    await cast('answers_successful');
    rig.product.answer = () => ({ body: '<Response><Enqueue>support</Enqueue></Response>' });
    await call();
    await rig.simulator.idle();
    expect(rig.ledger.entries({ kind: 'twiml' }).at(-1)).toMatchObject({
      status: 'unknown_verb',
      detail: { verb: 'Enqueue' },
    });
  });

  it('does not ask for documents for ever', async () => {
    await cast('answers_successful');
    rig.product.answer = () => ({ body: '<Response><Redirect>/voice/answer</Redirect></Response>' });
    await call();
    await rig.simulator.idle();
    expect(rig.product.to('/voice/answer')).toHaveLength(25);
  });
});

describe('the voice agent', () => {
  it.each<[ScriptName, unknown[]]>([
    ['answers_converts', [{ kind: 'call_outcome', outcome: 'converted' }]],
    ['answers_successful', [{ kind: 'call_outcome', outcome: 'successful' }]],
    ['answers_unsuccessful', [{ kind: 'call_outcome', outcome: 'unsuccessful' }]],
    ['disqualified', [{ kind: 'call_outcome', outcome: 'disqualified' }]],
    ['asks_for_human', [{ kind: 'handoff_requested' }, { kind: 'call_outcome', outcome: 'successful' }]],
    ['wrong_number', [{ kind: 'wrong_number' }, { kind: 'call_outcome', outcome: 'unsuccessful' }]],
    ['presses_opt_out', [{ kind: 'call_outcome', outcome: 'unsuccessful' }]],
    ['voicemail', []],
  ])('tells after the call of one who %s', async (script, told) => {
    await cast(script);
    rig.product.answer = () => ({ body: GOODBYE });
    const { sid } = await call();
    await rig.simulator.idle();
    expect(facts()).toMatchObject(told);
    expect(facts()).toMatchObject(told.map(() => ({ callSid: sid })));
    expect(rig.product.to('/v1/facts').every(({ headers }) => headers.authorization === 'Bearer rig-api-key')).toBe(
      true,
    );
  });

  it('asks for a callback in the person’s words, and may leave the tag out', async () => {
    await cast('answers_successful', { callback: 'Tuesday at three', outcome: null });
    rig.product.answer = () => ({ body: GOODBYE });
    await call();
    await rig.simulator.idle();
    expect(facts()).toMatchObject([{ kind: 'callback_requested', text: 'Tuesday at three' }]);
  });
});

describe('machine detection', () => {
  const voicemailUrl = '<Response><Say>Please call us back</Say></Response>';

  it('waits for its result before it asks for TwiML', async () => {
    await cast('voicemail');
    rig.product.answer = () => ({ body: GOODBYE });
    const { sid } = await call({ machineDetection: 'DetectMessageEnd' });
    await rig.simulator.idle();
    expect(rig.product.to('/voice/answer')[0]?.form['AnsweredBy']).toBe('machine_end_beep');
    expect(rig.product.to('/voice/status').at(-1)?.form['AnsweredBy']).toBe('machine_end_beep');
    expect((await rig.client.calls(sid).fetch()).answeredBy).toBe('machine_end_beep');
  });

  it.each<[ScriptName, string, ScriptOptions, string]>([
    ['voicemail', 'Enable', {}, 'machine_start'],
    ['voicemail', 'DetectMessageEnd', {}, 'machine_end_beep'],
    ['answers_successful', 'Enable', {}, 'human'],
    ['answers_successful', 'Enable', { answeredBy: 'unknown' }, 'unknown'],
  ])('aside: %s with %s is told to its own URL', async (script, machineDetection, options, answeredBy) => {
    await cast(script, options);
    rig.product.answer = () => ({ body: GOODBYE });
    await call({
      machineDetection,
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${rig.product.url}/voice/machine?a=${ATTEMPT}`,
    });
    await rig.simulator.idle();
    expect(rig.product.to('/voice/machine').map(({ form }) => form['AnsweredBy'])).toEqual([answeredBy]);
    expect(rig.product.to('/voice/answer')[0]?.form).not.toHaveProperty('AnsweredBy');
    expect(rig.ledger.entries({ kind: 'machine' })[0]).toMatchObject({ status: answeredBy, attemptId: ATTEMPT });
  });

  it('aside is through before a machine has kept silent for long enough', async () => {
    await cast('voicemail');
    const order: string[] = [];
    rig.product.answer = ({ path }) => {
      order.push(path);
      const listen = '<Gather input="speech" action="/voice/turn" actionOnEmptyResult="true"><Say>Hello</Say></Gather>';
      return { body: path === '/voice/answer' ? `<Response>${listen}</Response>` : GOODBYE };
    };
    const asyncAmdStatusCallback = `${rig.product.url}/voice/machine`;
    await call({ statusCallback: undefined, machineDetection: 'Enable', asyncAmd: 'true', asyncAmdStatusCallback });
    await rig.simulator.idle();
    expect(order).toEqual(['/voice/answer', '/voice/machine', '/voice/turn']);
  });

  it.each([['url'], ['twiml']])('leaves time to send the call elsewhere by %s', async (by) => {
    await cast('voicemail');
    rig.product.answer = async ({ path, form }) => {
      if (path === '/voice/machine') {
        const more = by === 'url' ? { url: `${rig.product.url}/voice/voicemail` } : { twiml: voicemailUrl };
        await rig.client.calls(form['CallSid'] ?? '').update(more);
      }
      return { body: path === '/voice/voicemail' ? voicemailUrl : '<Response><Pause length="60"/></Response>' };
    };
    await call({
      machineDetection: 'Enable',
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${rig.product.url}/voice/machine`,
    });
    await rig.simulator.idle();
    expect(rig.ledger.entries({ kind: 'status' }).at(-1)).toMatchObject({
      status: 'completed',
      detail: { heard: 'Please call us back' },
    });
  });
});
