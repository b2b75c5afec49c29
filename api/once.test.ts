import { startTestApi, type TestApi } from '../test/api';
import { launchForOne, WEEKLY_REPORT } from '../test/api-people';
import { AGENT_BODY_EXAMPLE, FORM_BODY_EXAMPLE } from './answers/agents';
import { CALLER_NUMBER_BODY_EXAMPLE } from './answers/caller-numbers';
import { CONNECTION_BODY_EXAMPLE } from './answers/connections';
import { CONSENT_BODY_EXAMPLE } from './answers/consents';
import { CHECKS_BODY_EXAMPLE } from './answers/number-checks';
import { RELATIONSHIP_BODY_EXAMPLE } from './answers/relationships';
import { PORTABLE_EXAMPLE } from './answers/drafts';
import { CALENDAR_DAY_BODY_EXAMPLE, LEGAL_RULE_BODY_EXAMPLE } from './answers/law';
import { TEMPLATE_BODY_EXAMPLE } from './answers/templates';
import { apiRoutes } from './app';

let api: TestApi;

const OWN_ADDRESS = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0a01';
const TEMPLATE = '6f1c2f0a-8d53-4d52-9d0a-1c1d0e6f0a02';

beforeAll(async () => {
  api = await startTestApi();
  await api.sql`
    insert into own_address (id, kind, value, hash, label, verified_rt, actor)
    values (${OWN_ADDRESS}, 'phone', '+12125550192', 'x', 'Ada', clock_timestamp(), 'test')`;
  await api.sql`insert into message_template (id, name, channel, actor) values (${TEMPLATE}, 'Tried', 'sms', 'test')`;
  await api.sql`
    insert into message_template_version (template_id, number, variants, actor)
    values (${TEMPLATE}, 1, '[{"language": "en", "subject": null, "text": "Hello."}]', 'test')`;
});
afterAll(() => api.stop());

const makeList = (key: string, name: string, ask: { key?: string } = {}) =>
  api.call('POST', '/v1/lists', { body: { name, caseType: 'intake' }, headers: { 'idempotency-key': key }, ...ask });
const countLists = async (name: string) => (await api.sql`select id from list where name = ${name}`).length;

describe('a request with an Idempotency-Key', () => {
  it('is carried out once; its repetition gets the same answer, marked', async () => {
    const first = await makeList('key-1', 'Once');
    const second = await makeList('key-1', 'Once');
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect(await countLists('Once')).toBe(1);
  });

  it('is carried out once when it comes many times at once; the others hear 409 or the answer', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => makeList('key-2', 'Race')));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(statuses).toContain(201);
    expect(await countLists('Race')).toBe(1);
    expect((await makeList('key-2', 'Race')).status).toBe(201);
  });

  it('is refused with another body, or for another operation', async () => {
    await makeList('key-3', 'First body');
    expect((await makeList('key-3', 'Other body')).body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
    const elsewhere = await api.call('POST', '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/launch', {
      headers: { 'idempotency-key': 'key-3' },
    });
    expect(elsewhere.body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  });

  it('belongs to the key of the API that it came with', async () => {
    await makeList('key-4', 'Of Ada');
    expect((await makeList('key-4', 'Of Ed', { key: api.keys.editor })).status).toBe(201);
  });

  it('that was refused may be sent again under the same key', async () => {
    const path = '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/launch';
    const send = () => api.call('POST', path, { headers: { 'idempotency-key': 'key-5' } });
    expect((await send()).status).toBe(404);
    expect((await send()).status).toBe(404);
    expect((await makeList('key-5', 'After a refusal')).status).toBe(201);
  });

  it('that a dead process left behind blocks its key for a minute, not for ever', async () => {
    await makeList('key-6', 'Crashed');
    await api.sql`update idempotency set status = null, response = null where key = 'key-6'`;
    expect((await makeList('key-6', 'Crashed')).body).toMatchObject({ status: 409, code: 'idempotency_in_flight' });
    await api.sql`update idempotency set created_rt = clock_timestamp() - interval '61 seconds' where key = 'key-6'`;
    const taken = await Promise.all([makeList('key-6', 'Crashed'), makeList('key-6', 'Crashed')]);
    expect(taken.map(({ status }) => status)).toContain(201);
    expect(await countLists('Crashed')).toBe(1);
  });

  it('is carried out once when it comes ten times at once to two processes', async () => {
    const other = await api.another();
    const ask = { body: { name: 'Two processes', caseType: 'intake' }, headers: { 'idempotency-key': 'key-8' } };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, ix) => (ix % 2 === 0 ? api.call : other)('POST', '/v1/lists', ask)),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(
      answers.filter(({ status }) => status !== 201).every(({ body }) => body.code === 'idempotency_in_flight'),
    ).toBe(true);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    expect(await countLists('Two processes')).toBe(1);
    expect((await other('POST', '/v1/lists', ask)).body).toEqual(made[0]?.body);
  });

  it.each(['', ' ', 'k'.repeat(201)])('is refused with the key %j', async (key) => {
    expect((await makeList(key, 'Garbage')).body).toMatchObject({ status: 400, errors: [{ in: 'header' }] });
  });

  it('that broke down may be sent again at once under the same key, and nothing else under it', async () => {
    await api.sql`create function break_down() returns trigger language plpgsql as $$ begin raise 'broken'; end $$`;
    await api.sql`create trigger break_down before insert on list for each row execute function break_down()`;
    expect((await makeList('key-9', 'Broke down')).status).toBe(500);
    await api.sql`drop trigger break_down on list`;
    expect((await makeList('key-9', 'Something else')).body.code).toBe('idempotency_mismatch');
    expect((await makeList('key-9', 'Broke down')).status).toBe(201);
    expect(await countLists('Broke down')).toBe(1);
  });

  it('launches once, however often', async () => {
    const list = await makeList('key-7', 'To launch');
    await api.call('POST', `/v1/lists/${list.body.id}/import`, { body: 'external_id,phone\nX-1,+12125550101\n' });
    await api.call('PATCH', '/v1/settings', { body: { callerNumbers: ['+12125550199'] } });
    const plan = {
      runs: [
        {
          key: 'first',
          startsOn: '2027-03-01',
          hours: { mode: 'company_times' },
          calls: { attempts: 1, greeting: 'Hello.' },
        },
      ],
    };
    const campaign = await api.call('POST', '/v1/campaigns', { body: { name: 'Keyed', listId: list.body.id, plan } });
    const launch = () =>
      api.call('POST', `/v1/campaigns/${campaign.body.id}/launch`, { headers: { 'idempotency-key': 'launch-1' } });
    const first = await launch();
    await api.call('POST', `/v1/campaigns/${campaign.body.id}/pause`);
    expect((await launch()).body).toEqual(first.body);
    expect(await api.sql`select id from version where campaign_id = ${campaign.body.id}`).toHaveLength(1);
  });
});

