import { compileHours } from '../../domain/business-hours';
import { fromIso, MINUTE_MS, toIso } from '../../domain/instant';
import { parseClock } from '../../domain/local-time';
import { addAttempt, addContact, enroll, id, TUESDAY } from '../../test/audit/company';
import { afterChange, describeViolations, useHealthyCompany } from '../../test/audit/violations';
import type { Db, Tx } from '../client';
import { withinHours } from './windows';

const NEW_YORK = ['America/New_York'];
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7] as const;

interface Claim {
  readonly what: string;
  readonly zones?: readonly string[];
  readonly known?: boolean;
  readonly run?: string;
  /** "callback" is bound by law and closed days alone. */
  readonly step?: string;
  /** Slots of the law instead of 08:00–21:00. */
  readonly legal?: readonly string[];
  readonly inside: readonly string[];
  readonly outside: readonly string[];
}

function weeklyHours(slots: readonly string[]) {
  return { weekdays: EVERY_DAY, slots: slots.map((slot) => ({ open: slot.slice(0, 5), close: slot.slice(6) })) };
}

async function addClaim(tx: Tx, { zones = NEW_YORK, known = true, run, step, legal }: Partial<Claim>): Promise<void> {
  await addContact(tx, 'person', zones, known);
  await enroll(tx, 'person');
  await addAttempt(tx, { name: 'claim', who: 'person', at: TUESDAY, ...(run && { run }), ...(step && { step }) });
  if (legal !== undefined)
    await tx`update settings set legal_hours = ${JSON.stringify(weeklyHours(legal))}::text::jsonb`;
}

/** Which of the instants the auditor finds inside the hours of the claim. */
async function insideOf(db: Db, instants: readonly string[]): Promise<string[]> {
  const moments = db`
    select at as id, ${id('claim')}::uuid as attempt_id, at::timestamptz as at
    from jsonb_array_elements_text(${JSON.stringify(instants)}::text::jsonb) at`;
  const rows = await db<
    { id: string }[]
  >`select id from (${withinHours(db, moments)}) checked where inside order by id`;
  return rows.map((row) => row.id);
}

const CALLBACK = { run: 'promises', step: 'callback' };

