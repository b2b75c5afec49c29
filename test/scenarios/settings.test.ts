import { SIMULATED_ENRICHER_TOKEN } from '../../simulator/enricher';
import { acceptedBy, expectSound, onlyEnrollment } from '../outcome';
import { type Actor, callRun, launch, person, prepare, type Story, tellSimulator } from '../story';
import { until } from '../until';
import { World } from '../world';

/** What company and campaigns decide, and the engine that obeys it. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterEach(() => expectSound(world));
afterAll(() => world.stop());

const inWeek = (startsOn: string, endsOn: string) => ({ startsOn, endsOn });
const lastEntry = () => world.simulator.ledger.entries().at(-1)?.n ?? 0;
const callsSince = (n: number) => acceptedBy(world, 'voice').filter((entry) => entry.n > n);
const statusOf = async ({ campaignId }: Story) =>
  (await world.api.get<{ status: string }>(`/v1/campaigns/${campaignId}`)).status;

test('the concurrency rate of the company binds all campaigns together (S1-52, S1-53)', async () => {
  await world.at('2027-03-01T17:00:00Z');
  const before = lastEntry();
  const people = [1, 2, 3, 4, 5, 6].map((n) => person(n));
  for (const { phone } of people) await tellSimulator(world.simulator.httpUrl, 'hold', { to: phone, phase: 'ringing' });
  const settings = { lines: 5, ratePercent: 40 };
  const runs = [callRun()];
  await launch(world, { name: 'One', people: people.slice(0, 3), runs, settings });
  await launch(world, { name: 'Other', people: people.slice(3), runs, settings });
  await until('two phones ring, and the others queue', async () => {
    const [row] = await world.sql<{ queued: number }[]>`select count(*)::int as queued from line_queue`;
    return row?.queued === 4 && callsSince(before).length === 2;
  });
  for (const { phone } of people)
    await tellSimulator(world.simulator.httpUrl, 'release', { to: phone, phase: 'ringing' });
  await world.quiet();
  expect(callsSince(before)).toHaveLength(6);
  const summary = await (await fetch(`${world.simulator.httpUrl}/sim/summary`)).json();
  expect(summary).toMatchObject({ liveCalls: { max: 2 } });
  await world.api.send('PATCH', '/v1/settings', { lines: 20, ratePercent: 100 });
});

test('company times are a copy of the defaults: several slots, a Saturday, and no later change moves them (K-3, S1-54, S1-57)', async () => {
  await world.at('2027-03-06T16:00:00Z');
  const before = lastEntry();
  const slots = [
    { open: '09:00', close: '12:00' },
    { open: '13:00', close: '17:00' },
  ];
  const story = await prepare(world, {
    people: [person(10)],
    runs: [
      callRun(
        { ...inWeek('2027-03-06', '2027-03-06'), hours: { mode: 'company_times' } },
        { attempts: 3, spacingMinutes: { default: 60 } },
      ),
    ],
    settings: { defaultHours: { weekdays: [1, 6], slots } },
  });
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/use-default-hours`, { revision: 1 });
  await world.api.send('PATCH', '/v1/settings', {
    defaultHours: { weekdays: [1], slots: [{ open: '12:00', close: '20:00' }] },
  });
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/launch`);
  await world.runUntil('2027-03-07T05:00:00Z');
  const hours = callsSince(before).map(({ at }) => (at - Date.parse('2027-03-06T05:00:00Z')) / 3_600_000);
  expect(hours).toEqual([11, 13, 14]);
});

test('a campaign ends when nobody can be touched any more; one that never ends takes in who comes later (K-6, R-18)', async () => {
  await world.at('2027-03-08T17:00:00Z');
  const runs = [callRun(inWeek('2027-03-08', '2027-03-12'))];
  const ending = await launch(world, { name: 'Ending', people: [person(20)], runs });
  const lasting = await launch(world, { name: 'Lasting', people: [person(21)], runs, policy: { neverEnding: true } });
  await world.runUntil('2027-03-08T20:00:00Z');
  await until('the one has ended', async () => (await statusOf(ending)) === 'completed');
  expect(await statusOf(lasting)).toBe('active');
  const before = lastEntry();
  await world.api.send('POST', `/v1/lists/${lasting.listId}/contacts`, {
    items: [{ contact: { firstName: 'Late', phones: [person(22).phone], zone: 'America/New_York' } }],
  });
  // The list is read again in half a minute; not so long here.
  await world.sql`update campaign set enroll_scanned_rt = null`;
  await world.runUntil('2027-03-08T22:00:00Z');
  expect(callsSince(before).map(({ to }) => to)).toEqual([person(22).phone]);
  expect(await statusOf(lasting)).toBe('active');
});

test('who is not reached is looked up, and called at the number that was found, which is flagged with its source (K-7, K-25)', async () => {
  await world.at('2027-03-15T16:00:00Z');
  const before = lastEntry();
  const found = '+16465550130';
  await tellSimulator(
    world.simulator.httpUrl,
    'enricher/data',
    { people: { [person(30).phone ?? '']: [{ kind: 'phone', value: '(646) 555-0130', source: 'directory' }] } },
    'PUT',
  );
  await tellSimulator(world.simulator.httpUrl, 'people', { phone: found, script: 'answers_converts' });
  await world.api.send('PATCH', '/v1/enrichment-service', {
    url: `${world.simulator.httpUrl}/enricher/data/append`,
    name: 'Data',
    token: SIMULATED_ENRICHER_TOKEN,
    enabled: true,
  });
  const story = await launch(world, {
    people: [person(30)],
    runs: [callRun(inWeek('2027-03-15', '2027-03-19'), { attempts: 6, spacingMinutes: { default: 60 } })],
    policy: { enrichment: { afterUnreachable: 2 } },
  });
  await world.runUntil('2027-03-15T17:30:00Z');
  await world.sql`update enrichment_scan set scanned_rt = '-infinity'`;
  const contactId = await until('it is found', async () => {
    const { items } = await world.api.get<{ items: { state: string; contactId: string }[] }>(
      `/v1/enrichments?campaignId=${story.campaignId}`,
    );
    return items.length === 1 && items[0]?.state === 'found' && items[0].contactId;
  });
  await world.runUntil('2027-03-16T05:00:00Z');
  expect(callsSince(before).map(({ to }) => to)).toEqual([person(30).phone, person(30).phone, found]);
  const { id } = await onlyEnrollment(world, story);
  const { items } = await world.api.get<{ items: { foundBy: string | null }[] }>(`/v1/enrollments/${id}/attempts`);
  expect(items.map(({ foundBy }) => foundBy)).toEqual([null, null, 'Data: directory']);
  const { addresses } = await world.api.get<{ addresses: object[] }>(`/v1/contacts/${contactId}`);
  expect(addresses).toMatchObject([
    { value: found, foundBy: 'Data: directory' },
    { value: person(30).phone, foundBy: null },
  ]);
});

test('calls come from the number of the campaign that is nearest to the person, and from the same each time (U-12)', async () => {
  await world.at('2027-03-22T16:00:00Z');
  const before = lastEntry();
  const [newYork, miami, chicago] = ['+12125550190', '+13055550190', '+13125550190'];
  const people = [person(40), person(41, { phone: '+17865550110' }), person(42, { phone: '+17735550111' })];
  await launch(world, {
    people,
    runs: [callRun(inWeek('2027-03-22', '2027-03-26'), { attempts: 2, spacingMinutes: { default: 60 } })],
    policy: { callerNumbers: [newYork, miami], localPresence: true },
    settings: { callerNumbers: [newYork, miami, chicago] },
  });
  await world.runUntil('2027-03-23T03:00:00Z');
  const fromOf = ({ phone }: Actor) =>
    new Set(callsSince(before).flatMap(({ to, from }) => (to === phone ? [from] : [])));
  expect(people.slice(0, 2).map(fromOf)).toEqual([new Set([newYork]), new Set([miami])]);
  const [elsewhere] = people.slice(2).map(fromOf);
  expect(elsewhere?.size).toBe(1);
  expect(elsewhere?.has(chicago)).toBe(false);
  expect(callsSince(before)).toHaveLength(6);
});

test('the team is told that somebody asks for a person, others when nobody takes it, and nobody once it is taken (U-4)', async () => {
  await world.at('2027-03-29T16:00:00Z');
  const [team, chief] = ['+12125550180', '+12125550181'];
  for (const phone of [team, chief])
    await tellSimulator(world.simulator.httpUrl, 'people', { phone, script: 'never_answers' });
  const handoffAlerts = {
    recipients: [{ channel: 'sms', to: team }],
    escalation: { afterMinutes: 15, recipients: [{ channel: 'sms', to: chief }] },
  };
  const asks = async (n: number) =>
    launch(world, {
      name: `Asks ${n}`,
      people: [person(n, { script: 'asks_for_human' })],
      runs: [callRun(inWeek('2027-03-29', '2027-04-02'))],
      policy: { handoffAlerts },
    });
  const toldIn = (story: string) =>
    acceptedBy(world, 'sms')
      .filter(({ detail }) => JSON.stringify(detail).includes(story))
      .map(({ to }) => to);
  await asks(50);
  const taken = await asks(51);
  await until('the team is told of both', async () => toldIn('Asks 50').length === 1 && toldIn('Asks 51').length === 1);
  await world.quiet();
  const { id } = await onlyEnrollment(world, taken);
  await world.api.send('POST', `/v1/enrollments/${id}/handoff/take`);
  await world.at('2027-03-29T16:20:00Z');
  await until('the chief is told of one', async () => toldIn('Asks 50').length === 2);
  expect(toldIn('Asks 50')).toEqual([team, chief]);
  expect(toldIn('Asks 51')).toEqual([team]);
});
