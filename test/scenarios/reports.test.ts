import { until } from '../until';
import { callRun, prepare } from '../story';
import { connectTemporal, endOf } from '../history';
import { World } from '../world';
import { reportWorkflowId } from '../../workflows/contract';

/** Reports on the real engine: from the launch of a draft to the mail with its file. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.stop());

const PARTNER = 'partner@example.com';
const REPORT = {
  key: 'daily',
  kind: 'client_engagement',
  name: 'Each day',
  every: { period: 'day' },
  time: '09:00',
  recipients: [PARTNER],
};
const NORA = { name: 'Nora', phone: '+12125550123', zone: 'America/New_York', script: 'never_answers' };

const mails = () => world.simulator.ledger.entries({ kind: 'mail', to: PARTNER }).filter(({ accepted }) => accepted);

test('a draft mails nothing; launched, it mails each day what became of each client, once (X-7, S1-79)', async () => {
  await world.at('2027-03-01T14:30:00Z');
  const { campaignId } = await prepare(world, { people: [NORA], runs: [callRun()], reports: [REPORT] });
  await world.at('2027-03-02T14:30:00Z');
  await world.api.send('POST', `/v1/campaigns/${campaignId}/launch`);
  await world.quiet();
  await world.at('2027-03-03T14:00:00Z');
  const mail = await until('the report is mailed', async () => mails()[0]);
  expect(mail.detail['subject']).toBe('Each day: Intake follow-up, 2027-03-03');
  expect(Object(mail.detail['attachments'])['daily-2027-03-03.csv']).toMatch(/Nora,.*,completed,[a-z_]+,1,0,/);
  const { items } = await until('its row says so', async () => {
    const page = await world.api.get<{ items: { id: string; state: string }[] }>(`/v1/campaigns/${campaignId}/reports`);
    return page.items.every(({ state }) => state === 'mailed') ? page : null;
  });
  expect(items).toHaveLength(1);
  expect(mails()).toHaveLength(1);
  const temporal = await connectTemporal(world.temporalAddress());
  const ended = await endOf(temporal.client.workflow.getHandle(reportWorkflowId(items[0]?.id ?? '')));
  await temporal.close();
  expect(ended).toBe('COMPLETED');
});
