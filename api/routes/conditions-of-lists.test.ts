import { enrollPage } from '../../db/sweeps/enroll';
import { sweepListPage } from '../../db/sweeps/list-members';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, listOf, readyToLaunch } from '../../test/api-people';

let api: TestApi;
/** By first name. */
const people: Record<string, { contactId: string; caseId: string }> = {};

const get = async (path: string) => (await api.call('GET', path)).body;
const post = (path: string, body: unknown = {}) => api.call('POST', path, { body });
const patch = (path: string, body: unknown) => api.call('PATCH', path, { body });

/** Every case and list of this file is of one type, so that a look at all cases is one at these. */
const TYPE = 'intake';

beforeAll(async () => {
  api = await startTestApi();
  await post('/v1/attributes', { name: 'amount', type: 'number' });
  await post('/v1/attributes', { name: 'hurt_on', type: 'date' });
  await post('/v1/attributes', { name: 'injury', type: 'choice', choices: ['Knee', 'Back'] });
  const listId = await listOf(api, null);
  const entries = [
    [
      {
        firstName: 'Asha',
        state: 'NY',
        tags: ['vip'],
        attributes: { amount: '900', injury: 'Knee', hurt_on: '2027-02-20' },
      },
      { status: 'New', title: '50% knee_case' },
    ],
    [
      { firstName: 'Ben', state: 'TX', tags: ['web'], attributes: { amount: '1,500', hurt_on: '2026-01-01' } },
      { status: 'open' },
    ],
    [
      {
        firstName: 'Cy',
        emails: ['cy@example.com'],
        consents: [{ class: 'live_call', source: 'form' }],
        attributes: { hurt_on: '2027-03-10' },
      },
      {},
    ],
  ] as const;
  const items = entries.map(([contact, ofCase], n) => ({
    contact: { ...contact, externalId: `CL-${n}`, phones: [`+1212555010${n}`] },
    cases: [{ ...ofCase, externalId: `CLC-${n}` }],
  }));
  await post(`/v1/lists/${listId}/contacts`, { items });
  for (const { id, contact } of (await get('/v1/cases')).items)
    people[contact.firstName] = { contactId: contact.id, caseId: id };
});
afterAll(() => api.stop());

const one = (condition: unknown) => ({ groups: [{ conditions: [condition] }] });
const newList = async (kind: string, conditions: unknown, name = 'By conditions') =>
  (await post('/v1/lists', { name, caseType: TYPE, kind, conditions })).body.id;

/** Until nothing is due: as the sweep does it, list by list and page by page. */
async function look(): Promise<void> {
  await api.sql`update list set swept_rt = null`;
  while (await sweepListPage(api.sql));
}

async function membersOf(listId: string, source = ''): Promise<string[]> {
  const { items } = await get(`/v1/lists/${listId}/members${source}`);
  return items.map(({ contact }: { contact: { firstName: string } }) => contact.firstName).sort();
}

async function preview(conditions: unknown): Promise<string[]> {
  const { status, body } = await post('/v1/lists/preview', { caseType: TYPE, conditions });
  expect([status, body.cases, body.contacts]).toEqual([200, body.sample.length, body.sample.length]);
  return body.sample.map(({ contact }: { contact: { firstName: string } }) => contact.firstName).sort();
}

