import { unsubscribeToken } from '../../db/tokens';
import { startTestApi, type TestApi } from '../../test/api';
import { launchForOne } from '../../test/api-people';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const suppressions = () => api.sql<{ source: string; channels: string[] }[]>`select source, channels from suppression`;
const state = () =>
  api.sql`
    select (select count(*) from inbox) as inbox, (select count(*) from fact) as facts, (select count(*) from suppression) as suppressions,
      (select count(*) from timeline) as timeline`;

describe('the link to unsubscribe (T5, C16)', () => {
  it('only asks when it is opened, be it a hundred times', async () => {
    const { enrollmentId } = await launchForOne(api);
    const path = `/u/${unsubscribeToken(api.config.secretKey, enrollmentId)}`;
    const before = await state();
    for (let n = 0; n < 100; n += 1) {
      const page = await api.call('GET', path, { key: null });
      expect(page).toMatchObject({ status: 200 });
      if (n === 0) expect(page.text).toContain('<form method="post">');
    }
    expect(await state()).toEqual(before);
  });

  it.each([
    ['without a body', undefined, {}],
    [
      'as mail programs send it (RFC 8058)',
      'List-Unsubscribe=One-Click',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
  ])('unsubscribes from mail by one POST %s, and only once', async (_, body, headers) => {
    await api.sql`delete from suppression`;
    const { enrollmentId } = await launchForOne(api);
    const path = `/u/${unsubscribeToken(api.config.secretKey, enrollmentId)}`;
    const ask = { key: null, headers, ...(body === undefined ? {} : { body }) };
    const answers = [await api.call('POST', path, ask), await api.call('POST', path, ask)];
    expect(answers.map(({ status, text }) => [status, text.includes('Unsubscribed')])).toEqual([
      [200, true],
      [200, true],
    ]);
    const rows = await suppressions();
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['unsubscribe']));
    expect(rows.every(({ channels }) => channels.join() === 'email')).toBe(true);
    expect(
      await api.sql`select id from fact where enrollment_id = ${enrollmentId} and kind = 'opted_out'`,
    ).toHaveLength(1);
    expect((await api.call('GET', `/v1/enrollments/${enrollmentId}`)).body).toMatchObject({ state: 'open' });
  });

  it('works again after a new consent has lifted the first', async () => {
    const { enrollmentId, contactId } = await launchForOne(api);
    const path = `/u/${unsubscribeToken(api.config.secretKey, enrollmentId)}`;
    await api.call('POST', path, { key: null });
    await api.sql`update suppression set lifted_at = app_now()`;
    await api.call('POST', path, { key: null });
    const { addresses } = (await api.call('GET', `/v1/contacts/${contactId}`)).body;
    expect(addresses.map(({ suppressed }: { suppressed: string[] }) => suppressed)).toEqual([['email'], ['email']]);
  });

  it('that was cut off or forged changes nothing and says so', async () => {
    const { enrollmentId } = await launchForOne(api);
    const token = unsubscribeToken(api.config.secretKey, enrollmentId);
    const before = await state();
    for (const bad of [token.slice(0, -1), unsubscribeToken('another-secret-key-of-32-characters!', enrollmentId), 'x'])
      for (const method of ['GET', 'POST'])
        expect((await api.call(method, `/u/${bad}`, { key: null })).status).toBe(404);
    expect(await state()).toEqual(before);
  });

  it('leaves no token in the log', async () => {
    const { enrollmentId } = await launchForOne(api);
    const token = unsubscribeToken(api.config.secretKey, enrollmentId);
    await api.call('GET', `/u/${token}`, { key: null });
    expect(api.logged.some((line) => line.includes('/u/:token'))).toBe(true);
    expect(api.logged.join('')).not.toContain(token);
  });
});
