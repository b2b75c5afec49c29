import { createSql } from '../db/client';
import { databaseOfThisFile } from '../test/database';
import { createLog } from './log';
import { compareZoneTables, zonesPart } from './zones';

const { sql } = databaseOfThisFile({ max: 2 });

function heard() {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'info', role: 'test' }, { write: (line: string) => void lines.push(line) }) };
}

describe('the start of a process', () => {
  it('compares the tables of time zones, names zones and dates, and stays ready', async () => {
    expect(zonesPart.isNeeded).toBe(false);
    expect(await zonesPart.check()).toBe('not compared yet');
    const { lines, log } = heard();
    await compareZoneTables(sql, log, { only: ['America/Chicago'] });
    expect([lines, await zonesPart.check()]).toEqual([[], null]);
    await compareZoneTables(sql, log, { only: ['Asia/Kolkata'], offsetOf: () => 300 });
    const named = /Asia\/Kolkata \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \(UTC\+5 here, UTC\+5\.5 in PostgreSQL\)/;
    expect(await zonesPart.check()).toMatch(named);
    expect(JSON.parse(lines.join())).toMatchObject({ level: 'warn', zones: [expect.stringMatching(named)] });
  });

  it('goes on where they can not be compared, and says so', async () => {
    const nowhere = createSql('postgres://nobody@127.0.0.1:1/nothing', { max: 1 });
    const { lines, log } = heard();
    await compareZoneTables(nowhere, log);
    await nowhere.end();
    expect(lines.join()).toContain('could not be compared');
  });
});
