import { startTestApi, type TestApi } from '../../test/api';
import { launchForOne, listOf } from '../../test/api-people';

let api: TestApi;
let listId: string;

beforeAll(async () => {
  api = await startTestApi();
  listId = await listOf(api, null);
});
afterAll(() => api.stop());

const contact = async (id: string) => (await api.call('GET', `/v1/contacts/${id}`)).body;
const importCsv = (csv: string) => api.call('POST', `/v1/lists/${listId}/import`, { body: csv });
const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('people as JSON', () => {
  it('get a result each; a broken one stops none of the others', async () => {
    const report = await api.call('POST', `/v1/lists/${listId}/contacts`, {
      body: {
        items: [
          {
            contact: { externalId: 'J-1', phones: ['+12125550121'] },
            cases: [{ externalId: 'JC-1', title: 'Case one' }, { externalId: 'JC-2' }],
          },
          { contact: { externalId: 'J-2', phones: ['+12125550122'], favouriteColour: 'red' } },
          { contact: { externalId: 'J-3' } },
        ],
      },
    });
    expect(report.body).toMatchObject({ rows: 3, created: 1, rejected: 2 });
    expect(report.body.results[1]).toMatchObject({
      index: 1,
      errors: [{ field: '#/contact/favouriteColour', rule: 'this field is not known' }],
    });
    expect(report.body.results[2]).toMatchObject({
      index: 2,
      errors: [{ field: '#/contact', rule: expect.stringContaining('usable') }],
    });
    expect((await contact(report.body.results[0].contactId)).cases).toMatchObject([
      { externalId: 'JC-1', title: 'Case one', caseType: 'intake' },
      { externalId: 'JC-2' },
    ]);
  });

  it('are found by name, external id, case and whole address (U-25)', async () => {
    await api.call('POST', `/v1/lists/${listId}/contacts`, {
      body: {
        items: [
          {
            contact: {
              externalId: 'S-1',
              firstName: 'Søren',
              lastName: 'O_Hara',
              phones: ['+12125550123'],
              emails: ['soren@example.com'],
            },
            cases: [{ externalId: 'SC-1' }],
          },
        ],
      },
    });
    for (const query of ['søren', 'o_hara', 'S-1', 'SC-1', '(212) 555-0123', 'Soren@Example.com']) {
      const found = await api.call('GET', `/v1/contacts?query=${encodeURIComponent(query)}`);
      expect([query, found.body.items.map(({ externalId }: { externalId: string }) => externalId)]).toEqual([
        query,
        ['S-1'],
      ]);
    }
    expect((await api.call('GET', '/v1/contacts?query=oxhara')).body.items).toEqual([]);
  });

  it('leave no trace of their addresses in the log', async () => {
    await importCsv('external_id,phone,email\nL-1,+12125550124,marker@example.com\nL-2,not a number 5550125,\n');
    expect(api.logged.join('')).not.toMatch(/5550124|marker@|5550125/);
  });
});

describe('what is known of a contact', () => {
  it('is corrected field by field, and whoever is being reached is planned anew', async () => {
    const { contactId, enrollmentId } = await launchForOne(api);
    const path = `/v1/contacts/${contactId}`;
    const change = async (body: object) => (await api.call('PATCH', path, { body })).body;
    const moved = await change({ lastName: 'Lin', zone: 'America/Chicago', tags: ['vip'], attributes: { claim: 'x' } });
    expect(moved).toMatchObject({
      firstName: 'Asha',
      lastName: 'Lin',
      zone: 'America/Chicago',
      tags: ['vip'],
      attributes: { claim: 'x' },
      places: { zones: ['America/Chicago', 'America/New_York'] },
      revision: 2,
    });
    expect(await change({ zone: null, state: 'texas', attributes: {}, tags: [] })).toMatchObject({
      zone: null,
      state: 'TX',
      attributes: {},
      tags: [],
      revision: 3,
    });
    expect(await change({ state: 'TX', lastName: 'Lin' })).toMatchObject({ revision: 3 });
    const wakes =
      await api.sql`select reason from wake where enrollment_id = ${enrollmentId} and reason = 'contact_changed'`;
    expect(wakes).toHaveLength(2);
  });

  it.each([
    [{ zone: 'Mars/Base' }, '#/zone'],
    [{ state: 'Atlantis' }, '#/state'],
    [{ firstName: null }, '#/firstName'],
    [{ phones: ['+12125550123'] }, '#/phones'],
    [{ attributes: { 'Not a name': 'x' } }, '#/attributes/Not a name'],
  ])('is not changed to %j', async (body, pointer) => {
    const { contactId } = await launchForOne(api);
    expect((await api.call('PATCH', `/v1/contacts/${contactId}`, { body })).body).toMatchObject({
      status: 422,
      errors: [{ pointer }],
    });
    expect((await api.call('PATCH', `/v1/contacts/${uuid}`, { body: {} })).status).toBe(404);
  });
});

describe('an opt-out that an operator was told of', () => {
  it('bars every address of the person, and is given once', async () => {
    const { contactId } = await launchForOne(api);
    const optOut = () =>
      api.call('POST', `/v1/contacts/${contactId}/opt-out`, {
        body: {},
        headers: { 'idempotency-key': `out-${contactId}` },
      });
    expect((await optOut()).status).toBe(202);
    await optOut();
    const rows = await api.sql`
      select s.source, s.actor, s.channels from suppression s join contact_address a on a.hash = s.hash where a.contact_id = ${contactId}`;
    expect(rows).toEqual([
      { source: 'operator', actor: 'key:Ada', channels: ['voice', 'sms', 'email'] },
      { source: 'operator', actor: 'key:Ada', channels: ['voice', 'sms', 'email'] },
    ]);
    expect((await api.call('POST', `/v1/contacts/${uuid}/opt-out`, { body: {} })).status).toBe(404);
  });
});