const CLAIMS: readonly Claim[] = [
  {
    what: 'a slot begins inside and ends outside',
    inside: ['2026-06-02T13:00:00Z', '2026-06-02T15:59:59.999Z', '2026-06-02T17:00:00Z', '2026-06-02T23:59:59.999Z'],
    outside: ['2026-06-02T12:59:59.999Z', '2026-06-02T16:00:00Z', '2026-06-02T16:59:59.999Z', '2026-06-03T00:00:00Z'],
  },
  {
    what: 'company times are those of the policy, on the weekdays of the run',
    run: 'shared',
    inside: ['2026-06-02T16:00:00Z', '2026-06-06T23:59:59Z'],
    outside: ['2026-06-02T15:59:59Z', '2026-06-06T14:00:00Z', '2026-06-07T17:00:00Z'],
  },
  {
    what: 'the first and the last day of a run are inside, by the calendar of the person',
    zones: ['Pacific/Honolulu'],
    inside: ['2026-01-05T19:00:00Z', '2026-12-19T05:59:59Z'],
    outside: ['2026-01-03T01:00:00Z', '2026-12-21T20:00:00Z'],
  },
  { what: 'a closed day is closed for the plan', inside: ['2026-07-02T15:00:00Z'], outside: ['2026-07-03T15:00:00Z'] },
  {
    what: 'a closed day is closed for promises',
    ...CALLBACK,
    inside: ['2026-07-05T15:00:00Z'],
    outside: ['2026-07-03T15:00:00Z'],
  },
  {
    what: 'a promise may be kept outside the hours of the run, within the law',
    ...CALLBACK,
    inside: ['2026-06-07T12:00:00Z', '2026-06-08T00:59:59Z'],
    outside: ['2026-06-07T11:59:59Z', '2026-06-08T01:00:00Z'],
  },
  {
    what: 'the law bounds the hours of a run',
    legal: ['10:00-18:00'],
    inside: ['2026-06-02T14:00:00Z', '2026-06-02T21:59:59Z'],
    outside: ['2026-06-02T13:59:59Z', '2026-06-02T22:00:00Z'],
  },
  {
    what: 'every place where the person may be has to agree: 20:30 in Chicago is 21:30 in New York',
    ...CALLBACK,
    zones: ['America/Chicago', 'America/New_York'],
    inside: ['2026-06-02T13:00:00Z', '2026-06-03T00:59:59Z'],
    outside: ['2026-06-02T12:30:00Z', '2026-06-03T01:00:00Z', '2026-06-03T01:30:00Z'],
  },
  {
    what: 'somebody whose place is unknown has narrower hours',
    known: false,
    inside: ['2026-06-02T14:00:00Z', '2026-06-02T21:59:59Z'],
    outside: ['2026-06-02T13:59:59Z', '2026-06-02T22:00:00Z'],
  },
  {
    what: 'somebody whose place is unknown has narrower hours for promises, too',
    ...CALLBACK,
    known: false,
    inside: ['2026-06-05T14:00:00Z'],
    outside: ['2026-06-05T23:00:00Z', '2026-06-06T15:00:00Z'],
  },
  {
    what: 'on the day of the spring change a day opens by the new time',
    ...CALLBACK,
    inside: ['2026-03-08T12:00:00Z', '2026-03-09T00:59:59Z'],
    outside: ['2026-03-08T11:59:59Z', '2026-03-09T01:00:00Z'],
  },
  {
    what: 'a slot that opens in the hour that spring skips opens after it',
    ...CALLBACK,
    legal: ['02:30-05:00'],
    inside: ['2026-03-08T07:00:00Z', '2026-03-08T08:59:59Z'],
    outside: ['2026-03-08T06:59:59.999Z', '2026-03-08T09:00:00Z'],
  },
  {
    what: 'a slot that closes in the hour that spring skips closes before it, and one within it never opens',
    ...CALLBACK,
    legal: ['01:00-02:10', '02:20-02:50'],
    inside: ['2026-03-08T06:59:59.999Z'],
    outside: ['2026-03-08T07:00:00Z', '2026-03-08T07:30:00Z', '2026-03-08T08:00:00Z'],
  },
  {
    what: 'on the day of the autumn change a day opens by the new time',
    ...CALLBACK,
    inside: ['2026-11-01T13:00:00Z', '2026-11-02T01:59:59Z'],
    outside: ['2026-11-01T12:59:59Z', '2026-11-02T02:00:00Z'],
  },
  {
    what: 'a slot that opens in the hour that autumn repeats opens the second time',
    ...CALLBACK,
    legal: ['01:30-05:00'],
    inside: ['2026-11-01T06:30:00Z', '2026-11-01T09:59:59Z'],
    outside: ['2026-11-01T05:30:00Z', '2026-11-01T05:59:59Z', '2026-11-01T06:29:59Z', '2026-11-01T10:00:00Z'],
  },
  {
    what: 'a slot that closes in the hour that autumn repeats closes the first time',
    ...CALLBACK,
    legal: ['00:00-01:30'],
    inside: ['2026-11-01T04:00:00Z', '2026-11-01T05:29:59Z'],
    outside: ['2026-11-01T05:30:00Z', '2026-11-01T06:15:00Z'],
  },
  {
    what: 'a slot within the hour that autumn repeats never opens',
    ...CALLBACK,
    legal: ['01:10-01:50'],
    inside: ['2026-10-31T05:30:00Z'],
    outside: ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
  },
  {
    what: 'slots that touch are one, also in the hour that autumn repeats',
    ...CALLBACK,
    legal: ['00:00-01:30', '01:30-24:00'],
    inside: ['2026-11-01T05:45:00Z', '2026-11-01T06:15:00Z', '2026-11-02T04:59:59.999Z'],
    outside: [],
  },
  { what: 'somebody without any place may not be reached', zones: [], inside: [], outside: [TUESDAY] },
  {
    what: 'a place without a known time closes every hour',
    zones: [...NEW_YORK, 'Mars/Olympus'],
    inside: [],
    outside: [TUESDAY],
  },
  { what: 'a run that the version does not have allows nothing', run: 'forgotten', inside: [], outside: [TUESDAY] },
];