describe('conditions (K-17)', () => {
  it.each([
    [{ field: 'case_status', op: 'is', values: ['new', 'OPEN'] }, ['Asha', 'Ben']],
    [{ field: 'case_status', op: 'is_not', values: ['new'] }, ['Ben', 'Cy']],
    [{ field: 'case_status', op: 'is_not_set' }, ['Cy']],
    [{ field: 'case_title', op: 'contains', values: ['0% knee_'] }, ['Asha']],
    [{ field: 'case_title', op: 'contains', values: ['0%knee'] }, []],
    [{ field: 'first_name', op: 'starts_with', values: ['be', 'c'] }, ['Ben', 'Cy']],
    [{ field: 'case_external_id', op: 'is', values: ['clc-1'] }, ['Ben']],
    [{ field: 'state', op: 'is_set' }, ['Asha', 'Ben']],
    [{ field: 'tag', op: 'is', values: ['vip', 'none'] }, ['Asha']],
    [{ field: 'tag', op: 'is_not', values: ['vip'] }, ['Ben', 'Cy']],
    [{ field: 'case_created', op: 'before', values: ['2027-03-02'] }, ['Asha', 'Ben', 'Cy']],
    [{ field: 'case_created', op: 'before', values: ['2027-03-01'] }, []],
    [{ field: 'contact_created', op: 'on_or_after', values: ['2027-03-01'] }, ['Asha', 'Ben', 'Cy']],
    [{ field: 'contact_changed', op: 'in_last_days', values: ['1'] }, ['Asha', 'Ben', 'Cy']],
    [{ field: 'case_changed', op: 'not_in_last_days', values: ['1'] }, []],
    [{ field: 'consent', op: 'is', values: ['ai_voice', 'live_call'] }, ['Cy']],
    [{ field: 'reachable', op: 'is', values: ['email'] }, ['Cy']],
    [{ field: 'reachable', op: 'is_not', values: ['email'] }, ['Asha', 'Ben']],
    [{ field: 'attribute', name: 'amount', op: 'at_least', values: ['1000'] }, ['Ben']],
    [{ field: 'attribute', name: 'amount', op: 'less_than', values: ['1,000'] }, ['Asha']],
    [{ field: 'attribute', name: 'amount', op: 'is', values: ['1500.0'] }, ['Ben']],
    [{ field: 'attribute', name: 'amount', op: 'is_not', values: ['1500'] }, ['Asha', 'Cy']],
    [{ field: 'attribute', name: 'amount', op: 'is_set' }, ['Asha', 'Ben']],
    [{ field: 'attribute', name: 'injury', op: 'is', values: ['knee'] }, ['Asha']],
    [{ field: 'attribute', name: 'hurt_on', op: 'in_last_days', values: ['30'] }, ['Asha']],
    [{ field: 'attribute', name: 'hurt_on', op: 'not_in_last_days', values: ['30'] }, ['Ben', 'Cy']],
    [{ field: 'attribute', name: 'hurt_on', op: 'in_next_days', values: ['30'] }, ['Cy']],
    [{ field: 'attribute', name: 'hurt_on', op: 'before', values: ['2027-01-01'] }, ['Ben']],
    [{ field: 'attribute', name: 'hurt_on', op: 'on_or_after', values: ['2027-02-20'] }, ['Asha', 'Cy']],
    [{ field: 'attribute', name: 'hurt_on', op: 'is', values: ['2027-02-20'] }, ['Asha']],
  ])('%j are met by %j', async (condition, names) => {
    expect(await preview(one(condition))).toEqual(names);
  });

  it('are met together or one of them, within a group and among groups', async () => {
    const isNew = { field: 'case_status', op: 'is', values: ['new'] };
    const isWeb = { field: 'tag', op: 'is', values: ['web'] };
    const hasState = { field: 'state', op: 'is_set' };
    expect(await preview({ groups: [{ conditions: [isNew, isWeb] }] })).toEqual([]);
    expect(
      await preview({ groups: [{ match: 'any', conditions: [isNew, isWeb] }, { conditions: [hasState] }] }),
    ).toEqual(['Asha', 'Ben']);
    expect(
      await preview({ match: 'any', groups: [{ conditions: [isNew, hasState] }, { conditions: [isWeb, isNew] }] }),
    ).toEqual(['Asha']);
  });

  it.each([
    [one({ field: 'attribute', name: 'colour', op: 'is', values: ['red'] }), '#/conditions/groups/0/conditions/0/name'],
    [
      one({ field: 'attribute', name: 'amount', op: 'is', values: ['much'] }),
      '#/conditions/groups/0/conditions/0/values',
    ],
    [one({ field: 'case_created', op: 'before', values: ['soon'] }), '#/conditions/groups/0/conditions/0/values'],
    [{ groups: [] }, '#/conditions/groups'],
  ])('that make no sense are refused by field: %j', async (conditions, pointer) => {
    const answers = [
      await post('/v1/lists/preview', { caseType: TYPE, conditions }),
      await post('/v1/lists', { name: 'Senseless', kind: 'dynamic', caseType: TYPE, conditions }),
    ];
    for (const { body } of answers) expect(body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });
});

describe('a dynamic list (K-17)', () => {
  it('is empty at first, fills itself, and lets go who does not fit any more', async () => {
    const id = await newList('dynamic', one({ field: 'case_status', op: 'is', values: ['new', 'open'] }));
    expect(await get(`/v1/lists/${id}`)).toMatchObject({ kind: 'dynamic', cases: 0, lookedAt: null });
    await look();
    expect(await membersOf(id)).toEqual(['Asha', 'Ben']);
    expect((await get(`/v1/lists/${id}`)).lookedAt).toEqual(expect.any(String));
    await patch(`/v1/cases/${people['Ben']?.caseId}`, { status: 'Closed' });
    await patch(`/v1/cases/${people['Cy']?.caseId}`, { status: 'New' });
    await look();
    expect(await membersOf(id)).toEqual(['Asha', 'Cy']);
    await patch(`/v1/cases/${people['Ben']?.caseId}`, { status: 'open' });
    await patch(`/v1/cases/${people['Cy']?.caseId}`, { status: null });
  });

  it('goes by opt-outs, those of one type of case too (K-24)', async () => {
    const id = await newList('dynamic', one({ field: 'opted_out', op: 'is_not', values: ['voice'] }));
    await post(`/v1/contacts/${people['Asha']?.contactId}/opt-out`, { caseType: TYPE });
    await post(`/v1/contacts/${people['Cy']?.contactId}/opt-out`, { caseType: 'another' });
    await look();
    expect(await membersOf(id)).toEqual(['Ben', 'Cy']);
    await post(`/v1/contacts/${people['Asha']?.contactId}/opt-in`, {
      caseType: TYPE,
      consent: { class: 'live_call', source: 'desk', text: 'Yes.' },
    });
    await look();
    expect(await membersOf(id)).toEqual(['Asha', 'Ben', 'Cy']);
  });

  it('takes nobody by hand, by file or one by one', async () => {
    const id = await newList('dynamic', one({ field: 'tag', op: 'is', values: ['nobody'] }));
    const answers = await Promise.all([
      post(`/v1/lists/${id}/members`, { caseIds: [people['Asha']?.caseId] }),
      post(`/v1/lists/${id}/members/remove`, { caseIds: [people['Asha']?.caseId] }),
      post(`/v1/lists/${id}/contacts`, { items: [{ contact: { phones: ['+12125550100'] } }] }),
      post(`/v1/lists/${id}/import`, 'phone\n+12125550100\n'),
    ]);
    expect(answers.map(({ body }) => [body.status, body.code])).toEqual(answers.map(() => [409, 'wrong_status']));
    expect(await membersOf(id)).toEqual([]);
  });

  it('is gone through page by page by several at once, and nobody is passed over', async () => {
    const id = await newList('dynamic', one({ field: 'state', op: 'is', values: ['TX', 'NY'] }), 'By several');
    await api.sql`update list set swept_rt = null`;
    await Promise.all(
      [1, 2, 3].map(async () => {
        while (await sweepListPage(api.sql));
      }),
    );
    expect(await membersOf(id)).toEqual(['Asha', 'Ben']);
    const [row] = await api.sql`select sweep_cursor from list where id = ${id}`;
    expect(row).toEqual({ sweepCursor: null });
    expect(await sweepListPage(api.sql)).toBe(false);
  });

  it('has conditions, and a static one has none', async () => {
    for (const [kind, conditions] of [
      ['dynamic', null],
      ['hybrid', null],
      ['static', one({ field: 'tag', op: 'is', values: ['x'] })],
    ])
      expect((await post('/v1/lists', { name: 'Odd one', caseType: TYPE, kind, conditions })).body).toMatchObject({
        code: 'wrong_status',
        errors: [{ pointer: '#/conditions' }],
      });
    const id = await newList('dynamic', one({ field: 'tag', op: 'is', values: ['vip'] }));
    await look();
    expect((await patch(`/v1/lists/${id}`, { kind: 'static' })).body).toMatchObject({
      kind: 'static',
      conditions: null,
      revision: 2,
    });
    await patch(`/v1/contacts/${people['Asha']?.contactId}`, { tags: [] });
    await look();
    expect(await membersOf(id)).toEqual(['Asha']);
    await patch(`/v1/contacts/${people['Asha']?.contactId}`, { tags: ['vip'] });
  });
});

describe('a hybrid list (K-17)', () => {
  it('follows its conditions, with exceptions by hand that stay', async () => {
    const id = await newList('hybrid', one({ field: 'tag', op: 'is', values: ['vip', 'web'] }));
    const by = (name: string) => ({ caseIds: [people[name]?.caseId] });
    await look();
    const removed = await post(`/v1/lists/${id}/members/remove`, by('Ben'));
    expect(removed.body.results).toMatchObject([{ status: 'removed', reason: null }]);
    await post(`/v1/lists/${id}/members`, { externalIds: ['CLC-2'] });
    await look();
    expect(await membersOf(id)).toEqual(['Asha', 'Cy']);
    expect(await membersOf(id, '?source=excluded')).toEqual(['Ben']);
    expect(await membersOf(id, '?source=manual')).toEqual(['Cy']);
    // An import is by hand as well.
    await post(`/v1/lists/${id}/contacts`, {
      items: [{ contact: { externalId: 'CL-1', phones: ['+12125550101'] }, cases: [{ externalId: 'CLC-1' }] }],
    });
    expect(await membersOf(id)).toEqual(['Asha', 'Ben', 'Cy']);
    await patch(`/v1/lists/${id}`, { conditions: one({ field: 'tag', op: 'is', values: ['nobody'] }) });
    await look();
    expect(await membersOf(id)).toEqual(['Ben', 'Cy']);
    expect(await membersOf(id, '?source=excluded')).toEqual([]);
  });

  it('that becomes dynamic forgets its exceptions', async () => {
    const id = await newList('hybrid', one({ field: 'tag', op: 'is', values: ['vip', 'web'] }));
    await look();
    await post(`/v1/lists/${id}/members/remove`, { externalIds: ['CLC-0'] });
    await post(`/v1/lists/${id}/members`, { externalIds: ['CLC-2'] });
    await patch(`/v1/lists/${id}`, { kind: 'dynamic' });
    await look();
    expect(await membersOf(id)).toEqual(['Asha', 'Ben']);
  });
});

describe('the cases of a list (S1-20, S1-48)', () => {
  it('are of its type: others are refused one by one, with the reason', async () => {
    const id = await newList('static', null, 'Of one type');
    const stray = (
      await post(`/v1/contacts/${people['Ben']?.contactId}/cases`, { externalId: 'STRAY', caseType: 'mva' })
    ).body;
    const answer = await post(`/v1/lists/${id}/members`, {
      caseIds: [people['Asha']?.caseId, stray.id],
      externalIds: ['CLC-1', 'NONE'],
    });
    expect(answer.body.results).toMatchObject([
      { status: 'added' },
      { name: stray.id, status: 'refused', reason: `the case is of the type "mva", the list is of "${TYPE}"` },
      { name: 'CLC-1', status: 'added' },
      { name: 'NONE', caseId: null, status: 'refused', reason: 'there is no such case' },
    ]);
    expect((await post(`/v1/lists/${id}/members`, { externalIds: ['CLC-1'] })).body.results).toMatchObject([
      { status: 'unchanged' },
    ]);
    expect(await membersOf(id)).toEqual(['Asha', 'Ben']);
    expect((await post(`/v1/lists/${id}/members`, {})).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/caseIds' }],
    });
  });

  it('keep their type against a change at the same moment', async () => {
    const id = await newList('static', null, 'At once');
    const cases = await Promise.all(
      [1, 2, 3, 4].map(
        async (n) =>
          (await post(`/v1/contacts/${people['Cy']?.contactId}/cases`, { externalId: `RACE-${n}`, caseType: TYPE }))
            .body.id,
      ),
    );
    await Promise.all(
      cases.flatMap((caseId) => [
        post(`/v1/lists/${id}/members`, { caseIds: [caseId] }),
        patch(`/v1/cases/${caseId}`, { caseType: 'mva' }),
      ]),
    );
    const strangers = await api.sql`
      select 1 from list_member m join list l on l.id = m.list_id join cases k on k.id = m.case_id where k.case_type <> l.case_type`;
    expect(strangers).toEqual([]);
  });
});

