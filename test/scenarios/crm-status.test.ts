import { SIMULATED_SMARTADVOCATE } from '../../simulator/smartadvocate';
import { expectSound, onlyEnrollment } from '../outcome';
import { type Actor, callRun, prepare, type Story, tellSimulator } from '../story';
import { until } from '../until';
import { World } from '../world';

/** CRMs whose staff work beside us: what is written there, what is read there, and what ends outreach. */

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.at(NOON);
});
afterAll(async () => {
  await expectSound(world).finally(() => world.stop());
});

const NOON = '2027-03-01T17:00:00Z';
const DIALER = { field: 'substatus', group: 'Dialer Status' };
let persons = 0;

interface Connection {
  readonly id: string;
  readonly fromEnvironment: boolean;
}
interface Mapping {
  readonly revision: number;
  readonly statuses: { value: string; label: string; stopsOutreach: boolean; source: string }[];
}
interface Outside {
  readonly caseStatusID: unknown;
  readonly secondStatuses: unknown;
  readonly notes: { text: string; type: unknown }[];
}

const sim = async <T>(what: string): Promise<T> => {
  const answer = await fetch(`${world.simulator.httpUrl}/sim/${what}`);
  return (await answer.json()) as T;
};
const mappingOf = (id: string) => world.api.get<Mapping>(`/v1/connections/${id}/mapping`);

async function changeMapping(id: string, change: object): Promise<void> {
  const { revision, statuses } = await mappingOf(id);
  await world.api.send('PUT', `/v1/connections/${id}/mapping`, { revision, statuses, ...change });
}

async function smartAdvocate(): Promise<Connection> {
  const connection = await world.api.send<Connection>('POST', '/v1/connections', {
    name: `SmartAdvocate ${persons}`,
    kind: 'smartadvocate',
    settings: { baseUrl: world.simulator.httpUrl },
    credentials: SIMULATED_SMARTADVOCATE,
  });
  await until('its lists are known', async () => (await mappingOf(connection.id)).statuses.length === 7);
  return connection;
}

async function lawRuler(): Promise<Connection> {
  return until('the connection of the environment is known', async () => {
    const { items } = await world.api.get<{ items: Connection[] }>('/v1/connections');
    return items.find(({ fromEnvironment }) => fromEnvironment) ?? null;
  });
}

async function launch(connectionId: string, policy: object, actor: Partial<Actor> & { cases: string[] }, more = {}) {
  persons++;
  const person = { name: 'Nora', phone: `+12125550${130 + persons}`, zone: 'America/New_York', ...actor };
  const story = await prepare(world, {
    people: [{ script: 'never_answers', ...person }],
    runs: [callRun(more, { attempts: 5, perDay: 1 })],
    formId: 'intake',
    policy,
    name: `Beside the CRM ${persons}`,
  });
  await world.api.send('PUT', `/v1/campaigns/${story.campaignId}/connection`, { connectionId });
  await world.api.send('POST', `/v1/campaigns/${story.campaignId}/launch`);
  await world.quiet();
  return { ...story, phone: person.phone };
}

async function callsOf({ campaignId }: Story): Promise<number> {
  const rows = await world.sql`
    select 1 from attempt t join enrollment e on e.id = t.enrollment_id where e.campaign_id = ${campaignId} and t.channel = 'voice'`;
  return rows.length;
}

async function actionsOf({ campaignId }: Story): Promise<string[]> {
  const rows = await world.sql<{ shown: string }[]>`
    select concat_ws(' ', x.kind, x.state, x.error_code) as shown from execution x join enrollment e on e.id = x.enrollment_id
    where e.campaign_id = ${campaignId} order by x.seq`;
  return rows.map(({ shown }) => shown);
}

test('S0-40, S0-50: SmartAdvocate gets status, substatus and one note, though its token expires and an answer is lost after the note was written', async () => {
  const { id } = await smartAdvocate();
  await changeMapping(id, { noteTypes: [{ value: '3', label: 'Intake' }], noteType: '3' });
  await tellSimulator(world.simulator.httpUrl, 'smartadvocate/SA-1', { revokeTokens: true }, 'PUT');
  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'crm',
    mode: '504_executed',
    match: { operation: 'note', to: 'SA-1' },
    times: 1,
  });
  const then = [
    { kind: 'crm_status', status: '2' },
    { kind: 'crm_status', status: '12', ...DIALER },
    { kind: 'crm_note', text: 'Signed <today>.' },
  ];
  const rules = [{ key: 'signed', when: { trigger: 'call_outcome', outcome: 'converted' }, then }];
  const story = await launch(id, { rules }, { script: 'answers_converts', cases: ['SA-1'] });
  await world.quiet();
  expect(await actionsOf(story)).toEqual(['crm_status done', 'crm_status done', 'crm_note done']);
  const there = await sim<Outside>('smartadvocate/SA-1');
  expect(there.caseStatusID).toBe(2);
  expect(there.secondStatuses).toEqual([{ statusID: 12, statusTypeName: 'Dialer Status', statusName: 'Busy' }]);
  expect(there.notes).toEqual([{ text: expect.stringMatching(/^Signed &lt;today&gt;\.<br>\[ft:/), type: 3 }]);
});