/** Whatever makes something: what it is made of, and where it is counted. */
const PLAN = {
  runs: [
    {
      key: 'first',
      startsOn: '2027-03-01',
      hours: { mode: 'company_times' },
      calls: { attempts: 1, greeting: 'Hello.' },
    },
  ],
};
const CREATES: readonly [path: string, table: string, body: (listId: string) => unknown][] = [
  ['/v1/lists', 'list', () => ({ name: 'Cut off', caseType: 'intake' })],
  ['/v1/campaigns', 'campaign', (listId) => ({ name: 'Cut off', listId, plan: PLAN })],
  ['/v1/campaigns/drafts', 'campaign', () => ({ name: 'Cut off' })],
  ['/v1/campaigns/:id/duplicate', 'campaign', () => ({ name: 'Cut off' })],
  ['/v1/campaigns/import', 'campaign', () => ({ ...PORTABLE_EXAMPLE, steps: { basics: { name: 'Cut off' } } })],
  ['/v1/forms', 'form', () => ({ ...FORM_BODY_EXAMPLE, name: 'Cut off' })],
  ['/v1/agents', 'agent', () => ({ ...AGENT_BODY_EXAMPLE, name: 'Cut off' })],
  ['/v1/campaigns/:id/forecast', 'forecast', () => ({ days: 7 })],
  ['/v1/campaigns/:id/reports', 'report', () => ({ key: 'weekly' })],
  ['/v1/api-keys', 'api_key', () => ({ name: 'Cut off', role: 'viewer' })],
  ['/v1/connections', 'connection', () => ({ ...CONNECTION_BODY_EXAMPLE, name: 'Cut off' })],
  ['/v1/caller-numbers', 'caller_number', () => ({ ...CALLER_NUMBER_BODY_EXAMPLE, label: 'Cut off' })],
  ['/v1/templates', 'message_template', () => ({ ...TEMPLATE_BODY_EXAMPLE, name: 'Cut off' })],
  ['/v1/own-addresses', 'own_address', () => ({ kind: 'phone', value: '+12125550191', label: 'Cut off' })],
  ['/v1/test-messages', 'own_message', () => ({ ownAddressId: OWN_ADDRESS, templateId: TEMPLATE, language: 'en' })],
  ['/v1/legal-rules', 'legal_rule', () => ({ ...LEGAL_RULE_BODY_EXAMPLE, source: 'Cut off' })],
  ['/v1/calendar-days', 'calendar_day', () => ({ ...CALENDAR_DAY_BODY_EXAMPLE, name: 'Cut off' })],
  ['/v1/contacts/:id/cases', 'cases', () => ({ caseType: 'intake', title: 'Cut off' })],
  ['/v1/attributes', 'attribute', () => ({ name: 'cut_off', label: 'Cut off', type: 'text' })],
  [
    '/v1/list-feeds',
    'list_feed',
    async (listId) => {
      const connection = { ...CONNECTION_BODY_EXAMPLE, name: 'Feeding' };
      return {
        listId,
        connectionId: (await api.call('POST', '/v1/connections', { body: connection })).body.id,
        statuses: ['Cut off'],
      };
    },
  ],
  [
    '/v1/campaigns/:id/contact-operations',
    'contact_operation',
    () => ({ order: 'complete', enrollmentIds: ['0f8fad5b-d9cb-469f-a165-70867728950e'], note: 'Cut off' }),
  ],
  ['/v1/campaigns/:id/contact-operations/import', 'contact_operation', () => 'external_id\nCut off\n'],
  ['/v1/contacts/:id/consents', 'consent', () => ({ ...CONSENT_BODY_EXAMPLE, text: 'Cut off' })],
  ['/v1/contacts/:id/relationships', 'relationship', () => ({ ...RELATIONSHIP_BODY_EXAMPLE, source: 'Cut off' })],
  [
    '/v1/number-checks',
    'number_check',
    () => ({ ...CHECKS_BODY_EXAMPLE, source: 'Cut off', items: [{ phone: '+12125550123', answer: 'not_listed' }] }),
  ],
  ['/v1/contacts', 'contact', () => ({ firstName: 'Asha', phones: ['+12125550145'] })],
  [
    '/v1/lists/{list}/contacts',
    'contact',
    () => ({ items: [{ contact: { firstName: 'Asha', phones: ['+12125550142'] } }] }),
  ],
  ['/v1/imports?listId={list}', 'import', () => 'first_name,phone\nTao,+12125550143\n'],
  ['/v1/lists/{list}/import', 'contact', () => 'first_name,phone\nTao,+12125550143\n'],
];

