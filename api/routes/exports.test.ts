import { csvRecords } from '../../imports/csv-records';
import { startTestApi, type TestApi } from '../../test/api';
import { launchForOne } from '../../test/api-people';
import { runImports } from '../../test/run-imports';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function take(body: string, query: string): Promise<string> {
  const { id } = (await api.call('POST', `/v1/imports?${query}`, { body })).body;
  const started = await api.call('POST', `/v1/imports/${id}/start`);
  if (started.status !== 200) throw new Error(started.text);
  await runImports(api.sql, api.config.addressKey);
  return id;
}
const table = (text: string) => [...csvRecords(text)].map(({ cells }) => cells);
const newList = async () =>
  (await api.call('POST', '/v1/lists', { body: { name: 'Exported', caseType: 'intake' } })).body.id;

const HEADER =
  'external_id,first_name,last_name,language,zone,state,country,postal_code,tags,consent,consent_source,opt_out,case_external_id,case_title,case_status,phone,phone_2,email,attr_claim,attr_note';
const ROWS = [
  'E-1,Asha,=1+1,en,America/New_York,NY,US,10001,a;b,marketing_sms;live_call,form; web,sms,EC-1,"Rivera, A ""x""",New,+12125550101,+12125550102,asha@example.com,7,@SUM(A1)',
  'E-1,Asha,=1+1,en,,,,,,,,,EC-2,,,+12125550101,,,,',
  ',Ben,-2+3,es-MX,,,,,,,,all,EC-3,\'quoted,,+12125550103,,,,"line\nbreak"',
];

describe('an export', () => {
  it('comes back as it went: export to import to export is the same file, and changes nobody', async () => {
    const listId = await newList();
    await take([HEADER, ...ROWS].join('\n'), `listId=${listId}`);
    const answer = await api.call('GET', `/v1/lists/${listId}/contacts/export`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=list.csv');
    const [header, ...rows] = table(answer.text);
    expect([...(header ?? [])].sort()).toEqual(HEADER.split(',').sort());
    expect(rows).toHaveLength(3);

    const again = await take(answer.text, `listId=${listId}`);
    expect((await api.call('GET', `/v1/imports/${again}`)).body).toMatchObject({
      status: 'done',
      counts: { created: 0, updated: 3, rejected: 0 },
    });
    const counts = await api.sql`
      select (select count(*)::int from contact) as people, (select count(*)::int from consent) as consents,
        (select count(*)::int from cases) as cases, (select count(*)::int from suppression) as suppressions`;
    const after = (await api.call('GET', `/v1/lists/${listId}/contacts/export`)).text;
    expect(table(after)).toEqual(table(answer.text));
    expect(counts).toEqual([{ people: 2, consents: 2, cases: 3, suppressions: 4 }]);
  });

  it('has no cell that a spreadsheet could take for a formula, and numbers as they are (export without formula injection)', async () => {
    const listId = await newList();
    const nasty = ['=HYPERLINK("http://example.com")', '+1-2', '-2', '@cmd', "'=x", '＝1+1'];
    const file = nasty.map((text, ix) => `"${text.replaceAll('"', '""')}",+1212555016${ix},"N-${ix}"`);
    await take(['attr_note,phone,external_id', ...file].join('\n'), `listId=${listId}`);
    const { text } = await api.call('GET', `/v1/lists/${listId}/contacts/export`);
    const cells = table(text).flat();
    expect(cells.filter((cell) => /^[=+\-@＝]/.test(cell) && !/^\+1212555\d{4}$/.test(cell))).toEqual([]);
    expect(cells).toContain('+12125550160');
    const [row] = await api.sql<{ notes: string[] }[]>`
      select array_agg(attributes ->> 'note' order by external_id) as notes from contact where external_id like 'N-%'`;
    expect(row?.notes).toEqual(['=HYPERLINK("http://example.com")', '+1-2', '-2', '@cmd', '=x', '＝1+1']);
    expect(cells).toContain("'=x");
  });

  it('gives out again whom nobody may contact, as such a list was taken in (U-15)', async () => {
    const listId = await newList();
    const file = 'Mobile,Do not contact\n+12125550171,yes\n+12125550172,sms\n+12125550173,no\n';
    await take(file, `listId=${listId}`);
    const [header = [], ...rows] = table((await api.call('GET', `/v1/lists/${listId}/contacts/export`)).text);
    const [phone, optOut] = [header.indexOf('phone'), header.indexOf('opt_out')];
    expect(Object.fromEntries(rows.map((row) => [row[phone], row[optOut]]))).toEqual({
      '+12125550171': 'all',
      '+12125550172': 'sms',
      '+12125550173': '',
    });
    const barred = await api.sql`
      select a.value, array(select unnest(s.channels) order by 1) as channels
      from suppression s join address a on a.hash = s.hash where a.value like '+1212555017_' order by a.value`;
    expect(barred).toEqual([
      { value: '+12125550171', channels: ['email', 'sms', 'voice'] },
      { value: '+12125550172', channels: ['sms'] },
    ]);
  });

  it('of a campaign has the people that were enrolled, with the cases they were enrolled for', async () => {
    const { campaignId, contactId } = await launchForOne(api);
    const { externalId } = (await api.call('GET', `/v1/contacts/${contactId}`)).body;
    const { text, headers } = await api.call('GET', `/v1/campaigns/${campaignId}/contacts/export`);
    expect(headers.get('content-disposition')).toContain('campaign.csv');
    const [header = [], ...rows] = table(text);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.[header.indexOf('external_id')]).toBe(externalId ?? '');
  });

  it('is made page by page, each person once', async () => {
    const listId = await newList();
    const people = Array.from({ length: 1_203 }, (_, n) => `P-${n},p${n}@example.com`);
    await take(['external_id,email', ...people].join('\n'), `listId=${listId}`);
    const [, ...rows] = table((await api.call('GET', `/v1/lists/${listId}/contacts/export`)).text);
    expect(new Set(rows.map(([id]) => id)).size).toBe(1_203);
    expect(rows).toHaveLength(1_203);
  });

  it('of a list that nobody is on has the columns alone; of none there is nothing', async () => {
    const { text } = await api.call('GET', `/v1/lists/${await newList()}/contacts/export`);
    expect(table(text)).toHaveLength(1);
    const nowhere = '0f8fad5b-d9cb-469f-a165-70867728950e';
    for (const kind of ['lists', 'campaigns'])
      expect((await api.call('GET', `/v1/${kind}/${nowhere}/contacts/export`)).status).toBe(404);
  });
});
