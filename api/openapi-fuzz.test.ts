import * as fc from 'fast-check';
import { unsubscribeToken } from '../db/tokens';
import { type Reply, type TestApi, startTestApi } from '../test/api';
import { answerAndEnd, definitionOf, insertAttempt, launchForOne, WEEKLY_REPORT } from '../test/api-people';
import { hookPath, newSid, sendWebhook } from '../test/api-twilio';
import { type Aims, Fuzz, type Shot, type Target } from '../test/fuzz';
import { nastyText } from '../test/schema-arbitrary';
import { ATTRIBUTE_BODY_EXAMPLE } from './answers/attributes';
import { AGENT_BODY_EXAMPLE, FORM_BODY_EXAMPLE } from './answers/agents';
import { CONNECTION_BODY_EXAMPLE } from './answers/connections';
import { CONSENT_BODY_EXAMPLE } from './answers/consents';
import { RELATIONSHIP_BODY_EXAMPLE } from './answers/relationships';
import { TEMPLATE_BODY_EXAMPLE } from './answers/templates';
import { TAGS } from './openapi-frame';

/**
 * Shoots at every operation of the document, with inputs that it allows and with broken ones. The same seed shoots the
 * same: more of it with FUZZ_RUNS, another with FUZZ_SEED. The test server itself sees to it that every answer is as documented.
 */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_270_301);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 12);

/** Campaigns are the last: there they come to their end. Webhooks have to be signed. */
const CHAPTERS = [
  ...TAGS.map(({ name }) => name).filter((name) => name !== 'Webhooks' && name !== 'Campaigns'),
  'Campaigns',
];

/** In this order: what is gone is of no use to any other operation, and somebody erased has a certificate only then. */
const LAST = ['eraseContact', 'getErasure', 'deleteDraft', 'deleteList', 'removeOwnAddress'];

// A chapter is some hundred requests, and the machine may have much else to do.
jest.setTimeout(300_000);

let api: TestApi;
let fuzz: Fuzz;
let attemptId: string;
const succeeded = new Set<string>();

beforeAll(async () => {
  api = await startTestApi();
  const document = (await api.call('GET', '/openapi.json')).body;
  fuzz = new Fuzz(document, await aims());
});
afterAll(() => api.stop());

describe('no input', () => {
  it.each(CHAPTERS)('makes an operation of the chapter "%s" fail, or answer what is not documented', async (tag) => {
    for (const [ix, target] of fuzz.targets.entries())
      if (target.tags.includes(tag) && !LAST.includes(target.id)) await shootAt(target, SEED + ix);
  });

  it('makes fail what is the end of a person', async () => {
    for (const id of LAST) for (const target of fuzz.targets) if (target.id === id) await shootAt(target, SEED);
  });

  it('makes a webhook fail, though it is signed', async () => {
    for (const [ix, target] of fuzz.targets.entries())
      if (isWebhook(target)) await (target.id === 'tellCrmStatus' ? tellOfCrm : tell)(target, SEED + ix);
  });

  it('was refused so early that nothing behind the door was reached', () => {
    const never = fuzz.targets.filter((target) => !succeeded.has(target.id) && !isWebhook(target));
    expect(never.map(({ id }) => id)).toEqual([]);
  });
});

async function shootAt(target: Target, seed: number): Promise<void> {
  for (const shot of fuzz.shownOf(target)) if (!succeeded.has(target.id)) await hit(target, shot);
  for (const shot of fuzz.sweepOf(target)) await hit(target, shot);
  const shots = fc.asyncProperty(fuzz.shotsAt(target), (shot) => hit(target, shot));
  await fc.assert(shots, { seed, numRuns: RUNS });
  // Chance alone may have missed all that it could have been done to.
  for (const shot of fuzz.plainShotsAt(target)) if (!succeeded.has(target.id)) await hit(target, shot);
}

async function hit(target: Target, { method, path, headers, body }: Shot): Promise<void> {
  const reply = await api.call(method, path, { headers, ...(body === undefined ? {} : { body }) });
  judge(reply);
  if (reply.status < 300) succeeded.add(target.id);
}

async function tell(target: Target, seed: number): Promise<void> {
  const { path, parameters } = target;
  const fields = fc.dictionary(fc.constantFrom(...fuzz.fieldsOf(target)), nastyText, { maxKeys: 5 });
  const address = parameters.length === 0 ? path : hookPath(api, path.replace('/webhooks/twilio/', ''), attemptId);
  const say = fc.asyncProperty(fields, async (form) => judge(await sendWebhook(api, address, form)));
  await fc.assert(say, { seed, numRuns: RUNS });
}