describe('hours by the database alone', () => {
  const company = useHealthyCompany();

  it.each(CLAIMS)('$what', async (claim) => {
    const found = await afterChange(
      company(),
      (tx) => addClaim(tx, claim),
      (tx) => insideOf(tx, [...claim.inside, ...claim.outside]),
    );
    expect(found).toEqual([...claim.inside].sort());
  });

  it.each([
    [['America/New_York'], '2026-03-08'],
    [['America/New_York'], '2026-11-01'],
    [['America/Denver', 'America/Phoenix'], '2026-03-08'],
    [['America/Chicago', 'America/New_York'], '2026-11-01'],
    [['America/Havana'], '2026-03-08'],
    [['America/Havana'], '2026-11-01'],
    [['Australia/Lord_Howe'], '2026-04-04'],
    [['Australia/Lord_Howe'], '2026-10-03'],
    [['Africa/Cairo'], '2026-10-30'],
  ])('agree with the planner at every ten minutes around the change in %j on %s', async (zones, day) => {
    const legal = ['00:00-00:50', '01:10-01:40', '01:40-02:20', '02:30-03:30', '22:40-23:20', '23:30-24:00'];
    const midnightAt = fromIso(`${day}T00:00:00Z`);
    const instants = Array.from({ length: 3 * 144 }, (_, ten) => toIso(midnightAt + (ten - 144) * 10 * MINUTE_MS));
    const slots = legal.map((slot) => ({
      weekdays: EVERY_DAY,
      open: parseClock(slot.slice(0, 5)),
      close: parseClock(slot.slice(6)),
    }));
    const planned = compileHours(
      zones.map((zone) => ({ zone, rules: [{ name: 'legal', slots }] })),
      0,
    );
    const found = await afterChange(
      company(),
      (tx) => addClaim(tx, { ...CALLBACK, zones, legal }),
      (tx) => insideOf(tx, instants),
    );
    expect(found).toEqual(instants.filter((instant) => planned.isOpen(fromIso(instant))));
    expect(found.length).toBeGreaterThan(0);
  });
});

const claimAt =
  (at: string, zones = NEW_YORK) =>
  async (tx: Tx) => {
    await addContact(tx, 'person', zones);
    await enroll(tx, 'person');
    await addAttempt(tx, {
      name: 'claim',
      who: 'person',
      at,
      permit: { zones: ['America/New_York'], placeKnown: true },
    });
  };
const learnLater = (tx: Tx) => tx`update contact set updated_at = '2026-06-03' where id = ${id('person')}`;

describeViolations('windows', [
  { what: 'a claim at the first second of a slot is inside', change: claimAt('2026-06-02T13:00:00Z'), broken: {} },
  {
    what: 'a claim a second before it is outside',
    change: claimAt('2026-06-02T12:59:59Z'),
    broken: { windows: [id('claim')] },
  },
  {
    what: 'what the claim believed does not count',
    change: claimAt(TUESDAY, ['Pacific/Honolulu']),
    broken: { windows: [id('claim')] },
  },
  {
    what: 'a place that was learned after the claim does not count',
    change: async (tx) => {
      await claimAt(TUESDAY, ['Pacific/Honolulu'])(tx);
      await learnLater(tx);
    },
    broken: {},
  },
]);
