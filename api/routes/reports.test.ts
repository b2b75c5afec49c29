import { claimDueReports } from '../../db/report';
import { freezeClock } from '../../db/clock';
import { startTestApi, type TestApi } from '../../test/api';
import { definitionOf, launchForOne, listOf, readyToLaunch, WEEKLY_REPORT } from '../../test/api-people';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** A campaign with one contact that mails these reports, launched on Monday noon. */
async function reporting(reports: readonly object[] = [WEEKLY_REPORT]): Promise<string> {
  await freezeClock(api.sql, Date.parse('2027-03-01T17:00:00Z'));
  const { campaignId } = await launchForOne(api, { reports });
  return campaignId;
}
const read = async (path: string) => (await api.call('GET', `/v1${path}`)).body;

describe('report schedules (S1-77)', () => {
  it('are made with the campaign and begin with its launch (K-8, S1-37)', async () => {
    await freezeClock(api.sql, Date.parse('2027-03-01T17:00:00Z'));
    await readyToLaunch(api);
    const listId = await listOf(api, 'first_name,phone\nTao,+12125550143\n');
    const made = await api.call('POST', '/v1/campaigns', { body: definitionOf(listId, { reports: [WEEKLY_REPORT] }) });
    const path = `/campaigns/${made.body.id}/report-schedules`;
    expect(await read(path)).toMatchObject({
      items: [{ key: 'weekly', nextAt: null, lastReport: null, windowDays: 7 }],
    });
    const asked = await api.call('POST', `/v1/campaigns/${made.body.id}/reports`, { body: { key: 'weekly' } });
    expect(asked.body).toMatchObject({ status: 409, code: 'wrong_status' });
    expect(await api.call('GET', `/v1${path}/weekly/export`)).toMatchObject({ status: 409 });
    await api.call('POST', `/v1/campaigns/${made.body.id}/launch`);
    expect(await read(path)).toMatchObject({
      items: [{ zone: 'America/New_York', nextAt: '2027-03-08T14:00:00.000Z' }],
    });
  });

  it('say what came last and what comes next', async () => {
    const id = await reporting();
    await freezeClock(api.sql, Date.parse('2027-03-15T17:00:00Z'));
    while ((await claimDueReports(api.sql)) > 0);
    const [schedule] = (await read(`/campaigns/${id}/report-schedules`)).items;
    expect(schedule).toMatchObject({
      nextAt: '2027-03-22T13:00:00.000Z',
      lastReport: {
        periodOn: '2027-03-15',
        fromAt: '2027-03-08T14:00:00.000Z',
        untilAt: '2027-03-15T13:00:00.000Z',
        state: 'sending',
        mails: [{ recipient: 'partner@example.com', state: 'pending', reason: null, tries: 0 }],
      },
    });
    const first = await read(`/campaigns/${id}/reports?limit=1&key=weekly`);
    const second = await read(`/campaigns/${id}/reports?limit=1&key=weekly&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ periodOn }) => periodOn)).toEqual(['2027-03-15', '2027-03-08']);
    expect(second.nextCursor).toBeNull();
    expect(await read(`/campaigns/${id}/reports?key=none`)).toEqual({ items: [], nextCursor: null });
    expect(await read(`/reports/${first.items[0].id}`)).toEqual(first.items[0]);
  });

  it('say why a mail is where it is, in a sentence', async () => {
    const id = await reporting();
    const { body } = await api.call('POST', `/v1/campaigns/${id}/reports`, { body: { key: 'weekly' } });
    await api.sql`
      update report_mail set state = 'failed', reason = 'address_invalid', finished_at = app_now() where report_id = ${body.id}`;
    expect(await read(`/reports/${body.id}`)).toMatchObject({
      state: 'failed',
      mails: [{ reason: 'The recipient is no address that mail can be sent to.' }],
    });
  });
});

describe('a report that somebody asks for (S1-87)', () => {
  it('has the filter, the window and the columns of its schedule, and leaves that as it is (S1-88, X-9)', async () => {
    const id = await reporting([{ ...WEEKLY_REPORT, statuses: ['active'] }]);
    await freezeClock(api.sql, Date.parse('2027-03-10T18:30:00Z'));
    while ((await claimDueReports(api.sql)) > 0);
    const before = await read(`/campaigns/${id}/report-schedules`);
    const { status, body } = await api.call('POST', `/v1/campaigns/${id}/reports`, {
      body: { key: 'weekly' },
      key: api.keys.editor,
    });
    expect([status, body]).toMatchObject([
      201,
      { periodOn: null, statuses: ['active'], fromAt: '2027-03-03T14:00:00.000Z', untilAt: '2027-03-10T18:30:00.000Z' },
    ]);
    expect(await read(`/campaigns/${id}/report-schedules`)).toEqual(before);
    const files = await Promise.all(
      [`/campaigns/${id}/report-schedules/weekly/export`, `/reports/${body.id}/export`].map((path) =>
        api.call('GET', `/v1${path}`, { key: api.keys.viewer }),
      ),
    );
    expect(files[0]?.text).toBe(files[1]?.text);
    expect(files[0]?.text.trim().split('\r\n')).toHaveLength(2);
    expect(files[0]?.headers.get('content-type')).toMatch(/^text\/csv/);
  });

  it('is mailed once however often it is asked for under one key', async () => {
    const id = await reporting();
    const ask = () =>
      api.call('POST', `/v1/campaigns/${id}/reports`, {
        body: { key: 'weekly' },
        headers: { 'idempotency-key': 'once' },
      });
    const [first, second] = [await ask(), await ask()];
    expect(second.body).toEqual(first.body);
    expect((await read(`/campaigns/${id}/reports`)).items).toHaveLength(1);
  });

  it('is refused where there is no such schedule, by field, value and rule', async () => {
    const id = await reporting();
    const { body } = await api.call('POST', `/v1/campaigns/${id}/reports`, { body: { key: 'daily' } });
    expect(body).toMatchObject({
      code: 'unknown_reference',
      errors: [{ pointer: '#/key', detail: 'the campaign has no such report', value: 'daily' }],
    });
    expect(await api.call('GET', `/v1/campaigns/${id}/report-schedules/daily/export`)).toMatchObject({ status: 404 });
  });
});
