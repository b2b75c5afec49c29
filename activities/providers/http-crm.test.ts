import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { HttpCrmSettingsSchema } from '../../domain/crm-connection';
import { createHttpCrm } from './http-crm';
import type { TokenStore } from './http-crm-auth';
import type { CrmError } from './provider';

const SECRET = 'a key that nobody may see';
const CASE = { externalId: '47/11' };
const MARKER = '0f8fad5b-d9cb-469f-a165-70867728950e';
const FOUND = { ok: true, notes: [{ externalId: MARKER }] };
const EMPTY = { ok: true, notes: [], query: MARKER };

interface Seen {
  readonly asked: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Say = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server;
let base: string;
let seen: Seen[];
/** What is said to one request after the other; the last goes on. */
let script: Say[];

beforeEach(async () => {
  seen = [];
  script = [json({ ok: true })];
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  seen.push({ asked: `${request.method} ${request.url}`, headers: request.headers, body });
  const say = script.length > 1 ? script.shift() : script[0];
  say?.(response, request);
}

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Say {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function page(status: number, headers: Record<string, string> = {}): Say {
  return (response) => response.writeHead(status, headers).end('<html>Please log in</html>');
}

const dies: Say = (response) => response.destroy();
const diesHalfway: Say = (response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('{"ok":', () => response.destroy());
};
const keepsSilent: Say = () => undefined;

const READS = {
  success: { pointer: '/ok', equals: true },
  failure: { pointer: '/error/code', codes: { session_expired: 'credentials', busy: 'retry', later: 'rate_limited' } },
};
const LOOKS = { findNote: { path: '/cases/{{case.id}}/notes?externalId={{operationId}}', within: '/notes' } };
const NO_TOKENS: TokenStore = { use: () => Promise.reject(new Error('there are no tokens here')) };

function settingsOf(more: object = {}) {
  return HttpCrmSettingsSchema.parse({
    baseUrl: base,
    auth: { kind: 'header', name: 'X-Api-Key' },
    setStatus: { method: 'PUT', path: '/cases/{{case.id}}/status', body: { status: '{{status}}', force: true } },
    addNote: {
      path: '/cases/{{case.id}}/notes',
      body: { text: '{{note}}\n{{marker}}', ids: ['{{operationId}}', 7, null] },
    },
    ...READS,
    ...LOOKS,
    ...more,
  });
}

function crm(more: object = {}, credentials: unknown = { token: SECRET }, tokens = NO_TOKENS) {
  return createHttpCrm({ settings: settingsOf(more), credentials, tokens, reach: 'simulated' });
}

async function errorOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => null,
    ({ code, final, retryAfterMs }: CrmError) => ({ code, final, retryAfterMs }),
  );
}

const setStatus = (more: object = {}) => errorOf(crm(more).setStatus(CASE, 'Retained', MARKER));
const asked = () => seen.map((one) => one.asked);

describe('what is asked', () => {
  it('is what the settings say, with the values encoded in the path and as JSON in the body', async () => {
    await crm().setStatus(CASE, 'Signed "today"', MARKER);
    expect(seen).toMatchObject([
      {
        asked: 'PUT /api/cases/47%2F11/status',
        headers: { 'x-api-key': SECRET, 'content-type': 'application/json', 'idempotency-key': MARKER },
      },
    ]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ status: 'Signed "today"', force: true });
  });

  it('is a note with its marker, without control characters, and with variables of its own left alone', async () => {
    await crm().postNote(CASE, 'Wants {{status}}\u0007\nand more', MARKER, false);
    expect(asked()).toEqual(['POST /api/cases/47%2F11/notes']);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      text: `Wants {{status}}\nand more\n[ft:${MARKER}]`,
      ids: [MARKER, 7, null],
    });
  });

  it.each(['', ' ', '.', '..'])('is nothing for a case "%s", whose path would lead elsewhere', async (externalId) => {
    expect(await errorOf(crm().setStatus({ externalId }, 'x', MARKER))).toMatchObject({
      code: 'unknown_case',
      final: true,
    });
    expect(seen).toEqual([]);
  });

  it('may be let in by Basic, and by a header with words before the token', async () => {
    await crm({ auth: { kind: 'basic' } }, { username: 'us', password: 'p:w' }).setStatus(CASE, 'x', MARKER);
    await crm({ auth: { kind: 'header', prefix: 'Token ' } }).setStatus(CASE, 'x', MARKER);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Basic dXM6cDp3', `Token ${SECRET}`]);
  });

  it('needs credentials that fit', async () => {
    expect(() => crm({}, { username: 'us', password: 'pw' })).toThrow('the CRM answered: credentials');
  });
});

