import { createTestDatabase, type TestDatabase } from '../test/database';
import { DAY_MS, HOUR_MS } from '../domain/instant';
import { offsetOf } from '../domain/local-time';
import { local } from '../domain/planner-builders';
import { learnZoneDifferences, zonesInDoubt } from './zone-doubts';
import { bindingBeside, compareZones, type ZoneTable } from './zone-tables';

const VANCOUVER = 'America/Vancouver';
const CHISINAU = 'Europe/Chisinau';
const LISBON = 'Europe/Lisbon';
const FROM = Date.parse('2026-01-10T12:00:00Z');
const WINTER = [Date.parse('2027-01-15T00:00:00Z'), Date.parse('2027-02-15T00:00:00Z')] as const;

/** A table like Node's, but for one zone. */
function tableWith(zone: string, offsetOf: (at: number) => number): ZoneTable {
  return { offsetOf: (_, at) => offsetOf(at), only: [zone] };
}

describe('the tables of zones of two programs', () => {
  let database: TestDatabase;
  let known: Set<string>;
  beforeAll(async () => {
    database = await createTestDatabase({ max: 1 });
    // What the tables of this machine do not agree about is no news.
    known = new Set((await compareZones(database.sql, FROM)).map(({ zone }) => zone));
  });
  afterAll(() => database.drop());

  const found = async (zone: string, table: ZoneTable) => {
    if (known.has(zone)) throw new Error(`the tables of this machine differ about ${zone}: take another zone`);
    return compareZones(database.sql, FROM, table);
  };

  it('agree about nearly every zone, and say of the others from when to when', async () => {
    expect(known.size).toBeLessThan(20);
  });

  it('differ where one keeps summer time through a winter', async () => {
    const summer = tableWith(LISBON, (at) => (at >= WINTER[0] && at < WINTER[1] ? 60 : offsetOf(LISBON, at)));
    expect(await found(LISBON, summer)).toEqual([
      { zone: LISBON, fromAt: WINTER[0], untilAt: WINTER[1] - 60_000, ours: 60, theirs: 0, isBrief: false },
    ]);
  });

  it('differ briefly where one changes its clocks at another hour of the night', async () => {
    const hourLate = tableWith(LISBON, (at) => offsetOf(LISBON, at - HOUR_MS));
    const differences = await found(LISBON, hourLate);
    expect(differences.length).toBeGreaterThan(0);
    expect(differences.every(({ isBrief }) => isBrief)).toBe(true);
    expect(bindingBeside(differences).size).toBe(0);
  });

  it('differ lastingly where one changes its clocks a week later', async () => {
    const weekLate = tableWith(LISBON, (at) => offsetOf(LISBON, at - 7 * DAY_MS));
    expect((await found(LISBON, weekLate)).some(({ isBrief }) => !isBrief)).toBe(true);
  });

  it('are compared once for every process of one table, and anew a day later', async () => {
    const { sql } = database;
    const found = await learnZoneDifferences(sql, FROM);
    const planted = [{ zone: LISBON, fromAt: 0, untilAt: 1, ours: 60, theirs: 0, isBrief: false }];
    expect(await sql`update zone_comparison set differences = ${JSON.stringify(planted)}::text::jsonb`).toMatchObject({
      count: 1,
    });
    expect(await learnZoneDifferences(sql, FROM)).toEqual(planted);
    await sql`update zone_comparison set compared_rt = compared_rt - interval '25 hours'`;
    expect(await learnZoneDifferences(sql, FROM)).toEqual(found);
  });

  it('bind both where they differ, and only there', async () => {
    const always = tableWith(LISBON, () => 60);
    await learnZoneDifferences(database.sql, FROM, always);
    expect(zonesInDoubt([LISBON, 'America/Chicago'])).toEqual([LISBON, 'America/Chicago', 'Etc/GMT']);
    expect(zonesInDoubt(['America/Chicago'])).toEqual(['America/Chicago']);
    await learnZoneDifferences(database.sql, FROM, { only: [] });
    expect(zonesInDoubt([LISBON])).toEqual([LISBON]);
  });
});

it('the hours of the other table are those of a fixed offset, or of the two around it', () => {
  const difference = { fromAt: 0, untilAt: 1, ours: 0, isBrief: false };
  const beside = bindingBeside([
    { ...difference, zone: VANCOUVER, theirs: -480 },
    { ...difference, zone: CHISINAU, theirs: 120 },
    { ...difference, zone: 'Asia/Kolkata', theirs: 330 },
  ]);
  expect(Object.fromEntries(beside)).toEqual({
    [VANCOUVER]: ['Etc/GMT+8'],
    [CHISINAU]: ['Etc/GMT-2'],
    'Asia/Kolkata': ['Etc/GMT-5', 'Etc/GMT-6'],
  });
  // What the name means: eight in the morning at UTC-8 is four in the afternoon at Greenwich.
  expect(new Date(local('Etc/GMT+8', '2027-03-01 08:00')).toISOString()).toBe('2027-03-01T16:00:00.000Z');
});
