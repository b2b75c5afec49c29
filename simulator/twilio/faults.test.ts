import { OURS, type Rig, sdkClient, startRig, THEIRS } from '../rig';
import type { FaultMode } from '../fault-rule';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.stop();
});

async function put(...faults: Record<string, unknown>[]): Promise<void> {
  expect(await rig.control('PUT', '/faults', faults)).toMatchObject({ status: 200 });
}

async function call(client = rig.client, attemptId = ATTEMPT) {
  const statusCallback = `${rig.product.url}/voice/status?a=${attemptId}`;
  return client.calls.create({
    to: THEIRS,
    from: OURS,
    url: `${rig.product.url}/voice/answer`,
    statusCallback,
    statusCallbackEvent: EVENTS,
  });
}

async function text(client = rig.client) {
  const statusCallback = `${rig.product.url}/sms/status?a=${ATTEMPT}`;
  return client.messages.create({ to: THEIRS, from: OURS, body: 'Hello', statusCallback });
}

function told(path = '/voice/status'): (string | undefined)[] {
  return rig.product.to(path).map(({ form }) => form['CallStatus'] ?? form['MessageStatus']);
}

describe.each([
  ['voice', () => call()],
  ['sms', () => text()],
] as const)('a create of %s', (channel, create) => {
  const accepted = (): boolean[] =>
    rig.ledger.entries({ channel, kind: 'create' }).map((entry) => entry.accepted === true);

  it('answers 429 with Retry-After and does nothing', async () => {
    await put({ channel, mode: '429', options: { retryAfterSeconds: 30 } });
    await expect(create()).rejects.toMatchObject({ status: 429, code: 20429 });
    expect(accepted()).toEqual([false]);
    const raw = await fetch(`${rig.simulator.httpUrl}/sim/faults`);
    expect(await raw.json()).toMatchObject([{ matched: 1, fired: 1 }]);
  });

  it.each<[FaultMode, boolean]>([
    ['500_not_executed', false],
    ['500_executed', true],
  ])('answers %s', async (mode, executed) => {
    await put({ channel, mode });
    await expect(create()).rejects.toMatchObject({ status: 500, code: 20500 });
    await rig.simulator.idle();
    expect(accepted()).toEqual([executed]);
    expect(rig.product.received.length > 0).toBe(executed);
    expect(rig.ledger.entries({ channel, kind: 'create' })[0]).toMatchObject({ attemptId: ATTEMPT });
  });

  it.each<[FaultMode, boolean]>([
    ['timeout_not_executed', false],
    ['timeout_executed', true],
  ])('says nothing for %s until the client leaves', async (mode, executed) => {
    await put({ channel, mode });
    const impatient = sdkClient(rig.simulator.httpUrl, { timeoutMs: 100 });
    await expect(channel === 'voice' ? call(impatient) : text(impatient)).rejects.toMatchObject({
      code: 'ECONNABORTED',
    });
    await rig.simulator.idle();
    expect(accepted()).toEqual([executed]);
  });

  it.each([true, false])('is cut off after the headers of its answer (executed: %s)', async (executed) => {
    await put({ channel, mode: 'reset', options: { executed } });
    await expect(create()).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE' });
    await rig.simulator.idle();
    expect(accepted()).toEqual([executed]);
  });

  it('is spoiled only where the rule matches, and only so often', async () => {
    await put(
      { channel, mode: 'ok', match: { attemptId: 'somebody-else' } },
      { channel, mode: '500_not_executed', match: { to: '+12125550199' } },
      { channel, mode: '429', match: { attemptId: ATTEMPT, nth: 2 } },
      { channel, mode: '500_not_executed', match: { to: THEIRS, nth: 4 }, times: 1 },
      { channel, mode: '500_not_executed', probability: 0 },
    );
    const outcomes = [];
    for (let n = 0; n < 5; n += 1)
      outcomes.push(
        await create().then(
          () => 201,
          (error: { status: number }) => error.status,
        ),
      );
    expect(outcomes).toEqual([201, 429, 201, 500, 201]);
  });
});

it('a fault that waits is left when the simulator stops', async () => {
  await put({ channel: 'voice', mode: 'timeout_not_executed' });
  const outcome = call().catch((error: { code: string }) => error.code);
  await rig.entry({ kind: 'create' });
  await rig.simulator.stop();
  expect(await outcome).toBe('ECONNRESET');
});

it('look-ups and changes have faults of their own', async () => {
  const { sid } = await call();
  await put(
    { channel: 'voice', mode: '500_not_executed', match: { operation: 'lookup' } },
    { channel: 'voice', mode: '429', match: { operation: 'update' } },
  );
  await expect(rig.client.calls(sid).fetch()).rejects.toMatchObject({ status: 500 });
  await expect(rig.client.calls.list({ to: THEIRS })).rejects.toMatchObject({ status: 500 });
  await expect(rig.client.calls(sid).update({ status: 'canceled' })).rejects.toMatchObject({ status: 429 });
  await expect(call()).resolves.toMatchObject({ status: 'queued' });
});

