import { createTestDatabase, type TestDatabase } from '../test/database';
import { createApiKey } from './api-key';
import { inTransaction } from './client';
import { beginRequest, FORGET_PAGE, forgetRequests } from './idempotency';
import { isOutOfReach } from './out-of-reach';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 3 });
});
afterAll(() => database.drop());

it('a transaction that took too long was no fault of the request: whoever asked may ask again', async () => {
  const { sql } = database;
  const slow = inTransaction(sql, (tx) => tx`select pg_sleep(5)`, { transactionTimeoutMs: 50 });
  const error: unknown = await slow.catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: expect.stringMatching(/^(25P04|CONNECTION_\w+)$/) });
  expect(isOutOfReach(error)).toBe(true);
  expect(isOutOfReach(Object.assign(new Error('terminating'), { name: 'PostgresError', code: '25P04' }))).toBe(true);
});

it('what is kept for repeated requests is forgotten after two days, and not before', async () => {
  const { sql } = database;
  await createApiKey(sql, 'Ada', 'admin');
  const [row] = await sql<{ id: string }[]>`select id from api_key`;
  for (const key of ['new', 'nearly', 'old'])
    await beginRequest(sql, { apiKeyId: row?.id ?? '', key, route: 'POST /v1/lists', bodyHash: 'x' });
  await sql`update idempotency set created_rt = created_rt - interval '47 hours' where key = 'nearly'`;
  await sql`update idempotency set created_rt = created_rt - interval '49 hours' where key = 'old'`;
  expect(await forgetRequests(sql)).toBe(1);
  const left = await sql<{ key: string }[]>`select key from idempotency order by key`;
  expect(left.map(({ key }) => key)).toEqual(['nearly', 'new']);
  await sql`
    insert into idempotency (api_key_id, key, route, body_hash, created_rt)
    select ${row?.id ?? ''}::uuid, 'n' || n, 'x', 'x', clock_timestamp() - interval '3 days' from generate_series(1, ${FORGET_PAGE + 1}) n`;
  expect(await forgetRequests(sql)).toBe(FORGET_PAGE);
});
