import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILT } from '../build';
import { callRun, launch, type Actor } from '../story';
import { type PrivateTemporal, startPrivateTemporal } from '../temporal';
import { until } from '../until';
import { startWorkerProcess } from '../worker-process';
import { World } from '../world';

/** A workflow is disposable: Temporal's whole database is deleted in mid-campaign, and nobody falls out. */

const PEOPLE: Actor[] = Array.from({ length: 12 }, (_, n) => ({
  name: `Person ${n}`,
  phone: `+1212555${String(100 + n).padStart(4, '0')}`,
  zone: 'America/New_York',
  script: n % 2 === 0 ? 'never_answers' : 'answers_converts',
  cases: [String(81_000 + n)],
}));
const RULES = [
  {
    key: 'c',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [{ kind: 'crm_status', status: 'Retained' }],
  },
];

let temporal: PrivateTemporal;
let world: World;
afterEach(async () => {
  await world.stop();
  await temporal.close();
});

/** `npm run recover`, as an admin would; answers what it says. */
async function recoverByHand(): Promise<string> {
  const program = join(BUILT, 'workers', 'recover-main.js');
  const env = { ...process.env, ...world.environment() };
  return (await promisify(execFile)(process.execPath, [program], { env })).stdout;
}

test('after Temporal lost everything and an admin had it recover each contact still comes to the same end, without a second accepted create', async () => {
  temporal = await startPrivateTemporal();
  world = await World.create({ workers: false, temporalAddress: temporal.address });
  await world.at('2027-03-01T17:00:00Z');
  await launch(world, {
    people: PEOPLE,
    runs: [callRun({}, { attempts: 2, spacingMinutes: { default: 60 } })],
    policy: { rules: RULES },
  });
  const first = await startWorkerProcess(world);
  await world.quiet();
  const [before] = await world.sql<{ calls: number }[]>`select count(*)::int as calls from attempt`;
  expect(before?.calls).toBe(PEOPLE.length);

  await temporal.kill();
  await temporal.wipe();
  await temporal.start();
  await first.child.kill();
  await startWorkerProcess(world);
  expect(await world.api.get('/v1/recovery')).toMatchObject({ locked: true, reason: 'temporal_lost' });
  expect(await recoverByHand()).toContain('The installation is open again.');
  expect(await recoverByHand()).toBe('The installation is not locked: there is nothing to recover.\n');
  await until(
    'everybody has a workflow again',
    async () => {
      const [row] = await world.sql<{ runs: number }[]>`
      select count(distinct enrollment_id)::int as runs from (
        select enrollment_id from enrollment_run group by enrollment_id having count(*) > 1) twice`;
      return (row?.runs ?? 0) >= PEOPLE.length / 2;
    },
    60_000,
  );
  await world.runUntil('2027-03-06T05:00:00Z');

  const rows = await world.sql<{ reason: string; outcome: string; calls: number }[]>`
    select e.reason, max(t.outcome) as outcome, count(*)::int as calls
    from enrollment e join attempt t on t.enrollment_id = e.id join contact p on p.id = e.contact_id
    group by e.id order by max(t.outcome) nulls first`;
  expect(rows.map(({ reason, outcome, calls }) => `${reason} ${outcome} ${calls}`)).toEqual(
    [
      ...Array.from({ length: 6 }, () => 'plan_through converted 1'),
      ...Array.from({ length: 6 }, () => 'plan_through null 2'),
    ].sort((a, b) => (a.includes('null') ? -1 : 1) - (b.includes('null') ? -1 : 1)),
  );
  const summary = (await (await fetch(`${world.simulator.httpUrl}/sim/summary`)).json()) as { duplicates: unknown[] };
  expect(summary.duplicates).toEqual([]);
  expect(await world.balance()).toMatchObject({ ok: true });
}, 180_000);
