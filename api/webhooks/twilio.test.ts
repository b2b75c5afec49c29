import fc from 'fast-check';
import { attemptToken } from '../../db/tokens';
import { startTestApi, type TestApi } from '../../test/api';
import { type Forgery, hookPath, newSid, placeCall, sendWebhook, writtenState } from '../../test/api-twilio';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const OUR_NUMBER = '+12125550199';

describe('a forged webhook gets 403 and writes nothing (T1)', () => {
  it.each<[string, Forgery]>([
    ['without a signature', { signature: null }],
    ['with an empty signature', { signature: '' }],
    ['signed with another token', { token: 'not-our-token' }],
    ['signed for another host', { signedUrl: 'https://evil.example.org/webhooks/twilio/sms/inbound' }],
    [
      'with a field added',
      { sent: { From: '+12125550101', Body: 'STOP', To: OUR_NUMBER, MessageSid: 'SM1', Extra: '1' } },
    ],
  ])('%s', async (_, forgery) => {
    const before = await writtenState(api);
    const answer = await sendWebhook(
      api,
      '/webhooks/twilio/sms/inbound',
      { From: '+12125550101', To: OUR_NUMBER, Body: 'hi', MessageSid: 'SM1' },
      forgery,
    );
    expect(answer.body).toMatchObject({ status: 403, code: 'forged' });
    expect(await writtenState(api)).toEqual(before);
  });

  it('whatever was changed on the way', async () => {
    const { attemptId, sid } = await placeCall(api);
    const path = hookPath(api, 'voice/status', attemptId);
    const fields = {
      AccountSid: api.config.twilio?.accountSid ?? '',
      CallSid: sid,
      CallStatus: 'completed',
      SequenceNumber: '3',
    };
    const before = await writtenState(api);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(fields)),
        fc.string({ minLength: 1, maxLength: 5 }),
        async (name, added) => {
          const sent = { ...fields, [name]: `${Reflect.get(fields, name)}${added}` };
          expect((await sendWebhook(api, path, fields, { sent })).status).toBe(403);
        },
      ),
      { numRuns: 25 },
    );
    expect(await writtenState(api)).toEqual(before);
  });

  it('signed rightly, but for another account', async () => {
    const answer = await sendWebhook(api, '/webhooks/twilio/sms/inbound', {
      AccountSid: 'AC99999999999999999999999999999999',
      From: '+12125550101',
      To: OUR_NUMBER,
      Body: 'STOP',
      MessageSid: 'SM2',
    });
    expect(answer.status).toBe(403);
  });

  it('signed rightly, but with a token of another attempt, none, or for a channel that it is not', async () => {
    const one = await placeCall(api);
    const other = await placeCall(api);
    const before = await writtenState(api);
    const mixed = hookPath(api, 'voice/status', one.attemptId).replace(
      /t=.*/,
      `t=${attemptToken(api.config.secretKey, other.attemptId)}`,
    );
    const fields = { CallSid: one.sid, CallStatus: 'completed', SequenceNumber: '3' };
    for (const path of [mixed, '/webhooks/twilio/voice/status', hookPath(api, 'sms/status', one.attemptId)])
      expect((await sendWebhook(api, path, fields)).status).toBe(403);
    expect(await writtenState(api)).toEqual(before);
  });

  it('signed rightly, but about another call than the attempt’s (T2)', async () => {
    const { attemptId, sid } = await placeCall(api);
    await sendWebhook(api, hookPath(api, 'voice/status', attemptId), {
      CallSid: sid,
      CallStatus: 'ringing',
      SequenceNumber: '1',
    });
    const before = await writtenState(api);
    expect(
      (
        await sendWebhook(api, hookPath(api, 'voice/status', attemptId), {
          CallSid: newSid('CA'),
          CallStatus: 'completed',
          SequenceNumber: '2',
        })
      ).status,
    ).toBe(403);
    expect(await writtenState(api)).toEqual(before);
  });

  it('is not believed for the host that it names, nor doubted for it', async () => {
    const { attemptId, sid } = await placeCall(api);
    const fields = { CallSid: sid, CallStatus: 'ringing', SequenceNumber: '1' };
    const headers = { 'x-forwarded-host': 'evil.example.org', 'x-forwarded-proto': 'http' };
    expect((await sendWebhook(api, hookPath(api, 'voice/status', attemptId), fields, { headers })).status).toBe(204);
  });

  it('is none if it is signed with the token that comes next', async () => {
    const { attemptId, sid } = await placeCall(api);
    const fields = { CallSid: sid, CallStatus: 'ringing', SequenceNumber: '1' };
    expect(
      (
        await sendWebhook(api, hookPath(api, 'voice/status', attemptId), fields, {
          token: api.config.twilio?.secondaryAuthToken ?? '',
        })
      ).status,
    ).toBe(204);
  });

  it('that is larger than 64 kB is not even read (T8)', async () => {
    expect((await sendWebhook(api, '/webhooks/twilio/sms/inbound', { Body: 'x'.repeat(70_000) })).body).toMatchObject({
      status: 413,
    });
  });
});
