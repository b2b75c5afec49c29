import { createApiKey } from '../../db/api-key';
import { createPayloadCodec } from '../../engine/payload-codec';
import { startTestApi, type TestApi } from '../../test/api';

const UI = 'https://temporal.example.com';
const KEYS = [{ id: '2027a', hex: 'cd'.repeat(32) }];
const base64 = (text: string) => Buffer.from(text).toString('base64');
const PLAIN = { metadata: { encoding: base64('json/plain') }, data: base64('{"enrollmentId":"secret-marker"}') };

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ temporalUiUrl: `${UI}/`, payloadKeys: KEYS });
});
afterAll(() => api.stop());

async function encrypted(): Promise<typeof PLAIN> {
  const { body, status } = await api.call('POST', '/codec/encode', { body: { payloads: [PLAIN] } });
  expect(status).toBe(200);
  return body.payloads[0];
}

describe('the codec endpoint (T31)', () => {
  it('shows an admin what the workers encrypted', async () => {
    const sealed = await encrypted();
    expect(JSON.stringify(sealed)).not.toContain(PLAIN.data);
    const [read] = await createPayloadCodec(KEYS).decode([
      {
        metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('2027a') },
        data: Buffer.from(sealed.data, 'base64'),
      },
    ]);
    expect(Buffer.from(read?.data ?? []).toString()).toContain('secret-marker');
    const answer = await api.call('POST', '/codec/decode', { body: { payloads: [sealed, PLAIN] } });
    expect(answer).toMatchObject({ status: 200, body: { payloads: [PLAIN, PLAIN] } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('shows nobody else anything', async () => {
    const body = { payloads: [await encrypted()] };
    const limited = await createApiKey(api.sql, 'Li', 'admin');
    await api.sql`update api_key set scopes = array['settings:write'] where name = 'Li'`;
    for (const key of [null, api.keys.viewer, api.keys.editor, limited, `${api.keys.admin}x`]) {
      const { status, text, headers } = await api.call('POST', '/codec/decode', { key, body });
      expect([401, 403]).toContain(status);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(text).not.toContain(PLAIN.data);
    }
  });

  it('is asked by the pages of the Temporal UI, with the cookie of a session, and by no others', async () => {
    const session = await api.call('POST', '/v1/session', {
      key: null,
      body: { apiKey: api.keys.admin },
      headers: { origin: api.config.publicUrl },
    });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ask = (origin: string) =>
      api.call('POST', '/codec/decode', { key: null, body: { payloads: [PLAIN] }, headers: { cookie, origin } });
    const welcome = await ask(UI);
    expect(welcome.status).toBe(200);
    expect(welcome.headers.get('access-control-allow-origin')).toBe(UI);
    expect(welcome.headers.get('access-control-allow-credentials')).toBe('true');
    for (const origin of ['https://evil.example.org', 'https://temporal.example.com.evil.example.org', 'null']) {
      const refused = await ask(origin);
      expect(refused).toMatchObject({ status: 403, body: { code: 'foreign_origin' } });
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    // Whoever is a friend here is none anywhere else.
    const elsewhere = await api.call('POST', '/v1/lists', {
      key: null,
      body: { name: 'List', caseType: 'injury' },
      headers: { cookie, origin: UI },
    });
    expect(elsewhere).toMatchObject({ status: 403, body: { code: 'foreign_origin' } });
  });

  it('tells a browser beforehand that pages of the UI may ask, and says nothing to others', async () => {
    const preflight = (origin: string) =>
      fetch(`${api.url}/codec/decode`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight(UI);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-namespace');
    expect((await preflight('https://evil.example.org')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('leaves each look in the change log, and no payload', async () => {
    const { body } = await api.call('GET', '/v1/changes?entity=payload&limit=100');
    expect(body.items[0]).toMatchObject({ actor: 'key:Ada', entityId: 'temporal', data: { payloads: 1 } });
    expect(JSON.stringify(body)).not.toContain(PLAIN.data);
    expect(api.logged.join('\n')).not.toContain(PLAIN.data);
  });

  it.each([
    [
      'what was encrypted under another key',
      { ...PLAIN, metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('gone') } },
    ],
    [
      'what was damaged',
      { ...PLAIN, metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('2027a') } },
    ],
    ['what is no base64', { data: '§' }],
  ])('refuses %s', async (_, payload) => {
    const { status, body } = await api.call('POST', '/codec/decode', { body: { payloads: [payload] } });
    expect([status, body.code]).toEqual([422, 'invalid_body']);
  });
});
