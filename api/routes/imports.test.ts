import { inTransaction } from '../../db/client';
import { anonymise } from '../../db/erasure-rows';
import { startTestApi, type Reply, type TestApi } from '../../test/api';
import { runImports } from '../../test/run-imports';
import { workbook } from '../../test/workbook';
import { XLSX } from '../body';

let api: TestApi;
let lists = 0;

beforeAll(async () => {
  api = await startTestApi({ importBytes: 2 * 1024 * 1024 });
});
afterAll(() => api.stop());

async function newList(caseType = 'intake'): Promise<string> {
  lists += 1;
  return (await api.call('POST', '/v1/lists', { body: { name: `List ${lists}`, caseType } })).body.id;
}
const send = (body: string | Buffer, query: string, headers: Record<string, string> = {}): Promise<Reply> =>
  api.call('POST', `/v1/imports?${query}`, { body, headers });
const read = async (id: string) => (await api.call('GET', `/v1/imports/${id}`)).body;
const rowsOf = async (id: string, query = '') => (await api.call('GET', `/v1/imports/${id}/rows?${query}`)).body.items;
const contact = async (id: string) => (await api.call('GET', `/v1/contacts/${id}`)).body;

/** To its end. */
async function take(body: string | Buffer, query: string, headers: Record<string, string> = {}) {
  const sent = await send(body, query, headers);
  if (sent.status !== 201) throw new Error(sent.text);
  const started = await api.call('POST', `/v1/imports/${sent.body.id}/start`);
  if (started.status !== 200) throw new Error(started.text);
  await runImports(api.sql, api.config.addressKey);
  return read(sent.body.id);
}

