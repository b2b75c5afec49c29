import { startTestApi, type TestApi } from '../test/api';

let api: TestApi;

interface Named {
  readonly id: string;
  readonly name: string;
}

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
const NAMES = ['delta', 'Alpha', 'charlie', 'Bravo', 'alpha', '100 % sure', 'under_score'];
const BY_NAME = ['100 % sure', 'Alpha', 'alpha', 'Bravo', 'charlie', 'delta', 'under_score'];

let campaignId: string;

beforeAll(async () => {
  api = await startTestApi();
  for (const [ix, name] of NAMES.entries()) {
    const list = await api.call('POST', '/v1/lists', {
      body: { name, caseType: name === 'delta' ? 'other' : 'intake' },
    });
    // Time stands still here, and lists stand in its order.
    await api.sql`update list set created_at = created_at + ${ix} * interval '1 minute' where id = ${list.body.id}`;
    await api.call('POST', '/v1/campaigns', { body: { name, listId: list.body.id, plan: PLAN } });
  }
  campaignId = await seedEnrollments();
});
afterAll(() => api.stop());

/** Five people, of whom two were rejected; the later somebody was enrolled the earlier they are due, and one never is. */
async function seedEnrollments(): Promise<string> {
  const listId = (await api.call('POST', '/v1/lists', { body: { name: 'People', caseType: 'intake' } })).body.id;
  const people = ['Asha,Rivera', 'Tao,Lin', 'Io,Fox', 'Bo,Lin', 'Kim,Ray'];
  const csv = people.map((name, ix) => `P-${ix},${name},+1212555010${ix}`).join('\n');
  await api.call('POST', `/v1/lists/${listId}/import`, { body: `external_id,first_name,last_name,phone\n${csv}\n` });
  const { id } = (await api.call('POST', '/v1/campaigns', { body: { name: 'Enrolled', listId, plan: PLAN } })).body;
  await api.call('PATCH', '/v1/settings', { body: { callerNumbers: ['+12125550199'] } });
  await api.call('POST', `/v1/campaigns/${id}/launch`);
  await api.sql`
    insert into enrollment (campaign_id, contact_id, state, reason, enrolled_at, due_at, cases)
    select ${id}, p.id,
      case when p.external_id in ('P-3', 'P-4') then 'rejected' else 'open' end,
      case p.external_id when 'P-3' then 'opted_out' when 'P-4' then 'unreachable' end,
      app_now(),
      case when p.external_id <> 'P-2' then app_now() - substr(p.external_id, 3)::int * interval '1 hour' end,
      array(select k.id from cases k where k.contact_id = p.id)
    from contact p where p.external_id like 'P-%' order by p.external_id`;
  return id;
}

/** The names of all pages, two at a time. */
async function walk(path: string): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await api.call(
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    expect(page.status).toBe(200);
    expect(page.body.items.length).toBeLessThanOrEqual(2);
    names.push(
      ...page.body.items.map(
        (item: Named & { contact?: { externalId: string } }) => item.name ?? item.contact?.externalId,
      ),
    );
    cursor = page.body.nextCursor;
  }
  return names;
}

describe.each(['lists', 'campaigns'])('GET /%s', (what) => {
  const ours = (names: string[]) => names.filter((name) => NAMES.includes(name));

  it('goes from page to page newest first, or by name whatever its case', async () => {
    expect(ours(await walk(`/v1/${what}`))).toEqual([...NAMES].reverse());
    const byName = ours(await walk(`/v1/${what}?sort=name`));
    expect(byName.map((name) => name.toLowerCase())).toEqual(BY_NAME.map((name) => name.toLowerCase()));
    expect(new Set(byName)).toEqual(new Set(NAMES));
  });

  it.each([
    ['alpha', ['alpha', 'Alpha']],
    ['%', ['100 % sure']],
    ['_', ['under_score']],
    ['nothing like it', []],
  ])('finds %j in names', async (query, names) => {
    expect(await walk(`/v1/${what}?query=${encodeURIComponent(query)}`)).toEqual(names);
  });
});

