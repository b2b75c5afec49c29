import { startTestApi, type TestApi } from '../../test/api';
import { insertAttempt, launchForOne } from '../../test/api-people';
import { attemptRow, factKinds, hookPath, newSid, sendWebhook } from '../../test/api-twilio';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const OUR_NUMBER = '+12125550199';
const enrollment = async (id: string) => (await api.call('GET', `/v1/enrollments/${id}`)).body;

describe('the status of a text', () => {
  it('ends delivered, or failed with the reason, which a later word does not erase', async () => {
    const person = await launchForOne(api);
    const attemptId = await insertAttempt(api, { ...person, channel: 'sms', sid: null });
    const sid = newSid('SM');
    await sendWebhook(api, hookPath(api, 'sms/status', attemptId), {
      MessageSid: sid,
      MessageStatus: 'undelivered',
      ErrorCode: '30003',
    });
    await sendWebhook(api, hookPath(api, 'sms/status', attemptId), { MessageSid: sid, MessageStatus: 'sent' });
    expect(await attemptRow(api, attemptId)).toMatchObject({
      state: 'ended',
      status: 'undelivered',
      disposition: 'undelivered',
      errorCode: '30003',
    });
    expect(
      (await sendWebhook(api, hookPath(api, 'sms/status', attemptId), { MessageSid: sid, MessageStatus: 'teleported' }))
        .status,
    ).toBe(204);
  });
});

describe('a text that comes in', () => {
  const textFrom = (phone: string, Body: string, extra: Record<string, string> = {}) =>
    sendWebhook(api, '/webhooks/twilio/sms/inbound', {
      From: phone,
      To: OUR_NUMBER,
      Body,
      MessageSid: newSid('SM'),
      ...extra,
    });

  it.each(['STOP', 'Stop.', 'no more texts please', 'Arrêt'])(
    '"%s" is obeyed at once, with Temporal down (R-5, INV-2)',
    async (body) => {
      const person = await launchForOne(api);
      await insertAttempt(api, { ...person, channel: 'sms', sid: newSid('SM') });
      const answer = await textFrom(person.phone, body);
      expect(answer).toMatchObject({ status: 200, text: '<?xml version="1.0" encoding="UTF-8"?><Response/>' });
      expect(await enrollment(person.enrollmentId)).toMatchObject({
        state: 'ended',
        reason: 'opted_out',
        next: { decision: 'finish' },
      });
      const firings = (await api.call('GET', `/v1/campaigns/${person.campaignId}/rule-firings`)).body.items;
      expect(firings).toMatchObject([
        { phrase: 'Opted Out Reply', actions: [{ kind: 'stop_campaign', state: 'done' }] },
      ]);
    },
  );

  it('told twice is one reply', async () => {
    const person = await launchForOne(api);
    const sid = newSid('SM');
    await textFrom(person.phone, 'yes please', { MessageSid: sid });
    await textFrom(person.phone, 'yes please', { MessageSid: sid });
    expect(await factKinds(api, person.enrollmentId)).toEqual(['reply']);
    expect(
      await api.sql`select m.id from message m join conversation c on c.id = m.conversation_id where c.enrollment_id = ${person.enrollmentId}`,
    ).toHaveLength(1);
  });

  it('after the end of the campaign still stops the person (R-3)', async () => {
    const person = await launchForOne(api);
    await insertAttempt(api, { ...person, channel: 'sms', sid: newSid('SM') });
    await api.call('POST', `/v1/enrollments/${person.enrollmentId}/orders`, { body: { order: 'complete' } });
    await textFrom(person.phone, 'STOP');
    expect(await enrollment(person.enrollmentId)).toMatchObject({ state: 'ended', reason: 'opted_out' });
  });

  it('of a stranger who says STOP bars the number for whoever will have it (C6)', async () => {
    await textFrom('+13125550188', 'stop');
    const [row] =
      await api.sql`select s.channels, s.source from suppression s join address a on a.hash = s.hash where a.value = '+13125550188'`;
    expect(row).toEqual({ channels: ['voice', 'sms', 'email'], source: 'reply' });
  });

  it('that the provider itself took for an opt-out is one, in whatever language', async () => {
    const person = await launchForOne(api);
    await textFrom(person.phone, '停', { OptOutType: 'STOP' });
    expect(await enrollment(person.enrollmentId)).toMatchObject({ reason: 'opted_out' });
  });

  it('with a character that can not be stored, from a sender that is no number, is kept all the same', async () => {
    expect((await textFrom('BANK', 'hello\0world')).status).toBe(200);
    const [message] = await api.sql`select body from message order by id desc limit 1`;
    expect(message).toEqual({ body: 'hello\u{FFFD}world' });
  });
});
