import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OURS, type Rig, startRig, THEIRS } from '../rig';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.stop();
});

async function call(attemptId = ATTEMPT) {
  const statusCallback = `${rig.product.url}/voice/status?a=${attemptId}`;
  return rig.client.calls.create({ to: THEIRS, from: OURS, url: `${rig.product.url}/voice/answer`, statusCallback });
}

describe('a hold', () => {
  it('keeps a call ringing until it is released, and the ledger counts it as live', async () => {
    const hold = { to: THEIRS, phase: 'ringing' };
    await rig.control('POST', '/hold', hold);
    const { sid } = await call();
    await rig.entry({ kind: 'status' }, ({ status }) => status === 'ringing');
    expect((await rig.control('GET', '/calls')).body).toEqual({
      calls: [expect.objectContaining({ sid, status: 'ringing', held: 'ringing', attemptId: ATTEMPT })],
    });
    expect((await rig.control('GET', '/summary')).body).toMatchObject({
      liveCalls: { now: 1, max: 1, byFrom: { [OURS]: { now: 1, max: 1 } } },
    });
    expect(await rig.control('POST', '/release', hold)).toEqual({ status: 200, body: [] });
    await rig.simulator.idle();
    expect((await rig.control('GET', '/calls')).body).toMatchObject({ calls: [{ status: 'no-answer', held: null }] });
    expect((await rig.control('GET', '/summary')).body).toMatchObject({
      liveCalls: { now: 0, max: 1 },
      callStatuses: { 'no-answer': 1 },
    });
  });

  it('that is not there can’t be released, and one for nobody can’t be put', async () => {
    expect(await rig.control('POST', '/release', { to: THEIRS, phase: 'talking' })).toMatchObject({ status: 404 });
    expect(await rig.control('POST', '/hold', { phase: 'talking' })).toMatchObject({ status: 400 });
  });

  it('of one phase or attempt lets the others go on', async () => {
    await rig.control('POST', '/hold', { to: THEIRS, phase: 'talking' });
    await rig.control('POST', '/hold', { attemptId: 'another', phase: 'ringing' });
    await call();
    await rig.simulator.idle();
    expect((await rig.control('GET', '/summary')).body).toMatchObject({ callStatuses: { 'no-answer': 1 } });
  });
});

describe('the ledger over HTTP', () => {
  it('is read from a number on', async () => {
    await call();
    await rig.simulator.idle();
    const { body } = await rig.control('GET', '/ledger?channel=voice&kind=status');
    expect(body).toMatchObject({
      entries: [{ status: 'initiated' }, { status: 'ringing' }, { status: 'no-answer', attemptId: ATTEMPT }],
    });
    const last = rig.ledger.entries().at(-1)?.n ?? 0;
    expect(await rig.control('GET', `/ledger?after=${last}`)).toEqual({ status: 200, body: { entries: [] } });
  });

  it('waits for the first entry that fits, as long as it was told to', async () => {
    const waiting = rig.control('GET', `/ledger?kind=status&attemptId=${ATTEMPT}&waitMs=30000`);
    await call();
    expect(await waiting).toMatchObject({ body: { entries: [{ status: 'initiated' }] } });
    expect(await rig.control('GET', '/ledger?kind=mail&waitMs=1')).toEqual({ status: 200, body: { entries: [] } });
  });

  it('counts an attempt that was accepted twice', async () => {
    await call();
    await call();
    await call('another');
    const { body } = await rig.control('GET', '/summary');
    expect(body).toMatchObject({
      duplicates: [{ attemptId: ATTEMPT, channel: 'voice', accepted: 2 }],
      creates: { voice: { accepted: 3 } },
    });
    await rig.simulator.idle();
  });

  it('refuses a question that it does not understand', async () => {
    expect(await rig.control('GET', '/ledger?channel=fax')).toMatchObject({
      status: 400,
      body: { error: 'bad_input' },
    });
  });
});

