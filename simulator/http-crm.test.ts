import { SIMULATED_CRM_CLIENT, SIMULATED_CRM_KEY, SIMULATED_REFRESH_TOKEN } from './http-crm-accounts';
import { type Rig, startRig } from './rig';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig.stop();
});

interface Said {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
  readonly retryAfter: string | null;
}

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Said> {
  const answer = await fetch(`${rig.simulator.httpUrl}/http-crm/acme${path}`, {
    method,
    headers: { 'x-api-key': SIMULATED_CRM_KEY, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return {
    status: answer.status,
    body: isJson ? JSON.parse(text) : text,
    retryAfter: answer.headers.get('retry-after'),
  };
}

const note = (externalId: string, headers = {}) =>
  ask('POST', '/cases/7/notes', { text: 'Signed.', externalId }, headers);
const shown = async () => (await rig.control('GET', '/http-crm/acme')).body;
const notes = () => rig.ledger.entries({ kind: 'crm_note' }).map(({ accepted, detail }) => ({ accepted, ...detail }));

async function token(form: Record<string, string>): Promise<Said> {
  const answer = await fetch(`${rig.simulator.httpUrl}/http-crm/acme/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: await answer.json(), retryAfter: null };
}

describe('the stand-in of a JSON CRM', () => {
  it('writes a status and a note, finds the note by its marker, and keeps all of it in the ledger', async () => {
    expect(await ask('PUT', '/cases/7/status', { status: 'Retained' })).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    await note('m-1');
    expect((await ask('GET', '/cases/7/notes?externalId=m-1')).body.notes).toEqual([
      { text: 'Signed.', externalId: 'm-1' },
    ]);
    expect((await ask('GET', '/cases/7/notes?externalId=m-2')).body.notes).toEqual([]);
    expect(await shown()).toMatchObject({ cases: { 7: { status: 'Retained', notes: [{ externalId: 'm-1' }] } } });
    expect(rig.ledger.entries({ channel: 'crm' })).toMatchObject([
      { kind: 'crm_status', to: '7', status: 'Retained', accepted: true, detail: { account: 'acme' } },
      { kind: 'crm_note', to: '7', accepted: true, detail: { account: 'acme', isDuplicate: false } },
      { kind: 'crm_lookup' },
      { kind: 'crm_lookup' },
    ]);
  });

  it('knows a note that is written twice, unless it honours the Idempotency-Key', async () => {
    await note('m-1', { 'idempotency-key': 'k-1' });
    await note('m-1', { 'idempotency-key': 'k-1' });
    expect(notes()).toMatchObject([{ isDuplicate: false }, { isDuplicate: true }]);
    await rig.control('PUT', '/http-crm/acme', { honoursIdempotencyKey: true });
    await note('m-1', { 'idempotency-key': 'k-1' });
    expect(notes().at(-1)).toMatchObject({ isDuplicate: false, isRepeated: true });
    expect(await shown()).toMatchObject({ cases: { 7: { notes: [{}, {}] } } });
  });

  it('knows no case whose id begins with "missing"', async () => {
    expect(await ask('PUT', '/cases/missing-1/status', { status: 'x' })).toMatchObject({
      status: 404,
      body: { ok: false, error: { code: 'not_found' } },
    });
    expect(rig.ledger.entries({ kind: 'crm_status' })).toMatchObject([{ accepted: false }]);
  });
});

describe('who is let in', () => {
  it('changes with the key, by header, Basic and Bearer', async () => {
    const basic = (word: string) => ({ authorization: `Basic ${Buffer.from(`user:${word}`).toString('base64')}` });
    const as = async (headers: Record<string, string>) =>
      (await fetch(`${rig.simulator.httpUrl}/http-crm/acme/me`, { headers })).status;
    expect([await as({ 'x-api-key': SIMULATED_CRM_KEY }), await as(basic(SIMULATED_CRM_KEY)), await as({})]).toEqual([
      200, 200, 401,
    ]);
    await rig.control('PUT', '/http-crm/acme', { apiKey: 'the next one' });
    expect([await as({ 'x-api-key': SIMULATED_CRM_KEY }), await as(basic('the next one'))]).toEqual([401, 200]);
  });

  it('is who has a token that is neither over nor revoked', async () => {
    const client = { client_id: SIMULATED_CRM_CLIENT.clientId, client_secret: SIMULATED_CRM_CLIENT.clientSecret };
    const given = await token({ grant_type: 'client_credentials', ...client });
    const me = async () =>
      (
        await fetch(`${rig.simulator.httpUrl}/http-crm/acme/me`, {
          headers: { authorization: `Bearer ${given.body.access_token}` },
        })
      ).status;
    expect([given.status, await me()]).toEqual([200, 200]);
    await rig.control('PUT', '/http-crm/acme', { revokeTokens: true });
    expect(await me()).toBe(401);
    expect(await token({ grant_type: 'client_credentials', ...client, client_secret: 'wrong' })).toMatchObject({
      status: 401,
    });
  });

  it('gets the next refresh token with each use where that is the custom', async () => {
    await rig.control('PUT', '/http-crm/acme', { rotatesRefreshTokens: true });
    const client = { client_id: SIMULATED_CRM_CLIENT.clientId, client_secret: SIMULATED_CRM_CLIENT.clientSecret };
    const first = { grant_type: 'refresh_token', refresh_token: SIMULATED_REFRESH_TOKEN, ...client };
    const { body } = await token(first);
    expect(await token(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await token({ ...first, refresh_token: body.refresh_token })).status).toBe(200);
  });
});

describe('a fault', () => {
  const put = (mode: string, options = {}) =>
    rig.control('PUT', '/faults', [{ channel: 'crm', mode, match: { operation: 'note' }, times: 1, options }]);

  it.each([
    ['401', 401, false],
    ['429', 429, false],
    ['500', 500, false],
    ['504_executed', 504, true],
    ['504_not_executed', 504, false],
    ['error_in_200', 200, false],
    ['slow', 200, true],
  ])('%s answers %d, and the note is there: %s', async (mode, status, isThere) => {
    await put(mode, { holdMs: 5 });
    const answer = await note('m-1');
    expect(answer.status).toBe(status);
    if (mode === 'error_in_200') expect(answer.body).toMatchObject({ ok: false, error: { code: 'internal_error' } });
    if (mode === '429') expect(answer.retryAfter).toBe('1');
    expect(notes()).toMatchObject([{ accepted: isThere, fault: mode }]);
    expect((await ask('GET', '/cases/7/notes')).body.notes).toHaveLength(isThere ? 1 : 0);
  });

  it('breaks the connection off after the note was written', async () => {
    await put('reset');
    await expect(note('m-1')).rejects.toThrow(/terminated|fetch failed/);
    expect((await ask('GET', '/cases/7/notes')).body.notes).toHaveLength(1);
  });
});

it('a reset forgets the accounts', async () => {
  await note('m-1');
  await rig.control('PUT', '/http-crm/acme', { apiKey: 'the next one' });
  await rig.control('POST', '/reset');
  expect(await shown()).toEqual({ cases: {}, tokensGiven: 0 });
  expect((await note('m-1')).status).toBe(200);
});