test('U-1: a status that staff set in LawRuler fires its rule, ends outreach where the campaign says so, and not elsewhere', async () => {
  const { id } = await lawRuler();
  const rules = [
    {
      key: 'told',
      when: { trigger: 'crm_status', outcome: 'Retained' },
      then: [{ kind: 'crm_note', text: 'Well done.' }],
    },
  ];
  const ends = await launch(id, { rules, crm: { stopOn: [{ value: 'Retained' }] } }, { cases: ['LR-1'] });
  const goesOn = await launch(id, {}, { cases: ['LR-2'] });
  const { url: webhookUrl } = await world.api.get<{ url: string }>(`/v1/connections/${id}/status-webhook`);
  for (const leadId of ['LR-1', 'LR-2', 'LR-1', 'LR-unknown'])
    await tellSimulator(world.simulator.httpUrl, 'crm/by-hand', { leadId, status: 'Retained', webhookUrl });
  await world.quiet();
  expect(await onlyEnrollment(world, ends)).toMatchObject({ state: 'ended', reason: 'stopped_in_crm' });
  expect(await onlyEnrollment(world, goesOn)).toMatchObject({ state: 'open' });
  const facts = await world.sql`select 1 from fact where kind = 'crm_status'`;
  expect(facts).toHaveLength(2);
  expect(await world.sql`select status from cases where external_id = 'LR-1'`).toEqual([{ status: 'Retained' }]);
  expect((await mappingOf(id)).statuses).toMatchObject([{ value: 'Retained', source: 'webhook' }]);
  await world.runUntil('2027-03-03T05:00:00Z');
  expect([await callsOf(ends), await callsOf(goesOn)]).toEqual([1, 2]);
  const leads = await sim<Record<string, { notes: unknown[] }>>('crm');
  expect(leads['LR-1']?.notes).toHaveLength(1);
});

test('U-1: a CRM that tells nothing is asked; what it has at first is no change, and our own word no news', async () => {
  const { id } = await smartAdvocate();
  const { statuses } = await mappingOf(id);
  const stopping = statuses.map((status) => ({ ...status, stopsOutreach: status.value === '3' }));
  await changeMapping(id, { statuses: stopping, pollMinutes: 5 });
  const story = await launch(id, {}, { cases: ['SA-2'] });
  const polled = async () => {
    await world.sql`update crm_case set polled_rt = null`;
    await until('it was asked', async () => {
      const rows = await world.sql`select 1 from crm_case p join cases c on c.id = p.case_id
        where c.external_id = 'SA-2' and p.polled_rt is not null and p.statuses <> '{}'`;
      return rows.length === 1;
    });
    await world.quiet();
  };
  await polled();
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'open' });
  await tellSimulator(world.simulator.httpUrl, 'smartadvocate/SA-2', { status: 3 }, 'PUT');
  await world.sql`update crm_case set polled_rt = null`;
  await until('outreach has ended', async () => (await onlyEnrollment(world, story)).state === 'ended');
  expect(await onlyEnrollment(world, story)).toMatchObject({ reason: 'stopped_in_crm' });
});

test('K-15: where it is switched on, each text in and out becomes one note, and nowhere else', async () => {
  const { id } = await lawRuler();
  const messages = [
    { key: 'hello', channel: 'sms', when: { kind: 'at', on: '2027-03-04', time: '12:00' }, text: 'How are you?' },
  ];
  await world.at('2027-03-04T16:00:00Z');
  const mirrored = await launch(id, { crm: { mirrorTexts: true } }, { cases: ['LR-3'] }, { messages });
  await launch(id, { crm: { mirrorTexts: false } }, { cases: ['LR-4'] }, { messages });
  await world.runUntil('2027-03-04T17:30:00Z');
  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'crm',
    mode: '504_executed',
    match: { operation: 'note', to: 'LR-3' },
    times: 1,
  });
  await tellSimulator(world.simulator.httpUrl, 'inbound-sms', {
    from: mirrored.phone,
    to: '+12125550190',
    body: 'Well, thank you',
  });
  const notes = await until('both texts are notes', async () => {
    const leads = await sim<Record<string, { notes: { text: string }[] }>>('crm');
    const found = leads['LR-3']?.notes ?? [];
    return found.length >= 2 ? found : null;
  });
  await world.quiet();
  expect(notes.map(({ text }) => text.split('\n').slice(0, 2).join(' '))).toEqual([
    expect.stringMatching(/^Text to the contact, 2027-03-04 17:\d\d UTC: How are you\?/),
    expect.stringMatching(/^Text from the contact, .* UTC: Well, thank you$/),
  ]);
  const leads = await sim<Record<string, { notes: unknown[] }>>('crm');
  expect([leads['LR-3']?.notes.length, leads['LR-4']?.notes.length ?? 0]).toEqual([2, 0]);
});

test('S1-108: answers and attributes are written into fields of the CRM, what does not fit is named', async () => {
  const { id } = await lawRuler();
  await changeMapping(id, {
    fields: [
      { name: 'custom894', label: 'Date of accident', type: 'date' },
      { name: 'custom895', label: 'Colour' },
      { name: 'custom896', label: 'Cars', type: 'number' },
    ],
  });
  const fields = [
    { from: 'answer', key: 'accident', to: 'custom894' },
    { from: 'attribute', key: 'colour', to: 'custom895' },
    { from: 'answer', key: 'cars', to: 'custom896' },
  ];
  const story = await launch(id, { crm: { fields } }, { cases: ['LR-5'], attributes: { colour: 'red' } });
  const { id: enrollmentId } = await onlyEnrollment(world, story);
  await world.api.send('POST', '/v1/facts', {
    kind: 'form_completed',
    eventId: 'form-1',
    enrollmentId,
    answers: { accident: '2027-02-01', cars: 'two' },
  });
  await until('the fields are written', async () => (await actionsOf(story)).includes('crm_fields done'));
  const leads = await sim<Record<string, { fields: unknown }>>('crm');
  expect(leads['LR-5']?.fields).toEqual({ custom894: '2027-02-01', custom895: 'red' });
  const [{ result } = { result: '' }] = await world.sql<
    { result: string }[]
  >`select result from execution where kind = 'crm_fields'`;
  expect(result).toBe('CRM fields written: custom894, custom895; custom896 left out (wrong_type)');
});
