import { randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApplicationFailure } from '@temporalio/activity';
import {
  type ConnectionRow,
  changeConnection,
  createConnection,
  disableConnection,
  getConnection,
  resumeConnection,
  setCampaignConnection,
} from '../db/connection';
import { expireHeld, releaseHeld } from '../db/connection-release';
import { changeMapping, getMapping } from '../db/crm-mapping';
import { retryExecution } from '../db/execution-views';
import { NO_MAPPING } from '../domain/crm-mapping';
import { ruleBasedClassifier } from '../domain/reply-classifier';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { people, seedOutreach, startOver, TEST_KEYS, wake } from '../test/seed';
import { connectionSweeps } from '../workers/sweeps/connections';
import { createExecutions } from './executions';
import { type Crm, CrmError } from './providers/provider';

/** Actions and the circuit of their connection, on real rows and over real sockets. */

let database: TestDatabase;
let sql: TestDatabase['sql'];
let server: Server;
let baseUrl: string;
/** What the CRM says to a path; `ok` where nothing else is set. */
let say: (path: string, authorization: string) => (response: ServerResponse) => void;
let asked: string[];

const ok = (response: ServerResponse) => response.writeHead(200).end('{"ok":true}');
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end();
const token = (access: string, refresh?: string) => (response: ServerResponse) =>
  response.writeHead(200).end(JSON.stringify({ access_token: access, expires_in: 3_600, refresh_token: refresh }));

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  sql = database.sql;
  server = createServer((request, response) => {
    const path = request.url ?? '';
    request.resume().on('end', () => {
      asked.push(`${request.method} ${path}`);
      say(path, request.headers.authorization ?? '')(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server on a port has an AddressInfo; a string is the name of a pipe.
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});
beforeEach(async () => {
  await startOver(sql);
  await sql`truncate connection cascade`;
  await sql`delete from wake`;
  asked = [];
  say = () => ok;
});

const deps = (crm: Crm | null = null) =>
  ({ sql, crm, reach: 'simulated', keys: TEST_KEYS, classifier: ruleBasedClassifier }) as const;
const run = async (ids: readonly string[], crm: Crm | null = null) =>
  createExecutions(deps(crm)).runExecutions({ enrollmentId: '', executionIds: ids });

async function connect(more: object = {}, credentials: object = { token: 'key-1' }): Promise<ConnectionRow> {
  const settings = {
    baseUrl,
    auth: { kind: 'header', prefix: '', name: 'Authorization' },
    setStatus: { method: 'PUT', path: '/cases/{{case.id}}/status', body: { status: '{{status}}' } },
    addNote: { method: 'POST', path: '/cases/{{case.id}}/notes', body: { text: '{{note}}', id: '{{operationId}}' } },
    findNote: { path: '/find/{{operationId}}' },
    test: { path: '/me' },
    ...more,
  };
  const draft = {
    id: randomUUID(),
    name: `CRM ${randomUUID()}`,
    kind: 'http',
    settings,
    credentials,
    isDefault: true,
  } as const;
  return createConnection(sql, TEST_KEYS.secretKey, draft, 'test');
}

const oauth = (grant: string) => ({ auth: { kind: 'oauth2', grant, tokenUrl: `${baseUrl}/token` } });

/** So many cases, each with an order for a status. */
async function orders(count: number, kind: 'crm_status' | 'crm_note' = 'crm_status'): Promise<string[]> {
  const { enrollmentIds, contacts } = await seedOutreach(sql, { people: people(count) });
  const ids: string[] = [];
  for (const [n, enrollmentId] of enrollmentIds.entries())
    ids.push(await order(enrollmentId, contacts[n]?.caseIds[0] ?? '', kind));
  return ids;
}

async function order(enrollmentId: string, caseId: string, kind = 'crm_status', words = 'Retained'): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    with f as (
      insert into fact (kind, enrollment_id, contact_id, body, actor, at, wakes)
      select 'order', id, contact_id, '{"kind": "order", "order": "stop_calls"}', 'test', app_now(), false from enrollment where id = ${enrollmentId}
      returning id)
    insert into execution (fact_id, rule_key, action_ix, case_id, enrollment_id, kind, payload, at)
    select f.id, 'r', 0, ${caseId}, ${enrollmentId}, ${kind}, ${JSON.stringify({ status: words, text: words })}::text::jsonb, app_now() from f
    returning id`;
  return row?.id ?? '';
}

async function states(): Promise<string[]> {
  const rows = await sql<{ shown: string }[]>`
    select concat_ws(' ', state, case when held_rt is not null then 'held' end, error_code) as shown from execution order by seq`;
  return rows.map(({ shown }) => shown);
}

const release = async () => releaseHeld(sql);
const passTime = (seconds: number) => sql`
  update connection set check_rt = check_rt - make_interval(secs => ${seconds}), trial_rt = trial_rt - make_interval(secs => ${seconds})`;

async function check(): Promise<void> {
  for (const sweep of connectionSweeps(deps())) if (sweep.name === 'connection-checks') await sweep.round();
}

describe('credentials that are refused', () => {
  it('hold every action of the connection, none of which uses up its retries or is looked for later', async () => {
    const { id } = await connect();
    const ids = await orders(3);
    say = () => status(401);
    expect(await run(ids.slice(0, 1))).toEqual({ failed: [], news: true });
    const before = asked.length;
    expect(await run(ids)).toEqual({ failed: [], news: true });
    expect(asked.length).toBe(before);
    expect(await states()).toEqual(Array.from({ length: 3 }, () => 'pending held connection_held'));
    expect(await getConnection(sql, id)).toMatchObject({
      state: 'held',
      reason: 'credentials',
      held: 3,
      nextCheckRt: null,
    });
    expect(await sql`select 1 from execution where sent_rt is not null`).toEqual([]);
  });

  it('leave the row out of what its workflow is told to do, until it is let go on', async () => {
    const { id } = await connect();
    const [first = ''] = await orders(1);
    say = () => status(401);
    await run([first]);
    const [row] = await sql<{ enrollmentId: string }[]>`select enrollment_id from execution`;
    expect((await wake(sql, row?.enrollmentId ?? '')).executions).toEqual([]);
    await resumeConnection(sql, id, 'test');
    expect(await release()).toBe(1);
    expect(await sql`select reason from wake`).toEqual([{ reason: 'connection' }]);
    expect((await wake(sql, row?.enrollmentId ?? '')).executions).toMatchObject([{ id: first }]);
  });

  it('that are changed are checked, then one action tries, and the others follow', async () => {
    const { id } = await connect();
    const ids = await orders(3);
    say = (_, key) => (key === 'key-2' ? ok : status(401));
    await run(ids);
    expect(await release()).toBe(0);
    await changeConnection(sql, TEST_KEYS.secretKey, id, { credentials: { token: 'key-2' } }, 'test');
    await check();
    expect(await getConnection(sql, id)).toMatchObject({ state: 'ok', isProven: false, checkResult: 'ok', held: 3 });
    expect([await release(), await release()]).toEqual([1, 0]);
    await run(ids);
    expect(await getConnection(sql, id)).toMatchObject({ state: 'ok', isProven: true });
    expect(await release()).toBe(2);
    await run(ids);
    expect(await states()).toEqual(['done', 'done', 'done']);
  });

  it('that are changed for others as bad stay held, with the reason', async () => {
    const { id } = await connect();
    say = () => status(401);
    await run(await orders(1));
    await changeConnection(sql, TEST_KEYS.secretKey, id, { credentials: { token: 'key-2' } }, 'test');
    await check();
    expect(await getConnection(sql, id)).toMatchObject({
      state: 'held',
      reason: 'credentials',
      checkResult: 'credentials',
      nextCheckRt: null,
    });
    expect(await release()).toBe(0);
  });

  it('that could not be checked for want of an answer are checked again', async () => {
    const { id } = await connect();
    say = () => status(401);
    await run(await orders(1));
    await changeConnection(sql, TEST_KEYS.secretKey, id, { credentials: { token: 'key-2' } }, 'test');
    say = () => status(429);
    await check();
    expect(await getConnection(sql, id)).toMatchObject({
      state: 'held',
      reason: 'outage',
      checkResult: 'rate_limited',
    });
    say = () => ok;
    await passTime(300);
    await check();
    expect(await getConnection(sql, id)).toMatchObject({ state: 'ok' });
  });

  it('say nothing when they were changed while they were asked with', async () => {
    const { id } = await connect();
    const [first = ''] = await orders(1);
    say = () => (response) =>
      void changeConnection(sql, TEST_KEYS.secretKey, id, { credentials: { token: 'key-2' } }, 'test').then(() =>
        status(401)(response),
      );
    expect(await run([first])).toEqual({ failed: [first], news: false });
    expect(await getConnection(sql, id)).toMatchObject({ state: 'ok' });
    say = () => ok;
    await run([first]);
    expect(await states()).toEqual(['done']);
  });

  it('that were encrypted under another key have to be given again', async () => {
    const { id } = await connect();
    const [first = ''] = await orders(1);
    const other = { ...deps(), keys: { secretKey: 'another-secret-key-of-32-characters-more' } };
    await createExecutions(other).runExecutions({ enrollmentId: '', executionIds: [first] });
    expect(await getConnection(sql, id)).toMatchObject({ state: 'held', reason: 'credentials' });
    expect(asked).toEqual([]);
  });
});

describe('an outage', () => {
  it('is several failures of several actions; one bad case alone is none', async () => {
    const { id } = await connect();
    const ids = await orders(4);
    const [bad = '', ...good] = ids;
    say = () => status(500);
    for (let n = 0; n < 9; n++) expect(await run([bad])).toEqual({ failed: [bad], news: false });
    expect(await getConnection(sql, id)).toMatchObject({ state: 'ok' });
    expect(await run(good.slice(0, 1))).toMatchObject({ failed: good.slice(0, 1) });
    expect(await run(good.slice(1, 2))).toEqual({ failed: [], news: true });
    expect(await getConnection(sql, id)).toMatchObject({ state: 'held', reason: 'outage', held: 1 });
    expect((await getConnection(sql, id)).nextCheckRt).not.toBeNull();
  });

  it('is forgotten with the first answer', async () => {
    const { id } = await connect();
    const ids = await orders(4);
    say = () => status(500);
    await run(ids.slice(0, 3));
    say = () => status(404);
    await run(ids.slice(3));
    expect(await sql`select failures, failing from connection where id = ${id}`).toEqual([
      { failures: 0, failing: [] },
    ]);
  });

  it('is asked about by itself, ever more seldom, and over when all is well and one action went through', async () => {
    const { id } = await connect();
    const ids = await orders(5);
    say = () => status(503);
    await run(ids);
    await run(ids);
    expect(await getConnection(sql, id)).toMatchObject({ state: 'held', reason: 'outage' });
    const wait = async () => {
      const [row] = await sql<
        { seconds: number }[]
      >`select extract(epoch from check_rt - clock_timestamp())::float8 as seconds from connection`;
      return Math.ceil((row?.seconds ?? 0) / 60);
    };
    expect(await wait()).toBe(1);
    await passTime(60);
    await check();
    expect(await wait()).toBe(2);
    await run(ids);
    say = () => ok;
    await passTime(120);
    await check();
    expect(await release()).toBe(1);
    await run(ids);
    await release();
    await run(ids);
    expect(new Set(await states())).toEqual(new Set(['done']));
    expect(await getConnection(sql, id)).toMatchObject({ state: 'ok', isProven: true, nextCheckRt: null });
  });

  it('is back with the first failure after it, and then another action tries', async () => {
    const { id } = await connect();
    const ids = await orders(3);
    await disableConnection(sql, id, 'test');
    await run(ids);
    await resumeConnection(sql, id, 'test');
    expect(await release()).toBe(1);
    say = () => status(500);
    await run(ids);
    expect(await getConnection(sql, id)).toMatchObject({ state: 'held', reason: 'outage', held: 3 });
    await resumeConnection(sql, id, 'test');
    await release();
    say = () => ok;
    await run(ids);
    expect(await states()).toEqual(expect.arrayContaining(['done']));
    expect((await sql`select tries from execution order by seq`).map(({ tries }) => tries)).toEqual([1, 1, 0]);
  });

  it('of a trial that nobody reports on lets another one try later', async () => {
    const { id } = await connect();
    const ids = await orders(2);
    await disableConnection(sql, id, 'test');
    await run(ids);
    await resumeConnection(sql, id, 'test');
    expect([await release(), await release()]).toEqual([1, 0]);
    await passTime(121);
    expect(await release()).toBe(1);
  });
});

describe('a limit', () => {
  it('is kept by every action of the connection, and no try is used up', async () => {
    await connect();
    const ids = await orders(2);
    const [first = '', second = ''] = ids;
    say = () => status(429, { 'retry-after': '30' });
    expect(await run([first])).toEqual({ failed: [first], news: false });
    const waiting = createExecutions(deps()).retryExecution({ executionId: second });
    const error = await waiting.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect((error as ApplicationFailure).nextRetryDelay).toBeGreaterThan(25_000);
    expect(asked).toHaveLength(1);
    expect((await sql`select tries from execution order by seq`).map(({ tries }) => tries)).toEqual([1, 0]);
    expect((await states())[0]).toBe('pending rate_limited');
  });
});

describe('the order of things', () => {
  it('a later status of a case never goes before an earlier one that waits', async () => {
    const { id } = await connect();
    const [first = ''] = await orders(1);
    const [row] = await sql<{ enrollmentId: string; caseId: string }[]>`select enrollment_id, case_id from execution`;
    await disableConnection(sql, id, 'test');
    await run([first]);
    await resumeConnection(sql, id, 'test');
    await sql`update connection set is_proven = true`;
    const second = await order(row?.enrollmentId ?? '', row?.caseId ?? '', 'crm_status', 'Closed');
    await run([second]);
    expect(asked).toEqual([]);
    expect(await sql`select error_detail from execution where id = ${second}`).toEqual([
      { errorDetail: expect.stringContaining('an earlier status of the case goes first') },
    ]);
    expect([await release(), await release()]).toEqual([1, 0]);
    await run([first]);
    expect(await release()).toBe(1);
    await run([second]);
    expect(await states()).toEqual(['done', 'done']);
  });

  it('a note is looked for only when an earlier try may have written it', async () => {
    await connect();
    const [first = ''] = await orders(1, 'crm_note');
    say = () => status(504);
    await run([first]);
    expect(asked).toEqual([expect.stringContaining('POST')]);
    asked = [];
    say = (path) => (path.startsWith('/find') ? (response) => response.end(JSON.stringify({ notes: [first] })) : ok);
    await run([first]);
    expect(asked).toEqual([`GET /find/${first}`]);
    expect(await states()).toEqual(['done']);
  });

  it('what has waited for thirty days is over, visibly', async () => {
    const { id } = await connect();
    await disableConnection(sql, id, 'test');
    await run(await orders(1));
    expect(await expireHeld(sql)).toBe(0);
    await sql`update execution set hold_ends_rt = clock_timestamp()`;
    expect(await expireHeld(sql)).toBe(1);
    expect(await states()).toEqual(['failed held_too_long']);
    expect(await sql`select data ->> 'code' as code from timeline where kind = 'action_failed'`).toEqual([
      { code: 'held_too_long' },
    ]);
  });
});

describe('a note whose rule names a type (S0-47)', () => {
  it('gets it; one that the CRM has no more, or none, gets the usual one, and the result says so', async () => {
    const { id } = await connect({
      addNote: { method: 'POST', path: '/cases/{{case.id}}/notes/{{noteType}}', body: { id: '{{marker}}' } },
    });
    const noteTypes = ['3', '4'].map((value) => ({ value, label: `Type ${value}` }));
    const mapping = { ...NO_MAPPING, noteTypes, noteType: '3' };
    const revision = (await getMapping(sql, id)).revision;
    await changeMapping(sql, id, { mapping, revision }, 'test');
    const ids = await orders(3, 'crm_note');
    const [named = '', gone = ''] = ids;
    await sql`update execution set payload = payload || '{"noteType": "4"}' where id = ${named}`;
    await sql`update execution set payload = payload || '{"noteType": "9"}' where id = ${gone}`;
    await run(ids);
    expect(await states()).toEqual(['done', 'done', 'done']);
    const types = asked.filter((each) => each.startsWith('POST')).map((each) => each.slice(-2));
    expect(types.sort()).toEqual(['/3', '/3', '/4']);
    expect(await sql`select result from execution order by seq`).toEqual([
      { result: 'CRM note posted' },
      { result: expect.stringContaining('no note type "9" any more') },
      { result: 'CRM note posted' },
    ]);
  });
});

describe('which connection', () => {
  it('a campaign’s own, else the default, else that of the environment, which then has a circuit too', async () => {
    const [first = ''] = await orders(1);
    expect(await run([first])).toEqual({ failed: [], news: false });
    expect(await states()).toEqual(['failed no_crm_connected']);
    await sql`update execution set state = 'pending', finished_at = null, error_code = null`;
    const refusing: Crm = {
      name: 'environment',
      setStatus: () => Promise.reject(new CrmError('credentials', false, null)),
      postNote: async () => undefined,
      check: async () => undefined,
    };
    await run([first], refusing);
    const [environment] = await sql<
      { id: string }[]
    >`select id from connection where from_environment and state = 'held'`;
    expect(await states()).toEqual(['pending held connection_held']);
    // Nobody can tell us that its key was changed: it is asked by itself.
    expect((await getConnection(sql, environment?.id ?? '')).nextCheckRt).not.toBeNull();
    await connect();
    expect(await states()).toEqual(['pending']);
    await run([first]);
    expect(await states()).toEqual(['done']);
  });

  it('another one, for what waits and was never sent', async () => {
    const { id: broken } = await connect();
    const ids = await orders(1);
    await disableConnection(sql, broken, 'test');
    await run(ids);
    const { id: other } = await connect();
    await sql`update connection set is_default = false`;
    const [campaign] = await sql<{ id: string }[]>`select id from campaign`;
    await setCampaignConnection(sql, campaign?.id ?? '', other, 'test');
    await run(ids);
    expect(await states()).toEqual(['done']);
    expect(await sql`select connection_id from execution`).toEqual([{ connectionId: other }]);
  });
});

describe('a token', () => {
  it('is shared by all, encrypted, and renewed by one of those who find it gone', async () => {
    await connect(oauth('refresh_token'), { clientId: 'c', refreshToken: 'r-1' });
    const ids = await orders(4);
    let given = 0;
    say = (path) => (path === '/token' ? token(`access-${++given}`, `r-${given + 1}`) : ok);
    await run(ids);
    expect(asked.filter((one) => one === 'POST /token')).toHaveLength(1);
    expect(await states()).toEqual(['done', 'done', 'done', 'done']);
    const [row] = await sql<{ shown: string }[]>`select to_jsonb(c)::text as shown from connection c`;
    expect(row?.shown).not.toMatch(/access-|r-\d/);
  });

  it('that is turned down is renewed once for all, with the refresh token that came last', async () => {
    await connect(oauth('refresh_token'), { clientId: 'c', refreshToken: 'r-1' });
    const ids = await orders(5);
    const [first = '', ...others] = ids;
    let given = 0;
    say = (path, authorization) => {
      if (path === '/token') return token(`access-${++given}`, `r-${given + 1}`);
      return authorization === `Bearer access-${given}` && given !== 1 ? ok : status(401);
    };
    await run([first]);
    await run(others);
    expect(given).toBe(2);
    expect(new Set(await states())).toEqual(new Set(['done']));
  });

  it('that can’t be renewed any more holds the connection', async () => {
    const { id } = await connect(oauth('client_credentials'), { clientId: 'c', clientSecret: 's' });
    say = () => status(401);
    await run(await orders(2));
    expect(await getConnection(sql, id)).toMatchObject({ state: 'held', reason: 'credentials', held: 2 });
    expect(asked.filter((one) => !one.endsWith('/token'))).toEqual([]);
  });
});

describe('a status that the CRM has refused', () => {
  it('was never written, also when it is tried again and never gets there; one that may have been stays so (U-1)', async () => {
    await connect();
    const [first = '', second = ''] = await orders(2);
    const sent = async () =>
      (await sql<{ sent: boolean }[]>`select sent_rt is not null as sent from execution order by seq`).map(
        (row) => row.sent,
      );
    say = () => status(500);
    await run([second]);
    say = () => status(422);
    await run([first, second]);
    expect(await states()).toEqual(['failed refused', 'failed refused']);
    expect(await sent()).toEqual([false, true]);
    await retryExecution(sql, first, 'test');
    say = () => status(429);
    await run([first]);
    await createExecutions(deps()).giveUpExecution({ executionId: first });
    expect(await states()).toEqual(['failed rate_limited', 'failed refused']);
    expect(await sent()).toEqual([false, true]);
  });
});
