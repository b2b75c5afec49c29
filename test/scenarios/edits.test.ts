import { getCampaign } from '../../db/campaign';
import { acceptedBy, expectSound, onlyEnrollment } from '../outcome';
import { publishEdit } from '../publishing';
import { callRun, launch, person, tellSimulator, type Actor, type Story } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Campaigns that are paused and edited while people live them, on the real engine. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterEach(() => expectSound(world));
afterAll(() => world.stop());

/** Each test has a week of its own, which begins in New York on a Monday at noon. */
const NOON = '17:00:00Z';
const inWeek = (startsOn: string, endsOn: string) => ({ startsOn, endsOn });

/** Hours since Monday began in New York at which the person was called. */
const calledAt = ({ phone }: Actor, monday: string): number[] =>
  acceptedBy(world, 'voice')
    .filter(({ to }) => to === phone)
    .map(({ at }) => (at - Date.parse(`${monday}T05:00:00Z`)) / 3_600_000);

test('E-1: keep, adopt and re-plan now: a shorter wait for those inside', async () => {
  const monday = '2027-03-01';
  await world.at(`${monday}T${NOON}`);
  const spaced = (minutes: number) =>
    callRun(inWeek(monday, '2027-03-05'), { attempts: 3, spacingMinutes: { default: minutes } });
  const stories: [Story, string, Actor][] = [];
  for (const [n, inside] of ['keep', 'adopt', 'replan'].entries()) {
    const nora = person(n);
    stories.push([await launch(world, { name: `Campaign ${n}`, people: [nora], runs: [spaced(120)] }), inside, nora]);
  }
  await world.runUntil('2027-03-01T17:30:00Z');
  for (const [{ campaignId }, inside] of stories)
    await publishEdit(world.sql, campaignId, { runs: [spaced(60)], choices: { inside } });
  await world.runUntil('2027-03-02T05:00:00Z');
  expect(stories.map(([, inside, nora]) => [inside, ...calledAt(nora, monday)])).toEqual([
    ['keep', 12, 14, 16],
    ['adopt', 12, 14, 15],
    ['replan', 12, 13, 14],
  ]);
});

test('N-7: a channel and a contact are paused and resumed: the same touches as an unpaused twin, only later (E-17)', async () => {
  const monday = '2027-03-08';
  await world.at(`${monday}T${NOON}`);
  const news = { key: 'news', channel: 'sms', when: { kind: 'after_start', delayMinutes: 90 }, text: 'Hello.' };
  const week = inWeek(monday, '2027-03-12');
  const runs = [callRun({ ...week, messages: [news] }, { attempts: 2, spacingMinutes: { default: 60 } })];
  const [nora, olaf, twin] = [person(3), person(4), person(5)];
  const paused = await launch(world, { name: 'Paused', people: [nora], runs });
  const contact = await launch(world, { name: 'Contact', people: [olaf], runs });
  await launch(world, { name: 'Twin', people: [twin], runs });
  await world.runUntil('2027-03-08T17:30:00Z');
  const { id } = await onlyEnrollment(world, contact);
  await world.api.send('POST', `/v1/campaigns/${paused.campaignId}/pause`, { channel: 'voice' });
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'pause' });
  await world.runUntil('2027-03-09T17:00:00Z');
  expect([nora, olaf, twin].map((each) => calledAt(each, monday))).toEqual([[12], [12], [12, 13]]);
  expect(new Set(acceptedBy(world, 'sms').map(({ to }) => to))).toEqual(new Set([nora.phone, twin.phone]));
  const { id: noras } = await onlyEnrollment(world, paused);
  const seen = await world.api.get<{ next: { sentence: string } }>(`/v1/enrollments/${noras}`);
  expect(seen.next.sentence).toBe('Outreach is held: calls are paused in this campaign.');

  await world.api.send('POST', `/v1/campaigns/${paused.campaignId}/resume`, { channel: 'voice' });
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'resume' });
  await world.runUntil('2027-03-13T05:00:00Z');
  const touches = await world.sql<{ keys: string[] }[]>`
    select array_agg(touch_key order by touch_key) as keys from attempt where claimed_at > '2027-03-08' group by enrollment_id`;
  expect(touches).toHaveLength(3);
  for (const { keys } of touches) expect(keys).toEqual(['week.call.1', 'week.call.2', 'week.news.1']);
  expect([nora, olaf].map((each) => calledAt(each, monday))).toEqual([
    [12, 36],
    [12, 36],
  ]);
});

test('E-14: a lower limit holds at once as the provider sees it; live calls finish', async () => {
  await world.at(`2027-03-15T${NOON}`);
  const before = lastEntry();
  const called = () => acceptedBy(world, 'voice').filter(({ n }) => n > before).length;
  const people = Array.from({ length: 9 }, (_, n) => person(10 + n));
  for (const { phone } of people) await tellSimulator(world.simulator.httpUrl, 'hold', { to: phone, phase: 'ringing' });
  const policy = { concurrencyLimit: 4 };
  const { campaignId } = await launch(world, { people, runs: [callRun(inWeek('2027-03-15', '2027-03-19'))], policy });
  await until('four phones ring', async () => called() === 4);
  const { definition } = await getCampaign(world.sql, campaignId);
  const body = { revision: 1, definition: { ...definition, policy: { ...definition.policy, concurrencyLimit: 2 } } };
  await world.api.send('POST', `/v1/campaigns/${campaignId}/publish`, body);
  const published = lastEntry();
  for (const { phone } of people)
    await tellSimulator(world.simulator.httpUrl, 'release', { to: phone, phase: 'ringing' });
  await world.quiet();
  expect(called()).toBe(9);
  expect(liveCallsFrom(before, published)).toBe(4);
  // How many of the two lines are in use at once is the machine's affair; more than two never are.
  expect([1, 2]).toContain(liveCallsFrom(published));
});

test('P-16: an operator calls now instead of waiting, and the law binds all the same', async () => {
  const monday = '2027-03-22';
  await world.at(`${monday}T16:00:00Z`);
  const nora = person(20);
  const story = await launch(world, {
    people: [nora],
    runs: [callRun(inWeek(monday, '2027-03-26'), { attempts: 3, spacingMinutes: { default: 600 } })],
  });
  await world.runUntil('2027-03-22T17:00:00Z');
  const { id } = await onlyEnrollment(world, story);
  await world.api.send('POST', `/v1/enrollments/${id}/next-touch`, { note: 'she asked for it' });
  await world.quiet();
  await world.api.send('POST', `/v1/enrollments/${id}/next-touch`, { at: '2027-03-23T03:00:00Z' });
  await world.runUntil('2027-03-27T05:00:00Z');
  // Summer time has come meanwhile: New York is an hour further on.
  expect(calledAt(nora, monday).map((hour) => hour + 1)).toEqual([12, 13, 33]);
});

function lastEntry(): number {
  return world.simulator.ledger.entries().at(-1)?.n ?? 0;
}

const ENDS = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

/** The most calls that were live at once when one was taken after `from`, by the provider's own book. */
function liveCallsFrom(from: number, to = Infinity): number {
  let live = 0;
  let most = 0;
  for (const { n, kind, accepted, status = '' } of world.simulator.ledger.entries({ channel: 'voice' })) {
    if (kind === 'create' && accepted === true) {
      live += 1;
      if (n > from && n <= to) most = Math.max(most, live);
    }
    if (kind === 'status' && ENDS.includes(status)) live -= 1;
  }
  return most;
}
