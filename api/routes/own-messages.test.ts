import { claimOwnMessage, expireOwnMessages, recordOwnResult } from '../../db/own-message-claim';
import { ownAddressCode, ownMessageToken } from '../../db/tokens';
import { callbackUrl } from '../../domain/callback-url';
import { startTestApi, type TestApi } from '../../test/api';
import { launchForOne } from '../../test/api-people';
import { newSid, sendWebhook } from '../../test/api-twilio';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('PATCH', '/v1/settings', {
    body: {
      callerNumbers: ['+12125550199'],
      mailFrom: 'office@example.com',
      companyName: 'Example Law',
      address: '1 Example Street',
    },
  });
});
beforeEach(async () => {
  await api.sql`delete from own_message`;
  await api.sql`delete from api_usage where subject like 'own-%'`;
});
afterAll(() => api.stop());

let numbers = 10;
const get = async (path: string) => (await api.call('GET', `/v1${path}`)).body;
const post = (path: string, body: object = {}) => api.call('POST', `/v1${path}`, { body });
const secret = () => api.config.secretKey;
const claim = () => claimOwnMessage(api.sql, secret());
const confirm = (id: string, code: string) => post(`/own-addresses/${id}/confirm`, { code });
const codeOf = (id: string, nth = 1) => ownAddressCode(secret(), id, nth);
const wrong = (code: string) => (code === '000000' ? '111111' : '000000');

async function register(kind: 'phone' | 'email' = 'phone') {
  numbers += 1;
  const value = kind === 'phone' ? `+164655501${numbers}` : `ada${numbers}@example.com`;
  const { status, body } = await post('/own-addresses', { kind, value, label: 'Ada' });
  expect(status).toBe(201);
  return { id: body.id as string, value };
}
async function verified(kind: 'phone' | 'email' = 'phone') {
  const own = await register(kind);
  expect((await confirm(own.id, codeOf(own.id))).body.verifiedAt).toEqual(expect.any(String));
  await api.sql`delete from own_message where kind = 'code'`;
  return own;
}
async function aTemplate(text: string, channel = 'sms') {
  numbers += 1;
  const subject = channel === 'email' ? 'On your case' : null;
  return (
    await post('/templates', { name: `Words ${numbers}`, channel, variants: [{ language: 'en', subject, text }] })
  ).body.id;
}
async function order(body: object, channel: 'phone' | 'email' = 'phone') {
  const own = await verified(channel);
  const reply = await post('/test-messages', { ownAddressId: own.id, ...body });
  expect(reply.status).toBe(201);
  return { ...own, own: own.id, id: reply.body.id as string, body: reply.body };
}

describe('the number that it comes from (U-12)', () => {
  it('is the first that neither rests nor waits for its registration, and none where all do', async () => {
    const set = (callerNumbers: string[]) => api.call('PATCH', '/v1/settings', { body: { callerNumbers } });
    await set(['+12125550197', '+12125550198', '+12125550199']);
    await api.sql`update caller_number set resting = true where number = '+12125550197'`;
    await api.sql`update caller_number set registration = 'rejected' where number = '+12125550198'`;
    await register();
    expect(await claim()).toMatchObject({ from: '+12125550199' });
    await api.sql`update caller_number set resting = true where number = '+12125550199'`;
    await register();
    expect(await claim()).toEqual({ refused: 'no_sender' });
    await api.sql`update caller_number set resting = false`;
    await set(['+12125550199']);
  });
});