async function tellOfCrm(_: Target, seed: number): Promise<void> {
  const { items } = (await api.call('GET', '/v1/connections?limit=1')).body;
  const { url } = (await api.call('GET', `/v1/connections/${items[0].id}/status-webhook`)).body;
  const words = fc.dictionary(fc.constantFrom('caseId', 'status', 'substatus', 'group'), nastyText, { maxKeys: 4 });
  const say = fc.asyncProperty(words, async (body) =>
    judge(await api.call('POST', url.slice(api.config.publicUrl.length), { key: null, body })),
  );
  await fc.assert(say, { seed, numRuns: RUNS });
}

/** A refusal of input says which field, and by which rule. */
function judge({ status, body, text }: Reply): void {
  if (status >= 500) throw new Error(`${status}: ${text}`);
  if (!['invalid_parameter', 'invalid_body'].includes(Object(body).code)) return;
  const errors: { pointer: string; detail: string }[] = body.errors ?? [];
  expect(errors.length).toBeGreaterThan(0);
  for (const { pointer, detail } of errors) {
    expect(pointer).toMatch(/^#/);
    expect(detail).not.toBe('');
  }
}

function isWebhook({ tags }: Target): boolean {
  return tags.includes('Webhooks');
}

/** Some of each, for what is shot at may come to its end. */
async function aims(): Promise<Aims> {
  const people = [];
  for (let n = 0; n < 8; n += 1) people.push(await launchForOne(api, { reports: [WEEKLY_REPORT] }));
  const made = async (path: string, body: unknown): Promise<string> => (await api.call('POST', path, { body })).body.id;
  const unused = await Promise.all([1, 2].map((n) => made('/v1/lists', { name: `Unused ${n}`, caseType: 'intake' })));
  // Whom a rule took out for good, which no operation does.
  const gone = people[5]?.enrollmentId ?? '';
  await api.sql`update enrollment set left_for_good = true where id = ${gone}`;
  const broughtBack = await api.call('POST', `/v1/enrollments/${gone}/bring-back`, { body: { note: 'by mistake' } });
  if (broughtBack.status === 202) succeeded.add('bringBack');
  const drafts = await Promise.all(people.map(({ listId }) => made('/v1/campaigns', definitionOf(listId))));
  // A whole definition from the revision that stands: chance hardly ever says both.
  const whole = { revision: 1, definition: definitionOf(people[0]?.listId ?? '') };
  const changed = await api.call('PUT', `/v1/campaigns/${drafts[0]}`, { body: whole });
  if (changed.status === 200) succeeded.add('changeDraft');
  const pages = ['/v1/lists', '/v1/contacts', '/v1/campaigns', '/v1/changes'].map((path) =>
    api.call('GET', `${path}?limit=1`),
  );
  for (const { enrollmentId } of people.slice(0, 6))
    await api.call('POST', `/v1/enrollments/${enrollmentId}/callbacks`, { body: { at: '2027-03-05T15:00:00Z' } });
  const idsOf = async (path: string): Promise<string[]> =>
    (await api.call('GET', `${path}?limit=8`)).body.items.map(({ id }: { id: string }) => id);
  // Made by what says whose list it is; to say that by chance takes more shots than there are.
  succeeded.add('createImport');
  const waiting = await made(`/v1/imports?listId=${people[0]?.listId}`, 'external_id,phone\nF-3,+12125550143\n');
  // Hardly any list of columns is that of the file.
  const renamed = await api.call('PATCH', `/v1/imports/${waiting}`, { body: { name: 'Renamed' } });
  if (renamed.status === 200) succeeded.add('changeImport');
  // Whom the example names is known by the time of its turn.
  const one = await api.call('POST', '/v1/contacts', { body: { firstName: 'Ina', phones: ['+12125550177'] } });
  if (one.status === 201) succeeded.add('createContact');
  const executions = await failedExecutions(people[0]);
  const [taken, held] = people.slice(6).map(({ enrollmentId }) => enrollmentId);
  for (const enrollmentId of [taken, held])
    await api.call('POST', '/v1/facts', {
      body: { kind: 'handoff_requested', eventId: `held ${enrollmentId}`, enrollmentId },
    });
  await api.call('POST', `/v1/enrollments/${taken}/handoff/take`);
  const forecasts: string[] = [];
  for (const { campaignId } of people.slice(0, 3))
    forecasts.push(await made(`/v1/campaigns/${campaignId}/forecast`, {}));
  const reports = [await made(`/v1/campaigns/${people[0]?.campaignId}/reports`, { key: 'weekly' })];
  const connections = [1, 2, 3].map((n) => made('/v1/connections', { ...CONNECTION_BODY_EXAMPLE, name: `CRM ${n}` }));
  const ownAddresses = await Promise.all(
    [91, 92, 93].map((n) => made('/v1/own-addresses', { kind: 'phone', value: `+121255501${n}`, label: 'Ada' })),
  );
  await api.sql`update own_address set verified_rt = clock_timestamp() where id = ${ownAddresses[0] ?? ''}`;
  // Nobody makes another address of this one.
  const telling = await made('/v1/connections', { ...CONNECTION_BODY_EXAMPLE, name: 'CRM 4' });
  const { url } = (await api.call('GET', `/v1/connections/${telling}/webhook`)).body;
  const token = String(url).split('/').at(-1) ?? '';
  return {
    apiKey: api.keys.viewer,
    cursors: (await Promise.all(pages)).map(({ body }) => body.nextCursor),
    ids: {
      lists: [...people.map(({ listId }) => listId), ...unused],
      imports: await Promise.all(
        people.map(async ({ listId }) => {
          const body = 'external_id,first_name,phone\nF-1,Asha,+12125550142\nF-2,Ben,12\n';
          return (await api.call('POST', `/v1/imports?listId=${listId}`, { body })).body.id;
        }),
      ),
      contacts: people.map(({ contactId }) => contactId),
      campaigns: [...people.map(({ campaignId }) => campaignId), ...drafts],
      enrollments: people.map(({ enrollmentId }) => enrollmentId),
      commitments: await idsOf('/v1/commitments'),
      versions: await idsOf(`/v1/campaigns/${people[0]?.campaignId}/versions`),
      attempts: [attemptId],
      executions,
      forecasts,
      reports,
      'report-schedules': [WEEKLY_REPORT.key],
      connections: await Promise.all(connections),
      forms: [await made('/v1/forms', FORM_BODY_EXAMPLE), await made('/v1/forms', FORM_BODY_EXAMPLE)],
      agents: [await made('/v1/agents', AGENT_BODY_EXAMPLE), await made('/v1/agents', AGENT_BODY_EXAMPLE)],
      templates: await Promise.all(
        [1, 2, 3].map((n) => made('/v1/templates', { ...TEMPLATE_BODY_EXAMPLE, name: `Words ${n}` })),
      ),
      'own-addresses': ownAddresses,
      ownAddresses,
      'test-messages': [
        await made('/v1/test-messages', {
          ownAddressId: ownAddresses[0],
          campaignId: people[0]?.campaignId,
          runKey: 'first',
          stepKey: 'hello',
        }),
      ],
      consents: await Promise.all(
        people.map(({ contactId }) => made(`/v1/contacts/${contactId}/consents`, CONSENT_BODY_EXAMPLE)),
      ),
      relationships: await Promise.all(
        people.map(({ contactId }) => made(`/v1/contacts/${contactId}/relationships`, RELATIONSHIP_BODY_EXAMPLE)),
      ),
      cases: await idsOf('/v1/cases'),
      attributes: [await made('/v1/attributes', { ...ATTRIBUTE_BODY_EXAMPLE, name: 'aimed_at' })],
      'list-feeds': [await made('/v1/list-feeds', { listId: people[7]?.listId, connectionId: await connections[2] })],
      crm: [token],
      'caller-numbers': await idsOf('/v1/caller-numbers'),
      enrichments: await lookedUp(people.map(({ contactId }) => contactId)),
      'contact-operations': await Promise.all(
        people
          .slice(0, 3)
          .map(({ campaignId }) =>
            made(`/v1/campaigns/${campaignId}/contact-operations`, { order: 'resume', filter: {}, count: 1 }),
          ),
      ),
      'legal-rules': await idsOf('/v1/legal-rules'),
      'calendar-days': await idsOf('/v1/calendar-days'),
      'api-keys': [await made('/v1/api-keys', { name: 'Nobody', role: 'viewer' })],
      u: people.map(({ enrollmentId }) => unsubscribeToken(api.config.secretKey, enrollmentId)),
    },
  };
}

/** A service that nobody asks: there are no workers here. */
async function lookedUp(contactIds: readonly string[]): Promise<string[]> {
  await api.call('PATCH', '/v1/enrichment-service', { body: { url: 'https://data.example.com/', enabled: true } });
  const replies = contactIds.slice(0, 3).map((id) => api.call('POST', `/v1/contacts/${id}/enrich`, { body: {} }));
  return (await Promise.all(replies)).map(({ body }) => body.id);
}

async function failedExecutions(person?: { enrollmentId: string; phone: string }): Promise<string[]> {
  if (person === undefined) throw new Error('nobody was launched');
  attemptId = await insertAttempt(api, { ...person, sid: newSid('CA') });
  await answerAndEnd(api, attemptId);
  const fact = { kind: 'call_outcome', eventId: 'aim', attemptId, outcome: 'unsuccessful' };
  await api.call('POST', '/v1/facts', { body: fact });
  const rows = await api.sql<{ id: string }[]>`
    update execution set state = 'failed', error_code = 'unreachable', finished_at = app_now() where kind = 'crm_status' returning id`;
  return rows.map(({ id }) => id);
}
