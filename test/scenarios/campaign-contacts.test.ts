import { acceptedBy, expectSound } from '../outcome';
import { fictionalPhone } from '../seed';
import { callRun, launch, type Actor, type Story } from '../story';
import { World } from '../world';

/** Many contacts of a campaign ordered about at once, and single ones that join and leave, on the real engine. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterEach(() => expectSound(world));
afterAll(() => world.stop());

/** Each test has a week of its own, which begins in New York on a Monday at noon. */
const NOON = '17:00:00Z';
const inWeek = (startsOn: string, endsOn: string) => callRun({ startsOn, endsOn });

const person = (n: number, more: Partial<Actor> = {}): Actor => ({
  name: `Person ${n}`,
  phone: fictionalPhone(n),
  zone: 'America/New_York',
  script: 'never_answers',
  ...more,
});

interface Row {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly contact: { readonly id: string; readonly externalId: string | null; readonly firstName: string };
  readonly next: { readonly decision: string } | null;
}

interface Operation {
  readonly total: number;
  readonly done: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly repeated: number;
  readonly results: readonly {
    readonly given: string | null;
    readonly result: string;
    readonly reason: string | null;
    readonly sentence: string;
  }[];
}

async function rowsOf({ campaignId }: Story, limit = 200): Promise<Row[]> {
  return (await world.api.get<{ items: Row[] }>(`/v1/campaigns/${campaignId}/enrollments?limit=${limit}`)).items;
}

const order = ({ campaignId }: Story, body: object): Promise<Operation> =>
  world.api.send('POST', `/v1/campaigns/${campaignId}/contact-operations`, body);

const importIds = ({ campaignId }: Story, csv: string): Promise<Operation> =>
  world.api.upload(`/v1/campaigns/${campaignId}/contact-operations/import`, 'text/csv', csv);

async function identify(story: Story, ids: Readonly<Record<string, string>>): Promise<void> {
  for (const { contact } of await rowsOf(story)) {
    const externalId = ids[contact.firstName];
    if (externalId !== undefined)
      await world.sql`update contact set external_id = ${externalId} where id = ${contact.id}`;
  }
}

const called = () => new Set(acceptedBy(world, 'voice').map(({ to }) => to));

test('X-2a: of 100, 200 and 999 one is completed and called no more; several and none are skipped, and counted (S1-97..S1-101)', async () => {
  await world.at(`2027-03-01T${NOON}`);
  const [asha, bo, cleo] = [person(1), person(2, { cases: ['71001'] }), person(3, { cases: ['200'] })];
  const story = await launch(world, { people: [asha, bo, cleo], runs: [inWeek('2027-03-02', '2027-03-05')] });
  await world.quiet();
  await identify(story, { 'Person 1': '100', 'Person 2': '200' });
  const answer = await importIds(story, '100\n200\n999\n');
  expect(answer).toMatchObject({ total: 3, done: 1, unchanged: 0, skipped: 2, repeated: 0 });
  expect(answer.results.map(({ given, result, sentence }) => [given, result, sentence])).toEqual([
    ['100', 'done', null],
    ['200', 'skipped', '2 contacts of this campaign carry the id'],
    ['999', 'skipped', 'no contact of this campaign carries the id'],
  ]);
  await world.runUntil('2027-03-06T05:00:00Z');
  const rows = new Map((await rowsOf(story)).map(({ contact, ...row }) => [contact.firstName, row]));
  expect(rows.get('Person 1')).toMatchObject({ status: 'completed', reason: 'completed_by_operator' });
  expect(rows.get('Person 2')).toMatchObject({ status: 'completed', reason: 'plan_through' });
  expect([asha, bo, cleo].map(({ phone = '' }) => called().has(phone))).toEqual([false, true, true]);
});

