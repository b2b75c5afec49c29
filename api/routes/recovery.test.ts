import { randomUUID } from 'node:crypto';
import { lockForRecovery } from '../../db/installation';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf } from '../../test/api-people';
import { hookPath, newSid, sendWebhook } from '../../test/api-twilio';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('an installation that is in order', () => {
  it('is open, and has nothing to recover', async () => {
    expect((await api.call('GET', '/v1/recovery')).body).toEqual({
      locked: false,
      reason: null,
      sentence: null,
      lockedAt: null,
      gapFromAt: null,
      wantedBy: null,
      last: null,
    });
    expect(await api.call('POST', '/v1/recovery')).toMatchObject({
      status: 200,
      body: { locked: false, wantedBy: null },
    });
  });
});

test('a callback with our own token for an attempt that is not here locks the installation: the database was restored', async () => {
  const restored = await startTestApi();
  const fields = { CallSid: newSid('CA'), CallStatus: 'ringing', SequenceNumber: '1' };
  const path = hookPath(restored, 'voice/status', randomUUID());
  expect((await sendWebhook(restored, path, fields)).status).toBe(403);
  expect((await restored.call('GET', '/v1/recovery')).body).toMatchObject({ locked: true, reason: 'unknown_attempt' });
  await restored.stop();
});

describe('an installation that is locked for recovery', () => {
  beforeAll(() => lockForRecovery(api.sql, 'postgres_older'));

  it('says so, and why, and stays ready: what people say is heard', async () => {
    expect((await api.call('GET', '/v1/recovery')).body).toMatchObject({
      locked: true,
      reason: 'postgres_older',
      sentence: expect.stringContaining('restored from a copy'),
    });
    expect(await api.call('GET', '/readyz', { key: null })).toMatchObject({
      status: 200,
      body: { parts: { recovery: 'locked for recovery' } },
    });
  });

  it('launches nothing and resumes nothing, with a problem that says what to do', async () => {
    const list = await api.call('POST', '/v1/lists', { body: { name: 'Leads', caseType: 'injury' } });
    const draft = await api.call('POST', '/v1/campaigns', { body: definitionOf(list.body.id) });
    expect(await api.call('POST', `/v1/campaigns/${draft.body.id}/launch`)).toMatchObject({
      status: 409,
      body: { code: 'locked_for_recovery', detail: expect.stringContaining('An admin has to run the recovery') },
    });
  });

  it('has the recovery carried out when an admin asks for it', async () => {
    const asked = await api.call('POST', '/v1/recovery');
    expect(asked).toMatchObject({ status: 200, body: { locked: true, wantedBy: expect.stringContaining('key:') } });
  });
});
