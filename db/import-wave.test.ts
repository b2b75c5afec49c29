import { databaseOfThisFile } from '../test/database';
import { importRunner, runImports } from '../test/run-imports';
import { people, seedOutreach, startOver, TEST_KEYS, untilWaiting } from '../test/seed';
import { proposeColumns } from '../imports/columns';
import { createSql, inTransaction } from './client';
import { storeEntry, storeEntryIn } from './contact-import';
import { cancelImport, createImport, getImport, startImport } from './import';
import { forgetRows, listRows } from './import-rows';
import { addPiece, beginFile, dropUntakenFiles, finishFile } from './stored-file';
import { enrollPage } from './sweeps/enroll';
import { addressHash } from './tokens';

const { sql, url } = databaseOfThisFile({ max: 12 });
beforeEach(() => startOver(sql));

let files = 0;

/** A started import of these lines onto the list. */
async function started(listId: string, header: string, lines: readonly string[]): Promise<string> {
  const content = Buffer.from([header, ...lines, ''].join('\n'));
  const fileId = await beginFile(sql);
  await addPiece(sql, fileId, 0, content);
  await finishFile(sql, { id: fileId, bytes: content.length, sha256: 'x' });
  files += 1;
  const id = `0f8fad5b-d9cb-469f-a165-${String(files).padStart(12, '0')}`;
  await createImport(
    sql,
    {
      id,
      list: { id: listId },
      followsId: null,
      name: 'people.csv',
      format: 'csv',
      delimiter: ',',
      fileId,
      bytes: content.length,
      sha256: 'x',
      columns: proposeColumns(header.split(',')),
      status: 'mapped',
      onDuplicate: 'update',
      nextLine: 2,
      nextByte: header.length + 1,
    },
    'test',
  );
  await startImport(sql, id, 'test');
  return id;
}

async function newList(): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into list (name, case_type, actor) values ('Imported', 'intake', 'test') returning id`;
  return row?.id ?? '';
}

const person = (n: number) => `P-${n},Person ${n},p${n}@example.com`;
const HEADER = 'external_id,first_name,email';
const lines = (from: number, count: number) => Array.from({ length: count }, (_, n) => person(from + n));

async function count(table: string): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from ${sql(table)}`;
  return row?.n ?? -1;
}