describe('K-16 an import of a file', () => {
  const FILE = [
    'Client ID;First name;Mobile;Phone 2;E-mail;Zip;Favourite colour',
    'M-1;Asha;(212) 555-0101;;asha@example.com;10001;blue',
    'M-2;Ben;12;;;;',
    'M-3;Cy;+12125550103;12;;;red',
    'M-4;"Dee;+12125550104;;;;',
  ].join('\n');

  it('proposes what the columns mean, and waits to be told where it does not know (S1-48)', async () => {
    const listId = await newList();
    const { status, body } = await send(FILE, `listId=${listId}&name=spring.csv`);
    expect([status, body.status, body.format, body.caseType]).toEqual([201, 'uploaded', 'csv', 'intake']);
    expect(body.columns.map(({ field }: { field: string }) => field)).toEqual([
      'external_id',
      'first_name',
      'phone',
      'phone_2',
      'email',
      'postal_code',
      null,
    ]);
    expect((await api.call('POST', `/v1/imports/${body.id}/start`)).body).toMatchObject({
      status: 409,
      code: 'wrong_status',
    });
    const columns = body.columns.map(({ column, field }: { column: string; field: string | null }) => ({
      column,
      field: field ?? 'attr_colour',
    }));
    const mapped = await api.call('PATCH', `/v1/imports/${body.id}`, { body: { columns, revision: body.revision } });
    expect(mapped.body).toMatchObject({ status: 'mapped', revision: 2, columns });
    expect((await read(body.id)).columns).toEqual(columns);
  });

  it('shows the first rows as they would be taken, with their problems, and stores nothing', async () => {
    const listId = await newList();
    await take('external_id,phone\nM-3,+12125550103\n', `listId=${listId}`);
    const { id } = (await send(FILE, `listId=${listId}&onDuplicate=merge`)).body;
    const preview = await api.call('GET', `/v1/imports/${id}/preview?rows=10`);
    expect(preview.body.rows).toMatchObject([
      { row: 1, line: 2, status: 'created', contact: { phones: ['+12125550101'], emails: ['asha@example.com'] } },
      { row: 2, status: 'rejected', problems: [{ field: 'phone', column: 'Mobile', value: '12' }, { field: 'row' }] },
      { row: 3, status: 'merged', contactId: expect.any(String), problems: [{ field: 'phone_2', value: '12' }] },
      { row: 4, line: 5, status: 'rejected', problems: [{ field: 'row', rule: expect.stringContaining('quote') }] },
    ]);
    expect((await read(id)).rows).toBe(0);
    expect((await api.call('GET', `/v1/lists/${listId}`)).body.contacts).toBe(1);
  });

  it('holds attributes against the catalogue: what does not fit is said and left out', async () => {
    await api.call('POST', '/v1/attributes', { body: { name: 'children', type: 'number' } });
    const listId = await newList();
    const file = 'external_id,phone,attr_children\nA-1,+12125550161,"1,200"\nA-2,+12125550162,many\n';
    const { id } = await take(file, `listId=${listId}`);
    const rows = await rowsOf(id);
    expect(rows).toMatchObject([
      {
        status: 'created',
        problems: expect.not.arrayContaining([expect.objectContaining({ field: 'attr_children' })]),
      },
      {
        status: 'created',
        problems: expect.arrayContaining([expect.objectContaining({ field: 'attr_children', value: 'many' })]),
      },
    ]);
    expect((await contact(rows[0].contactId)).attributes).toEqual({ children: '1200' });
    expect((await contact(rows[1].contactId)).attributes).toEqual({});
  });

  it('takes nobody onto a list whose conditions alone decide (K-17)', async () => {
    const dynamic = {
      name: 'By itself',
      caseType: 'intake',
      kind: 'dynamic',
      conditions: { groups: [{ conditions: [{ field: 'tag', op: 'is', values: ['red'] }] }] },
    };
    const list = await api.call('POST', '/v1/lists', { body: dynamic });
    expect(list.status).toBe(201);
    const refused = await send('external_id,phone\nA-3,+12125550163\n', `listId=${list.body.id}`);
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'wrong_status',
      detail: expect.stringContaining('dynamic'),
    });
  });

  it('K-16 per-row results, re-upload of the failed ones', async () => {
    const listId = await newList();
    const { body } = await send(FILE, `listId=${listId}`);
    const columns = body.columns.map((each: object) => ({ ...each }));
    await api.call('PATCH', `/v1/imports/${body.id}`, { body: { columns } });
    await api.call('POST', `/v1/imports/${body.id}/start`);
    await runImports(api.sql, api.config.addressKey);
    const done = await read(body.id);
    expect(done).toMatchObject({
      status: 'done',
      rows: 4,
      share: 1,
      counts: { created: 1, updated: 1, rejected: 2, withProblems: 1 },
    });
    expect(await rowsOf(body.id, 'status=rejected')).toMatchObject([
      { row: 2, line: 3, problems: [{ field: 'phone', column: 'Mobile', value: '12' }, { field: 'row' }] },
      { row: 4, line: 5, problems: [{ field: 'row', column: null }] },
    ]);
    expect(await rowsOf(body.id, 'hasProblems=true&limit=1')).toMatchObject([{ row: 2 }]);
    expect(await rowsOf(body.id, 'hasProblems=false')).toMatchObject([{ row: 1, status: 'created' }]);

    const failed = await api.call('GET', `/v1/imports/${body.id}/failed-rows`);
    expect(failed.headers.get('content-disposition')).toContain('failed-rows.csv');
    const lines = failed.text.trim().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^M-2,Ben,12,.*,line 3: phone: the number is .*; a contact needs a usable phone number/);
    const mended = failed.text.replace('M-2,Ben,12,', 'M-2,Ben,+12125550102,').replace('"""Dee"', 'Dee');
    const again = await take(mended, `followsId=${body.id}`);
    expect(again).toMatchObject({ followsId: body.id, listId, status: 'done', counts: { created: 2, rejected: 0 } });
    expect((await api.call('GET', `/v1/lists/${listId}`)).body.contacts).toBe(4);
  });

  it('K-16 takes an Excel workbook onto a list that is made filled (K-17): its first shown sheet, numbers, days, and formulas by their values', async () => {
    const number = (value: string, style = '') => ({ attributes: style, content: `<v>${value}</v>` });
    const file = workbook({
      styles: '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
      rows: [
        ['External ID', 'First Name', 'Phone', 'attr_incident', 'State', 'Email'],
        ['X-1', 'A & <B>', number('2125550105'), number('45000', 's="1"'), 'NY'],
        ['X-2', 'Bo', { attributes: 't="str"', content: '<f>CONCAT("+1","2125550106")</f><v>+12125550106</v>' }],
        ['X-3', 'Cy', { attributes: '', content: '<f>A1</f>' }],
        ['X-4', 'Di', number('2125550107'), '', { attributes: 't="e"', content: '<v>#REF!</v>' }],
        [],
        ['X-5', 'Eve', number('2125550108.0'), '', '', 'eve@example.com'],
      ],
    });
    const done = await take(file, `newList=From Excel&caseType=intake`, { 'content-type': XLSX });
    expect(done).toMatchObject({ format: 'xlsx', status: 'done', counts: { created: 3, rejected: 2 } });
    const list = (await api.call('GET', `/v1/lists/${done.listId}`)).body;
    expect(list).toMatchObject({ name: 'From Excel', caseType: 'intake', cases: 3, contacts: 3 });
    const rows = await rowsOf(done.id);
    expect(rows.map(({ line, status }: { line: number; status: string }) => [line, status])).toEqual([
      [2, 'created'],
      [3, 'created'],
      [4, 'rejected'],
      [5, 'rejected'],
      [7, 'created'],
    ]);
    expect(rows[2].problems[0].rule).toContain('C4 is a formula without a value');
    expect(rows[3].problems[0].rule).toContain('E5 shows the error #REF!');
    const asha = await contact(rows[0].contactId);
    expect(asha).toMatchObject({ firstName: 'A & <B>', state: 'NY', attributes: { incident: '2023-03-15' } });
    expect(asha.addresses[0].value).toBe('+12125550105');
  });

  it('says what is wrong with a file that can not be taken, and keeps nothing of it', async () => {
    const listId = await newList();
    const wide = Buffer.from('\uFEFFphone\n', 'utf16le');
    const cases: [string | Buffer, RegExp][] = [
      ['', /is empty/],
      [Buffer.from('d0cf11e0a1b11ae1', 'hex'), /old Excel file or has a password/],
      [wide, /UTF-16/],
      [Buffer.from('PK\u0003\u0004 and so on'), /no workbook|cut off/],
    ];
    for (const [file, words] of cases) {
      const answer = await send(file, `listId=${listId}`, { 'content-type': 'text/csv' });
      expect([answer.status, answer.body.code]).toEqual([422, 'invalid_body']);
      expect(answer.body.detail).toMatch(words);
    }
    const large = await send('x'.repeat(2 * 1024 * 1024 + 1), `listId=${listId}`);
    expect([large.status, large.body.code]).toEqual([413, 'body_too_large']);
    expect(large.body.detail).toContain('larger than 2 MB');
    expect((await send('a', `listId=${listId}`, { 'content-type': 'image/png' })).status).toBe(415);
    const left =
      await api.sql`select 1 from stored_file f where not exists (select from import i where i.file_id = f.id)`;
    expect(left).toHaveLength(0);
  });

  it('names what is wrong with where it is to go and what its columns mean', async () => {
    const listId = await newList();
    const nowhere = '0f8fad5b-d9cb-469f-a165-70867728950e';
    for (const [query, pointer] of [
      ['', '#/listId'],
      [`newList=Some list`, '#/caseType'],
      [`listId=${listId}&newList=Other`, '#/newList'],
      [`followsId=${nowhere}`, '#/followsId'],
    ] as const)
      expect((await send('phone\n', query)).body).toMatchObject({ code: 'invalid_parameter', errors: [{ pointer }] });
    expect((await send('phone\n', `listId=${nowhere}`)).body.code).toBe('unknown_reference');
    const { id } = (await send('Name,Phone,Other\n', `listId=${listId}`)).body;
    const patch = async (...fields: (string | null)[]) =>
      (
        await api.call('PATCH', `/v1/imports/${id}`, {
          body: { columns: fields.map((field, ix) => ({ column: ['Name', 'Phone', 'Other'][ix] ?? '', field })) },
        })
      ).body.errors;
    expect(await patch('first_name', 'phone')).toMatchObject([{ pointer: '#/columns', value: 2 }]);
    expect(await patch('first_name', 'fone', null)).toMatchObject([{ pointer: '#/columns/1/field', value: 'fone' }]);
    expect(await patch('phone', 'phone', null)).toMatchObject([{ pointer: '#/columns/1/field', value: 'phone' }]);
    expect(await patch('first_name', null, null)).toMatchObject([{ pointer: '#/columns' }]);
  });
});

