import { type Answered, DocumentClient, type Given } from '../document-client';
import { tellSimulator } from '../story';
import { World } from '../world';

let world: World;
let client: DocumentClient;

beforeAll(async () => {
  world = await World.create();
  client = await DocumentClient.read(`${world.apiUrl}/openapi.json`, world.apiKey);
});
afterAll(() => world.stop());

/** Whoever reads only the document has its examples to begin with: of them come all people and texts of this test. */
test('whoever has only the OpenAPI document can do what the README shows', async () => {
  await world.at('2027-03-08T15:00:00Z');
  await tellSimulator(world.simulator.httpUrl, 'people', { phone: '+12125550123', script: 'answers_unsuccessful' });
  await tellSimulator(world.simulator.httpUrl, 'people', { phone: '+12125550124', script: 'never_answers' });
  const { listId, campaignId } = await launched();
  await world.runUntil('2027-03-08T16:00:00Z');

  expect((await done('listCampaigns', { parameters: { status: 'active' } })).items).toMatchObject([{ id: campaignId }]);
  expect(await done('getList', of(listId))).toMatchObject({ cases: 2, contacts: 2 });
  expect(await done('getCampaign', of(campaignId))).toMatchObject({ counts: { contacts: 2, rulesFired: 1 } });
  const [asha, ben] = await people(campaignId);
  await expectStory(campaignId, asha);
  await expectHandoff(ben);

  expect(await done('pauseCampaign', of(campaignId))).toMatchObject({ status: 'paused' });
  expect(await done('resumeCampaign', of(campaignId))).toMatchObject({ status: 'active' });
  expect(await done('stopCampaign', of(campaignId))).toMatchObject({ status: 'completed' });
  expect((await done('getEnrollment', of(ben))).next).toMatchObject({ decision: 'finish' });
});

/** A list with the people of a file, and a campaign that calls them. */
async function launched(): Promise<{ listId: string; campaignId: string }> {
  const company = { callerNumbers: ['+12125550199'], mailFrom: 'intake@example.com', openingJitterSeconds: 0 };
  await done('changeSettings', { body: company });
  const { id: listId } = await done('createList', { body: client.example('createList') });
  const imported = await done('importContacts', of(listId, client.example('importContacts')));
  expect(imported).toMatchObject({ rows: 2, created: 2, rejected: 0 });

  const draft = { parameters: { 'Idempotency-Key': 'a' }, body: client.example('createCampaign', { listId }) };
  const { id: campaignId } = await done('createCampaign', draft);
  const again = await client.call('createCampaign', draft);
  expect([again.body.id, again.headers.get('idempotent-replayed')]).toEqual([campaignId, 'true']);
  expect(await done('launchCampaign', of(campaignId))).toMatchObject({ status: 'active', version: 1 });
  return { listId, campaignId };
}

/** The enrollments of Asha and Ben, found page by page. */
async function people(campaignId: string): Promise<[string, string]> {
  const first = await done('listEnrollments', { parameters: { id: campaignId, limit: '1' } });
  const second = await done('listEnrollments', {
    parameters: { id: campaignId, limit: '1', cursor: first.nextCursor },
  });
  expect(second.nextCursor).toBeNull();
  const both: { id: string; contact: { externalId: string } }[] = [...first.items, ...second.items];
  const idOf = (externalId: string) => both.find(({ contact }) => contact.externalId === externalId)?.id ?? 'nobody';
  return [idOf('P-1001'), idOf('P-1002')];
}

/** She was called, said no, a rule fired, and its actions were done. */
async function expectStory(campaignId: string, enrollmentId: string): Promise<void> {
  expect((await done('getEnrollment', of(enrollmentId))).next.sentence).toMatch(/^\w.*\.$/);
  expect(wordsOf(await done('listTimeline', of(enrollmentId)), 'kind')).toEqual(
    expect.arrayContaining(['call_started', 'call_ended', 'call_analyzed', 'rule_fired', 'action_done']),
  );
  expect(wordsOf(await done('listAttempts', of(enrollmentId)), 'channel')).toContain('voice');
  expect(wordsOf(await done('listExecutions', of(enrollmentId)), 'kind')).toContain('crm_status');
  const { items: firings } = await done('listRuleFirings', { parameters: { id: campaignId, limit: '2' } });
  expect(firings).toMatchObject([{ enrollmentId, phrase: 'Unsuccessful Call' }]);
  const { items: found } = await done('findContacts', { parameters: { query: '+1 212 555 0123' } });
  expect(found).toMatchObject([{ firstName: 'Asha' }]);
}

/** A person takes over for a while, and gives back. */
async function expectHandoff(enrollmentId: string): Promise<void> {
  const fact = { body: client.example('tellFact', { enrollmentId }) };
  expect(await done('tellFact', fact)).toMatchObject({ duplicate: false });
  expect(await done('tellFact', fact)).toMatchObject({ duplicate: true });
  const held = await done('getEnrollment', of(enrollmentId));
  expect(held).toMatchObject({ holdReason: 'handoff', next: { decision: 'hold' } });
  expect((await done('listHandoffs')).items).toMatchObject([{ kind: 'held', enrollmentId }]);
  await done('giveOrder', of(enrollmentId, client.example('giveOrder')));
  expect(await done('getEnrollment', of(enrollmentId))).toMatchObject({ heldUntilAt: null });
}

test('a refusal tells such a client what was wrong with what', async () => {
  const refused = await client.call('createCampaign', { body: client.example('createCampaign') });
  expect([refused.status, refused.body.code]).toEqual([422, 'unknown_reference']);
  expect(refused.body.errors).toMatchObject([{ pointer: '#/listId', detail: 'there is no such list' }]);
});

function of(id: string, body?: unknown): Given {
  return { parameters: { id }, ...(body === undefined ? {} : { body }) };
}

async function done(operationId: string, given: Given = {}): Promise<Answered['body']> {
  const { status, body } = await client.call(operationId, given);
  if (status >= 300) throw new Error(`${operationId}: ${JSON.stringify(body)}`);
  return body;
}

function wordsOf({ items }: { items: Record<string, string>[] }, field: string): (string | undefined)[] {
  return items.map((item) => item[field]);
}
