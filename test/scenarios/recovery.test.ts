import { getInstallation } from '../../db/installation';
import { enrollmentWorkflowId } from '../../workflows/contract';
import { connectTemporal } from '../history';
import { acceptedBy, enrollmentsOf, expectSound } from '../outcome';
import { backUp, restore } from '../postgres-copy';
import { type Actor, callRun, launch, tellSimulator, type Story } from '../story';
import { type PrivateTemporal, startPrivateTemporal } from '../temporal';
import { until } from '../until';
import { World } from '../world';

/**
 * A database restored from a copy, or lost, with the other one as it was: the installation locks itself, `recover` takes over
 * what the provider did and heard, and everybody gets what was planned for them once. The fourth case, Temporal lost, is
 * lived by processes in temporal-lost.test.ts.
 */

const OUR_NUMBER = '+12125550190';
const MESSAGES = [
  { key: 'hello', channel: 'sms', when: { kind: 'after_start', delayMinutes: 0 }, text: 'Hello' },
  { key: 'mail', channel: 'email', when: { kind: 'after_start', delayMinutes: 0 }, subject: 'Hello', text: 'Hello' },
];
const RUNS = [callRun({ messages: MESSAGES }, { attempts: 2, spacingMinutes: { default: 60 } })];
const EARLY = '2027-03-01T13:00:00Z';
const NOON = '2027-03-01T17:00:00Z';
const OVER = '2027-03-06T05:00:00Z';

const phoneOf = (n: number) => `+121255501${String(30 + n).padStart(2, '0')}`;
const mailOf = (n: number) => `person${n}@example.com`;
/** The last but one says stop to the text, in the hours that a restored database does not know. */
const SAYS_STOP = 2;
const SAYS_STOP_LATER = 3;
const PEOPLE: Actor[] = [0, 1, 2, 3].map((n) => ({
  name: `Person ${n}`,
  phone: phoneOf(n),
  email: mailOf(n),
  zone: 'America/New_York',
  script: n === SAYS_STOP ? 'replies_stop' : 'never_answers',
  cases: [String(82_000 + n)],
}));

let temporal: PrivateTemporal;
let world: World;
beforeAll(async () => {
  temporal = await startPrivateTemporal();
});
beforeEach(async () => {
  world = await World.create({ temporalAddress: temporal.address });
});
afterEach(() => world.stop());
afterAll(() => temporal.close());

/** Before anybody may be called: everybody is enrolled and waits. */
async function everybodyWaits(): Promise<Story> {
  await world.at(EARLY);
  const story = await launch(world, { people: PEOPLE, runs: RUNS });
  await world.quiet();
  await world.stopWorkers();
  return story;
}

/** Everybody's first call, text and mail. */
async function untilNoonIsOver(): Promise<void> {
  await world.startWorkers();
  await world.at(NOON);
  await world.quiet();
  await world.stopWorkers();
}

/** How often each was called, written to and mailed, as the provider has it. */
function touched(): string[] {
  const count = (channel: 'voice' | 'sms' | 'email', to: string) =>
    acceptedBy(world, channel).filter((entry) => entry.to === to && entry.status !== 'reply').length;
  return PEOPLE.map((_, n) => `${count('voice', phoneOf(n))} ${count('sms', phoneOf(n))} ${count('email', mailOf(n))}`);
}

async function expectLocked(reason: string, { campaignId }: Story): Promise<void> {
  expect(await world.api.get('/v1/recovery')).toMatchObject({ locked: true, reason });
  const ready = await fetch(`${world.apiUrl}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ parts: { recovery: 'locked for recovery' } });
  await world.api.send('POST', `/v1/campaigns/${campaignId}/pause`);
  await expect(world.api.send('POST', `/v1/campaigns/${campaignId}/resume`)).rejects.toThrow('locked_for_recovery');
  await world.sql`update campaign set status = 'active' where id = ${campaignId}`;
}

test('PostgreSQL older than Temporal: what the provider did and heard since is taken over, and nobody is called twice', async () => {
  const story = await everybodyWaits();
  await backUp(world.sql);
  await untilNoonIsOver();
  expect(touched()).toEqual(['1 1 1', '1 1 1', expect.stringMatching(/^[01] 1 [01]$/), '1 1 1']);
  const before = touched();

  await restore(world.sql);
  await world.at(NOON);
  await world.startWorkers();
  await expectLocked('postgres_older', story);
  const [someone] = await enrollmentsOf(world, story);
  expect(await world.api.get(`/v1/enrollments/${someone?.id}`)).toMatchObject({
    next: { decision: 'hold', sentence: expect.stringContaining('locked until it has recovered') },
  });
  await tellSimulator(world.simulator.httpUrl, 'inbound-sms', {
    from: phoneOf(SAYS_STOP_LATER),
    to: OUR_NUMBER,
    body: 'STOP',
  });
  await until('it is heard', async () => (await world.sql`select 1 from suppression`).length > 0);
  expect(touched()).toEqual(before);

  // Both who said stop are in the books; one of them was heard while the installation was locked.
  expect(await world.recover()).toMatchObject({
    kind: 'recovered',
    counts: { held: 0, strangers: 0, replies: 1, mailsPresumed: 3 },
  });
  expect(await world.recover()).toEqual({ kind: 'not_locked' });
  await world.runUntil(OVER);
  expect(touched()).toEqual(['2 1 1', '2 1 1', before[SAYS_STOP], before[SAYS_STOP_LATER]]);
  await expectSound(world);
});

test('Temporal older than PostgreSQL: the rows win, and nothing is repeated', async () => {
  const story = await everybodyWaits();
  await temporal.stop();
  await temporal.backUp();
  await temporal.start();
  await untilNoonIsOver();
  const before = touched();
  await world.startWorkers();
  await world.stopWorkers();

  await temporal.stop();
  await temporal.restore();
  await temporal.start();
  await world.startWorkers();
  await expectLocked('temporal_older', story);
  expect(await world.recover()).toMatchObject({ kind: 'recovered', counts: { adopted: 0, mailsPresumed: 0 } });
  await world.runUntil(OVER);
  expect(touched()).toEqual(['2 1 1', '2 1 1', before[SAYS_STOP], '2 1 1']);
  await expectSound(world);
});

test('PostgreSQL lost: whoever said stop stays unheard of, and the workflows of lost rows come to their end', async () => {
  await backUp(world.sql);
  const lost = await everybodyWaits();
  await untilNoonIsOver();
  const [orphan] = await enrollmentsOf(world, lost);

  await restore(world.sql);
  // As a new database comes out of its migrations.
  await world.sql`
    update installation set id = gen_random_uuid(), incarnation = 1, mark = 0, mark_rt = null, namespace_id = null`;
  await world.at(NOON);
  await world.startWorkers();
  expect(await getInstallation(world.sql)).toMatchObject({ lockReason: 'postgres_lost' });
  expect(await world.recover()).toMatchObject({ kind: 'recovered', counts: { replies: 1, adopted: 0 } });

  const { client, close } = await connectTemporal(temporal.address);
  const workflow = client.workflow.getHandle(enrollmentWorkflowId(orphan?.id ?? ''));
  await workflow.signal('planChanged', {});
  await workflow.result();
  await close();

  await launch(world, { people: PEOPLE, runs: RUNS, name: 'The same again' });
  await world.runUntil(OVER);
  expect(touched()[SAYS_STOP]).toMatch(/^[01] 1 [01]$/);
  expect(touched()[0]).toBe('3 2 2');
  await expectSound(world);
});
