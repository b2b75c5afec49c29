import { CONNECTION_BODY_EXAMPLE } from '../../api/answers/connections';
import { acceptedBy, enrollmentsOf, expectSound, onlyEnrollment } from '../outcome';
import { callRun, launch, person, type Actor } from '../story';
import { until } from '../until';
import { World } from '../world';

/** Campaigns that live on lists which change under them, on the real engine. */

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterEach(() => expectSound(world));
afterAll(() => world.stop());

const week = (startsOn: string, endsOn: string) => ({ startsOn, endsOn });
const callsTo = ({ phone }: Actor) => acceptedBy(world, 'voice').filter(({ to }) => to === phone).length;
const textsTo = ({ phone }: Actor) => acceptedBy(world, 'sms').filter(({ to }) => to === phone).length;

/** Lists and campaigns are gone through every half minute; here at once. */
async function hurry(): Promise<void> {
  await world.sql`update list set swept_rt = null`;
  await until('the lists were gone through', async () => {
    const open = await world.sql`select 1 from list where kind <> 'static' and swept_rt is null`;
    return open.length === 0;
  });
  await world.sql`update campaign set enroll_scanned_rt = null`;
  await world.quiet();
}

const tagged = (tag: string) => ({ groups: [{ conditions: [{ field: 'tag', op: 'is', values: [tag] }] }] });

async function contactOf({ name }: Actor): Promise<string> {
  const [row] = await world.sql<{ id: string }[]>`select id from contact where first_name = ${name}`;
  return row?.id ?? '';
}

test('K-17, S1-6: who comes onto the dynamic list of a campaign that never ends is called; who leaves it goes on, unless it says otherwise', async () => {
  await world.at('2027-03-01T17:00:00Z');
  const [nora, olaf] = [person(1), person(2)];
  const runs = [callRun(week('2027-03-01', '2027-03-12'), { attempts: 6, perDay: 1 })];
  const conditions = tagged('spring');
  const { api } = world;
  const campaigns: Record<string, string> = {};
  const many = { perDay: 9, perWeek: 50, perMonth: 90 };
  // Somewhere people have to come from: the list of a campaign that is far off.
  await launch(world, {
    name: 'Everybody',
    people: [nora, olaf],
    runs: [callRun(week('2027-06-01', '2027-06-02'))],
    settings: { caps: { phone: many, email: many } },
  });
  for (const leavesWithList of [false, true]) {
    const name = leavesWithList ? 'Leaves' : 'Stays';
    const list = await api.send<{ id: string }>('POST', '/v1/lists', {
      name,
      caseType: 'injury',
      kind: 'dynamic',
      conditions,
    });
    const policy = { neverEnding: true, leavesWithList };
    const made = await api.send<{ id: string }>('POST', '/v1/campaigns', {
      name,
      listId: list.id,
      plan: { runs },
      policy,
    });
    await api.send('POST', `/v1/campaigns/${made.id}/launch`);
    campaigns[name] = made.id;
  }
  await hurry();
  expect([callsTo(nora), callsTo(olaf)]).toEqual([0, 0]);

  await api.send('PATCH', `/v1/contacts/${await contactOf(nora)}`, { tags: ['spring'] });
  await hurry();
  // One call to a person at a time: the other campaign's comes a little later.
  await world.runUntil('2027-03-01T18:00:00Z');
  expect([callsTo(nora), callsTo(olaf)]).toEqual([2, 0]);

  await api.send('PATCH', `/v1/contacts/${await contactOf(nora)}`, { tags: [] });
  await api.send('PATCH', `/v1/contacts/${await contactOf(olaf)}`, { tags: ['spring'] });
  await hurry();
  const endsOf = async (name: string) =>
    (await enrollmentsOf(world, { campaignId: campaigns[name] ?? '', listId: '' }))
      .map(({ state, reason }) => reason ?? state)
      .sort();
  expect([await endsOf('Leaves'), await endsOf('Stays')]).toEqual([
    ['left_list', 'open'],
    ['open', 'open'],
  ]);
  await world.runUntil('2027-03-03T05:00:00Z');
  expect([callsTo(nora), callsTo(olaf)]).toEqual([3, 4]);
});

test('K-24: an opt-out of calls about one type of case stops the calls and not the texts, until a new consent (R-5)', async () => {
  await world.at('2027-03-15T16:00:00Z');
  const nora = person(3);
  const text = { key: 'daily', channel: 'sms', when: { kind: 'at', on: '2027-03-17', time: '12:00' }, text: 'Hello.' };
  const story = await launch(world, {
    name: 'Opted out',
    people: [nora],
    runs: [callRun({ ...week('2027-03-15', '2027-03-19'), messages: [text] }, { attempts: 5, perDay: 1 })],
  });
  await world.runUntil('2027-03-16T00:00:00Z');
  const contactId = await contactOf(nora);
  await world.api.send('POST', `/v1/contacts/${contactId}/opt-out`, {
    caseType: 'injury',
    reason: 'no calls about this',
  });
  await world.runUntil('2027-03-18T04:00:00Z');
  expect([callsTo(nora), textsTo(nora)]).toEqual([1, 1]);
  expect((await onlyEnrollment(world, story)).state).toBe('ended');

  const other = await launch(world, {
    name: 'Again',
    people: [{ ...nora, cases: ['AGAIN-1'] }],
    runs: [callRun(week('2027-03-15', '2027-03-19'), { attempts: 5, perDay: 1 })],
  });
  await world.quiet();
  expect(await onlyEnrollment(world, other)).toMatchObject({ state: 'ended', reason: 'opted_out' });
  const consent = { class: 'live_call', source: 'phone call', text: 'You may call me about it.' };
  await world.api.send('POST', `/v1/contacts/${contactId}/opt-in`, { caseType: 'injury', consent });
  const third = await launch(world, {
    name: 'Once more',
    people: [{ ...nora, cases: ['AGAIN-2'] }],
    runs: [callRun(week('2027-03-15', '2027-03-19'), { attempts: 5, perDay: 1 })],
  });
  await world.runUntil('2027-03-19T04:00:00Z');
  expect((await onlyEnrollment(world, third)).state).toBe('open');
  expect(callsTo(nora)).toBe(2);
});

test('K-18: a CRM puts a case onto the list of a live campaign, and the person is called', async () => {
  await world.at('2027-03-22T16:00:00Z');
  const story = await launch(world, {
    name: 'Fed by the CRM',
    people: [person(4)],
    runs: [callRun(week('2027-03-22', '2027-03-26'), { attempts: 1 })],
    policy: { neverEnding: true },
  });
  await world.quiet();
  const { id } = await world.api.send<{ id: string }>('POST', '/v1/connections', CONNECTION_BODY_EXAMPLE);
  const { url } = await world.api.get<{ url: string }>(`/v1/connections/${id}/webhook`);
  const lead = {
    LeadId: '81001',
    Case: { Type: 'injury', Status: 'New' },
    Client: { FirstName: 'Lena', CellPhone: '+12125550150', State: 'NY' },
  };
  const told = await fetch(`${url}?list_id=${story.listId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(lead),
  });
  expect(await told.json()).toMatchObject({ result: 'created', lists: [{ listId: story.listId, move: 'added' }] });
  await hurry();
  await world.runUntil('2027-03-23T04:00:00Z');
  expect(acceptedBy(world, 'voice').filter(({ to }) => to === '+12125550150')).toHaveLength(1);
});