it('everything that makes something is cut off here', () => {
  // Only looked at: nothing stands behind it.
  const routes = apiRoutes({ config: {} } as unknown as Parameters<typeof apiRoutes>[0]);
  const makers = routes.filter(({ role, operation }) => role !== 'anyone' && operation?.answers[201] !== undefined);
  const tried = CREATES.map(([path]) => path.split('?')[0]);
  expect(makers.map(({ path }) => `/v1${path}`).filter((path) => !tried.includes(path))).toEqual([]);
  expect(makers.length).toBeGreaterThan(3);
});

describe.each(CREATES)(
  'POST %s, cut off between what it changed and the word that it did',
  (pattern, table, bodyOf) => {
    const count = async () => {
      const [row] = await api.sql<{ count: number }[]>`select count(*)::int as count from ${api.sql(table)}`;
      return row?.count ?? -1;
    };

    it('makes nothing twice, whoever repeats it, and answers with what there is', async () => {
      const listId = (await makeList(`for ${pattern}`, 'Cut off here')).body.id;
      const path = pattern
        .replace('{list}', listId)
        .replace('campaigns/:id', `campaigns/${await someCampaign(pattern, listId)}`)
        .replace(':id', await someContact(listId));
      const ask = { body: await bodyOf(listId), headers: { 'idempotency-key': `cut ${pattern}` } };
      const before = await count();
      const other = await api.another();
      await cutOffAnswers();
      const lost = await other('POST', path, ask);
      await mendAnswers();
      expect(lost.body).toMatchObject({ status: 503, code: 'unavailable' });
      expect(await count()).toBe(before + 1);

      const body = JSON.parse(
        JSON.stringify(ask.body)
          .replace('Cut off', 'Other')
          .replace('Asha', 'Io')
          .replace('Tao', 'Bo')
          .replace('"en"', '"es"')
          .replace('"days":7', '"days":8')
          .replace('weekly', 'monthly'),
      );
      expect((await api.call('POST', path, { ...ask, body })).body.code).toBe('idempotency_mismatch');
      const repeated = await api.call('POST', path, ask);
      expect([200, 201]).toContain(repeated.status);
      expect(await count()).toBe(before + 1);
      expect((await api.call('POST', path, ask)).body).toEqual(repeated.body);
      if (typeof repeated.body.id === 'string')
        expect(await api.sql`select id from ${api.sql(table)} where id = ${repeated.body.id}`).toHaveLength(1);
    });
  },
);

/** Orders need contacts; everything else takes a draft. */
async function someCampaign(pattern: string, listId: string): Promise<string> {
  if (/contact-operations|\/reports$/.test(pattern))
    return (await launchForOne(api, { reports: [WEEKLY_REPORT] })).campaignId;
  return (await api.call('POST', '/v1/campaigns', { body: { name: 'Some draft', listId, plan: PLAN } })).body.id;
}

async function someContact(listId: string): Promise<string> {
  const items = [{ contact: { firstName: 'Ola', phones: ['+12125550144'] } }];
  return (await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).body.results[0].contactId;
}

/** The connection dies when the answer is to be kept: at the very point at which a process would have been killed. */
async function cutOffAnswers(): Promise<void> {
  await api.sql`create or replace function cut_off() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`;
  await api.sql`create trigger cut_off before update on idempotency for each row
    when (new.status is not null) execute function cut_off()`;
}

async function mendAnswers(): Promise<void> {
  await api.sql`drop trigger cut_off on idempotency`;
}
