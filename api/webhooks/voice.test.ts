import { startTestApi, type TestApi } from '../../test/api';
import { attemptRow, factKinds, hookPath, placeCall, sendWebhook, writtenState } from '../../test/api-twilio';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const enrollment = async (id: string) => (await api.call('GET', `/v1/enrollments/${id}`)).body;

describe('the status of a call', () => {
  it('is told in any order and as often as you like, with one end (T2, INV-7)', async () => {
    const { attemptId, sid, enrollmentId } = await placeCall(api);
    const events = [
      ['initiated', '0'],
      ['ringing', '1'],
      ['in-progress', '2'],
      ['completed', '3'],
    ].map(([CallStatus = '', SequenceNumber = '']) => ({
      CallSid: sid,
      CallStatus,
      SequenceNumber,
      ...(CallStatus === 'completed' ? { CallDuration: '42' } : {}),
    }));
    for (const event of [...events].reverse())
      expect((await sendWebhook(api, hookPath(api, 'voice/status', attemptId), event)).status).toBe(204);
    const settled = await attemptRow(api, attemptId);
    expect(settled).toMatchObject({
      state: 'ended',
      status: 'completed',
      disposition: 'answered',
      providerSid: sid,
      durationSeconds: 42,
    });
    const before = await writtenState(api);
    for (let round = 0; round < 10; round += 1)
      await Promise.all(
        events.map(async (event) =>
          expect((await sendWebhook(api, hookPath(api, 'voice/status', attemptId), event)).status).toBe(204),
        ),
      );
    expect(await writtenState(api)).toEqual(before);
    expect(await factKinds(api, enrollmentId)).toHaveLength(4);
  });

  it('in a word that is new to us is kept and changes nothing', async () => {
    const { attemptId, sid } = await placeCall(api);
    expect(
      (
        await sendWebhook(api, hookPath(api, 'voice/status', attemptId), {
          CallSid: sid,
          CallStatus: 'levitating',
          SequenceNumber: '1',
        })
      ).status,
    ).toBe(204);
    expect(await attemptRow(api, attemptId)).toMatchObject({ state: 'accepted', providerSid: null });
    expect(await api.sql`select id from inbox where event_key = ${`twilio:${sid}:levitating`}`).toHaveLength(1);
  });

  it('of machine detection arrives beside it', async () => {
    const { attemptId, sid } = await placeCall(api);
    await sendWebhook(api, hookPath(api, 'voice/machine', attemptId), { CallSid: sid, AnsweredBy: 'machine_end_beep' });
    await sendWebhook(api, hookPath(api, 'voice/status', attemptId), {
      CallSid: sid,
      CallStatus: 'completed',
      SequenceNumber: '3',
    });
    expect(await attemptRow(api, attemptId)).toMatchObject({ answeredBy: 'machine', disposition: 'voicemail' });
  });
});