/** Each answer to a status, and what is made of it. */
describe('an answer', () => {
  it.each<[name: string, say: Say, code: string, final: boolean, retryAfterMs: number | null]>([
    ['401', page(401), 'credentials', false, null],
    ['403', page(403), 'credentials', false, null],
    ['404', json({}, 404), 'unknown_case', true, null],
    ['409', json({}, 409), 'refused', true, null],
    ['422 with a known code', json({ error: { code: 'session_expired' } }, 422), 'credentials', false, null],
    [
      '400 with a usual code',
      json({ error: { code: 'RATE_LIMITED' } }, 400, { 'retry-after': '3' }),
      'rate_limited',
      false,
      3_000,
    ],
    ['408', page(408), 'failed', false, null],
    ['429 that says when', page(429, { 'retry-after': '7' }), 'rate_limited', false, 7_000],
    ['429 that asks for days', page(429, { 'retry-after': '999999' }), 'rate_limited', false, 3_600_000],
    ['429 that says nonsense', page(429, { 'retry-after': 'soon' }), 'rate_limited', false, null],
    ['500', page(500), 'failed', false, null],
    ['503 that says when', page(503, { 'retry-after': '5' }), 'failed', false, 5_000],
    ['504', page(504), 'failed', false, null],
    ['a redirect', page(302, { location: 'http://127.0.0.1:1/' }), 'configuration', false, null],
    ['200 with an error inside', json({ ok: false, error: { code: 'invalid_status' } }), 'refused', true, null],
    ['200 with an error that passes', json({ ok: false, error: { code: 'busy' } }), 'failed', false, null],
    ['200 with a code of its own', json({ ok: false, error: { code: 'session_expired' } }), 'credentials', false, null],
    [
      '200 with a limit inside',
      json({ ok: false, error: { code: 'later' } }, 200, { 'retry-after': '2' }),
      'rate_limited',
      false,
      2_000,
    ],
    ['200 with an unknown case inside', json({ ok: false, error: { code: 'not_found' } }), 'unknown_case', true, null],
    ['200 without the word of success', json({}), 'refused', true, null],
    ['200 with the text "true"', json({ ok: 'true' }), 'refused', true, null],
    ['200 with a page', page(200), 'failed', false, null],
    ['200 longer than anybody reads', json({ ok: true, more: 'x'.repeat(1_000_000) }), 'failed', false, null],
    ['a connection that breaks', dies, 'failed', false, null],
    ['half an answer', diesHalfway, 'failed', false, null],
  ])('%s', async (_, say, code, final, retryAfterMs) => {
    script = [say];
    expect(await setStatus()).toEqual({ code, final, retryAfterMs });
    expect(seen).toHaveLength(1);
  });

  it('429 may say when as a date', async () => {
    script = [page(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() })];
    const { retryAfterMs } = (await setStatus()) as CrmError;
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('that never comes is given up', async () => {
    script = [keepsSilent];
    expect(await setStatus({ timeoutSeconds: 1 })).toMatchObject({ code: 'failed', final: false });
  });

  it('is not there where nobody listens, so nothing was done', async () => {
    const dead = crm({ baseUrl: 'http://127.0.0.1:1' });
    expect(await errorOf(dead.setStatus(CASE, 'x', MARKER))).toMatchObject({ code: 'unreachable', final: false });
  });

  it('is read by its status alone where the settings say no more, unless there is a code of an error', async () => {
    const { findNote: _, ...plain } = settingsOf();
    const read = (more: object) =>
      errorOf(
        createHttpCrm({
          settings: { ...plain, success: undefined, ...more } as never,
          credentials: { token: SECRET },
          tokens: NO_TOKENS,
          reach: 'simulated',
        }).setStatus(CASE, 'x', MARKER),
      );
    script = [page(200)];
    expect(await read({ failure: undefined })).toBeNull();
    script = [json({ error: { code: 'busy' } })];
    expect(await read({ failure: undefined })).toBeNull();
    expect(await read({})).toMatchObject({ code: 'failed' });
    script = [json({ error: { code: 17 } })];
    expect(await read({})).toMatchObject({ code: 'refused', final: true });
  });

  it('never shows the key in what is thrown', async () => {
    script = [json({ error: SECRET }, 400)];
    const thrown = await crm()
      .setStatus(CASE, 'Retained', MARKER)
      .catch((error: unknown) => error);
    expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain(SECRET);
  });

  it('403 for one case while the test goes through is a matter of that case', async () => {
    script = [page(403), json({ ok: true })];
    expect(await setStatus({ test: { path: '/me' } })).toMatchObject({ code: 'refused', final: true });
    script = [page(403), page(401)];
    expect(await setStatus({ test: { path: '/me' } })).toMatchObject({ code: 'credentials', final: false });
  });
});

describe('a note whose fate is unknown', () => {
  const again = (more: object = {}) => errorOf(crm(more).postNote(CASE, 'Signed.', MARKER));

  it('is looked for, and not written again when it is there', async () => {
    script = [json(FOUND)];
    expect(await again()).toBeNull();
    expect(asked()).toEqual([`GET /api/cases/47%2F11/notes?externalId=${MARKER}`]);
  });

  it('is written when it is not there, whatever else of the answer quotes the question', async () => {
    script = [json(EMPTY), json({ ok: true })];
    expect(await again()).toBeNull();
    expect(asked()).toEqual([expect.stringContaining('GET'), expect.stringContaining('POST')]);
  });

  it('is written when the look-up finds no such thing', async () => {
    script = [page(404), json({ ok: true })];
    expect(await again()).toBeNull();
  });

  it('waits while it can’t be looked for', async () => {
    script = [page(504)];
    expect(await again()).toMatchObject({ code: 'unreachable', final: false });
    script = [page(429, { 'retry-after': '4' })];
    expect(await again()).toEqual({ code: 'rate_limited', final: false, retryAfterMs: 4_000 });
    expect(asked().filter((one) => one.startsWith('POST'))).toEqual([]);
  });

  it('is over, for a person to decide, where it can neither be looked for nor safely repeated', async () => {
    expect(await again({ findNote: undefined })).toMatchObject({ code: 'failed', final: true });
    expect(seen).toEqual([]);
    script = [page(504)];
    const first = errorOf(crm({ findNote: undefined }).postNote(CASE, 'Signed.', MARKER, false));
    expect(await first).toMatchObject({ code: 'failed', final: true });
  });

  it('is sent again under the same Idempotency-Key where that is honoured', async () => {
    script = [dies, json({ ok: true })];
    const safe = { findNote: undefined, honoursIdempotencyKey: true };
    expect(await errorOf(crm(safe).postNote(CASE, 'Signed.', MARKER, false))).toMatchObject({
      code: 'failed',
      final: false,
    });
    expect(await again(safe)).toBeNull();
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([MARKER, MARKER]);
  });
});

describe('a check', () => {
  it('asks the harmless question of the settings', async () => {
    expect(await errorOf(crm({ test: { path: '/me' } }).check())).toBeNull();
    expect(asked()).toEqual(['GET /api/me']);
    script = [page(401)];
    expect(await errorOf(crm({ test: { path: '/me' } }).check())).toMatchObject({ code: 'credentials' });
  });

  it('without one asks the base address, where nothing needs to be', async () => {
    script = [page(404)];
    expect(await errorOf(crm().check())).toBeNull();
    script = [page(401)];
    expect(await errorOf(crm().check())).toMatchObject({ code: 'credentials' });
    script = [dies];
    expect(await errorOf(crm().check())).toMatchObject({ code: 'failed' });
  });
});

describe('an address that may not be reached', () => {
  it.each(['http://169.254.169.254/latest', 'http://10.0.0.1/', 'http://[::ffff:10.0.0.1]/'])(
    'like %s is asked nothing',
    async (baseUrl) => {
      expect(await setStatus({ baseUrl })).toMatchObject({ code: 'configuration', final: false });
    },
  );

  it('by a name is found out before the connection', async () => {
    const outside = createHttpCrm({
      settings: settingsOf({ baseUrl: 'https://localhost:1/' }),
      credentials: { token: SECRET },
      tokens: NO_TOKENS,
      reach: 'outside',
    });
    expect(await errorOf(outside.setStatus(CASE, 'x', MARKER))).toMatchObject({ code: 'configuration', final: false });
  });

  it('is none by plain http outside of a simulation', async () => {
    const outside = createHttpCrm({
      settings: settingsOf(),
      credentials: { token: SECRET },
      tokens: NO_TOKENS,
      reach: 'outside',
    });
    expect(await errorOf(outside.setStatus(CASE, 'x', MARKER))).toMatchObject({ code: 'configuration' });
    expect(seen).toEqual([]);
  });
});

describe('OAuth 2', () => {
  const CLIENT = { clientId: 'a client', clientSecret: SECRET };

  /** A store in memory that keeps one token, as the real one does for all workers. */
  function store(credentials: object) {
    const kept = { token: null as string | null, renewals: 0, credentials };
    const tokens: TokenStore = {
      async use(refused, fetch) {
        if (kept.token !== null && kept.token !== refused) return kept.token;
        const { access } = await fetch(kept.credentials);
        Object.assign(kept, { token: access, renewals: kept.renewals + 1 });
        return access;
      },
    };
    return { kept, tokens };
  }
  const oauth = (more: object = {}) => ({
    auth: { kind: 'oauth2', grant: 'client_credentials', tokenUrl: `${base}/token`, ...more },
  });
  const tokenSays = (access: string) => json({ access_token: access, expires_in: 60 });

  it('gets a token, and another one when the first is turned down', async () => {
    const { kept, tokens } = store(CLIENT);
    script = [tokenSays('one'), page(401), tokenSays('two'), json({ ok: true })];
    await crm(oauth({ scope: 'cases' }), CLIENT, tokens).setStatus(CASE, 'x', MARKER);
    expect(asked()).toEqual([
      'POST /api/token',
      expect.stringContaining('PUT'),
      'POST /api/token',
      expect.stringContaining('PUT'),
    ]);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer one',
      undefined,
      'Bearer two',
    ]);
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'cases',
      client_id: 'a client',
      client_secret: SECRET,
    });
    expect(kept.renewals).toBe(2);
  });

  it('stops when the second token is turned down as well', async () => {
    const { tokens } = store(CLIENT);
    script = [tokenSays('one'), page(401), tokenSays('two'), page(401)];
    expect(await errorOf(crm(oauth(), CLIENT, tokens).setStatus(CASE, 'x', MARKER))).toMatchObject({
      code: 'credentials',
    });
    expect(seen).toHaveLength(4);
  });

  it('names the client by Basic and trades a refresh token, where that is wanted', async () => {
    const refresh = { clientId: 'a client', clientSecret: 'a:b', refreshToken: 'r-1' };
    const { tokens } = store(refresh);
    script = [json({ access_token: 'one', refresh_token: 'r-2' }), json({ ok: true })];
    await crm(oauth({ grant: 'refresh_token', clientIn: 'basic' }), refresh, tokens).setStatus(CASE, 'x', MARKER);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('a+client:a%3Ab').toString('base64')}`);
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r-1',
    });
  });

  it.each<[name: string, say: Say, code: string]>([
    ['invalid_client', json({ error: 'invalid_client' }, 401), 'credentials'],
    ['invalid_grant', json({ error: 'invalid_grant' }, 400), 'credentials'],
    ['nothing there', page(404), 'configuration'],
    ['a redirect', page(307, { location: 'http://127.0.0.1:1/' }), 'configuration'],
    ['a limit', page(429, { 'retry-after': '1' }), 'rate_limited'],
    ['an outage', page(503), 'unreachable'],
    ['a connection that breaks', dies, 'unreachable'],
    ['a page instead of a token', page(200), 'unreachable'],
    ['a token that would bring a header', json({ access_token: 'a\r\nHost: b' }), 'unreachable'],
  ])('tells what is wrong at the token endpoint: %s', async (_, say, code) => {
    const { tokens } = store(CLIENT);
    script = [say];
    expect(await errorOf(crm(oauth(), CLIENT, tokens).setStatus(CASE, 'x', MARKER))).toMatchObject({
      code,
      final: false,
    });
    expect(seen).toHaveLength(1);
  });

  it('asks no token endpoint that may not be reached, and none with credentials of another kind', async () => {
    const { tokens } = store(CLIENT);
    const metadata = crm(oauth({ tokenUrl: 'http://169.254.169.254/token' }), CLIENT, tokens);
    expect(await errorOf(metadata.setStatus(CASE, 'x', MARKER))).toMatchObject({ code: 'configuration' });
    const unfit = store({ token: 'x' });
    expect(await errorOf(crm(oauth(), {}, unfit.tokens).setStatus(CASE, 'x', MARKER))).toMatchObject({
      code: 'credentials',
    });
    expect(seen).toEqual([]);
  });
});

describe('what there is beside a status and a note', () => {
  const list = { path: '/lists', within: '/found', value: '/id', label: '/name' };
  const body = { v: '{{value}}' };

  it('is a substatus of a type, where the settings say how it is written (S0-50)', async () => {
    const busy = { field: 'substatus', group: 'Dialer' } as const;
    expect(await errorOf(crm().setStatus(CASE, '12', MARKER, busy))).toMatchObject({
      code: 'not_supported',
      final: true,
    });
    expect(seen).toEqual([]);
    const setSubstatus = { path: '/sub/{{case.id}}', body: { type: '{{group}}', to: '{{status}}' } };
    await crm({ setSubstatus }).setStatus(CASE, '12', MARKER, busy);
    await crm({ setSubstatus }).setStatus(CASE, '12', MARKER, { ...busy, group: null });
    expect(seen.map((one): unknown => JSON.parse(one.body))).toEqual([{ type: 'Dialer', to: '12' }, { to: '12' }]);
  });

  it('is a note of a type, or of none', async () => {
    const addNote = { path: '/notes', body: { id: '{{marker}}', type: '{{noteType}}' } };
    await crm({ addNote }).postNote(CASE, 'x', MARKER, false, '3');
    await crm({ addNote }).postNote(CASE, 'x', MARKER, false);
    expect(seen.map((one): unknown => JSON.parse(one.body))).toEqual([
      { id: `[ft:${MARKER}]`, type: '3' },
      { id: `[ft:${MARKER}]` },
    ]);
  });

  it('are fields, one request for each', async () => {
    await crm({ setField: { path: '/f/{{field}}', body } }).setFields?.(CASE, { a: '1', 'b/c': '2' }, MARKER);
    expect(asked()).toEqual(['POST /api/f/a', 'POST /api/f/b%2Fc']);
    expect(await errorOf(crm().setFields?.(CASE, { a: '1' }, MARKER) ?? Promise.resolve())).toMatchObject({
      code: 'not_supported',
    });
  });

  it('are its lists; what has no value is left out', async () => {
    expect(crm().list).toBeUndefined();
    const found = [{ id: 1, name: 'New', type: 'A' }, { id: '2' }, { name: 'nothing' }, 'x'];
    script = [json({ ok: true, found })];
    const all = crm({ statuses: list, substatuses: { ...list, group: '/type' }, noteTypes: list });
    expect(await all.list?.()).toEqual({
      statuses: [
        { field: 'status', value: '1', label: 'New' },
        { field: 'status', value: '2', label: '2' },
        { field: 'substatus', value: '1', label: 'New', group: 'A' },
        { field: 'substatus', value: '2', label: '2' },
      ],
      noteTypes: [
        { value: '1', label: 'New' },
        { value: '2', label: '2' },
      ],
    });
    expect(await crm({ substatuses: { ...list, within: '/nowhere' } }).list?.()).toEqual({
      statuses: [],
      noteTypes: null,
    });
  });

  it('is the status of a case, or that there is no such case', async () => {
    const getStatus = { path: '/cases/{{case.id}}', status: '/status', substatus: '/sub' };
    expect(crm().readStatus).toBeUndefined();
    script = [json({ ok: true, status: 'Retained', sub: 12 }), json({ ok: true }), json({}, 404), json({}, 500)];
    const read = () => crm({ getStatus }).readStatus?.(CASE);
    expect(await read()).toEqual({ status: 'Retained', substatuses: [{ group: null, value: '12' }] });
    expect(await read()).toEqual({ status: null, substatuses: [] });
    expect(await read()).toBeNull();
    await expect(read()).rejects.toMatchObject({ code: 'failed' });
  });
});
