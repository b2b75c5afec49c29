import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appNow, readClock } from '../db/clock';
import { fromIso } from '../domain/instant';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { NORA, seedContact, seedList, tell } from '../test/seed';
import { until } from '../test/until';
import { standingClock } from './saved-clock';

const FIRST = fromIso('2027-03-08T13:00:00Z');
const HOUR_MS = 3_600_000;

describe('the business clock of this machine', () => {
  let database: TestDatabase;
  let folder: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'clock-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const saved = async () => (JSON.parse(await readFile(join(folder, 'clock.json'), 'utf8')) as { at: number }).at;

  it('stands at the first instant until it is told to run', async () => {
    const { sql } = database;
    const clock = await standingClock(sql, folder, FIRST);
    expect([await appNow(sql), await appNow(sql)]).toEqual([FIRST, FIRST]);
    await clock.run(3600);
    expect(await readClock(sql)).toMatchObject({ anchorAtMs: FIRST, speed: 3600 });
    await until('time passes', async () => (await appNow(sql)) > FIRST);
    await clock.stop();
  });

  it('stood still while nothing ran, at whatever speed it goes on', async () => {
    const { sql } = database;
    const first = await standingClock(sql, folder, FIRST);
    await first.run(3600);
    await first.stop();
    const stoppedAt = await saved();

    const second = await standingClock(sql, folder, FIRST);
    expect(await appNow(sql)).toBe(stoppedAt);
    await second.run(1);
    expect((await appNow(sql)) - stoppedAt).toBeLessThan(HOUR_MS);
    await second.stop();
  });

  it('keeps the instant at which it was first told to stop', async () => {
    const clock = await standingClock(database.sql, folder, FIRST);
    await clock.run(3600);
    await clock.stop();
    const at = await saved();
    await clock.stop();
    expect(await saved()).toBe(at);
  });

  it('is saved while it runs, so that a kill -9 costs a second of it', async () => {
    const clock = await standingClock(database.sql, folder, FIRST);
    await clock.run(60);
    await until('it is saved', async () => (await saved()) > FIRST);
    await clock.stop();
  });

  it.each(['', '{"at":', '{"at":"noon"}'])(
    'goes on from what last happened where the file holds %j, and never before it',
    async (text) => {
      const { sql } = database;
      await standingClock(sql, folder, FIRST + HOUR_MS);
      await tell(sql, { body: { kind: 'opted_out', source: 'operator', channels: ['sms'] } });
      await writeFile(join(folder, 'clock.json'), text);
      await standingClock(sql, folder, FIRST);
      expect(await appNow(sql)).toBe(FIRST + HOUR_MS);
    },
  );

  it('is not laid over a database that lives in real time', async () => {
    const { sql } = database;
    await seedContact(sql, await seedList(sql), NORA);
    await expect(standingClock(sql, folder, FIRST)).rejects.toThrow('This database is used in real time');
    expect(await readClock(sql)).toBeNull();
  });
});
