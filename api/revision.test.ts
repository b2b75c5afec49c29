import { startTestApi, type TestApi } from '../test/api';
import { AGENT_BODY_EXAMPLE, FORM_BODY_EXAMPLE } from './answers/agents';
import { CONNECTION_BODY_EXAMPLE } from './answers/connections';
import { CALENDAR_DAY_BODY_EXAMPLE, LEGAL_RULE_BODY_EXAMPLE } from './answers/law';
import { TEMPLATE_BODY_EXAMPLE } from './answers/templates';
import { apiRoutes } from './app';

let api: TestApi;
let listId: string;

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
const definition = (name: string) => ({ name, listId, plan: PLAN });

/** Every thing that can be changed: where it stands, and a change of it that says a new word each time. */
interface Editable {
  readonly what: string;
  readonly path: () => Promise<string>;
  readonly method: 'PUT' | 'PATCH';
  readonly change: (word: string, revision?: number) => unknown;
  readonly part?: string;
}

/** Set as a whole: one value, whatever it was. */
const WHOLE = ['/campaigns/:id/connection'];

const made = async (path: string, body: unknown) => `${path}/${(await api.call('POST', path, { body })).body.id}`;
const EDITABLE: readonly Editable[] = [
  {
    what: '/settings',
    path: async () => '/v1/settings',
    method: 'PATCH',
    change: (companyName, revision) => ({ companyName, revision }),
  },
  {
    what: '/campaigns/:id',
    path: () => made('/v1/campaigns', definition('Draft')),
    method: 'PUT',
    change: (word, revision) => ({ definition: definition(word), revision }),
  },
  {
    what: '/campaigns/:id/rules',
    path: async () => `${await made('/v1/campaigns', definition('Rules'))}/rules`,
    method: 'PUT',
    change: (_, revision) => ({ rules: [], revision }),
  },
  {
    what: '/campaigns/:id/draft',
    path: async () => `${await made('/v1/campaigns', definition('Steps'))}/draft`,
    method: 'PATCH',
    change: (name, revision) => ({ steps: { basics: { name } }, revision }),
  },
  {
    what: '/forms/:id',
    path: () => made('/v1/forms', FORM_BODY_EXAMPLE),
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/agents/:id',
    path: () => made('/v1/agents', AGENT_BODY_EXAMPLE),
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/lists/:id',
    path: () => made('/v1/lists', { name: 'Edited', caseType: 'intake' }),
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/imports/:id',
    path: async () => {
      const { id } = (await api.call('POST', `/v1/imports?listId=${listId}`, { body: 'phone\n+12125550161\n' })).body;
      return `/v1/imports/${id}`;
    },
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/contacts/:id',
    path: async () => {
      const items = [{ contact: { externalId: 'R-1', phones: ['+12125550160'] } }];
      const { results } = (await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).body;
      return `/v1/contacts/${results[0].contactId}`;
    },
    method: 'PATCH',
    change: (firstName, revision) => ({ firstName, revision }),
  },
  {
    what: '/contacts/:id/addresses',
    path: async () => {
      const items = [{ contact: { externalId: 'R-2', phones: ['+12125550161'] } }];
      const { results } = (await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).body;
      return `/v1/contacts/${results[0].contactId}/addresses`;
    },
    method: 'PUT',
    change: (word, revision) => ({
      addresses: [{ kind: 'email', value: `${word.replaceAll(' ', '-').toLowerCase()}@example.com` }],
      revision,
    }),
  },
  {
    what: '/cases/:id',
    path: async () => {
      const items = [{ contact: { externalId: 'R-3', phones: ['+12125550162'] } }];
      const { results } = (await api.call('POST', `/v1/lists/${listId}/contacts`, { body: { items } })).body;
      const made = await api.call('POST', `/v1/contacts/${results[0].contactId}/cases`, { body: { caseType: 'mva' } });
      return `/v1/cases/${made.body.id}`;
    },
    method: 'PATCH',
    change: (title, revision) => ({ title, revision }),
  },
  {
    what: '/attributes/:id',
    path: () => made('/v1/attributes', { name: 'edited', type: 'text' }),
    method: 'PATCH',
    change: (label, revision) => ({ label, revision }),
  },
  {
    what: '/list-feeds/:id',
    path: async () => {
      const connection = await api.call('POST', '/v1/connections', {
        body: { ...CONNECTION_BODY_EXAMPLE, name: 'Feeding' },
      });
      return made('/v1/list-feeds', { listId, connectionId: connection.body.id });
    },
    method: 'PATCH',
    change: (word, revision) => ({ statuses: [word], revision }),
  },
  {
    what: '/connections/:id',
    path: () => made('/v1/connections', CONNECTION_BODY_EXAMPLE),
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/connections/:id/mapping',
    path: async () => `${await made('/v1/connections', { ...CONNECTION_BODY_EXAMPLE, name: 'Mapped' })}/mapping`,
    method: 'PUT',
    change: (label, revision) => ({ statuses: [{ value: 'Retained', label }], revision }),
  },
  {
    what: '/templates/:id',
    path: () => made('/v1/templates', TEMPLATE_BODY_EXAMPLE),
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/api-keys/:id',
    path: () => made('/v1/api-keys', { name: 'Edited', role: 'viewer' }),
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
  {
    what: '/legal-rules/:id',
    path: () => made('/v1/legal-rules', LEGAL_RULE_BODY_EXAMPLE),
    method: 'PATCH',
    change: (source, revision) => ({ source, revision }),
  },
  {
    what: '/calendar-days/:id',
    path: () => made('/v1/calendar-days', CALENDAR_DAY_BODY_EXAMPLE),
    method: 'PATCH',
    change: (name, revision) => ({ name, source: 'company policy', revision }),
  },
  {
    what: '/spending/rates',
    path: async () => '/v1/spending/rates',
    method: 'PATCH',
    change: (word, revision) => ({ callMinuteMicros: 1_000 * word.length, revision }),
  },
  {
    what: '/spending',
    path: async () => '/v1/spending',
    method: 'PUT',
    change: (word, revision) => ({ perDayMicros: 1_000_000_000 * word.length, totalMicros: null, revision }),
  },
  {
    what: '/campaigns/:id/spending',
    path: async () => `${await made('/v1/campaigns', definition('Limited'))}/spending`,
    method: 'PUT',
    change: (word, revision) => ({ perDayMicros: 1_000_000_000 * word.length, totalMicros: null, revision }),
  },
  {
    what: '/caller-numbers/:id',
    path: () => made('/v1/caller-numbers', { number: '+16465550170' }),
    method: 'PATCH',
    change: (label, revision) => ({ label, revision }),
  },
  {
    what: '/enrichment-service',
    path: async () => '/v1/enrichment-service',
    method: 'PATCH',
    change: (name, revision) => ({ name, revision }),
  },
];

beforeAll(async () => {
  api = await startTestApi();
  listId = (await api.call('POST', '/v1/lists', { body: { name: 'People', caseType: 'intake' } })).body.id;
});
afterAll(() => api.stop());

it('everything that can be changed is told apart by revisions here', () => {
  // Only looked at: nothing stands behind it.
  const routes = apiRoutes({ config: {} } as unknown as Parameters<typeof apiRoutes>[0]);
  const changed = routes.filter(({ method }) => method === 'put' || method === 'patch').map(({ path }) => path);
  expect(changed.sort()).toEqual([...EDITABLE.map(({ what }) => what), ...WHOLE].sort());
});

describe.each(EDITABLE)('$method $what', ({ path: make, method, change }) => {
  let path: string;
  beforeAll(async () => {
    path = await make();
  });

  const read = (headers: Record<string, string> = {}) => api.call('GET', path, { headers });
  const write = (body: unknown, headers: Record<string, string> = {}) => api.call(method, path, { body, headers });

  it('is read with an ETag that begins with its revision, and written with the next', async () => {
    const before = await read();
    const tag = before.headers.get('etag') ?? '';
    expect(tag).toMatch(new RegExp(`^"${before.body.revision}-[\\w-]{8}"$`));
    const after = await write(change('By the whole tag'), { 'if-match': tag });
    expect(after).toMatchObject({ status: 200, body: { revision: before.body.revision + 1 } });
    expect(after.headers.get('etag')).toMatch(new RegExp(`^"${after.body.revision}-`));
    expect((await read()).body.revision).toBe(after.body.revision);
  });

  it('is not changed by who has seen an older one: 412 by header, 409 by body', async () => {
    const { revision } = (await read()).body;
    const before = (await read()).text;
    const codes = await Promise.all([
      write(change('Late'), { 'if-match': `"${revision - 1}"` }),
      write(change('Late'), { 'if-match': `"${revision - 1}-AAAAAAAA"` }),
      write(change('Late'), { 'if-match': `W/"${revision}"` }),
      write(change('Late'), { 'if-match': '"no-tag-of-ours"' }),
      write(change('Late', revision), { 'if-match': `"${revision - 1}"` }),
      write(change('Late', revision - 1 || 99)),
    ]);
    expect(codes.map(({ body }) => [body.status, body.code])).toEqual([
      ...Array.from({ length: 5 }, () => [412, 'precondition_failed']),
      [409, 'revision_conflict'],
    ]);
    expect((await read()).text).toBe(before);
  });

  it('is changed by one of two who have seen the same', async () => {
    const tag = (await read()).headers.get('etag') ?? '';
    const both = await Promise.all(['One', 'Other'].map((word) => write(change(word), { 'if-match': tag })));
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
  });

  it('is not sent again to who has it: 304 until it changes', async () => {
    const first = await read();
    const tag = first.headers.get('etag') ?? '';
    const again = await read({ 'if-none-match': tag });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    expect((await read({ 'if-none-match': '"another"' })).status).toBe(200);
    expect((await write(change('Newer', first.body.revision))).status).toBe(200);
    expect((await read({ 'if-none-match': tag })).status).toBe(200);
  });

  it.each(['7', '"', '"a" "b"', '"1", "2"', '""x'])('refuses If-Match: %s as no entity tag', async (header) => {
    expect((await write(change('Garbage'), { 'if-match': header })).body).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      errors: [{ in: 'header', pointer: '#/If-Match' }],
    });
  });
});

describe('an ETag', () => {
  it('stands for all that is shown, also for what changes without a revision', async () => {
    const path = `/v1/lists/${listId}`;
    const before = await api.call('GET', path);
    await api.call('POST', `${path}/import`, { body: 'external_id,phone\nE-1,+12125550101\n' });
    const after = await api.call('GET', path, { headers: { 'if-none-match': before.headers.get('etag') ?? '' } });
    expect(after).toMatchObject({
      status: 200,
      body: { cases: before.body.cases + 1, revision: before.body.revision },
    });
  });

  it('is asked for where nobody may change what they have not seen', async () => {
    const path = await made('/v1/campaigns', definition('Unseen'));
    for (const headers of [{}, { 'if-match': '*' }])
      expect((await api.call('PUT', path, { body: { definition: definition('Unseen') }, headers })).body).toMatchObject(
        {
          status: 422,
          errors: [{ pointer: '#/revision' }],
        },
      );
  });
});
