import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { createSql } from './client';
import { migrate } from './migrate';

let db: TestDatabase;
let folder: string;

beforeEach(async () => {
  db = await createTestDatabase({ template: 'template1' });
  folder = await mkdtemp(join(tmpdir(), 'followthrough-migrations-'));
  await add('0001-notes.sql', 'create table note (id integer); insert into note values (1);');
});
afterEach(async () => {
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

function add(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text);
}

describe('migrate', () => {
  it('applies what is new, once and in order', async () => {
    await add('0002-more.sql', 'insert into note values (2);');
    expect(await migrate(db.sql, folder)).toEqual(['0001-notes.sql', '0002-more.sql']);
    await add('0003-last.sql', 'insert into note values (3);');
    expect(await migrate(db.sql, folder)).toEqual(['0003-last.sql']);
    expect(await migrate(db.sql, folder)).toEqual([]);
    expect([...(await db.sql`select id from note`)]).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('lets processes migrate at the same time, each migration being applied by one of them', async () => {
    await add('0002-more.sql', 'insert into note values (2);');
    const pools = Array.from({ length: 4 }, () => createSql(db.url, { max: 1 }));
    const applied = await Promise.all(pools.map((pool) => migrate(pool, folder)));
    await Promise.all(pools.map((pool) => pool.end()));
    expect(applied.flat().sort()).toEqual(['0001-notes.sql', '0002-more.sql']);
  });

  it('keeps nothing of a migration that fails, and all before it', async () => {
    await add('0002-broken.sql', 'insert into note values (2); select nonsense;');
    await expect(migrate(db.sql, folder)).rejects.toThrow(/0002-broken\.sql failed and was rolled back: .*nonsense/);
    expect([...(await db.sql`select id from note`)]).toEqual([{ id: 1 }]);
    await add('0002-broken.sql', 'insert into note values (2);');
    expect(await migrate(db.sql, folder)).toEqual(['0002-broken.sql']);
  });

  it('refuses a migration whose text changed after it was applied', async () => {
    await migrate(db.sql, folder);
    await add('0001-notes.sql', 'create table note (id bigint);');
    await expect(migrate(db.sql, folder)).rejects.toThrow(/0001-notes\.sql differs .* restore the file/);
  });

  it('takes a checkout with other line ends for the same text', async () => {
    await add('0001-notes.sql', 'create table note (id integer);\nselect 1;\n');
    await migrate(db.sql, folder);
    await add('0001-notes.sql', 'create table note (id integer);\r\nselect 1;\r\n');
    expect(await migrate(db.sql, folder)).toEqual([]);
  });

  it('refuses a database that is ahead of this version', async () => {
    await add('0002-more.sql', 'select 1;');
    await migrate(db.sql, folder);
    await rm(join(folder, '0002-more.sql'));
    await expect(migrate(db.sql, folder)).rejects.toThrow(/0002-more\.sql, which this version does not know/);
  });

  it.each([
    ['a gap', '0003-later.sql', /0003-later\.sql stands in place 2/],
    ['a repeated number', '0001-again.sql', /0001-notes\.sql stands in place 2/],
    ['another name', 'second.sql', /second\.sql must be named like/],
  ])('refuses %s in the numbers', async (_, name, message) => {
    await add(name, 'select 1;');
    await expect(migrate(db.sql, folder)).rejects.toThrow(message);
  });

  it('brings the real schema up from nothing', async () => {
    expect(await migrate(db.sql)).toContain('0001-core.sql');
  });
});
