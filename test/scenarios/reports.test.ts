import { until } from '../until';
import { callRun, prepare } from '../story';
import { connectTemporal } from '../history';
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

interface Mailed {
  readonly detail: { readonly subject: string; readonly attachments: Record<string, string> };
}

async function mails(): Promise<Mailed[]> {
  const answer = await fetch(`${world.simulator.httpUrl}/sim/ledger?kind=mail&to=${encodeURIComponent(PARTNER)}`);
  // Proof: these are the simulator's own mails.
  const { entries } = (await answer.json()) as { entries: (Mailed & { accepted: boolean })[] };
  return entries.filter(({ accepted }) => accepted);
}

test('a draft mails nothing; launched, it mails each day what became of each client, once (X-7, S1-79)', async () => {
  await world.at('2027-03-01T14:30:00Z');
  const { campaignId } = await prepare(world, { people: [NORA], runs: [callRun()], reports: [REPORT] });
  await world.at('2027-03-02T14:30:00Z');
  await world.api.send('POST', `/v1/campaigns/${campaignId}/launch`);
  await world.quiet();
  await world.at('2027-03-03T14:00:00Z');
  const [mail] = await until('the report is mailed', async () => {
    const found = await mails();
    return found.length > 0 ? found : null;
  });
  expect(mail?.detail.subject).toBe('Each day: Intake follow-up, 2027-03-03');
  expect(mail?.detail.attachments['daily-2027-03-03.csv']).toMatch(/Nora,.*,completed,[a-z_]+,1,0,/);
  const { items } = await until('its row says so', async () => {
    const page = await world.api.get<{ items: { id: string; state: string }[] }>(`/v1/campaigns/${campaignId}/reports`);
    return page.items.every(({ state }) => state === 'mailed') ? page : null;
  });
  expect(items).toHaveLength(1);
  expect(await mails()).toHaveLength(1);
  const temporal = await connectTemporal(world.temporalAddress());
  const history = await temporal.client.workflow.getHandle(reportWorkflowId(items[0]?.id ?? '')).fetchHistory();
  await temporal.close();
  expect(JSON.stringify(history)).not.toMatch(/partner|Nora|555/);
});