describe('an import', () => {
  it('takes its rows in bounded batches, some statements for many rows', async () => {
    const id = await started(await newList(), HEADER, lines(0, 1_300));
    await runImports(sql, TEST_KEYS.addressKey, 500);
    expect(await getImport(sql, id)).toMatchObject({ status: 'done', rows: 1_300, counts: { created: 1_300 } });
    const batches = await sql<{ n: number }[]>`
      select count(*)::int as n from import_row where import_id = ${id} group by xmin::text order by min(row)`;
    expect(batches.map(({ n }) => n)).toEqual([500, 500, 300]);
  });

  it('that is carried on by several workers at once takes each row once, in the order of the file', async () => {
    const ids = [
      await started(await newList(), HEADER, lines(0, 900)),
      await started(await newList(), HEADER, lines(900, 900)),
    ];
    const pools = [createSql(url, { max: 4 }), createSql(url, { max: 4 })];
    const runners = [...pools, sql, sql].map((pool) => importRunner(pool, TEST_KEYS.addressKey, 100, 1));
    await Promise.all(
      runners.map(async (runner) => {
        for (let idle = 0; idle < 3; ) idle = (await runner.round()) ? 0 : idle + 1;
      }),
    );
    await runImports(sql, TEST_KEYS.addressKey);
    await Promise.all(pools.map((pool) => pool.end()));
    for (const id of ids) {
      expect(await getImport(sql, id)).toMatchObject({
        status: 'done',
        rows: 900,
        counts: { created: 900, updated: 0 },
      });
      const rows = await listRows(sql, id, { after: null, limit: 2_000 });
      expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 900 }, (_, n) => n + 1));
    }
    expect(await count('contact')).toBe(1_800);
  });

  it('goes on after its last row when a batch was broken off, whatever broke it', async () => {
    const id = await started(await newList(), HEADER, lines(0, 400));
    await sql`create table fuse (left_rows integer)`;
    await sql`insert into fuse values (250)`;
    await sql`create function burn() returns trigger language plpgsql as $$
      begin
        if (select left_rows from fuse) = new.row then perform pg_terminate_backend(pg_backend_pid()); end if;
        return new;
      end $$`;
    await sql`create trigger burn before insert on import_row for each row execute function burn()`;
    const runner = importRunner(sql, TEST_KEYS.addressKey, 100);
    await expect(async () => {
      while (await runner.round());
    }).rejects.toThrow(/CONNECTION|terminat/i);
    expect(await getImport(sql, id)).toMatchObject({ status: 'running', rows: 200 });
    expect(await count('contact')).toBe(200);
    await sql`drop trigger burn on import_row`;
    await runImports(sql, TEST_KEYS.addressKey, 100);
    await sql.unsafe('drop function burn; drop table fuse');
    expect(await getImport(sql, id)).toMatchObject({ status: 'done', rows: 400, counts: { created: 400, updated: 0 } });
  });

  it('rejects a row that the database will not have, and none beside it', async () => {
    await sql`alter table contact add constraint no_seven check (first_name <> 'Person 7')`;
    const id = await started(await newList(), HEADER, lines(0, 12));
    await runImports(sql, TEST_KEYS.addressKey);
    await sql`alter table contact drop constraint no_seven`;
    expect(await getImport(sql, id)).toMatchObject({ status: 'done', counts: { created: 11, rejected: 1 } });
    expect(await listRows(sql, id, { status: 'rejected', after: null, limit: 9 })).toMatchObject([{ row: 8, line: 9 }]);
  });

  it('stops where it is when it is cancelled in the middle', async () => {
    const id = await started(await newList(), HEADER, lines(0, 300));
    const runner = importRunner(sql, TEST_KEYS.addressKey, 50, 0);
    await runner.round();
    const { rows } = await cancelImport(sql, id, 'test');
    while (await runner.round());
    expect(await getImport(sql, id)).toMatchObject({ status: 'cancelled', rows, fileId: null });
    expect([rows, await count('contact')]).toEqual([50, 50]);
    expect(await count('stored_file_piece')).toBe(0);
  });
});

describe('two imports onto one list and a launch at the same moment', () => {
  it('lose nobody, and nobody stands on the list or in the campaign twice', async () => {
    const { campaignId } = await seedOutreach(sql, { people: people(2) });
    const [campaign] = await sql<{ listId: string }[]>`select list_id from campaign where id = ${campaignId}`;
    const listId = campaign?.listId ?? '';
    const [first, second] = [
      await started(listId, HEADER, lines(0, 600)),
      await started(listId, HEADER, lines(300, 600).reverse()),
    ];
    const runners = [1, 2].map(() => importRunner(sql, TEST_KEYS.addressKey, 60, 1));
    const enrolling = async () => {
      for (let n = 0; n < 12; n += 1) {
        await enrollPage(sql);
        await sql`update campaign set enroll_scanned_rt = null`;
      }
    };
    await Promise.all([
      ...runners.map(async (runner) => {
        while (await runner.round());
      }),
      enrolling(),
    ]);
    await runImports(sql, TEST_KEYS.addressKey);
    await enrolling();
    const [one, other] = [await getImport(sql, first), await getImport(sql, second)];
    expect([one.rows, other.rows]).toEqual([600, 600]);
    expect(one.counts.created + other.counts.created).toBe(900);
    expect(one.counts.updated + other.counts.updated).toBe(300);
    const [row] = await sql<{ members: number; people: number; enrolled: number }[]>`
      select count(*)::int as members, count(distinct k.contact_id)::int as people,
        (select count(*)::int from enrollment where campaign_id = ${campaignId}) as enrolled
      from list_member m join cases k on k.id = m.case_id where m.list_id = ${listId}`;
    expect(row).toEqual({ members: 902, people: 902, enrolled: 902 });
  });
});

