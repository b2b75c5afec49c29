import { acceptedBy, enrollmentsOf, expectSound } from '../outcome';
import { launch, type Story } from '../story';
import { World } from '../world';

/** Mail servers that refuse, put off or send back (U-22, F23): a good address gets each mail once, a dead one no more. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  await expectSound(world).finally(() => world.stop());
});

const ZONE = 'America/New_York';
const mailAt = (key: string, on: string) => ({
  key,
  channel: 'email',
  when: { kind: 'at', on, time: '10:00' },
  subject: 'Your case',
  text: 'Hello {{contact.first_name}}',
});
const RUN = {
  key: 'week',
  startsOn: '2027-03-01',
  endsOn: '2027-03-05',
  hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
  messages: [mailAt('first', '2027-03-02'), mailAt('second', '2027-03-03')],
};
const person = (name: string, script: string, options: object = {}) => ({
  name,
  email: `${name.toLowerCase()}@example.com`,
  zone: ZONE,
  script,
  options: { ...options },
});
const PEOPLE = [
  person('Hanna', 'bounces_hard'),
  person('Late', 'never_answers', { mail: { mode: 'bounce_hard', delaySeconds: 2 * 86_400 } }),
  person('Sam', 'bounces_soft'),
  person('Dee', 'never_answers', { mail: { mode: 'bounce_delayed' } }),
  person('Rhea', 'refuses_mail'),
  person('Greta', 'defers_mail'),
  person('Fay', 'mailbox_full', { mail: { mode: '452', times: 2 } }),
  person('Clara', 'never_answers', { mail: { mode: '421', at: 'data', times: 1 } }),
  person('Una', 'never_answers', { mail: { mode: '554', at: 'data' } }),
];

/** Of one person: mails that were taken and refused, what became of the attempts, and whether the address is still good. */
async function lotOf(name: string) {
  const address = `${name.toLowerCase()}@example.com`;
  const entries = world.simulator.ledger.entries({ channel: 'email', kind: 'mail', to: address });
  const attempts = await world.sql<{ lot: string; unusable: string | null }[]>`
    select t.step_key || ': ' || t.state || ' ' || coalesce(t.disposition, t.error_code, '-') as lot, ca.unusable
    from attempt t join address a on a.hash = t.to_hash join contact_address ca on ca.hash = a.hash
    where a.value = ${address} order by t.claimed_at, t.try`;
  return {
    taken: entries.filter(({ accepted }) => accepted === true).length,
    refused: entries.filter(({ accepted }) => accepted === false).map(({ status }) => status),
    attempts: attempts.map(({ lot }) => lot),
    isGood: attempts.every(({ unusable }) => unusable === null),
  };
}

let story: Story;

test('mail that comes back, is refused or has to wait leaves each contact with a reason', async () => {
  await world.at('2027-03-01T17:00:00Z');
  story = await launch(world, { people: PEOPLE, runs: [RUN] });
  await world.runUntil('2027-03-06T05:00:00Z');
  const ends = (await enrollmentsOf(world, story)).map(({ state, reason }) => `${state} ${reason}`);
  expect(ends).toEqual(PEOPLE.map(() => 'ended plan_through'));
});

test.each([
  [
    'Hanna',
    'a hard bounce bars the address: nothing more is mailed to it',
    { taken: 1, refused: [], attempts: ['first: ended undelivered'], isGood: false },
  ],
  [
    'Late',
    'a hard bounce that comes when all is over does so too',
    { taken: 2, refused: [], attempts: ['first: ended undelivered', 'second: ended undelivered'], isGood: false },
  ],
  [
    'Sam',
    'after a soft bounce the next mail of the plan goes out all the same',
    { taken: 2, refused: [], attempts: ['first: ended undelivered', 'second: ended undelivered'], isGood: true },
  ],
  [
    'Dee',
    'news of a delay changes nothing',
    { taken: 2, refused: [], attempts: ['first: accepted -', 'second: accepted -'], isGood: true },
  ],
  [
    'Rhea',
    'an address that the server does not know is written to once',
    { taken: 0, refused: ['550'], attempts: ['first: not_sent address_invalid'], isGood: false },
  ],
  [
    'Greta',
    'a greylisted mail is tried again and taken',
    {
      taken: 2,
      refused: ['451'],
      attempts: ['first: not_sent deferred', 'first: accepted -', 'second: accepted -'],
      isGood: true,
    },
  ],
  [
    'Fay',
    'so is one to a mailbox that is full for a while',
    {
      taken: 2,
      refused: ['452', '452'],
      attempts: ['first: not_sent deferred', 'first: not_sent deferred', 'first: accepted -', 'second: accepted -'],
      isGood: true,
    },
  ],
  [
    'Clara',
    'so is one whose server closes down',
    {
      taken: 2,
      refused: ['421'],
      attempts: ['first: not_sent deferred', 'first: accepted -', 'second: accepted -'],
      isGood: true,
    },
  ],
  [
    'Una',
    'a mail that is refused for what it says is not sent again, and says nothing against the address',
    {
      taken: 0,
      refused: ['554', '554'],
      attempts: ['first: not_sent blocked', 'second: not_sent blocked'],
      isGood: true,
    },
  ],
])('%s: %s', async (name, _, lot) => {
  expect(await lotOf(name)).toEqual(lot);
});

test('the outside world was asked for nothing else', () => {
  expect(acceptedBy(world, 'voice')).toEqual([]);
  expect(world.simulator.ledger.entries({ kind: 'bounce' })).toHaveLength(7);
});
