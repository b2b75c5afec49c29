import { connectTemporal, eventsOf, type Temporal } from '../history';
import { historyBytes } from '../markers';
import { acceptedBy, expectSound, onlyEnrollment } from '../outcome';
import { callRun, launch } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Keys of what Temporal keeps, changed while people sleep in it. */

const OLD = { id: 'first-key', hex: '0a'.repeat(32) };
const NEW = { id: 'second-key', hex: '0b'.repeat(32) };

let world: World;
let temporal: Temporal;
beforeAll(async () => {
  world = await World.create({ payloadKeys: [OLD] });
  temporal = await connectTemporal(world.temporalAddress());
});
afterAll(async () => {
  await temporal.close();
  await world.stop();
});

test('T29: a worker without the key loses nothing, and one with a new key in front goes on', async () => {
  await world.at('2027-03-01T09:00:00Z');
  const person = { name: 'Nora', phone: '+12125550101', zone: 'America/New_York', script: 'answers_converts' };
  const story = await launch(world, { people: [person], runs: [callRun()] });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  const workflow = temporal.workflowOf(id);

  await world.stopWorkers();
  await world.startWorkers([NEW]);
  await world.at('2027-03-01T14:00:00Z');
  await until('the task has failed', async () => (await eventsOf(workflow)).includes('WORKFLOW_TASK_FAILED'));
  expect((await workflow.describe()).status.name).toBe('RUNNING');
  expect(acceptedBy(world, 'voice')).toEqual([]);

  await world.stopWorkers();
  await world.startWorkers([NEW, OLD]);
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
  const bytes = await historyBytes(workflow);
  expect(bytes).toContain('first-key');
  expect(bytes).toContain('second-key');
  await expectSound(world);
});
