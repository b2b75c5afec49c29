import { startTestApi, type TestApi } from '../../test/api';
import { listOf } from '../../test/api-people';
import { seedOutreach } from '../../test/seed';

let api: TestApi;
let consents: string;

beforeAll(async () => {
  api = await startTestApi();
  const { contacts } = await seedOutreach(api.sql);
  consents = `/v1/contacts/${contacts[0]?.contactId}/consents`;
});
afterAll(() => api.stop());

const CONSENT = { class: 'ai_voice', source: 'intake form', text: 'You may call me with an automated voice.' };

describe('what a contact has agreed to (C12, C14)', () => {
  it('is recorded once for each Idempotency-Key, taken back, and shown with all of that', async () => {
    const ask = { body: CONSENT, headers: { 'idempotency-key': 'yes' } };
    const { status, body: given } = await api.call('POST', consents, ask);
    expect([status, given.revokedAt, given.actor]).toEqual([201, null, 'key:Ada']);
    await api.call('POST', consents, ask);
    const { body: revoked } = await api.call('POST', `/v1/consents/${given.id}/revoke`, {
      body: { reason: 'by phone' },
    });
    expect(revoked).toMatchObject({ revokedBy: 'key:Ada', revokedReason: 'by phone', text: CONSENT.text });
    expect((await api.call('GET', consents)).body.items).toEqual([revoked]);
    const { body: contact } = await api.call('GET', consents.replace('/consents', ''));
    expect(contact.consents).toMatchObject([{ class: 'ai_voice', revokedAt: revoked.revokedAt }]);
  });

  it('is not given anew by whoever tells the same of the person once more', async () => {
    const listId = await listOf(api, null);
    const contact = { externalId: 'AGAIN', phones: ['+12125550142'], consents: [CONSENT] };
    const bring = async (words: object = {}) => {
      const items = [{ contact: { ...contact, consents: [{ ...CONSENT, ...words }] } }];
      return (await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).body.results[0].contactId;
    };
    const given = `/v1/contacts/${await bring()}/consents`;
    const items = async () => (await api.call('GET', given)).body.items;
    await api.call('POST', `/v1/consents/${(await items())[0].id}/revoke`, { body: { reason: 'by phone' } });
    await bring();
    expect(await items()).toMatchObject([{ revokedReason: 'by phone' }]);
    await bring({ text: 'I have thought about it: you may call me again.' });
    expect(await items()).toHaveLength(2);
  });

  it('may have been given before, and not later than now', async () => {
    const earlier = { ...CONSENT, givenAt: '2026-12-24T10:00:00.000Z' };
    expect((await api.call('POST', consents, { body: earlier })).body.givenAt).toBe(earlier.givenAt);
    const later = { ...CONSENT, givenAt: '2027-03-01T17:00:00.001Z' };
    expect((await api.call('POST', consents, { body: later })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/givenAt', value: later.givenAt, detail: 'must not be later than now' }],
    });
  });

  it.each([
    [{ class: 'telepathy' }, '#/class'],
    [{ text: '' }, '#/text'],
    [{ source: '' }, '#/source'],
    [{ revokedAt: null }, '#/revokedAt'],
  ])('is refused as %j', async (change, pointer) => {
    const { body } = await api.call('POST', consents, { body: { ...CONSENT, ...change } });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('is nothing of a contact that there is not', async () => {
    const nobody = '/v1/contacts/0f8fad5b-d9cb-469f-a165-70867728950e/consents';
    expect((await api.call('GET', nobody)).status).toBe(404);
    expect((await api.call('POST', nobody, { body: CONSENT })).status).toBe(404);
  });
});