describe('a campaign and its list (S1-6)', () => {
  const launched = async (listId: string, policy: object) => {
    await readyToLaunch(api);
    const { id } = (await post('/v1/campaigns', definitionOf(listId, { policy }))).body;
    const { status, body } = await post(`/v1/campaigns/${id}/launch`);
    return { id, status, body };
  };
  async function enroll(): Promise<void> {
    await look();
    await api.sql`update campaign set enroll_scanned_rt = null`;
    for (let n = 0; n < 5; n += 1) await enrollPage(api.sql);
  }
  const rows = (campaignId: string) => api.sql<{ name: string; state: string }[]>`
    select p.first_name as name, e.state from enrollment e join contact p on p.id = e.contact_id
    where e.campaign_id = ${campaignId} order by 1`;

  it('begins with nobody on an empty list only where it goes on for ever (K-17, K-6)', async () => {
    const listId = await newList('dynamic', one({ field: 'tag', op: 'is', values: ['later'] }));
    expect((await launched(listId, {})).body).toMatchObject({
      code: 'launch_refused',
      errors: [{ detail: 'the list has no cases yet' }],
    });
    expect((await launched(listId, { neverEnding: true })).status).toBe(200);
  });

  it('enrolls who comes onto the list, and goes on with who leaves it, unless it says otherwise', async () => {
    const listId = await newList('dynamic', one({ field: 'tag', op: 'is', values: ['vip'] }));
    const stays = await launched(listId, { neverEnding: true });
    const leaves = await launched(listId, { neverEnding: true, leavesWithList: true });
    await enroll();
    expect(await rows(stays.id)).toEqual([{ name: 'Asha', state: 'open' }]);
    await api.sql`delete from wake`;
    await patch(`/v1/contacts/${people['Asha']?.contactId}`, { tags: [] });
    await patch(`/v1/contacts/${people['Ben']?.contactId}`, { tags: ['vip'] });
    await api.sql`delete from wake`;
    await enroll();
    for (const { id } of [stays, leaves]) expect((await rows(id)).map(({ name }) => name)).toEqual(['Asha', 'Ben']);
    const woken = await api.sql<{ campaignId: string }[]>`
      select e.campaign_id from wake w join enrollment e on e.id = w.enrollment_id where w.reason = 'left_list'`;
    expect(woken).toEqual([{ campaignId: leaves.id }]);
  });
});
