import { startTestApi, type TestApi } from '../../test/api';

let api: TestApi;
let listId: string;

beforeAll(async () => {
  api = await startTestApi();
  const list = await api.call('POST', '/v1/lists', { body: { name: 'Intake list', caseType: 'intake' } });
  listId = list.body.id;
});
afterAll(() => api.stop());

const importCsv = (csv: string) => api.call('POST', `/v1/lists/${listId}/import`, { body: csv });
const contact = async (id: string) => (await api.call('GET', `/v1/contacts/${id}`)).body;

describe('lists', () => {
  it('are made with 201 and a location, and counted', async () => {
    const made = await api.call('POST', '/v1/lists', { body: { name: 'Other', caseType: 'mva' } });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/v1/lists/${made.body.id}`);
    expect(made.body).toMatchObject({
      name: 'Other',
      caseType: 'mva',
      cases: 0,
      contacts: 0,
      createdAt: '2027-03-01T17:00:00.000Z',
      actor: 'key:Ada',
    });
  });

  it('are paged by an opaque cursor, newest first and without a gap', async () => {
    const names = ['Page 1', 'Page 2', 'Page 3'];
    for (const name of names) await api.call('POST', '/v1/lists', { body: { name, caseType: 'paging' } });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { body: { items: { id: string }[]; nextCursor: string | null } } = await api.call(
        'GET',
        `/v1/lists?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    const [count] = await api.sql<{ n: number }[]>`select count(*) as n from list`;
    expect(new Set(seen).size).toBe(count?.n);
  });
});

