import * as fc from 'fast-check';
import { compileHours } from '../domain/business-hours';
import type { HoursRule } from '../domain/hours-rule';
import { type Instant, MINUTE_MS } from '../domain/instant';
import { formatClock, localDateOf, localToInstant, minuteOfDayOf, type Weekday } from '../domain/local-time';
import { changesOf, EVERY_ZONE, wallClock } from '../domain/zone-changes-builders';
import { createTestDatabase, type TestDatabase } from '../test/database';
import type { Sql } from './client';

/** Our reckoning of local time against that of PostgreSQL, which has zones and arithmetic of its own. */

let database: TestDatabase;
let sql: Sql;
let changes: { zone: string; at: Instant }[];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ sql } = database);
  changes = EVERY_ZONE.flatMap((zone) => changesOf(zone).map((at) => ({ zone, at })));
  const differing = await zonesOfOtherData();
  changes = changes.filter(({ zone }) => !differing.has(zone));
});
afterAll(() => database.drop());

/** Runtime and server bring their own tables of zones, one of them newer: what governments changed between the two is left out. */
async function zonesOfOtherData(): Promise<ReadonlySet<string>> {
  const shown = changes.flatMap(({ zone, at }) =>
    [at - MINUTE_MS, at].map((instant) => ({ zone, at: instant, wall: wallClock(zone, instant) })),
  );
  const rows = await sql<{ zone: string }[]>`
    select distinct m.zone
    from jsonb_to_recordset(${JSON.stringify(shown)}::text::jsonb) as m (zone text, at double precision, wall text)
    left join pg_timezone_names known on known.name = m.zone
    where known.name is null
      or to_char(to_timestamp(at / 1000) at time zone known.name, 'YYYY-MM-DD HH24:MI') <> wall`;
  expect(rows.length).toBeLessThan(MOST_OF_OTHER_DATA);
  return new Set(rows.map(({ zone }) => zone));
}

const MOST_OF_OTHER_DATA = 20;
const AROUND_MINUTES = [-1_441, -181, -61, -31, -1, 0, 1, 31, 61, 181, 1_441];

it('what the clocks of every zone show around every change of ten years', async () => {
  const moments = changes.map(({ zone, at }, n) => {
    const minutes = AROUND_MINUTES[n % AROUND_MINUTES.length] ?? 0;
    const instant = at + minutes * MINUTE_MS + (n % 7);
    return { zone, at: instant, ours: `${localDateOf(zone, instant)} ${formatClock(minuteOfDayOf(zone, instant))}` };
  });
  const differing = await sql<{ zone: string; ours: string; theirs: string }[]>`
    select zone, ours, theirs from (
      select zone, ours, to_char(to_timestamp(at / 1000) at time zone zone, 'YYYY-MM-DD HH24:MI') as theirs
      from jsonb_to_recordset(${JSON.stringify(moments)}::text::jsonb) as m (zone text, at double precision, ours text)
    ) compared where ours <> theirs`;
  expect([...differing]).toEqual([]);
  expect(moments.length).toBeGreaterThan(2_000);
});

const CLOCKS = [0, 30, 60, 90, 119, 120, 150, 179, 180, 240];

it('the instants of times on the wall on the days of the changes: a skipped one is the end of the gap, a repeated one is read both ways', async () => {
  const asked = changes.map(({ zone, at }, n) => {
    const minute = CLOCKS[n % CLOCKS.length] ?? 0;
    const date = localDateOf(zone, at);
    const wall = `${date} ${formatClock(minute)}`;
    return {
      ...{ zone, wall },
      opens: localToInstant(zone, date, minute, 'open'),
      closes: localToInstant(zone, date, minute, 'close'),
    };
  });
  // A time is shown at an instant, or it lies in a gap: the minute before shows an earlier one, the instant a later one.
  const differing = await sql<{ zone: string; wall: string }[]>`
    with read as (
      select zone, wall::timestamp as wall, opens, closes,
        to_timestamp(opens / 1000) at time zone zone as at_opening,
        to_timestamp(closes / 1000) at time zone zone as at_closing,
        to_timestamp((opens - 60000) / 1000) at time zone zone as before_opening,
        extract(epoch from wall::timestamp at time zone zone) * 1000 as theirs
      from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
        as m (zone text, wall text, opens double precision, closes double precision)
    )
    select zone, wall::text from read
    where not (
      (at_opening = wall and at_closing = wall and theirs in (opens, closes) and opens >= closes)
      or (opens = closes and before_opening < wall and at_opening > wall))`;
  expect([...differing]).toEqual([]);
});

const ALL_DAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const MOMENTS = 3_000;

it('the hours in which a rule is open, at random instants around changes', async () => {
  const slot = fc
    .record({
      weekdays: fc.uniqueArray(fc.constantFrom(...ALL_DAYS), { minLength: 1 }),
      open: fc.integer({ min: 0, max: 1_380 }),
      length: fc.integer({ min: 1, max: 600 }),
    })
    .map(({ weekdays, open, length }) => ({ weekdays, open, close: Math.min(1_440, open + length) }));
  const rules: fc.Arbitrary<HoursRule> = fc.record({
    name: fc.constant('legal' as const),
    slots: fc.array(slot, { minLength: 1, maxLength: 3 }),
  });
  const asked = fc
    .sample(
      fc.record({
        change: fc.nat({ max: changes.length - 1 }),
        minutes: fc.integer({ min: -1_600, max: 1_600 }),
        rule: rules,
      }),
      { numRuns: MOMENTS, seed: 7 },
    )
    .flatMap(({ change, minutes, rule }) => {
      const { zone, at } = changes[change] ?? { zone: 'UTC', at: 0 };
      const instant = at + minutes * MINUTE_MS;
      const isOpen = compileHours([{ zone, rules: [rule] }], 0).isOpen(instant);
      return [{ zone, at: instant, slots: rule.slots, isOpen }];
    });
  const rows = await sql<{ zone: string; at: number; allowed: boolean; repeated: boolean; isOpen: boolean }[]>`
    with moment as (
      select zone, at, slots, "isOpen" as is_open, to_timestamp(at / 1000) at time zone zone as wall
      from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
        as m (zone text, at double precision, slots jsonb, "isOpen" boolean)
    )
    select zone, at, is_open,
      exists (
        select from jsonb_array_elements(slots) slot
        where slot -> 'weekdays' @> to_jsonb(extract(isodow from wall)::int)
          and extract(epoch from wall::time) / 60 >= (slot ->> 'open')::int
          and extract(epoch from wall::time) / 60 < (slot ->> 'close')::int) as allowed,
      exists (
        select from unnest(array[-120, -60, -30, 30, 60, 120]) shift
        where to_timestamp((at + shift * 60000) / 1000) at time zone zone = wall) as repeated
    from moment`;
  const wrong = rows.filter(({ allowed, repeated, isOpen }) => isOpen !== allowed && (isOpen || !repeated));
  expect(wrong).toEqual([]);
  expect(rows.filter(({ isOpen }) => isOpen).length).toBeGreaterThan(300);
  expect(rows.filter(({ repeated }) => repeated).length).toBeGreaterThan(5);
});
