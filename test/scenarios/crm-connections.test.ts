import { SIMULATED_CRM_KEY } from '../../simulator/http-crm-accounts';
import type { LedgerEntry } from '../../simulator/ledger-entry';
import { callRun, prepare, tellSimulator, type Story } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Actions over connections: what one refuses waits, is seen, and goes on when mended; the others don't notice. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.stop());

const NOON = '2027-03-01T17:00:00Z';
const RULES = [
  {
    key: 'converted',
    when: { trigger: 'call_outcome', outcome: 'converted' },
    then: [
      { kind: 'crm_status', status: 'Retained' },
      { kind: 'crm_note', text: 'Signed up today.' },
    ],
  },
];
let persons = 0;

function settings(account: string) {
  return {
    baseUrl: `${world.simulator.httpUrl}/http-crm/${account}`,
    auth: { kind: 'header', name: 'X-Api-Key' },
    setStatus: { method: 'PUT', path: '/cases/{{case.id}}/status', body: { status: '{{status}}' } },
    addNote: { path: '/cases/{{case.id}}/notes', body: { text: '{{note}}', externalId: '{{operationId}}' } },
    findNote: { path: '/cases/{{case.id}}/notes?externalId={{operationId}}', within: '/notes' },
    test: { path: '/me' },
    success: { pointer: '/ok', equals: true },
    failure: { pointer: '/error/code' },
  };
}

interface Connection {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly held: number;
  readonly proven: boolean;
}

function connect(account: string): Promise<Connection> {
  return world.api.send<Connection>('POST', '/v1/connections', {
    name: account,
    kind: 'http',
    settings: settings(account),
    credentials: { token: SIMULATED_CRM_KEY },
  });
}

const shown = (id: string) => world.api.get<Connection>(`/v1/connections/${id}`);

/** So many people are called and converted, and each of their cases gets a status and a note. */
async function convert(connectionId: string, count: number): Promise<Story> {
  const people = Array.from({ length: count }, () => {
    persons++;
    return {
      name: `Person ${persons}`,
      phone: `+12125550${100 + persons}`,
      zone: 'America/New_York',
      script: 'answers_converts',
      cases: [`case-${persons}`],
    };
  });
  const story = await prepare(world, { people, runs: [callRun()], policy: { rules: RULES }, name: `From ${persons}` });
  await world.api.send('PUT', `/v1/campaigns/${story.campaignId}/connection`, { connectionId });
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/launch`);
  return story;
}

function written(account: string): LedgerEntry[] {
  return world.simulator.ledger
    .entries({ channel: 'crm' })
    .filter(
      ({ kind, accepted, detail }) => kind !== 'crm_lookup' && accepted === true && detail['account'] === account,
    );
}

function tally(account: string): Record<string, number> {
  const entries = written(account);
  return {
    statuses: entries.filter(({ kind }) => kind === 'crm_status').length,
    notes: entries.filter(({ kind }) => kind === 'crm_note').length,
    duplicates: entries.filter(({ detail }) => detail['isDuplicate'] === true).length,
  };
}

async function executionsOf({ campaignId }: Story): Promise<Record<string, unknown>[]> {
  return world.sql`
    select x.kind, x.state, x.tries, x.error_code, x.error_detail from execution x join enrollment e on e.id = x.enrollment_id
    where e.campaign_id = ${campaignId} and x.kind like 'crm%' order by x.seq`;
}

test('a key that is refused holds the actions of its connection alone, and they are done once each when it is mended', async () => {
  await world.at(NOON);
  const [acme, other] = [await connect('acme'), await connect('other')];
  await tellSimulator(world.simulator.httpUrl, 'http-crm/acme', { apiKey: 'renewed' }, 'PUT');
  const stuck = await convert(acme.id, 3);
  const held = await until('all its actions wait', async () => {
    const connection = await shown(acme.id);
    return connection.held === 6 ? connection : null;
  });
  expect(held).toMatchObject({ state: 'held', reason: 'credentials' });
  const waiting = {
    state: 'pending',
    errorCode: 'connection_held',
    errorDetail: 'connection "acme": credentials refused',
  };
  expect(await executionsOf(stuck)).toEqual(Array.from({ length: 6 }, () => expect.objectContaining(waiting)));
  expect(tally('acme')).toEqual({ statuses: 0, notes: 0, duplicates: 0 });

  const free = await convert(other.id, 1);
  await until('the actions of the other connection are done', async () => {
    const executions = await executionsOf(free);
    return executions.length === 2 && executions.every(({ state }) => state === 'done');
  });
  await world.quiet(['actions']);
  expect(tally('other')).toEqual({ statuses: 1, notes: 1, duplicates: 0 });
  const calls = await world.sql`select 1 from attempt where channel = 'voice' and state = 'ended'`;
  expect(calls).toHaveLength(4);

  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'crm',
    mode: '504_executed',
    match: { operation: 'note' },
    times: 1,
  });
  await world.api.send('PATCH', `/v1/connections/${acme.id}`, { credentials: { token: 'renewed' } });
  await world.quiet();
  expect(await shown(acme.id)).toMatchObject({ state: 'ok', reason: null, held: 0, proven: true });
  expect((await executionsOf(stuck)).map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'done'));
  expect(tally('acme')).toEqual({ statuses: 3, notes: 3, duplicates: 0 });
  expect((await world.balance()).ok).toBe(true);
});
