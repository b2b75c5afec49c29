import { fromIso, HOUR_MS, MINUTE_MS, toIso } from '../../domain/instant';
import { countriesOf } from '../../domain/places';
import { aCompany, aContact, aPlannerInput } from '../../domain/planner-builders';
import { hoursOf } from '../../domain/planner-hours';
import { addAttempt, addContact, enroll, id, TUESDAY } from '../../test/audit/company';
import { afterChange, describeViolations, useHealthyCompany } from '../../test/audit/violations';
import type { Db, Tx } from '../client';
import { getLaw } from '../law';
import { withinHours } from './windows';

/** The law as it is shipped, twice: by the planner and by Postgres. */

const NEW_YORK = 'America/New_York';
const CHICAGO = 'America/Chicago';

async function callback(tx: Tx, zones: readonly string[], states: readonly string[], known = true): Promise<void> {
  await addContact(tx, 'person', zones, known);
  await tx`
    update contact set places = places || ${JSON.stringify({ states, sources: [] })}::text::jsonb where id = ${id('person')}`;
  await enroll(tx, 'person');
  const permit = { lawRevision: 1 };
  await addAttempt(tx, { name: 'claim', who: 'person', at: TUESDAY, run: 'promises', step: 'callback', permit });
  await tx`update version set policy = policy || '{"closedOn": []}'`;
}

async function insideOf(db: Db, instants: readonly string[]): Promise<string[]> {
  const moments = db`
    select at as id, ${id('claim')}::uuid as attempt_id, at::timestamptz as at
    from jsonb_array_elements_text(${JSON.stringify(instants)}::text::jsonb) at`;
  const rows = await db<
    { id: string }[]
  >`select id from (${withinHours(db, moments)}) checked where inside order by id`;
  return rows.map((row) => row.id);
}

async function plannedOf(db: Db, zones: readonly string[], states: readonly string[], placeKnown: boolean) {
  const [row] = await db<{ id: string }[]>`select id from law_revision where revision = 1`;
  const law = await getLaw(db, { id: row?.id ?? '', revision: 1 });
  const contact = aContact({ zones, states, countries: countriesOf({ states, sources: [] }), placeKnown });
  return hoursOf(aPlannerInput({ company: aCompany({ law }), contact }), null, 'voice');
}

const every = (from: string, to: string, stepMs: number): string[] => {
  const start = fromIso(from);
  return Array.from({ length: Math.ceil((fromIso(to) - start) / stepMs) }, (_, n) => toIso(start + n * stepMs));
};
/** The minute before, at and after each quarter of an hour. */
const minutesAround = (from: string, to: string) =>
  every(from, to, 15 * MINUTE_MS).flatMap((at) =>
    [-1, 0, 1].map((minutes) => toIso(fromIso(at) + minutes * MINUTE_MS)),
  );

const noonsOf = (first: number, last: number) =>
  every(`${first}-01-01T18:30:00Z`, `${last + 1}-01-01T00:00:00Z`, 24 * HOUR_MS);
/** Sundays, a change of the clock, Good Friday, Easter. */
const MARCH = minutesAround('2027-03-13T12:00:00Z', '2027-03-15T12:00:00Z');
const GOOD_FRIDAY = minutesAround('2027-03-26T12:00:00Z', '2027-03-27T04:00:00Z');
/** All Saints, another change. */
const NOVEMBER = minutesAround('2027-10-31T12:00:00Z', '2027-11-02T12:00:00Z');

describe('the law by the database alone', () => {
  const company = useHealthyCompany();

  it.each<[string, string[], string[], boolean, number, number]>([
    ['Alabama', [CHICAGO], ['AL'], true, 2026, 2027],
    ['Louisiana and Texas', [CHICAGO, 'America/Denver'], ['LA', 'TX'], true, 2028, 2029],
    ['Pennsylvania', [NEW_YORK], ['PA'], true, 2030, 2031],
    ['Rhode Island and Kentucky', [NEW_YORK, CHICAGO], ['RI', 'KY'], true, 2032, 2032],
    ['an unknown place', [NEW_YORK, CHICAGO], [], false, 2033, 2034],
    ['a state without rules', ['America/Denver'], ['WY'], true, 2035, 2035],
  ])(
    'agrees with the planner about %s on every noon of its years and around the ends of hours (INV-1, C4)',
    async (_, zones, states, known, first, last) => {
      const instants = [...new Set([...noonsOf(first, last), ...MARCH, ...GOOD_FRIDAY, ...NOVEMBER])].sort();
      const { found, planned } = await afterChange(
        company(),
        (tx) => callback(tx, zones, states, known),
        async (tx) => {
          const found = await insideOf(tx, instants);
          return { found, planned: await plannedOf(tx, zones, states, known) };
        },
      );
      expect(found).toEqual(instants.filter((at) => planned.isOpen(fromIso(at))));
      expect(found.length).toBeGreaterThan(300);
    },
  );
});

const inState = (state: string) => (tx: Tx) =>
  tx`
  update contact set places = jsonb_set(places, '{states}', ${JSON.stringify([state])}::text::jsonb) where id = ${id('person')}`;

async function texts(
  tx: Tx,
  state: string,
  hours: readonly number[],
  permit: object = { lawRevision: 1 },
): Promise<void> {
  await addContact(tx, 'person');
  await inState(state)(tx);
  await enroll(tx, 'person');
  await tx`update settings set revision = 2, caps = '{"phone":{"perDay":9,"perWeek":99,"perMonth":99},"email":{"perDay":9,"perWeek":99,"perMonth":99}}'`;
  for (const [ix, hour] of hours.entries())
    await addAttempt(tx, {
      name: `text-${ix}`,
      who: 'person',
      at: toIso(fromIso(TUESDAY) + hour * HOUR_MS),
      step: 'text',
      ordinal: ix + 1,
      channel: 'sms',
      state: 'accepted',
      permit: { ...permit, settingsRevision: 2 },
    });
}

describeViolations('the caps of law', [
  { what: 'three texts in Florida are allowed (C5)', change: (tx) => texts(tx, 'FL', [0, 1, 4]), broken: {} },
  {
    what: 'a fourth within a day is not, however wide the caps of the company are (INV-5, C5)',
    change: (tx) => texts(tx, 'FL', [0, 1, 4, 5]),
    broken: { legal_caps: [id('text-3')] },
  },
  { what: 'a fourth a day later is', change: (tx) => texts(tx, 'FL', [0, 1, 4, 24]), broken: {} },
  { what: 'in Texas nobody counts', change: (tx) => texts(tx, 'TX', [0, 1, 4, 5]), broken: {} },
]);

describeViolations('the law at the claim', [
  {
    what: 'a text at half past eight in the evening is too late in Florida',
    change: async (tx) => {
      await texts(tx, 'FL', [0]);
      await tx`update version set plan = jsonb_set(plan, '{runs,0,hours,slots}', '[{"open":"08:00","close":"21:00"}]')`;
      await tx`update attempt set claimed_at = '2026-06-03T00:30:00Z' where id = ${id('text-0')}`;
    },
    broken: { windows: [id('text-0')] },
  },
  {
    what: 'and not too late where the claim was made before there was any law on record',
    change: async (tx) => {
      await texts(tx, 'FL', [0]);
      await tx`update version set plan = jsonb_set(plan, '{runs,0,hours,slots}', '[{"open":"08:00","close":"21:00"}]')`;
      await tx`update attempt set claimed_at = '2026-06-03T00:30:00Z', permit = permit - 'lawRevision' where id = ${id('text-0')}`;
    },
    broken: {},
  },
]);