describe('what is kept of files', () => {
  it('goes after its time: files that nothing took, cells and values of rows', async () => {
    const lost = await beginFile(sql);
    await addPiece(sql, lost, 0, Buffer.from('x'));
    await sql`update stored_file set created_rt = created_rt - interval '25 hours'`;
    expect(await dropUntakenFiles(sql)).toBe(1);
    const id = await started(await newList(), HEADER, ['X-1,Xi,no mail', person(1)]);
    await runImports(sql, TEST_KEYS.addressKey);
    expect(await forgetRows(sql)).toBe(0);
    await sql`update import set finished_rt = finished_rt - interval '31 days'`;
    while ((await forgetRows(sql)) > 0);
    const [row] = await sql<{ cells: unknown; problems: object[] }[]>`
      select cells, problems from import_row where import_id = ${id} and row = 1`;
    expect(row?.cells).toBeNull();
    expect(row?.problems[0]).toEqual({ field: 'email', rule: expect.any(String) });
    expect((await getImport(sql, id)).forgotten).toBe(true);
  });
});

describe('a person without an external id whom somebody else is storing at the same moment', () => {
  const MAIL = 'twin@example.com';
  const entry = {
    contact: {
      externalId: null,
      firstName: 'Twin',
      lastName: 'Peak',
      language: null,
      zone: null,
      state: null,
      country: null,
      postalCode: null,
      addresses: [{ kind: 'email', value: MAIL, hash: addressHash(TEST_KEYS.addressKey, 'email', MAIL) }],
      attributes: {},
      tags: [],
      consents: [],
    },
    cases: [],
  } as const;

  it.each([
    [
      'by name',
      async (listId: string) => void (await storeEntry(sql, { id: listId, caseType: 'intake' }, entry, 'other')),
    ],
    [
      'by a file',
      async (listId: string) => {
        await started(listId, 'first_name,last_name,email', [`Twin,Peak,${MAIL}`]);
        await runImports(sql, TEST_KEYS.addressKey);
      },
    ],
  ])('is one person, named once more %s: nobody is called twice for it (K-33)', async (_, store) => {
    const listId = await newList();
    const { other } = await inTransaction(sql, async (tx) => {
      await storeEntryIn(tx, { id: listId, caseType: 'intake' }, entry, 'test');
      const storing = store(listId);
      await untilWaiting(sql, 1);
      return { other: storing };
    });
    await other;
    expect(await count('contact')).toBe(1);
    expect(await count('cases')).toBe(1);
  });
});

describe('an import that can not go on', () => {
  it('keeps none of the others, and goes on when it can', async () => {
    const listId = await newList();
    await sql`
      insert into contact (external_id, places, actor, erased_rt)
      values ('P-0', '{"zones": [], "states": [], "known": false, "sources": []}', 'test', clock_timestamp())`;
    const held = await started(listId, HEADER, lines(0, 1));
    const other = await started(listId, HEADER, lines(1, 40));
    const runner = importRunner(sql, TEST_KEYS.addressKey, 10, 0);
    const failures: unknown[] = [];
    for (let n = 0; n < 12; n += 1) await runner.round().catch((error: unknown) => failures.push(error));
    expect(String(failures[0])).toContain('erased');
    expect([(await getImport(sql, held)).status, (await getImport(sql, other)).status]).toEqual(['running', 'done']);
    await sql`update contact set external_id = null where external_id = 'P-0' and erased_rt is not null`;
    while (await runner.round());
    expect(await getImport(sql, held)).toMatchObject({ status: 'done', counts: { created: 1 } });
  });

  it('is none of a person without ids whose one case is of another type: the row is rejected', async () => {
    const [intake, crash] = [await newList(), await newList()];
    await sql`update list set case_type = 'crash' where id = ${crash}`;
    const row = ['Ann,ann@example.com'];
    await started(intake, 'first_name,email', row);
    const id = await started(crash, 'first_name,email', row);
    await runImports(sql, TEST_KEYS.addressKey);
    expect(await listRows(sql, id, { after: null, limit: 9 })).toMatchObject([
      { status: 'rejected', problems: [{ rule: 'the case is of the type "intake", the list is of "crash"' }] },
    ]);
    expect(await getImport(sql, id)).toMatchObject({ status: 'done' });
  });
});