describe('a call that is picked up', () => {
  it('is greeted at once, may answer by voice or key, and hears how to get out (C12, C13)', async () => {
    const { attemptId, sid } = await placeCall(api);
    const answer = await sendWebhook(api, hookPath(api, 'voice/answer', attemptId), {
      CallSid: sid,
      CallStatus: 'in-progress',
    });
    expect(answer.headers.get('content-type')).toContain('text/xml');
    expect(answer.text).toContain('Hello Asha &amp; &lt;all&gt;, we call about your case.');
    expect(answer.text).toMatch(
      /<Gather[^>]*action="https:\/\/outreach\.example\.com\/webhooks\/twilio\/voice\/gather\?a=/,
    );
    expect(answer.text).toContain('press 9');
    expect(await attemptRow(api, attemptId)).toMatchObject({
      state: 'accepted',
      status: 'in_progress',
      providerSid: sid,
    });
  });

  it('by a machine gets the voicemail text, or silence where there is none', async () => {
    const { attemptId, sid } = await placeCall(api);
    const fields = { CallSid: sid, CallStatus: 'in-progress', AnsweredBy: 'machine_start' };
    expect((await sendWebhook(api, hookPath(api, 'voice/answer', attemptId), fields)).text).not.toContain('<Say');
    await api.sql`update attempt set content = content || '{"voicemail": "Please call us back."}' where id = ${attemptId}`;
    expect((await sendWebhook(api, hookPath(api, 'voice/answer', attemptId), fields)).text).toContain(
      'Please call us back.',
    );
  });

  const gather = async (fields: Record<string, string>, round?: number) => {
    const call = await placeCall(api);
    const path = `${hookPath(api, 'voice/gather', call.attemptId)}${round === undefined ? '' : `&n=${round}`}`;
    return {
      ...call,
      path,
      answer: await sendWebhook(api, path, { CallSid: call.sid, CallStatus: 'in-progress', ...fields }),
    };
  };

  it.each([
    ['the key 9', { Digits: '9' }, 'keypress'],
    ['words that revoke', { SpeechResult: 'Please stop calling me', Confidence: '0.9' }, 'speech'],
  ])('and answered with %s ends all contact (C6, INV-2)', async (_, fields, source) => {
    const { enrollmentId, contactId, answer } = await gather(fields);
    expect(answer.text).toContain('You will not hear from us again');
    expect(answer.text).toContain('<Hangup/>');
    expect(await enrollment(enrollmentId)).toMatchObject({ state: 'ended', reason: 'opted_out' });
    const rows =
      await api.sql`select distinct s.source, s.channels from suppression s join contact_address a on a.hash = s.hash where a.contact_id = ${contactId}`;
    expect(rows).toEqual([{ source, channels: ['voice', 'sms', 'email'] }]);
  });

  it.each([
    ['the key 9', { Digits: '9' }, 'keypress'],
    ['words that revoke', { SpeechResult: 'Please stop calling me' }, 'speech'],
  ])(
    'and answered with %s ends all contact though its attempt is lost, for whom the signed request names (C6, INV-2)',
    async (_, fields, source) => {
      const { attemptId, sid, phone, contactId, enrollmentId } = await placeCall(api);
      await api.sql`delete from attempt where id = ${attemptId}`;
      const path = hookPath(api, 'voice/gather', attemptId);
      const tell = (words: Record<string, string>, to = phone) =>
        sendWebhook(api, path, { CallSid: sid, To: to, From: '+12125550199', ...words });
      expect((await tell({ SpeechResult: 'Who is this?' })).status).toBe(403);
      expect((await tell(fields, 'anonymous')).status).toBe(403);
      for (let time = 0; time < 2; time++) {
        const answer = await tell(fields);
        expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('You will not hear from us again')]);
      }
      const rows = await api.sql`
      select s.source, s.channels from suppression s join contact_address a on a.hash = s.hash where a.contact_id = ${contactId}`;
      expect(rows).toEqual(Array.from({ length: 2 }, () => ({ source, channels: ['voice', 'sms', 'email'] })));
      expect(await enrollment(enrollmentId)).toMatchObject({ state: 'ended', reason: 'opted_out' });
      await api.sql`update installation set locked_rt = null, lock_reason = null, gap_from_rt = null`;
    },
  );

  it("and answered with the key 9 bars a number that is nobody's, when its attempt is lost", async () => {
    const { attemptId, sid } = await placeCall(api);
    await api.sql`delete from attempt where id = ${attemptId}`;
    const fields = { CallSid: sid, To: '+17735550141', From: '+12125550199', Digits: '9' };
    expect((await sendWebhook(api, hookPath(api, 'voice/gather', attemptId), fields)).status).toBe(200);
    expect(
      await api.sql`
      select s.source, a.value from suppression s join address a on a.hash = s.hash where a.value = '+17735550141'`,
    ).toEqual([{ source: 'keypress', value: '+17735550141' }]);
    await api.sql`update installation set locked_rt = null, lock_reason = null, gap_from_rt = null`;
  });

  it('and asked for a person is handed over, once even if the provider asks twice (S0-29)', async () => {
    const { enrollmentId, answer, path, sid } = await gather({ SpeechResult: 'Can I talk to a real person, please?' });
    expect(answer.text).toContain('A person from our team');
    await sendWebhook(api, path, {
      CallSid: sid,
      CallStatus: 'in-progress',
      SpeechResult: 'Can I talk to a real person, please?',
    });
    expect(await factKinds(api, enrollmentId)).toEqual(['handoff_requested']);
    expect(await enrollment(enrollmentId)).toMatchObject({ holdReason: 'handoff' });
  });

  describe('and asked for a person while somebody of the team can be reached (K-21, K-32, R-11)', () => {
    const ASKING = { SpeechResult: 'Put me through to a lawyer' };
    const stepsOf = (enrollmentId: string) =>
      api.sql`select kind, data from timeline where enrollment_id = ${enrollmentId} and kind like 'transfer_%' order by id`;

    beforeAll(() => api.call('PATCH', '/v1/settings', { body: { transferNumber: '+12125550177' } }));
    afterAll(() => api.call('PATCH', '/v1/settings', { body: { transferNumber: '' } }));

    const transfer = async (result: Record<string, string>) => {
      const call = await gather(ASKING);
      const path = hookPath(api, 'voice/transferred', call.attemptId);
      const tell = () => sendWebhook(api, path, { CallSid: call.sid, CallStatus: 'in-progress', ...result });
      return { ...call, tell };
    };

    it('is put through, and the team knows of it (S0-29)', async () => {
      const { enrollmentId, answer, path, sid } = await gather(ASKING);
      expect(answer.text).toMatch(
        /<Say[^>]*>One moment[^<]*<\/Say><Dial[^>]*action="[^"]*voice\/transferred[^"]*"[^>]*><Number>\+12125550177</,
      );
      await sendWebhook(api, path, { CallSid: sid, CallStatus: 'in-progress', ...ASKING });
      expect(await factKinds(api, enrollmentId)).toEqual(['handoff_requested']);
      expect(await stepsOf(enrollmentId)).toEqual([{ kind: 'transfer_started', data: {} }]);
    });

    it('says no more when they have talked, and writes it down once', async () => {
      const { enrollmentId, tell } = await transfer({ DialCallStatus: 'completed', DialCallDuration: '61' });
      const answers = await Promise.all([tell(), tell(), tell()]);
      expect(answers.map(({ text }) => text.includes('<Say'))).toEqual([false, false, false]);
      expect((await stepsOf(enrollmentId)).slice(1)).toEqual([
        { kind: 'transfer_bridged', data: { seconds: 61 } },
        { kind: 'transfer_ended', data: { seconds: 61 } },
      ]);
    });

    it.each(['no-answer', 'busy', 'failed', 'canceled'])('promises to call back after %s', async (DialCallStatus) => {
      const { enrollmentId, tell } = await transfer({ DialCallStatus });
      expect((await tell()).text).toMatch(/call you back\. Goodbye\.<\/Say><Hangup\/>/);
      expect((await stepsOf(enrollmentId)).at(-1)).toEqual({
        kind: 'transfer_cancelled',
        data: { result: DialCallStatus },
      });
      expect(await enrollment(enrollmentId)).toMatchObject({ holdReason: 'handoff' });
    });

    it('ends with the call of the person and not of the team', async () => {
      const { attemptId, tell } = await transfer({ DialCallStatus: 'completed', DialCallDuration: '5' });
      await tell();
      expect(await attemptRow(api, attemptId)).toMatchObject({ state: 'accepted' });
    });
  });

  it('and answered with anything else is thanked; every turn is kept', async () => {
    const { attemptId, answer } = await gather({ SpeechResult: 'Yes, this is me. <Dial>+19005550100</Dial>' });
    expect(answer.text).not.toContain('<Dial');
    expect(await api.sql`select n, said, digits from call_turn where attempt_id = ${attemptId}`).toEqual([
      { n: 1, said: 'Yes, this is me. <Dial>+19005550100</Dial>', digits: '' },
    ]);
  });

  it('and silent ends politely; while a machine may still be found out, it is listened to a little longer', async () => {
    const silent = await gather({});
    expect(silent.answer.text).toContain('Goodbye');
    await api.sql`update attempt set content = content || '{"voicemail": "Please call us back."}' where id = ${silent.attemptId}`;
    const ask = (n: number) =>
      sendWebhook(api, `${hookPath(api, 'voice/gather', silent.attemptId)}&n=${n}`, {
        CallSid: silent.sid,
        CallStatus: 'in-progress',
      });
    expect((await ask(1)).text).toMatch(/<Gather[^>]*n=2/);
    expect((await ask(3)).text).toContain('Goodbye');
    await sendWebhook(api, hookPath(api, 'voice/machine', silent.attemptId), {
      CallSid: silent.sid,
      AnsweredBy: 'machine_end_beep',
    });
    expect((await ask(2)).text).toContain('Please call us back.');
  });
});
