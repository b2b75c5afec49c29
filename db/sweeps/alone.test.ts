import { databaseOfThisFile } from '../../test/database';
import { createSql } from '../client';
import { tryAlone } from './alone';

const database = databaseOfThisFile({ max: 3 });

/** Work that can be watched: it says when it has begun and waits until it may end. */
function gate() {
  const ends: (() => void)[] = [];
  const begun = new Promise<void>((resolve) => ends.push(resolve));
  const open = new Promise<void>((resolve) => ends.push(resolve));
  const [begin = () => undefined, end = () => undefined] = ends;
  return { begun, end, work: async () => (begin(), await open, 'done') };
}

test('no other process does the same at the same time, and afterwards it may', async () => {
  const other = createSql(database.url, { max: 3 });
  const { begun, end, work } = gate();
  const first = tryAlone(database.sql, 'sweep', work);
  await begun;
  expect(await tryAlone(other, 'sweep', async () => 'too')).toBeNull();
  expect(await tryAlone(other, 'another', async () => 'too')).toBe('too');
  end();
  expect(await first).toBe('done');
  expect(await tryAlone(other, 'sweep', async () => 'after')).toBe('after');
  await other.end();
});

test('many sweeps leave connections of a small pool for their work', async () => {
  const rounds = Array.from({ length: 12 }, (_, n) =>
    tryAlone(database.sql, `sweep ${n}`, async () => {
      const [row] = await database.sql<{ n: number }[]>`select ${n}::int as n from pg_sleep(0.01)`;
      return row?.n;
    }),
  );
  expect(await Promise.all(rounds)).toEqual(rounds.map((_, n) => n));
});

test('work that fails fails alone', async () => {
  const { begun, end, work } = gate();
  const other = tryAlone(database.sql, 'well', work);
  await begun;
  await expect(tryAlone(database.sql, 'bad', async () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  expect(await tryAlone(database.sql, 'bad', async () => 'again')).toBe('again');
  end();
  expect(await other).toBe('done');
});

test('a lost connection loses the locks, and the next round has new ones', async () => {
  const sql = createSql(database.url, { max: 5 });
  const { begun, end, work } = gate();
  const first = tryAlone(sql, 'sweep', work);
  await begun;
  await database.sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
  // Rounds fail until the client has noticed, as rounds may.
  const answers: (string | null)[] = [];
  while (answers.length < 5 && !answers.includes('yes'))
    answers.push(await tryAlone(sql, 'other', async () => 'yes').catch(() => 'failed'));
  expect(answers.at(0)).toBe('failed');
  expect(answers.at(-1)).toBe('yes');
  end();
  expect(await first).toBe('done');
  await sql.end();
});
