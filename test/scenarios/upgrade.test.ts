import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflowCode, NativeConnection, type Worker } from '@temporalio/worker';
import { promote } from '../../engine/deployment';
import { openHistories } from '../../engine/histories';
import { createEnrollmentsWorker } from '../../workers/create-worker';
import { reportOf, verify } from '../../workers/verify';
import { BUILT } from '../build';
import { eventsOf, connectTemporal, type Temporal } from '../history';
import { expectSound } from '../outcome';
import { startProgram } from '../program';
import { callRun, launch, type Actor } from '../story';
import { sharedTemporal } from '../temporal';
import { until } from '../until';
import { WORKER_IS_READY } from '../worker-process';
import { World } from '../world';

/** Two builds of the workers at once, and a build that must not go on with what another began. */

const QUIET = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const RUNS = [callRun({}, { attempts: 2, spacingMinutes: { default: 60 } })];
const RULES = [
  {
    key: 'c',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [{ kind: 'crm_status', status: 'Retained' }],
  },
];
const people = (from: number, count: number): Actor[] =>
  Array.from({ length: count }, (_, n) => ({
    name: `Person ${from + n}`,
    phone: `+1646555${String(100 + from + n).padStart(4, '0')}`,
    zone: 'America/New_York',
    script: n % 2 === 0 ? 'never_answers' : 'answers_converts',
    cases: [String(83_000 + from + n)],
  }));
const BUNDLE = { codePath: join(BUILT, 'workflow-bundle.js') };
const NOON = '2027-03-01T17:00:00Z';

let world: World;
let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(sharedTemporal().address);
});
afterAll(() => temporal.close());
afterEach(() => world.stop());

function bundleOf(workflowsPath: string): Promise<{ code: string }> {
  return bundleWorkflowCode({ workflowsPath: require.resolve(workflowsPath), logger: QUIET });
}

async function program(roles: string, more: Record<string, string> = {}) {
  const env = { ...world.environment(), ROLES: roles, ...more };
  const child = await startProgram({ program: 'workers/main.js', env, readyWords: WORKER_IS_READY });
  world.alsoStop(() => child.kill());
  return child;
}

/** The next build, in this process: its workflow code is another. */
async function nextBuild(deploymentName: string): Promise<void> {
  const { TEMPORAL_ADDRESS: address = '', QUEUE_PREFIX: queuePrefix = '' } = world.environment();
  const connection = await NativeConnection.connect({ address });
  const worker: Worker = await createEnrollmentsWorker(
    { connection, namespace: 'default', queuePrefix },
    { sql: world.sql },
    {
      bundle: await bundleOf('../upgrade/next-workflow'),
      maxCachedWorkflows: 100,
      poolSize: 10,
      version: { deploymentName, buildId: 'next' },
    },
  );
  const run = worker.run();
  world.alsoStop(async () => {
    worker.shutdown();
    await run;
    await connection.close();
  });
}

/** How many contacts began under each build. */
async function begunUnder(): Promise<{ now: number; next: number }> {
  const rows = await world.sql<{ id: string }[]>`select id from enrollment`;
  const begun = { now: 0, next: 0 };
  for (const { id } of rows) {
    const events = await eventsOf(temporal.workflowOf(id));
    // The step more is the first thing that happens in it.
    begun[events.slice(0, 12).includes('TIMER_STARTED') && events.includes('MARKER_RECORDED') ? 'next' : 'now'] += 1;
  }
  return begun;
}

test('old and new builds side by side under load: everybody comes to the same end, nobody is called twice (N-15)', async () => {
  world = await World.create({ workers: false });
  const deployment = `test-${world.queuePrefix.replace('/', '')}`;
  const place = { address: sharedTemporal().address, namespace: 'default' };
  await program('effects,bulk');
  const now = await program('enrollments', { WORKER_DEPLOYMENT: deployment, WORKER_BUILD_ID: 'now' });
  await promote(place, { deploymentName: deployment, buildId: 'now' });

  await world.at(NOON);
  await launch(world, { people: people(0, 12), runs: RUNS, policy: { rules: RULES } });
  await world.quiet();
  await nextBuild(deployment);
  await promote(place, { deploymentName: deployment, buildId: 'next' }, 50);
  await launch(world, { people: people(12, 24), runs: RUNS, policy: { rules: RULES }, name: 'The second campaign' });
  await world.quiet();
  await promote(place, { deploymentName: deployment, buildId: 'next' });
  await now.stop();
  await world.runUntil('2027-03-06T05:00:00Z');

  const rows = await world.sql<{ state: string; calls: number; people: number }[]>`
    select state, calls, count(*)::int as people from (
      select e.state, (select count(*)::int from attempt t where t.enrollment_id = e.id) as calls from enrollment e) each
    group by state, calls order by calls`;
  expect(rows).toEqual([
    { state: 'ended', calls: 1, people: 18 },
    { state: 'ended', calls: 2, people: 18 },
  ]);
  const { now: old, next } = await begunUnder();
  expect(old).toBeGreaterThanOrEqual(12);
  expect(next).toBeGreaterThan(0);
  await expectSound(world);
}, 180_000);

test('a build is verified with the histories of the server, and one that can not go on with them names the contacts', async () => {
  world = await World.create();
  await world.at(NOON);
  await launch(world, { people: people(50, 3), runs: RUNS, policy: { rules: RULES } });
  await world.quiet();
  const ids = (await world.sql<{ id: string }[]>`select id from enrollment`).map(({ id }) => `enrollment/${id}`);
  const { queuePrefix } = world;
  const histories = await openHistories({ address: sharedTemporal().address, namespace: 'default', queuePrefix });
  const found = async () => verify(histories, { bundle: BUNDLE, most: 100 });
  await until('the server lists them', async () => (await found()).replayed === ids.length);
  expect(await found()).toEqual({ replayed: ids.length, failures: [] });
  expect((await verify(histories, { bundle: BUNDLE, most: 2 })).replayed).toBe(2);

  const refused = await verify(histories, { bundle: await bundleOf('../replay/changed-workflow'), most: 100 });
  await histories.close();
  expect(refused.failures.map(({ workflowId }) => workflowId).toSorted()).toEqual(ids.toSorted());
  expect(reportOf(refused).at(-1)).toBe(
    'REFUSED  3 of 3 histories do not replay with this build: it must not go on with them.',
  );

  const main = join(BUILT, 'workers', 'main.js');
  const env = { ...process.env, ...world.environment() };
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'verify'], { env });
  expect(stdout).toBe('OK       3 histories replay with this build.\n');
}, 120_000);
