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

describe('a call by the SDK', () => {
  it('is queued at once, and completed when it was talked on', async () => {
    await cast('answers_successful');
    rig.product.answer = ({ path }) => ({ body: path === '/voice/answer' ? GREETING : GOODBYE });
    const created = await call();
    expect(created).toMatchObject({ status: 'queued', direction: 'outbound-api', to: THEIRS, from: OURS });
    expect(created.sid).toMatch(/^CA[0-9a-f]{32}$/);
    expect(created.dateCreated).toBeInstanceOf(Date);
    await rig.simulator.idle();
    const ended = await rig.client.calls(created.sid).fetch();
    expect(ended).toMatchObject({ status: 'completed', duration: '1', answeredBy: null });
    expect(statuses()).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
    expect(rig.product.received.every(({ path, isSigned }) => isSigned || path === '/v1/facts')).toBe(true);
  });

  it('numbers its callbacks, and sends only the last one if no event is asked for', async () => {
    await cast('never_answers');
    await call();
    await call({ statusCallbackEvent: undefined });
    await rig.simulator.idle();
    const callbacks = rig.product
      .to('/voice/status')
      .map(({ form }) => [form['CallSid'], form['CallStatus'], form['SequenceNumber']]);
    const [first] = callbacks[0] ?? [];
    expect(callbacks.filter(([sid]) => sid === first).map(([, ...rest]) => rest)).toEqual([
      ['initiated', '0'],
      ['ringing', '1'],
      ['no-answer', '2'],
    ]);
    expect(callbacks.filter(([sid]) => sid !== first).map(([, ...rest]) => rest)).toEqual([['no-answer', '0']]);
  });

  it.each<[ScriptName, string, string, string[]]>([
    ['never_answers', 'no-answer', '487', ['initiated', 'ringing', 'no-answer']],
    ['fails', 'failed', '404', ['initiated', 'failed']],
    ['busy_then_answers', 'busy', '486', ['initiated', 'busy']],
  ])('to somebody who %s ends as %s (SIP %s)', async (script, end, sip, told) => {
    await cast(script);
    const { sid } = await call();
    await rig.simulator.idle();
    expect(statuses()).toEqual(told);
    expect(rig.product.to('/voice/status').at(-1)?.form).toMatchObject({ SipResponseCode: sip, CallDuration: '0' });
    expect((await rig.client.calls(sid).fetch()).status).toBe(end);
    expect(rig.product.to('/voice/answer')).toEqual([]);
    expect(facts()).toEqual([]);
  });

  it('to a busy line is answered the next time', async () => {
    await cast('busy_then_answers');
    rig.product.answer = () => ({ body: GOODBYE });
    await call();
    await rig.simulator.idle();
    await call();
    await rig.simulator.idle();
    expect(statuses().filter((status) => status === 'busy' || status === 'completed')).toEqual(['busy', 'completed']);
  });

  it('asks the URL that it was given by GET, with everything in a signed query', async () => {
    await cast('answers_successful');
    rig.product.answer = () => ({ body: GOODBYE });
    await call({ method: 'GET' });
    const asked = await rig.product.until(({ path }) => path === '/voice/answer');
    expect(asked).toMatchObject({ method: 'GET', isSigned: true, form: { CallStatus: 'in-progress', a: ATTEMPT } });
    await rig.simulator.idle();
  });

  it('follows TwiML that came with the order', async () => {
    await cast('answers_successful');
    await call({ url: undefined, twiml: '<Response><Say>Hello &amp; goodbye</Say></Response>' });
    await rig.simulator.idle();
    const ended = rig.ledger.entries({ kind: 'status' }).at(-1);
    expect(ended).toMatchObject({ status: 'completed', detail: { heard: 'Hello & goodbye' } });
  });
});

describe('ending a call', () => {
  it('cancels one that rings, and its last callback says so', async () => {
    await cast('answers_successful');
    await rig.control('POST', '/hold', { attemptId: ATTEMPT, phase: 'ringing' });
    const { sid } = await call();
    await rig.product.until(({ form }) => form['CallStatus'] === 'ringing');
    expect((await rig.client.calls(sid).update({ status: 'canceled' })).status).toBe('canceled');
    await rig.simulator.idle();
    expect(statuses()).toEqual(['initiated', 'ringing', 'canceled']);
    expect(rig.product.to('/voice/answer')).toEqual([]);
  });

  it('lets one in progress be when it is to be canceled, and ends it when it is to be completed', async () => {
    await cast('answers_successful');
    rig.product.answer = () => ({ body: GOODBYE });
    await rig.control('POST', '/hold', { to: THEIRS, phase: 'talking' });
    const { sid } = await call();
    await rig.product.until(({ path }) => path === '/voice/answer');
    expect((await rig.client.calls(sid).update({ status: 'canceled' })).status).toBe('in-progress');
    expect((await rig.client.calls(sid).update({ status: 'completed' })).status).toBe('completed');
    await rig.simulator.idle();
    expect(statuses().at(-1)).toBe('completed');
  });

  it('does not wait for an answer to a request for TwiML', async () => {
    await cast('answers_successful');
    let answerAtLast = (): void => undefined;
    const kept = new Promise<void>((resolve) => {
      answerAtLast = resolve;
    });
    rig.product.answer = async ({ path }) => {
      if (path === '/voice/answer') await kept;
      return {};
    };
    const { sid } = await call();
    await rig.product.until(({ path }) => path === '/voice/answer');
    expect((await rig.client.calls(sid).update({ status: 'completed' })).status).toBe('completed');
    answerAtLast();
    await rig.simulator.idle();
  });

  it('refuses to change one that is over with 21220', async () => {
    await cast('never_answers');
    const { sid } = await call();
    await rig.simulator.idle();
    await expect(rig.client.calls(sid).update({ status: 'completed' })).rejects.toMatchObject({
      status: 400,
      code: 21220,
    });
    await expect(rig.client.calls(sid).update({ twiml: GOODBYE })).rejects.toMatchObject({ status: 400, code: 21220 });
  });
});

it('a STOP while the phone rings reaches the product before the ringing ends', async () => {
  await cast('stop_while_ringing');
  await call();
  await rig.simulator.idle();
  const story = rig.ledger.entries().map(({ kind, status }) => (kind === 'inbound' ? kind : (status ?? kind)));
  expect(story.indexOf('inbound')).toBeGreaterThan(story.indexOf('ringing'));
  expect(story.indexOf('no-answer')).toBeGreaterThan(story.indexOf('inbound'));
});

it('rings no longer than the timeout of the order', async () => {
  await rig.stop();
  rig = await startRig({ timings: { dialMs: [0, 0], ringMs: [60_000, 60_000] } });
  await call({ timeout: 1 });
  await rig.simulator.idle();
  expect(statuses().at(-1)).toBe('no-answer');
});
