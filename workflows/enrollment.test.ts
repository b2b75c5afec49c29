import { callRun, launch, tellSimulator } from '../test/story';
import { World } from '../test/world';
import { historyOf } from '../test/history';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.stop());

const RULES = [
  {
    key: 'c',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [{ kind: 'crm_status', status: 'Retained' }],
  },
];

async function oneCall(phone: string, settings: object = {}) {
  await world.at('2027-03-01T17:00:00Z');
  // The phone rings until `dial` has reported, so the end of the call is news of its own.
  await tellSimulator(world.simulator.httpUrl, 'hold', { to: phone, phase: 'ringing' });
  const { campaignId } = await launch(world, {
    people: [{ name: 'Nora', phone, zone: 'America/New_York', script: 'answers_converts' }],
    runs: [callRun()],
    policy: { rules: RULES },
    settings,
  });
  return campaignId;
}

async function enrollmentId(campaignId: string): Promise<string> {
  const [row] = await world.sql<{ id: string }[]>`select id from enrollment where campaign_id = ${campaignId}`;
  if (row === undefined) throw new Error('nobody is enrolled');
  return row.id;
}

test('a one-call contact with a free line costs 23 events and 4 workflow tasks', async () => {
  const campaignId = await oneCall('+12125550111');
  await world.quiet(['attempts', 'touching']);
  await tellSimulator(world.simulator.httpUrl, 'release', { to: '+12125550111', phase: 'ringing' });
  await world.quiet();
  const events = await historyOf(world.temporalAddress(), await enrollmentId(campaignId));
  expect(events.filter((name) => name === 'WORKFLOW_TASK_COMPLETED')).toHaveLength(4);
  expect(events).toHaveLength(23);
});