describe('callbacks', () => {
  it('come several times, side by side', async () => {
    await put({ channel: 'voice', mode: 'duplicate_callbacks', options: { copies: 3 } });
    await call();
    await rig.simulator.idle();
    const thrice = (status: string): string[] => [status, status, status];
    expect(told()).toEqual([...thrice('initiated'), ...thrice('ringing'), ...thrice('no-answer')]);
  });

  it('are dropped, all or some', async () => {
    await put(
      { channel: 'voice', mode: 'drop_callbacks', times: 1 },
      { channel: 'voice', mode: 'drop_callbacks', options: { events: ['completed'] } },
    );
    await call();
    await rig.simulator.idle();
    expect(told()).toEqual([]);
    await call();
    await rig.simulator.idle();
    expect(told()).toEqual(['initiated', 'ringing']);
  });

  it('are dropped with the request for TwiML, so that nothing proves the call but a look-up', async () => {
    await rig.control('POST', '/people', { phone: THEIRS, script: 'answers_converts' });
    await put(
      { channel: 'voice', mode: '500_executed' },
      { channel: 'voice', mode: 'drop_callbacks', options: { answerUrlToo: true } },
    );
    await expect(call()).rejects.toMatchObject({ status: 500 });
    await rig.simulator.idle();
    expect(rig.product.received).toEqual([]);
    expect(await rig.client.calls.list({ to: THEIRS, from: OURS })).toMatchObject([{ status: 'completed' }]);
  });

  it('come late and hold nothing up', async () => {
    await put({ channel: 'sms', mode: 'late_callbacks', options: { delayMs: 3_600_000 } });
    const { sid } = await text();
    await rig.entry({ kind: 'status' }, ({ status }) => status === 'delivered');
    expect((await rig.client.messages(sid).fetch()).status).toBe('delivered');
    expect(told('/sms/status')).toEqual([]);
  });

  it('that are late come in the end', async () => {
    await put({ channel: 'sms', mode: 'late_callbacks', options: { delayMs: 1 } });
    await text();
    await rig.simulator.idle();
    expect(new Set(told('/sms/status'))).toEqual(new Set(['sent', 'delivered']));
  });

  it('come in another order, each with its own number', async () => {
    await put({ channel: 'voice', mode: 'shuffle_callbacks' });
    await call();
    await rig.simulator.idle();
    const numbers = rig.product.to('/voice/status').map(({ form }) => form['SequenceNumber']);
    expect(numbers).not.toEqual(['0', '1', '2']);
    expect(new Set(numbers)).toEqual(new Set(['0', '1', '2']));
    expect(numbers).toHaveLength(3);
  });

  it('come in a chosen order, twice, and when business time has passed', async () => {
    const options = { order: ['completed', 'ringing'], copies: 2, delaySeconds: 60 };
    await put({ channel: 'voice', mode: 'shuffle_callbacks', options });
    await call();
    await rig.simulator.idle();
    expect(told()).toEqual([]);
    rig.clock.now += 60_000;
    await rig.simulator.idle();
    expect(told()).toEqual(['no-answer', 'no-answer', 'ringing', 'ringing', 'initiated', 'initiated']);
    const { at } = await rig.entry({ kind: 'callback' });
    expect(at).toBe(rig.clock.now);
  });

  it('come long after the end, those of a text as well', async () => {
    await put({ channel: 'sms', mode: 'late_callbacks', options: { delaySeconds: 86_400, events: ['delivered'] } });
    await text();
    await rig.simulator.idle();
    expect([told('/sms/status'), rig.simulator.nextAt()]).toEqual([['sent'], rig.clock.now + 86_400_000]);
    rig.clock.now += 86_400_000;
    await rig.simulator.idle();
    expect(told('/sms/status')).toEqual(['sent', 'delivered']);
  });

  it('are forgotten with everything else', async () => {
    await put({ channel: 'sms', mode: 'late_callbacks', options: { delaySeconds: 60 } });
    await text();
    await rig.simulator.idle();
    await rig.control('POST', '/reset');
    expect(rig.simulator.nextAt()).toBeNull();
  });

  it('of one person may always be unruly, unless a fault says otherwise', async () => {
    const callbacks = { mode: 'shuffle_callbacks', options: { order: ['completed', 'initiated'] } };
    await rig.control('POST', '/people', { phone: THEIRS, script: 'never_answers', options: { callbacks } });
    await call();
    await rig.simulator.idle();
    expect(told()).toEqual(['no-answer', 'initiated', 'ringing']);
    await put({ channel: 'voice', mode: 'drop_callbacks' });
    await call();
    await rig.simulator.idle();
    expect(told()).toHaveLength(3);
  });

  it('of a text from a person come several times with one sid', async () => {
    await put({ channel: 'sms', mode: 'duplicate_callbacks', match: { operation: 'inbound', to: THEIRS } });
    await rig.control('POST', '/inbound-sms', { from: THEIRS, to: OURS, body: 'hello' });
    const sids = rig.product.to('/webhooks/twilio/sms/inbound').map(({ form }) => form['MessageSid']);
    expect(sids).toHaveLength(2);
    expect(new Set(sids).size).toBe(1);
  });
});

describe('the switchboard', () => {
  it('lists, adds and clears its rules', async () => {
    await rig.control('PUT', '/faults', { faults: [{ channel: 'voice', mode: '429' }] });
    await rig.control('POST', '/faults', { channel: 'sms', mode: '429' });
    const { body } = await rig.control('GET', '/faults');
    expect(body).toMatchObject([{ rule: { channel: 'voice' } }, { rule: { channel: 'sms' } }]);
    await rig.control('DELETE', '/faults');
    expect((await rig.control('GET', '/faults')).body).toEqual([]);
  });

  it('refuses a mode that the channel does not have', async () => {
    const { status, body } = await rig.control('PUT', '/faults', [{ channel: 'email', mode: 'connect_refused' }]);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'bad_input' });
    expect((await rig.control('PUT', '/faults', [{ channel: 'email', mode: 'reset' }])).status).toBe(400);
  });

  it('ends a rule after its minutes of business time', async () => {
    await put({ channel: 'voice', mode: '500_not_executed', options: { businessMinutes: 10 } });
    rig.clock.now += 9 * 60_000;
    await expect(call()).rejects.toMatchObject({ status: 500 });
    rig.clock.now += 60_000;
    await expect(call()).resolves.toMatchObject({ status: 'queued' });
  });
});
