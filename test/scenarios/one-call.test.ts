import { callRun, launch, phrases } from '../story';
import { World } from '../world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.stop());

const CONVERTED = {
  rules: [
    {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [
        { kind: 'crm_status', status: 'Retained' },
        { kind: 'crm_note', text: 'Signed up today.' },
      ],
    },
  ],
};

test('a contact is called once, converts, and the CRM hears of it (S0-63)', async () => {
  await world.at('2027-03-01T17:00:00Z');
  const story = await launch(world, {
    people: [
      { name: 'Nora', phone: '+12125550101', zone: 'America/New_York', script: 'answers_converts', cases: ['70001'] },
    ],
    runs: [callRun()],
    policy: CONVERTED,
  });
  await world.quiet();
  expect(await phrases(world, story)).toEqual(['Converted Call']);
  const crm = world.simulator.ledger.entries({ channel: 'crm' }).filter(({ accepted }) => accepted === true);
  expect(crm.filter(({ kind }) => kind === 'crm_note')).toHaveLength(1);
  expect(crm.filter(({ kind }) => kind === 'crm_status')).toHaveLength(1);
  const { items } = await world.api.get<{ items: { state: string; reason: string }[] }>(
    `/v1/campaigns/${story.campaignId}/enrollments`,
  );
  expect(items).toMatchObject([{ state: 'ended', reason: 'plan_through' }]);
  expect((await world.balance()).ok).toBe(true);
});