test("X-2b: another campaign's id matches nobody, a repeated id counts once, a second import changes nothing (S1-98, S1-99, R-16)", async () => {
  await world.at(`2027-03-08T${NOON}`);
  const runs = [inWeek('2027-03-09', '2027-03-12')];
  const story = await launch(world, { name: 'Ours', people: [person(4), person(5)], runs });
  const other = await launch(world, { name: 'Theirs', people: [person(6)], runs });
  await world.quiet();
  await identify(story, { 'Person 4': 'X100' });
  await identify(other, { 'Person 6': '300' });
  const file = 'External ID\nX100\n300\nX100\nx100\n';
  expect(await importIds(story, file)).toMatchObject({ total: 3, done: 1, unchanged: 0, skipped: 2, repeated: 1 });
  await world.quiet();
  const before = await rowsOf(story);
  expect(await importIds(story, file)).toMatchObject({ total: 3, done: 1, unchanged: 1, skipped: 2, repeated: 1 });
  await world.quiet();
  expect(await rowsOf(story)).toEqual(before);
  expect((await rowsOf(other)).map(({ status }) => status)).toEqual(['active']);
  expect(
    await world.sql`select from fact where kind = 'order' and rt > clock_timestamp() - interval '1 hour' and body ->> 'order' = 'complete'
    and enrollment_id = any (${before.map(({ id }) => id)}::uuid[])`,
  ).toHaveLength(1);
});

test('U-13: whoever joins a campaign that lives is called, whoever is taken out is not, whatever the list says', async () => {
  await world.at(`2027-03-29T${NOON}`);
  const [stays, leaves, joins] = [person(301), person(302), person(303)];
  const runs = [inWeek('2027-03-30', '2027-04-02')];
  const story = await launch(world, { people: [stays, leaves], runs });
  const elsewhere = await launch(world, {
    name: 'Elsewhere',
    people: [joins],
    runs: [inWeek('2027-04-30', '2027-05-01')],
  });
  await world.quiet();
  const [newcomer] = await rowsOf(elsewhere);
  const place = `/v1/campaigns/${story.campaignId}/contacts`;
  const added = await world.api.send('POST', place, { contactId: newcomer?.contact.id });
  expect(added).toMatchObject({ change: 'enrolled', state: 'open' });
  expect(await world.api.send('POST', place, { contactId: newcomer?.contact.id })).toMatchObject({
    change: 'unchanged',
  });
  const gone = (await rowsOf(story)).find(({ contact }) => contact.firstName === leaves.name)?.contact.id;
  const remove = async () => {
    const headers = { authorization: `Bearer ${world.apiKey}` };
    return (await fetch(`${world.apiUrl}${place}/${gone}`, { method: 'DELETE', headers })).json();
  };
  expect(await remove()).toMatchObject({ change: 'removed', state: 'ended', reason: 'removed_by_operator' });
  expect(await remove()).toMatchObject({ change: 'unchanged', state: 'ended' });
  await world.runUntil('2027-04-03T05:00:00Z');
  expect([stays, leaves, joins].map(({ phone = '' }) => called().has(phone))).toEqual([true, false, true]);
});

test('X-10: of 130 contacts the 50 of the page are completed; 49 come back, and who opted out stays out (S1-92, S1-93, S1-118)', async () => {
  await world.at(`2027-04-05T${NOON}`);
  const people = Array.from({ length: 130 }, (_, n) => person(100 + n));
  const story = await launch(world, { people, runs: [inWeek('2027-04-12', '2027-04-16')] });
  await world.quiet();
  const page = await rowsOf(story, 50);
  const enrollmentIds = page.map(({ id }) => id);
  await world.api.send('POST', `/v1/contacts/${page[7]?.contact.id}/opt-out`, {});
  await world.quiet();
  expect(await order(story, { order: 'complete', enrollmentIds })).toMatchObject({ total: 50, done: 50, unchanged: 1 });
  await world.quiet();
  expect(await statusesOf(story)).toEqual({ completed: 50, active: 80 });
  const resumed = await order(story, { order: 'resume', enrollmentIds });
  expect(resumed).toMatchObject({ total: 50, done: 49, skipped: 1 });
  expect(resumed.results[7]).toMatchObject({ result: 'skipped', reason: 'opted_out' });
  await world.quiet();
  expect(await statusesOf(story)).toEqual({ completed: 1, active: 129 });
  const rows = await rowsOf(story);
  expect(rows.filter(({ next }) => next?.decision === 'wait')).toHaveLength(129);
  expect(rows[7]).toMatchObject({ reason: 'opted_out' });
});

async function statusesOf(story: Story): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of await rowsOf(story)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
