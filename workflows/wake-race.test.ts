import { EventEmitter, once } from 'node:events';
import { inTransaction } from '../db/client';
import { connectTemporal, endOf, eventsOf, historyOf, type Temporal } from '../test/history';
import { enrollmentsOf } from '../test/outcome';
import { callRun, launch } from '../test/story';
import { until } from '../test/until';
import { World } from '../test/world';
import { ENROLLMENT_WORKFLOW, ENROLLMENTS_QUEUE, PROGRESS_QUERY, queueName, type Progress } from './contract';

/** News that comes while `step` runs. It looks harmless in every simple test, for signals wait until the workflow task is over. */

let world: World;
let temporal: Temporal;
beforeEach(async () => {
  world = await World.create();
  temporal = await connectTemporal(world.temporalAddress());
});
afterEach(async () => {
  await temporal.close();
  await world.stop();
});

const SLEEPERS = 5;
/** Soon enough that a slow `step` outlasts a workflow task, which is then extended and lets the signals in. */
const TASK_TIMEOUT = '3 s';

/** People whose hours have not begun, each asleep after the first step. */
async function sleepers(count: number): Promise<string[]> {
  await world.at('2027-03-01T09:00:00Z');
  const story = await launch(world, {
    people: Array.from({ length: count }, (_, n) => ({
      name: 'Nora',
      phone: `+1212555${String(110 + n).padStart(4, '0')}`,
      zone: 'America/New_York',
      script: 'never_answers',
    })),
    runs: [callRun()],
  });
  await world.quiet();
  return (await enrollmentsOf(world, story)).map(({ id }) => id);
}

/** Their workflows anew, with short workflow tasks. */
async function restart(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const workflow = temporal.workflowOf(id);
    await workflow.terminate();
    await temporal.client.workflow.start(ENROLLMENT_WORKFLOW, {
      workflowId: workflow.workflowId,
      taskQueue: queueName(world.queuePrefix, ENROLLMENTS_QUEUE),
      args: [{ enrollmentId: id }],
      workflowTaskTimeout: TASK_TIMEOUT,
    });
  }
  await until('everybody sleeps again', async () => (await stepsOf(ids)).every((steps) => steps >= 2));
}

async function stepsOf(ids: readonly string[]): Promise<number[]> {
  const rows = await world.sql<{ steps: number }[]>`
    select steps::int from enrollment where id = any(${[...ids]}::uuid[]) order by id`;
  return rows.map(({ steps }) => steps);
}

/** Nobody's step comes through until it is let go: each asks in vain, gives up after a second and asks again. */
async function blockSteps(): Promise<() => Promise<void>> {
  const signs = new EventEmitter();
  const over = inTransaction(world.sql, async (tx) => {
    await tx`lock table enrollment_run in exclusive mode`;
    signs.emit('blocked');
    await once(signs, 'let go');
  });
  await Promise.race([once(signs, 'blocked'), over]);
  const letGo = async () => {
    signs.emit('let go');
    await over;
  };
  world.alsoStop(letGo);
  return letGo;
}

async function blockedSteps(): Promise<number> {
  const rows = await world.sql`select 1 from pg_locks where relation = 'enrollment_run'::regclass and not granted`;
  return rows.length;
}

const SIGNALED = 'WORKFLOW_EXECUTION_SIGNALED';

/** Have both signals come into the workflow? The server keeps what comes during a task out of the history until that is over. */
function wasHeard(events: readonly string[]): boolean {
  const signals = events.filter((name) => name === SIGNALED).length;
  return signals === 2 && events.lastIndexOf('WORKFLOW_TASK_STARTED') > events.lastIndexOf(SIGNALED);
}

/** Was the task of the first signal extended, so that the second came while its step ran? On a busy machine it may run out instead. */
function cameDuringStep(events: readonly string[]): boolean {
  const between = events.slice(events.indexOf(SIGNALED), events.lastIndexOf(SIGNALED));
  return between.includes('WORKFLOW_TASK_COMPLETED') && !between.includes('MARKER_RECORDED');
}

test('news that comes into a running step is followed by another step', async () => {
  const ids = await sleepers(SLEEPERS);
  await restart(ids);
  const letGo = await blockSteps();
  for (const id of ids) await temporal.workflowOf(id).signal('planChanged', {});
  await until('every step is under way', async () => (await blockedSteps()) === ids.length);
  for (const id of ids) await temporal.workflowOf(id).signal('planChanged', {});
  for (const id of ids) await until('the news is heard', async () => wasHeard(await eventsOf(temporal.workflowOf(id))));
  await letGo();
  const proving: string[] = [];
  for (const id of ids) if (cameDuringStep(await eventsOf(temporal.workflowOf(id)))) proving.push(id);
  expect(proving.length).toBeGreaterThan(0);
  for (const id of proving)
    await until('there is a step for each of the two', async () => {
      const { steps } = await temporal.workflowOf(id).query<Progress>(PROGRESS_QUERY);
      return steps === 3;
    });
});

test('news that comes into the last step keeps the workflow from its end, and that step runs again', async () => {
  const ids = await sleepers(1);
  const [id = ''] = ids;
  const letGo = await blockSteps();
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'complete' });
  await until('the last step is under way', async () => (await blockedSteps()) === 1);
  await temporal.workflowOf(id).signal('reply', {});
  await letGo();
  const events = await historyOf(temporal.workflowOf(id));
  expect(events.filter((name) => name === 'WORKFLOW_TASK_FAILED')).toHaveLength(1);
  expect(await stepsOf(ids)).toEqual([3]);
  const ended =
    await world.sql`select 1 from timeline where enrollment_id = ${id} and data ->> 'reason' = 'completed_by_operator'`;
  expect(ended).toHaveLength(1);
});

test('a step that is cancelled ends its workflow, and the row goes on in another', async () => {
  const ids = await sleepers(1);
  const [id = ''] = ids;
  const { runId } = await temporal.workflowOf(id).describe();
  const letGo = await blockSteps();
  await temporal.workflowOf(id).signal('planChanged', {});
  await until('the step is under way', async () => (await blockedSteps()) === 1);
  await temporal.workflowOf(id).cancel();
  await letGo();
  expect(await endOf(temporal.workflowOf(id, runId))).toBe('CANCELLED');
  await world.runUntil('2027-03-06T05:00:00Z');
  const rows = await world.sql`select state, reason from enrollment`;
  expect(rows[0]).toEqual({ state: 'ended', reason: 'plan_through' });
  expect(await endOf(temporal.workflowOf(id))).toBe('COMPLETED');
});