describe('K-33 whoever is known already', () => {
  const KNOWN =
    'external_id,first_name,last_name,phone,state,tags,attr_claim,case_title\nK-1,Kay,,+12125550110,NY,vip,7,Old\n';
  const AGAIN =
    'external_id,first_name,last_name,phone,state,tags,attr_claim,case_title\nK-1,Kate,Kim,+12125550111,CA,web,8,New\n';

  async function twice(policy: string) {
    const listId = await newList();
    const suffix = String(lists);
    const first = await take(KNOWN.replaceAll('K-1', `K-${suffix}`), `listId=${listId}`);
    const [{ contactId }] = await rowsOf(first.id);
    const second = await take(AGAIN.replaceAll('K-1', `K-${suffix}`), `listId=${listId}&onDuplicate=${policy}`);
    const [row] = await rowsOf(second.id);
    return { contactId, row, second, person: await contact(contactId) };
  }
  const numbers = ({ addresses }: { addresses: { value: string }[] }) => addresses.map(({ value }) => value);

  it('K-33 is left as they are by "skip"', async () => {
    const { contactId, row, second, person } = await twice('skip');
    expect(row).toMatchObject({
      status: 'skipped',
      contactId,
      problems: [{ rule: expect.stringContaining('known already') }],
    });
    expect(second.counts).toMatchObject({ skipped: 1, created: 0, updated: 0 });
    expect(person).toMatchObject({ firstName: 'Kay', state: 'NY', tags: ['vip'], revision: 1 });
    expect(numbers(person)).toEqual(['+12125550110']);
  });

  it('K-33 takes what the file says by "update", and keeps every address', async () => {
    const { row, person } = await twice('update');
    expect(row.status).toBe('updated');
    expect(person).toMatchObject({
      firstName: 'Kate',
      lastName: 'Kim',
      state: 'CA',
      tags: ['vip', 'web'],
      attributes: { claim: '8' },
      cases: [{ title: 'New' }],
    });
    expect(numbers(person)).toEqual(['+12125550111', '+12125550110']);
    expect(person.places.zones).toEqual(['America/Los_Angeles', 'America/New_York']);
  });

  it('K-33 is filled in where something is not known by "merge"', async () => {
    const { row, person } = await twice('merge');
    expect(row.status).toBe('merged');
    expect(person).toMatchObject({
      firstName: 'Kay',
      lastName: 'Kim',
      state: 'NY',
      tags: ['vip', 'web'],
      attributes: { claim: '7' },
      cases: [{ title: 'Old' }],
    });
    expect(numbers(person)).toEqual(['+12125550110', '+12125550111']);
  });

  it('K-33 stands beside a new contact by "create", unless both had the same id', async () => {
    const { row } = await twice('create');
    expect(row).toMatchObject({
      status: 'rejected',
      problems: [
        {
          field: 'external_id',
          value: `K-${lists}`,
          rule: expect.stringContaining('"create" makes a new one of every row'),
        },
      ],
    });
    const listId = await newList();
    const nameless = 'first_name,phone\nTwin,+12125550112\n';
    await take(nameless, `listId=${listId}`);
    expect((await take(nameless, `listId=${listId}`)).counts).toMatchObject({ updated: 1, created: 0 });
    expect((await take(nameless, `listId=${listId}&onDuplicate=create`)).counts.created).toBe(1);
    expect((await api.call('GET', `/v1/lists/${listId}`)).body.contacts).toBe(2);
  });

  it.each(['skip', 'update', 'merge', 'create'])(
    'K-33 keeps every opt-out and takes those of the file by "%s" (U-20)',
    async (policy) => {
      const listId = await newList();
      const digit = String(['skip', 'update', 'merge', 'create'].indexOf(policy));
      const [old, other] = [`+1212555012${digit}`, `+1212555013${digit}`];
      const first = await take(`first_name,phone,email\nSue,${old},sue${digit}@example.com\n`, `listId=${listId}`);
      const [{ contactId }] = await rowsOf(first.id);
      await api.call('POST', `/v1/contacts/${contactId}/opt-out`, { body: { channels: ['voice'] } });
      const file = `first_name,phone,email,opt_out\nSue,${old},sue${digit}@example.com,sms\nSol,${other},,no\n`;
      const again = await take(file, `listId=${listId}&onDuplicate=${policy}`);
      for (const { contactId: id } of (await rowsOf(again.id)).slice(0, 1)) {
        const { addresses } = await contact(id);
        for (const { suppressed } of addresses) expect(suppressed).toEqual(['sms', 'voice']);
      }
      expect((await contact(contactId)).addresses[0].suppressed).toEqual(['sms', 'voice']);
      const [, sol] = await rowsOf(again.id);
      expect((await contact(sol.contactId)).addresses[0].suppressed).toEqual([]);
      const before = await api.sql`select 1 from suppression`;
      await take(file, `listId=${listId}&onDuplicate=${policy}`);
      expect(await api.sql`select 1 from suppression`).toHaveLength(before.length);
    },
  );

  it('K-33 is the same person within one file as well, row after row', async () => {
    const listId = await newList();
    const done = await take(
      'external_id,first_name,phone,case_external_id\nR-1,Ann,+12125550140,RC-1\nR-1,Anna,+12125550140,RC-2\n,Anne,+12125550140,RC-2\nR-2,Bob,+12125550141,RC-1\n',
      `listId=${listId}`,
    );
    expect(done.counts).toMatchObject({ created: 1, updated: 2, rejected: 1 });
    const rows = await rowsOf(done.id);
    expect(rows[3]).toMatchObject({ status: 'rejected', problems: [{ field: 'case_external_id', value: 'RC-1' }] });
    expect(await contact(rows[0].contactId)).toMatchObject({ firstName: 'Anne', cases: [{}, {}] });
  });
});