describe('filters', () => {
  it('of lists: the type of their cases', async () => {
    expect(await walk('/v1/lists?caseType=other')).toEqual(['delta']);
  });

  it('of campaigns: status and list', async () => {
    expect(await walk('/v1/campaigns?status=active')).toEqual(['Enrolled']);
    const { listId } = (await api.call('GET', `/v1/campaigns/${campaignId}`)).body;
    expect(await walk(`/v1/campaigns?listId=${listId}`)).toEqual(['Enrolled']);
    expect(await walk(`/v1/campaigns?listId=${listId}&status=draft`)).toEqual([]);
  });

  it('of contacts: name, number, case, list', async () => {
    const { listId } = (await api.call('GET', `/v1/campaigns/${campaignId}`)).body;
    const find = async (query: string) =>
      (await api.call('GET', `/v1/contacts?${query}`)).body.items
        .map(({ externalId }: { externalId: string }) => externalId)
        .sort();
    expect(await find('query=lin')).toEqual(['P-1', 'P-3']);
    expect(await find('query=(212)%20555-0102')).toEqual(['P-2']);
    expect(await find('query=P-4')).toEqual(['P-4']);
    expect(await find(`listId=${listId}`)).toHaveLength(5);
    expect(await find('listId=0f8fad5b-d9cb-469f-a165-70867728950e')).toEqual([]);
    expect(await find('tag=vip')).toEqual([]);
  });

  it.each([
    ['', ['P-0', 'P-1', 'P-2', 'P-3', 'P-4']],
    // Whoever is never due comes last.
    ['sort=due', ['P-1', 'P-0', 'P-2', 'P-3', 'P-4']],
    ['state=open&sort=due', ['P-1', 'P-0', 'P-2']],
    ['reason=opted_out', ['P-3']],
    ['query=lin', ['P-1', 'P-3']],
    ['query=P-2', ['P-2']],
    ['dueBefore=2027-03-01T15:30:00Z', []],
    ['dueBefore=2027-03-01T16:30:00Z&state=open', ['P-1']],
  ])('of enrollments: %s', async (query, people) => {
    expect(await walk(`/v1/campaigns/${campaignId}/enrollments?${query}`)).toEqual(people);
  });
});

describe('a cursor', () => {
  const cursorOf = async (path: string): Promise<string> => (await api.call('GET', path)).body.nextCursor;

  it.each([
    ['another order', '/v1/lists?limit=1', '/v1/lists?sort=name'],
    ['another filter', '/v1/lists?limit=1&query=a', '/v1/lists?query=b'],
    ['no filter', '/v1/campaigns?limit=1&query=a', '/v1/campaigns?limit=1'],
    ['another operation', '/v1/lists?limit=1', '/v1/contacts?limit=1'],
  ])('is none for %s', async (_, from, to) => {
    const cursor = await cursorOf(from);
    expect(cursor).toEqual(expect.any(String));
    const refused = await api.call('GET', `${to}${to.includes('?') ? '&' : '?'}cursor=${cursor}`);
    expect(refused.body).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
      errors: [{ pointer: '#/cursor', in: 'query', value: cursor }],
    });
  });

  it('is good for another size of page, and for the same parameters in another order', async () => {
    const cursor = await cursorOf('/v1/lists?query=a&sort=name&limit=1');
    expect((await api.call('GET', `/v1/lists?sort=name&limit=3&query=a&cursor=${cursor}`)).status).toBe(200);
  });

  it.each(['', 'x', 'AAAAAAAA', 'A'.repeat(200), '%00', '../../etc', 'null'])(
    'that is %j is refused',
    async (cursor) => {
      expect((await api.call('GET', `/v1/campaigns?cursor=${cursor}`)).body).toMatchObject({ status: 400 });
    },
  );

  it('is refused when it comes twice, and when its position was tampered with', async () => {
    const cursor = await cursorOf('/v1/campaigns?limit=1');
    expect((await api.call('GET', `/v1/campaigns?cursor=${cursor}&cursor=${cursor}`)).status).toBe(400);
    expect(
      (await api.call('GET', `/v1/campaigns?cursor=${cursor.slice(0, 8)}${Buffer.from('-1').toString('base64url')}`))
        .status,
    ).toBe(400);
  });
});
