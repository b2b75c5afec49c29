import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { until } from '../test/until';
import { createSql, inTransaction, type Sql, savepoint, type Tx } from './client';
import { brokenConstraint, sqlState } from './result-guard';

let db: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  db = await createTestDatabase({ max: 3 });
  sql = db.sql;
  await sql`create table note (id integer primary key, body text not null)`;
});
beforeEach(() => sql`truncate note`);
afterAll(() => db.drop());

const noteIds = async (): Promise<number[]> =>
  (await sql<{ id: number }[]>`select id from note order by id`).map(({ id }) => id);

const addNote = (tx: Tx, id: number) => tx`insert into note (id, body) values (${id}, 'x')`;

describe('results after a query that failed half-way', () => {
  const FAILS_AFTER_ROWS = 'select 1 / (5 - n) from generate_series(1, 9) n';

  let one: Sql;
  beforeEach(() => {
    one = createSql(db.url, { max: 1 });
  });
  afterEach(() => one.end());

  it('begin with holes in the bare client, which is why there is a guard', async () => {
    const bare = postgres(db.url, { max: 1 });
    await expect(bare.unsafe(FAILS_AFTER_ROWS)).rejects.toThrow('division by zero');
    const rows = await bare`select n from generate_series(1, 3) n`;
    expect({ length: rows.length, count: rows.count, first: rows[0] }).toEqual({
      length: 7,
      count: 3,
      first: undefined,
    });
    await bare.end();
  });

  it('are whole for a template', async () => {
    await expect(one.unsafe(FAILS_AFTER_ROWS)).rejects.toThrow('division by zero');
    expect([...(await one`select n from generate_series(1, 3) n`)]).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('are whole after two errors in a row, with parameters and without a row count', async () => {
    const five = 5;
    const failing = () => one`select 1 / (${five}::int - n) from generate_series(1, 9) n`;
    await expect(failing()).rejects.toThrow('division by zero');
    await expect(failing()).rejects.toThrow('division by zero');
    expect([...(await one`show timezone`)]).toEqual([{ TimeZone: 'UTC' }]);
  });

  it('are whole for each statement of a text', async () => {
    await expect(one.unsafe(FAILS_AFTER_ROWS)).rejects.toThrow('division by zero');
    const results = await one.unsafe('select 1 as a; select 2 as b');
    expect(results.map((rows) => [...rows])).toEqual([[{ a: 1 }], [{ b: 2 }]]);
  });

  it('are whole for values and for a cursor', async () => {
    await expect(one.unsafe(FAILS_AFTER_ROWS)).rejects.toThrow('division by zero');
    expect([...(await one`select 7 as n`.values())]).toEqual([[7]]);
    await expect(one.unsafe(FAILS_AFTER_ROWS)).rejects.toThrow('division by zero');
    const pages: unknown[] = [];
    for await (const page of one`select n from generate_series(1, 3) n`.cursor(2)) pages.push(...page);
    expect(pages).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('are whole inside a transaction, behind a savepoint', async () => {
    const rows = await inTransaction(one, async (tx) => {
      await expect(savepoint(tx, (inner) => inner.unsafe(FAILS_AFTER_ROWS))).rejects.toThrow('division by zero');
      return tx`select 8 as n`;
    });
    expect([...rows]).toEqual([{ n: 8 }]);
  });
});

describe('values', () => {
  it('are numbers for bigint, count and numeric, calendar days for date, and instants for timestamptz', async () => {
    const [row] = await sql`
      select 9007199254740991::bigint as big_number, count(*) as how_many, 12.5::numeric as price,
        '2026-03-08'::date as starts_on, '2026-03-08T12:00:00Z'::timestamptz as sent_at, '{1,2}'::bigint[] as ids`;
    expect(row).toEqual({
      bigNumber: Number.MAX_SAFE_INTEGER,
      howMany: 1,
      price: 12.5,
      startsOn: '2026-03-08',
      sentAt: new Date('2026-03-08T12:00:00Z'),
      ids: [1, 2],
    });
  });

  it('refuse a bigint that a number cannot hold exactly', async () => {
    await expect(sql`select 9007199254740992::bigint`).rejects.toThrow('9007199254740992');
  });

  it('go in as they come out', async () => {
    const [row] = await sql`select ${'2026-11-01'}::date as day, ${12}::bigint as big, ${1.5}::numeric as number`;
    expect(row).toEqual({ day: '2026-11-01', big: 12, number: 1.5 });
  });

  it('keep the keys inside JSON while columns become camel case', async () => {
    const [row] = await sql`select ${sql.json({ first_name: 'Asha' })}::jsonb as plan_json, 1 as _odd_, 2 as line_2`;
    expect(row).toEqual({ planJson: { first_name: 'Asha' }, _odd_: 1, line2: 2 });
  });
});

describe('errors', () => {
  it('tell code and constraint, and keep the values of the row out of logs', async () => {
    await sql`insert into note values (1, 'Asha')`;
    const error: unknown = await sql`insert into note values (1, 'Ben')`.catch((caught: unknown) => caught);
    expect([sqlState(error), brokenConstraint(error)]).toEqual(['23505', 'note_pkey']);
    expect(JSON.stringify(error)).not.toContain('Key (id)');
    expect([sqlState(new Error('no')), brokenConstraint(null)]).toEqual([null, null]);
  });
});

describe('inTransaction', () => {
  it('commits what its function did and answers its result', async () => {
    expect(await inTransaction(sql, async (tx) => (await addNote(tx, 1)).count)).toBe(1);
    expect(await noteIds()).toEqual([1]);
  });

  it('rolls back and throws what its function threw', async () => {
    const reason = new Error('changed my mind');
    const failing = inTransaction(sql, async (tx) => {
      await addNote(tx, 1);
      throw reason;
    });
    await expect(failing).rejects.toBe(reason);
    expect(await noteIds()).toEqual([]);
  });

  it('refuses to pass for committed when an error was caught without a savepoint', async () => {
    const swallowing = inTransaction(sql, async (tx) => {
      await addNote(tx, 1);
      await addNote(tx, 1).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('nothing was committed');
    expect(await noteIds()).toEqual([]);
  });

  it('keeps 100 transactions apart on a pool of 3', async () => {
    const ids = Array.from({ length: 100 }, (_, id) => id);
    const queriesBetween = ids.map(() => sql`select 1`);
    const outcomes = await Promise.allSettled(
      ids.map((id) =>
        inTransaction(sql, async (tx) => {
          const [before] = await tx`select pg_current_xact_id()::text as id`;
          await addNote(tx, id);
          if (id % 2 === 1) throw new Error('odd');
          const [after] = await tx`select pg_current_xact_id()::text as id`;
          expect(after).toEqual(before);
        }),
      ),
    );
    await Promise.all(queriesBetween);
    expect(outcomes.map(({ status }) => status)).toEqual(ids.map((id) => (id % 2 ? 'rejected' : 'fulfilled')));
    expect(await noteIds()).toEqual(ids.filter((id) => id % 2 === 0));
  });

  it('applies isolation and timeouts to this transaction only', async () => {
    const show = (db_: Sql | Tx) => db_`
      select current_setting('transaction_isolation') as isolation, current_setting('statement_timeout') as statement,
        current_setting('lock_timeout') as lock, current_setting('transaction_timeout') as transaction`;
    const one = createSql(db.url, { max: 1 });
    const options = {
      isolation: 'serializable',
      statementTimeoutMs: 1500,
      lockTimeoutMs: 1000,
      transactionTimeoutMs: 1800,
    } as const;
    const [inside] = await inTransaction(one, show, options);
    const [outside] = await show(one);
    await one.end();
    expect(inside).toEqual({ isolation: 'serializable', statement: '1500ms', lock: '1s', transaction: '1800ms' });
    expect(outside).toEqual({ isolation: 'read committed', statement: '0', lock: '0', transaction: '0' });
  });

  it('ends a statement that takes too long, and the connection serves on', async () => {
    const slow = inTransaction(sql, (tx) => tx`select pg_sleep(60)`, { statementTimeoutMs: 50 });
    expect(sqlState(await slow.catch((error: unknown) => error))).toBe('57014');
    expect(await noteIds()).toEqual([]);
  });

  it('refuses a timeout that is no positive whole number', async () => {
    await expect(inTransaction(sql, async () => 1, { lockTimeoutMs: 0 })).rejects.toThrow('lock_timeout');
    expect(await noteIds()).toEqual([]);
  });

  it('survives a server that closes the connection while nothing is asked', async () => {
    const one = createSql(db.url, { max: 1 });
    const idle = inTransaction(
      one,
      async (tx) => {
        await addNote(tx, 1);
        const [me] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
        do await delay(20);
        while ((await sql`select 1 from pg_stat_activity where pid = ${me?.pid ?? 0}`).length > 0);
      },
      // The note itself must be in by then, on a busy machine too.
      { transactionTimeoutMs: 3_000 },
    );
    await expect(idle).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(await one`select 1 as n`).toHaveLength(1);
    expect(await inTransaction(one, (tx) => tx`select 1 as n`)).toHaveLength(1);
    await one.end();
    expect(await noteIds()).toEqual([]);
  });

  it('loses no connection of the pool when the server ends one in the middle of a query', async () => {
    const one = createSql(db.url, { max: 1, waitMs: 3_000 });
    for (let time = 0; time < 3; time++) {
      const long = inTransaction(one, (tx) => tx`select pg_sleep(60)`, { transactionTimeoutMs: 30 });
      const waiting = inTransaction(one, (tx) => tx`select 1 as n`);
      await expect(long).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
      expect(await waiting).toHaveLength(1);
    }
    const inTime = () => inTransaction(one, (tx) => tx`select pg_sleep(60)`, { transactionTimeoutMs: 30 });
    const outside = () =>
      one`select pg_sleep(60) from (select set_config('transaction_timeout', '30', false)) as setting`;
    for (const long of [inTime, outside])
      for (const ask of [() => inTransaction(one, (tx) => tx`select 2 as n`), () => one`select ${2}::int as n`]) {
        await expect(long()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
        expect(await ask()).toHaveLength(1);
      }
    await one.end();
  });

  it('fails when its backend is terminated in the middle of several queries, and the pool goes on', async () => {
    const doomed = inTransaction(sql, async (tx) => {
      const [me] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      const waiting = Promise.allSettled([tx`select pg_sleep(60)`, addNote(tx, 1), addNote(tx, 2)]);
      await sql`select pg_terminate_backend(${me?.pid ?? 0})`;
      return (await waiting).map(({ status }) => status);
    });
    await expect(doomed).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await Promise.all(Array.from({ length: 6 }, () => inTransaction(sql, (tx) => tx`select 1`)));
  });

  it('goes on waiting when the connection that it waits for is lost, and gets the next one', async () => {
    const own = createSql(db.url, { max: 1 });
    const begun: number[] = [];
    const losing = inTransaction(own, async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      begun.push(row?.pid ?? 0);
      await tx`select pg_sleep(60)`;
    });
    const lost = losing.catch((error: unknown) => error);
    const waiting = [1, 2, 3].map((id) => inTransaction(own, (tx) => addNote(tx, id)));
    await until('the first has begun', async () => begun.length > 0);
    await sql`select pg_terminate_backend(${begun[0] ?? 0})`;
    expect(await lost).toMatchObject({ code: 'CONNECTION_CLOSED' });
    await Promise.all(waiting);
    expect(await noteIds()).toEqual([1, 2, 3]);
    // Whoever asked twice gave back what it had no use for.
    await inTransaction(own, (tx) => addNote(tx, 4));
    await own.end();
  });

  it('gives a connection that came too late back to the pool', async () => {
    const own = createSql(db.url, { max: 1, waitMs: 300 });
    await own`select 1`;
    const { promise: held, resolve: letGo } = deferred();
    const holding = inTransaction(own, () => held);
    await expect(inTransaction(own, (tx) => addNote(tx, 1))).rejects.toMatchObject({ name: 'PoolTimeout' });
    letGo();
    await holding;
    await inTransaction(own, (tx) => addNote(tx, 2));
    expect(await noteIds()).toEqual([2]);
    await own.end();
  });

  it('turns away a query that comes after its end', async () => {
    let late: Tx | undefined;
    await inTransaction(sql, async (tx) => {
      late = tx;
    });
    await expect(late?.unsafe('select 1')).rejects.toThrow('the transaction is over');
  });

  it('turns away a client that is no pool', async () => {
    const nested = inTransaction(sql, (tx) => inTransaction(tx as unknown as Sql, async () => 1));
    await expect(nested).rejects.toThrow('use savepoint');
  });
});

describe('savepoint', () => {
  it('undoes its own work only, also when nested', async () => {
    await inTransaction(sql, async (tx) => {
      await addNote(tx, 1);
      const failing = savepoint(tx, async (outer) => {
        await addNote(outer, 2);
        await savepoint(outer, (inner) => addNote(inner, 3));
        await expect(savepoint(outer, (inner) => addNote(inner, 1))).rejects.toMatchObject({ code: '23505' });
        throw new Error('poison');
      });
      await expect(failing).rejects.toThrow('poison');
      await savepoint(tx, (inner) => addNote(inner, 4));
    });
    expect(await noteIds()).toEqual([1, 4]);
  });
});

/** Asks, and answers false as soon as asking is refused. */
function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
