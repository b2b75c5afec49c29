import { acceptedBy, enrollmentsOf, expectSound } from '../outcome';
import { callRun, launch, type Actor } from '../story';
import { World } from '../world';

/** Nobody is called outside the hours of any place they may be in, also over the changes of the clock (INV-1, K-4). */

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

const PEOPLE: Actor[] = [
  { name: 'Carla', phone: '+13125550101', script: 'never_answers' },
  { name: 'Hana', phone: '+18085550102', script: 'never_answers' },
  { name: 'Paco', phone: '+16025550103', script: 'never_answers' },
  { name: 'Nora', phone: '+12125550104', script: 'never_answers' },
  { name: 'Tess', phone: '+14235550105', script: 'never_answers' },
];

function localHours(zone: string): string[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return acceptedBy(world, 'voice').map(({ at, to }) => `${to} ${format.format(at)}`);
}

test.each([
  ['spring', '2027-03-11', '2027-03-17', '2027-03-11T05:00:00Z', '2027-03-18T12:00:00Z'],
  ['autumn', '2027-11-04', '2027-11-10', '2027-11-04T05:00:00Z', '2027-11-11T12:00:00Z'],
])(
  'a week over the %s change: each day the first call comes when the last of the places opens',
  async (_season, startsOn, endsOn, from, to) => {
    await world.at(from);
    const run = {
      ...callRun({}, { attempts: 10, perDay: 1, spacingMinutes: { default: 60 } }),
      startsOn,
      endsOn,
      weekdays: [1, 2, 3, 4, 5, 6, 7],
    };
    await launch(world, { people: PEOPLE, runs: [run] });
    await world.runUntil(to);
    const mine = (phone: string, zone: string) =>
      localHours(zone)
        .filter((line) => line.startsWith(phone))
        .map((line) => line.slice(-5));
    expect(mine('+13125550101', 'America/Chicago')).toEqual(Array(7).fill('09:00'));
    expect(mine('+18085550102', 'Pacific/Honolulu')).toEqual(Array(7).fill('09:00'));
    expect(mine('+16025550103', 'America/Phoenix')).toEqual(Array(7).fill('09:00'));
    expect(mine('+12125550104', 'America/New_York')).toEqual(Array(7).fill('09:00'));
    // 423 lies in two zones: nine in Chattanooga is too early in Chicago's zone.
    expect(mine('+14235550105', 'America/New_York')).toEqual(Array(7).fill('10:00'));
  },
);

test('a contact whose place nobody knows is called only in the strictest hours of the whole country', async () => {
  await world.at('2027-03-01T12:00:00Z');
  const story = await launch(world, {
    people: [{ name: 'Tove', phone: '+18005550101', script: 'never_answers' }],
    runs: [callRun({}, { attempts: 2, perDay: 1 })],
  });
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(localHours('America/New_York').map((line) => line.slice(-5))).toEqual(['15:00', '15:00']);
  expect(await enrollmentsOf(world, story)).toMatchObject([{ reason: 'plan_through' }]);
});

test('S1-115: between two slots a call waits for the second one, and the reason names the gap', async () => {
  await world.at('2027-03-01T17:30:00Z');
  const slots = [
    { open: '09:00', close: '12:00' },
    { open: '13:00', close: '17:00' },
  ];
  const story = await launch(world, {
    people: [{ name: 'Nora', phone: '+12125550104', zone: 'America/New_York', script: 'never_answers' }],
    runs: [{ ...callRun(), hours: { mode: 'company_times' } }],
    policy: { companySlots: slots },
  });
  await world.quiet();
  const [one] = await enrollmentsOf(world, story);
  const document = JSON.stringify(await world.api.get(`/v1/enrollments/${one?.id}`));
  expect(document).toContain(
    '12:30 lies in the gap of the company hours in America/New_York, which open again at 13:00',
  );
  await world.runUntil('2027-03-01T20:00:00Z');
  expect(localHours('America/New_York').map((line) => line.slice(-5))).toEqual(['13:00']);
});