describe('an import', () => {
  const PEOPLE = 'external_id,phone\nI-1,+12125550150\n';

  it('is made once under its Idempotency-Key, started once and ended once', async () => {
    const listId = await newList();
    const key = { 'idempotency-key': 'import-1' };
    const [one, other] = [await send(PEOPLE, `listId=${listId}`, key), await send(PEOPLE, `listId=${listId}`, key)];
    expect(other.body).toEqual(one.body);
    expect((await send(`${PEOPLE}I-2,+12125550151\n`, `listId=${listId}`, key)).body.code).toBe('idempotency_mismatch');
    const start = () => api.call('POST', `/v1/imports/${one.body.id}/start`);
    const started = await Promise.all([start(), start(), start()]);
    expect(new Set(started.map(({ body }) => body.revision))).toEqual(new Set([2]));
    await runImports(api.sql, api.config.addressKey);
    expect(await read(one.body.id)).toMatchObject({ status: 'done', rows: 1 });
    expect((await start()).body.code).toBe('wrong_status');
    expect((await api.call('POST', `/v1/imports/${one.body.id}/cancel`)).body.code).toBe('wrong_status');
    expect((await api.call('PATCH', `/v1/imports/${one.body.id}`, { body: { name: 'Late' } })).body.code).toBe(
      'wrong_status',
    );
  });

  it('that is cancelled takes in no further row, and its file is gone', async () => {
    const listId = await newList();
    const { id } = (await send(PEOPLE, `listId=${listId}`)).body;
    const cancel = () => api.call('POST', `/v1/imports/${id}/cancel`);
    expect((await cancel()).body).toMatchObject({ status: 'cancelled', finishedAt: expect.any(String) });
    expect((await cancel()).body.status).toBe('cancelled');
    await runImports(api.sql, api.config.addressKey);
    expect((await read(id)).rows).toBe(0);
    expect((await api.call('GET', `/v1/imports/${id}/preview`)).body.code).toBe('wrong_status');
    expect(await api.sql`select 1 from import where id = ${id} and file_id is null`).toHaveLength(1);
  });

  it('is found by list and by status, a page at a time', async () => {
    const listId = await newList();
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push((await send(PEOPLE, `listId=${listId}`)).body.id);
    const page = (await api.call('GET', `/v1/imports?listId=${listId}&limit=2`)).body;
    expect(page.items.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
    const next = (await api.call('GET', `/v1/imports?listId=${listId}&limit=2&cursor=${page.nextCursor}`)).body;
    expect(next).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
    expect((await api.call('GET', `/v1/imports?listId=${listId}&status=done`)).body.items).toEqual([]);
  });

  it('tells of zones and places that are not known, never in silence', async () => {
    const listId = await newList();
    const done = await take(
      'first_name,phone,zone\nTollfree,+18005550199,\nMars,+12125550152,Mars/Olympus\nGood,+12125550153,\n',
      `listId=${listId}`,
    );
    expect(await rowsOf(done.id)).toMatchObject([
      { status: 'created', problems: [{ field: 'zone', rule: expect.stringContaining('nothing says where') }] },
      {
        status: 'rejected',
        problems: [{ field: 'zone', value: 'Mars/Olympus', rule: expect.stringContaining('IANA') }],
      },
      { status: 'created', problems: [] },
    ]);
  });

  it('leaves nothing of a row to whoever was erased', async () => {
    const listId = await newList();
    const done = await take('first_name,phone,phone_2\nGone,+12125550154,12345\n', `listId=${listId}`);
    const [{ contactId }] = await rowsOf(done.id);
    await api.call('POST', `/v1/contacts/${contactId}/erase`);
    await inTransaction(api.sql, (tx) => anonymise(tx, contactId));
    expect((await rowsOf(done.id))[0].problems).toEqual([]);
  });

  it('leaves nothing of a row that was rejected to whoever was erased', async () => {
    const listId = await newList();
    const row = 'external_id,first_name,phone\nGONE-2,Gone,+12125550156\n';
    await take(row, `listId=${listId}`);
    const again = await take(row, `listId=${listId}&onDuplicate=create`);
    const [rejected] = await rowsOf(again.id);
    expect(rejected).toMatchObject({ status: 'rejected', contactId: expect.any(String) });
    await api.call('POST', `/v1/contacts/${rejected.contactId}/erase`);
    await inTransaction(api.sql, (tx) => anonymise(tx, rejected.contactId));
    const failed = await api.call('GET', `/v1/imports/${again.id}/failed-rows`);
    expect(failed.text).not.toMatch(/GONE-2|5550156/);
    expect((await rowsOf(again.id))[0].problems).toEqual([]);
  });
});