describe('people', () => {
  it('are shown with their script and what they lived through', async () => {
    await rig.control('POST', '/people', { phone: THEIRS, email: 'asha@example.com', script: 'voicemail' });
    await call();
    await rig.simulator.idle();
    expect(await rig.control('GET', `/people/${encodeURIComponent(THEIRS)}`)).toMatchObject({
      body: { script: 'voicemail', memory: { calls: 1 } },
    });
    expect(await rig.control('GET', '/people/asha@example.com')).toMatchObject({
      body: { script: 'voicemail', memory: { calls: 0 } },
    });
  });

  it.each([
    { phone: '+12125551234', script: 'voicemail' },
    { email: 'asha@example.net', script: 'voicemail' },
    { script: 'voicemail' },
    { phone: THEIRS, script: 'sings' },
    { phone: THEIRS, script: 'voicemail', options: { unknown: true } },
  ])('are not made of %j', async (body) => {
    expect(await rig.control('POST', '/people', body)).toMatchObject({ status: 400, body: { error: 'bad_input' } });
  });
});

it('a reset ends what is under way and forgets everything but the product', async () => {
  await rig.control('POST', '/hold', { to: THEIRS, phase: 'ringing' });
  await rig.control('POST', '/faults', { channel: 'sms', mode: '429' });
  await rig.control('POST', '/inbound-sms', { from: '+12125550124', to: OURS, body: 'STOP' });
  const { sid } = await call();
  expect(await rig.control('POST', '/reset')).toMatchObject({ status: 200, body: { entries: 0 } });
  await rig.simulator.idle();
  expect(rig.ledger.entries()).toEqual([]);
  await expect(rig.client.calls(sid).fetch()).rejects.toMatchObject({ code: 20404 });
  await expect(rig.client.messages.create({ to: '+12125550124', from: OURS, body: 'x' })).resolves.toMatchObject({
    status: 'queued',
  });
  await call();
  await rig.product.until(({ form }) => form['CallStatus'] === 'no-answer');
});

it('the product may be told after the start', async () => {
  const late = await startRig({ publicUrl: undefined, apiKey: undefined });
  await late.control('POST', '/inbound-sms', { from: THEIRS, to: OURS, body: 'lost' });
  expect(late.ledger.entries({ kind: 'inbound' })).toMatchObject([{ detail: { failure: 'INVALID_URL' } }]);
  expect(await late.control('PUT', '/product', { publicUrl: `${rig.product.url}/`, apiKey: 'key' })).toEqual({
    status: 200,
    body: { publicUrl: rig.product.url },
  });
  await late.control('POST', '/inbound-sms', { from: THEIRS, to: OURS, body: 'hello' });
  expect(rig.product.to('/webhooks/twilio/sms/inbound')).toMatchObject([{ isSigned: true, form: { Body: 'hello' } }]);
  await late.stop();
});

it('a restart keeps the ledger and all that is in it, and calls that were live have failed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  const ledgerPath = join(folder, 'ledger.jsonl');
  const first = await startRig({ ledgerPath });
  await first.control('POST', '/inbound-sms', { from: '+12125550124', to: OURS, body: 'STOP' });
  const text = await first.client.messages.create({ to: THEIRS, from: OURS, body: 'Hello' });
  await first.simulator.idle();
  await first.control('POST', '/hold', { to: THEIRS, phase: 'ringing' });
  const live = await first.client.calls.create({ to: THEIRS, from: OURS, url: `${first.product.url}/voice/answer` });
  await first.entry({ kind: 'status' }, ({ status }) => status === 'ringing');
  await first.stop();

  const second = await startRig({ ledgerPath });
  expect(await second.client.messages(text.sid).fetch()).toMatchObject({ status: 'delivered', body: 'Hello' });
  expect(await second.client.calls(live.sid).fetch()).toMatchObject({ status: 'failed' });
  expect((await second.control('GET', '/summary')).body).toMatchObject({
    liveCalls: { now: 0, max: 1 },
    callStatuses: { failed: 1 },
  });
  expect(await second.control('GET', `/people/${encodeURIComponent(THEIRS)}`)).toMatchObject({
    body: { memory: { calls: 1, texts: 1 } },
  });
  await expect(second.client.messages.create({ to: '+12125550124', from: OURS, body: 'x' })).rejects.toMatchObject({
    code: 21610,
  });
  await second.stop();
  rmSync(folder, { recursive: true });
});