describe('an address of the team (U-3)', () => {
  it('is sent a code of six digits, which is in no answer and no row', async () => {
    const { id, value } = await register();
    const taken = await claim();
    const code = codeOf(id);
    expect(taken).toMatchObject({ from: '+12125550199', to: value, content: { kind: 'sms' } });
    expect(taken).toMatchObject({
      content: {
        text: `Example Law: Your code is ${code}. It is good for ten minutes. Nobody of ours will ask you for it.`,
      },
    });
    const rows =
      await api.sql`select to_jsonb(o) as own, to_jsonb(m) as message from own_address o join own_message m on m.own_address_id = o.id`;
    expect(JSON.stringify([rows, await get(`/own-addresses/${id}`)])).not.toContain(code);
    expect(await get(`/own-addresses/${id}`)).toMatchObject({ verifiedAt: null, codeEndsAt: expect.any(String) });
    const mail = await register('email');
    expect(await claim()).toMatchObject({
      from: 'office@example.com',
      to: mail.value,
      content: { kind: 'email', subject: 'Your code' },
    });
  });

  it('is verified by its code, and once is enough', async () => {
    const { id } = await register();
    expect((await confirm(id, codeOf(id))).body).toMatchObject({ verifiedAt: expect.any(String), codeEndsAt: null });
    expect((await confirm(id, wrong(codeOf(id)))).status).toBe(200);
    expect((await post(`/own-addresses/${id}/code`)).body).toMatchObject({ status: 409, code: 'wrong_status' });
    expect((await get('/own-addresses?limit=200')).items).toContainEqual(expect.objectContaining({ id }));
  });

  it('is not verified by guessing: five tries, however many at once', async () => {
    const { id } = await register();
    const first = await confirm(id, wrong(codeOf(id)));
    expect(first.body).toMatchObject({
      status: 403,
      code: 'not_verified',
      errors: [{ pointer: '#/code', detail: 'is not the code; 4 tries are left' }],
    });
    await Promise.all(Array.from({ length: 8 }, () => confirm(id, wrong(codeOf(id)))));
    expect((await confirm(id, codeOf(id))).body.detail).toMatch(/no code counts any more: ask for another/);
    expect((await post(`/own-addresses/${id}/code`)).status).toBe(202);
    expect((await confirm(id, codeOf(id))).status).toBe(403);
    expect((await confirm(id, codeOf(id, 2))).status).toBe(200);
  });

  it('has ten minutes for its code', async () => {
    const { id } = await register();
    await api.sql`update own_address set code_ends_rt = clock_timestamp() - interval '1 second' where id = ${id}`;
    expect((await confirm(id, codeOf(id))).status).toBe(403);
  });

  it('is sent five codes an hour at most, and the older ones not at all', async () => {
    const { id } = await register();
    for (let n = 0; n < 4; n++) expect((await post(`/own-addresses/${id}/code`)).status).toBe(202);
    const refused = await post(`/own-addresses/${id}/code`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    for (let n = 0; n < 4; n++) expect(await claim()).toEqual({ refused: 'newer_code' });
    expect(await claim()).toMatchObject({ content: { text: expect.stringContaining(codeOf(id, 5)) } });
  });

  it('is registered once, and only where it is an address', async () => {
    const { id, value } = await register();
    expect((await post('/own-addresses', { kind: 'phone', value, label: 'Again' })).body).toMatchObject({
      status: 409,
      errors: [{ pointer: '#/value' }],
    });
    expect((await post('/own-addresses', { kind: 'phone', value: 'home', label: 'Ada' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/value', value: 'home' }],
    });
    expect((await api.call('DELETE', `/v1/own-addresses/${id}`)).status).toBe(204);
    expect(await claim()).toEqual({ refused: 'address_removed' });
    expect((await api.call('DELETE', `/v1/own-addresses/${id}`)).status).toBe(404);
  });
});

describe('a test (U-3)', () => {
  it('goes to nobody who has not confirmed a code: 403 with the reason, and nothing is kept', async () => {
    const { id: ownAddressId } = await register();
    await api.sql`delete from own_message`;
    const reply = await post('/test-messages', { ownAddressId, templateId: await aTemplate('Hi') });
    expect(reply.body).toMatchObject({
      status: 403,
      code: 'not_verified',
      errors: [{ pointer: '#/ownAddressId', detail: expect.stringMatching(/^nobody has confirmed the code/) }],
    });
    expect(await api.sql`select 1 from own_message`).toHaveLength(0);
  });

  it('says what one contact would get, word by word, and is no attempt at anybody', async () => {
    const { contactId } = await launchForOne(api);
    const { id, body, value } = await order({ templateId: await aTemplate('Hi {{contact.first_name}}'), contactId });
    expect(body).toMatchObject({
      channel: 'sms',
      content: { text: 'Hi Asha' },
      templateVersion: 1,
      contactId,
      state: 'queued',
    });
    expect(await claim()).toMatchObject({ id, to: value, content: { kind: 'sms', text: 'Hi Asha' } });
    expect((await get('/test-messages')).items).toMatchObject([{ id, state: 'claimed' }]);
    expect(await api.sql`select 1 from attempt union all select 1 from attempt_address`).toHaveLength(0);
  });

  it('may be the text, the mail or the call of a campaign', async () => {
    const { campaignId } = await launchForOne(api);
    const ofStep = { campaignId, runKey: 'first' };
    expect((await order({ ...ofStep, stepKey: 'hello' })).body.content).toEqual({
      kind: 'sms',
      text: 'We will call you soon.',
    });
    expect((await order({ ...ofStep, stepKey: 'call' })).body).toMatchObject({
      channel: 'voice',
      content: { kind: 'call', greeting: 'Hello Asha, we call about your case.', voicemail: null },
    });
    const mail = await order({ templateId: await aTemplate('Dear {{contact.full_name}}', 'email') }, 'email');
    expect(mail.body.content).toMatchObject({
      subject: 'On your case',
      text: 'Dear Asha Rivera',
      companyName: 'Example Law',
    });
    const { own } = mail;
    const field = async (body: object) =>
      (await post('/test-messages', { ownAddressId: own, ...body })).body.errors[0].pointer;
    expect(await field({ ...ofStep, runKey: 'none', stepKey: 'call' })).toBe('#/runKey');
    expect(await field({ ...ofStep, stepKey: 'none' })).toBe('#/stepKey');
    expect(await field({ ...ofStep })).toBe('#/templateId');
    expect(await field({ templateVersion: 1, ...ofStep, stepKey: 'call' })).toBe('#/templateId');
    expect(await field({ templateId: campaignId })).toBe('#/templateId');
    expect(await field({ ...ofStep, campaignId: own, stepKey: 'call' })).toBe('#/campaignId');
    expect(await field({ ...ofStep, stepKey: 'hello' })).toBe('#/ownAddressId');
  });

  it('has the words of the template that a draft names, though only its launch will freeze them (U-10)', async () => {
    const { listId } = await launchForOne(api);
    const templateId = await aTemplate('Dear {{contact.first_name}}');
    const hello = { key: 'hello', channel: 'sms', when: { kind: 'after_start' }, templateId };
    const run = { key: 'first', startsOn: '2027-03-01', hours: { mode: 'company_times' }, messages: [hello] };
    const { id: campaignId } = (await post('/campaigns/drafts', { name: 'Words of a template' })).body;
    const steps = { list: { listId }, schedule: { runs: [run] } };
    const saved = await api.call('PATCH', `/v1/campaigns/${campaignId}/draft`, { body: { revision: 1, steps } });
    expect(saved.body).toMatchObject({ isComplete: true });
    const ofStep = { campaignId, runKey: 'first', stepKey: 'hello' };
    expect((await order(ofStep)).body.content).toEqual({ kind: 'sms', text: 'Dear Asha' });
    expect(await get(`/templates/${templateId}/uses`)).toMatchObject({
      items: [{ campaignId, messages: [{ runKey: 'first', messageKey: 'hello', version: 1 }] }],
    });
    expect(await get(`/campaigns/${campaignId}/templates`)).toMatchObject({
      items: [{ templateId, version: 1, currentVersion: 1, isNewer: false }],
    });
    const from = { campaignId, runKey: 'first', messageKey: 'hello' };
    expect((await post('/templates', { name: 'The same words', from })).body).toMatchObject({
      variants: [{ text: 'Dear {{contact.first_name}}' }],
    });
    const other = { ...run, messages: [{ ...hello, text: 'Words of its own.' }] };
    await api.call('PATCH', `/v1/campaigns/${campaignId}/draft`, {
      body: { revision: 2, steps: { schedule: { runs: [other] } } },
    });
    const { id: ownAddressId } = await verified();
    expect((await post('/test-messages', { ownAddressId, ...ofStep })).body).toMatchObject({
      code: 'test_refused',
      errors: [{ pointer: '#/campaignId', detail: expect.stringContaining('these are the words of no version') }],
    });
    expect((await post('/templates', { name: 'Other words', from })).body).toMatchObject({
      code: 'unknown_reference',
      errors: [{ pointer: '#/from/campaignId' }],
    });
  });

  it('is refused like an attempt where a value is missing, naming it', async () => {
    const { listId } = await launchForOne(api);
    await post(`/lists/${listId}/contacts`, {
      items: [{ contact: { phones: ['+12125550172'], attributes: { claim: 'C' } } }],
    });
    const { id: ownAddressId } = await verified();
    const reply = await post('/test-messages', { ownAddressId, templateId: await aTemplate('{{contact.claim}}') });
    expect(reply.body).toMatchObject({
      status: 409,
      code: 'test_refused',
      detail: expect.stringMatching(/contact\.claim/),
    });
  });

  it('is not ordered for, nor sent to, an address that has said STOP', async () => {
    const templateId = await aTemplate('Hi');
    const { own, value, id } = await order({ templateId });
    await sendWebhook(api, '/webhooks/twilio/sms/inbound', {
      MessageSid: newSid('SM'),
      From: value,
      To: '+12125550199',
      Body: 'STOP',
    });
    expect(await claim()).toEqual({ refused: 'opted_out' });
    expect(await get(`/test-messages/${id}`)).toMatchObject({ state: 'not_sent', reason: 'opted_out' });
    expect((await post('/test-messages', { ownAddressId: own, templateId })).body).toMatchObject({
      status: 409,
      code: 'test_refused',
      detail: expect.stringMatching(/has opted out/),
    });
  });

  it('is claimed by one of many workers, and never again, whatever becomes of it', async () => {
    const { id } = await order({ templateId: await aTemplate('Hi') });
    const taken = await Promise.all(Array.from({ length: 6 }, claim));
    expect(taken.filter((each) => each !== null)).toHaveLength(1);
    expect(await expireOwnMessages(api.sql)).toBe(0);
    await api.sql`update own_message set deadline_rt = clock_timestamp() - interval '1 second'`;
    expect(await expireOwnMessages(api.sql)).toBe(1);
    expect(await get(`/test-messages/${id}`)).toMatchObject({ state: 'unknown', reason: 'nobody_answered' });
    expect(await claim()).toBeNull();
    await recordOwnResult(api.sql, id, { kind: 'accepted', sid: 'SM1' });
    expect(await get(`/test-messages/${id}`)).toMatchObject({ state: 'accepted', reason: null });
  });

  it('that no worker takes in ten minutes, or that has no sender, or that the provider refuses, is not sent, with the reason', async () => {
    const templateId = await aTemplate('Hi');
    const late = await order({ templateId });
    await api.sql`update own_message set deadline_rt = clock_timestamp() - interval '1 second'`;
    expect(await claim()).toBeNull();
    await expireOwnMessages(api.sql);
    expect(await get(`/test-messages/${late.id}`)).toMatchObject({ state: 'not_sent', reason: 'nobody_took_it' });
    const refused = await order({ templateId });
    await claim();
    await recordOwnResult(api.sql, refused.id, { kind: 'not_sent', reason: 'address_invalid' });
    expect(await get(`/test-messages/${refused.id}`)).toMatchObject({ state: 'not_sent', reason: 'address_invalid' });
    const unsent = await order({ templateId });
    await api.sql`update settings set caller_numbers = '{}'`;
    expect(await claim()).toEqual({ refused: 'no_sender' });
    await api.sql`update settings set caller_numbers = array['+12125550199']`;
    expect(await get(`/test-messages/${unsent.id}`)).toMatchObject({ reason: 'no_sender' });
  });

  it('waits while the installation is locked for recovery', async () => {
    await order({ templateId: await aTemplate('Hi') });
    await api.sql`update installation set locked_rt = clock_timestamp(), lock_reason = 'postgres_lost'`;
    expect(await claim()).toBeNull();
    await api.sql`update installation set locked_rt = null, lock_reason = null`;
    expect(await claim()).toMatchObject({ content: { text: 'Hi' } });
  });
});

describe('a test call (U-3)', () => {
  const hook = (name: string, id: string, token = ownMessageToken(secret(), id)) =>
    callbackUrl(api.config.publicUrl, `/webhooks/twilio/own/${name}`, id, token).slice(api.config.publicUrl.length);
  const tell = (path: string, fields: Record<string, string>) => sendWebhook(api, path, fields);
  async function aCall() {
    const { campaignId } = await launchForOne(api);
    const call = await order({ campaignId, runKey: 'first', stepKey: 'call' });
    await claim();
    return { ...call, fields: { CallSid: newSid('CA'), To: call.value, From: '+12125550199' } };
  }

  it('greets as the campaign does, notes nothing of what is said, and ends', async () => {
    const { id, fields } = await aCall();
    const facts = () => api.sql`select id from fact`;
    const before = await facts();
    const answer = await tell(hook('answer', id), { ...fields, CallStatus: 'in-progress' });
    expect(answer.text).toContain('Hello Asha, we call about your case.');
    const said = await tell(hook('gather', id), { ...fields, SpeechResult: 'Is this a person?' });
    expect(said.text).toContain('This was a test. Nothing was noted.');
    expect((await tell(`${hook('gather', id)}&n=1`, fields)).text).toContain('This was a test.');
    await tell(hook('status', id), { ...fields, CallStatus: 'completed' });
    await tell(hook('status', id), { ...fields, CallStatus: 'ringing' });
    expect(await get(`/test-messages/${id}`)).toMatchObject({ state: 'ended', status: 'completed' });
    expect(await facts()).toEqual(before);
  });

  it('obeys the key that ends all contact', async () => {
    const { id, own, fields } = await aCall();
    expect((await tell(hook('gather', id), { ...fields, Digits: '9' })).text).toContain(
      'You will not hear from us again',
    );
    const reply = await post('/test-messages', { ownAddressId: own, templateId: await aTemplate('Hi') });
    expect(reply.body.code).toBe('test_refused');
  });

  it('leaves a machine the words for it, and none where there are none', async () => {
    const { id, fields } = await aCall();
    await api.sql`update own_message set content = content || '{"voicemail": "Call us."}' where id = ${id}`;
    expect((await tell(hook('answer', id), { ...fields, AnsweredBy: 'machine_end_beep' })).text).toContain('Call us.');
    expect((await tell(`${hook('gather', id)}&n=1`, fields)).text).toContain('n=2');
    await tell(hook('status', id), { ...fields, AnsweredBy: 'machine_end_beep' });
    expect((await tell(`${hook('gather', id)}&n=2`, fields)).text).toContain('Call us.');
  });

  it('is believed nobody else: a token of an attempt, of another test or call opens nothing, and locks nothing', async () => {
    const { id, fields } = await aCall();
    const other = await aCall();
    await tell(hook('status', id), { ...fields, CallStatus: 'ringing' });
    const forged = await Promise.all([
      tell(hook('status', id, ownMessageToken(secret(), other.id)), fields),
      tell(hook('status', id), { ...fields, CallSid: newSid('CA') }),
      tell('/webhooks/twilio/own/status', fields),
      tell(hook('answer', id).replace('/own/answer', '/voice/answer'), fields),
    ]);
    expect(forged.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(await api.sql`select 1 from installation where locked_rt is not null`).toHaveLength(0);
    await tell(hook('status', other.id), { MessageSid: 'SM1', MessageStatus: 'odd' });
    expect(await get(`/test-messages/${other.id}`)).toMatchObject({ state: 'claimed', status: null });
  });
});