describe('the import of a CSV file (T19)', () => {
  it('takes in good rows and reports every broken one with its line, field, value and rule', async () => {
    const report = await importCsv(
      [
        'external_id,first_name,phone,email,zone,case_external_id',
        'A-1,Asha,(212) 555-0101,asha@example.com,America/New_York,C-1',
        'A-2,Ben,12,,America/Chicago,C-2',
        'A-3,Cy,+12125550103,,Mars/Olympus,C-3',
        'A-4,"Dee,+12125550104,,,C-4',
        'A-5,Eve,+12125550105,not-a-mail,,C-5',
        'A-6,Fay,+12125550106',
        'A-7,Gil,+12125550107,,,C-7',
      ].join('\n'),
    );
    expect(report.status).toBe(200);
    expect(report.body).toMatchObject({ rows: 7, created: 3, updated: 0, rejected: 4 });
    const [asha, ben, cy, dee, eve, fay, gil] = report.body.results;
    expect(asha).toEqual({ line: 2, status: 'created', contactId: expect.any(String), errors: [] });
    expect(ben).toMatchObject({
      line: 3,
      status: 'rejected',
      errors: [{ field: 'phone', value: '12' }, { field: 'row' }],
    });
    expect(cy).toMatchObject({
      line: 4,
      status: 'rejected',
      errors: [{ field: 'zone', value: 'Mars/Olympus', rule: expect.stringContaining('IANA') }],
    });
    expect(dee).toMatchObject({
      line: 5,
      status: 'rejected',
      errors: [{ field: 'row', rule: expect.stringContaining('quote') }],
    });
    expect(eve).toMatchObject({ line: 6, status: 'created', errors: [{ field: 'email', value: 'not-a-mail' }] });
    expect(fay).toMatchObject({
      line: 7,
      status: 'rejected',
      errors: [{ field: 'row', rule: 'the row has 3 cells, the header 6' }],
    });
    expect(gil).toMatchObject({ line: 8, status: 'created' });
  });

  it('normalises numbers to E.164 and works out where the person may be', async () => {
    const report = await importCsv("external_id,phone,phone_2,state\nN-1,'+1 (212) 555-0110,312.555.0111,NY");
    const person = await contact(report.body.results[0].contactId);
    expect(person.addresses.map(({ value }: { value: string }) => value)).toEqual(['+12125550110', '+13125550111']);
    expect(person.places).toMatchObject({
      zones: expect.arrayContaining(['America/New_York', 'America/Chicago']),
      known: true,
    });
  });

  it('updates by external id, says which row of the file repeats one, and changes nothing else when sent again', async () => {
    const csv =
      'external_id,first_name,last_name,phone,attr_claim,tags\nD-1,Dora,Dell,+12125550112,77,vip;web\nD-1,,Doe,+12125550113,,\n';
    const first = await importCsv(csv);
    expect(first.body).toMatchObject({
      created: 1,
      updated: 1,
      rejected: 0,
      results: [{ status: 'created' }, { status: 'duplicate' }],
    });
    const { contactId } = first.body.results[0];
    const before = await contact(contactId);
    expect(before).toMatchObject({
      firstName: 'Dora',
      lastName: 'Doe',
      attributes: { claim: '77' },
      tags: ['vip', 'web'],
    });
    expect(before.addresses.map(({ value }: { value: string }) => value)).toEqual(['+12125550113', '+12125550112']);
    const again = await importCsv(csv);
    expect(again.body.results.map(({ status }: { status: string }) => status)).toEqual(['updated', 'duplicate']);
    const { revision: _, updatedAt: __, ...after } = await contact(contactId);
    expect(before).toMatchObject(after);
  });

  it('finds people without any id again by name and address', async () => {
    const csv = 'first_name,email\nNoa,noa@example.com\n';
    const first = await importCsv(csv);
    const second = await importCsv(csv);
    expect(second.body.results[0]).toMatchObject({ status: 'updated', contactId: first.body.results[0].contactId });
  });

  it('keeps consent by class, once however often it is imported', async () => {
    const csv = 'external_id,phone,consent,consent_source\nK-1,+12125550114,ai_voice; marketing_sms,web form\n';
    await importCsv(csv);
    const report = await importCsv(csv);
    const person = await contact(report.body.results[0].contactId);
    expect(person.consents).toMatchObject([
      { class: 'ai_voice', source: 'web form' },
      { class: 'marketing_sms', source: 'web form' },
    ]);
  });

  it('rejects a case that is somebody else’s, and nothing of its row stays', async () => {
    await importCsv('external_id,phone,case_external_id\nO-1,+12125550115,CASE-O\n');
    const report = await importCsv('external_id,phone,case_external_id\nO-2,+12125550116,CASE-O\n');
    expect(report.body.results[0]).toMatchObject({
      status: 'rejected',
      errors: [{ field: 'case_external_id', value: 'CASE-O' }],
    });
    expect((await api.call('GET', '/v1/contacts?query=O-2')).body.items).toEqual([]);
  });

  it('refuses a file whose header it does not know, before any row', async () => {
    const refused = await importCsv('external_id,phone,phone,favourite_colour\nH-1,+12125550117,,red\n');
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'invalid_body',
      errors: [
        { pointer: '#/header', value: 'phone', detail: 'this column stands in the header twice' },
        { pointer: '#/header', value: 'favourite_colour', detail: 'this column is not known' },
      ],
    });
  });

  it.each(['attr___proto__', 'attr_', '__proto__', 'constructor'])('refuses the column %s (T9)', async (column) => {
    expect((await importCsv(`phone,${column}\n+12125550118,x\n`)).status).toBe(422);
  });

  it('rejects a row with a character that can not be stored and goes on', async () => {
    const report = await importCsv('external_id,first_name,phone\nZ-1,A\0B,+12125550119\nZ-2,Zoe,+12125550120\n');
    expect(report.body.results).toMatchObject([
      { status: 'rejected', errors: [{ field: 'first_name', rule: expect.stringContaining('U+0000') }] },
      { status: 'created' },
    ]);
  });

  it('takes each person once when the same file is sent twice at once', async () => {
    const csv = `external_id,phone\n${Array.from({ length: 20 }, (_, ix) => `R-${ix},+1646555${String(100 + ix).padStart(4, '0')}`).join('\n')}\n`;
    const reports = await Promise.all([importCsv(csv), importCsv(csv)]);
    expect(reports.map(({ body }) => body.rejected)).toEqual([0, 0]);
    expect(reports.reduce((sum, { body }) => sum + body.created, 0)).toBe(20);
    const [count] = await api.sql<{ n: number }[]>`select count(*) as n from contact where external_id like 'R-%'`;
    expect(count?.n).toBe(20);
  });

  it('wants text/csv, a list that exists and an editor', async () => {
    expect((await api.call('POST', `/v1/lists/${listId}/import`, { body: { a: 1 } })).body).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
    expect(
      (await api.call('POST', '/v1/lists/0f8fad5b-d9cb-469f-a165-70867728950e/import', { body: 'phone\n1' })).status,
    ).toBe(404);
    expect(
      (await api.call('POST', `/v1/lists/${listId}/import`, { body: 'phone\n1', key: api.keys.viewer })).status,
    ).toBe(403);
  });
});
