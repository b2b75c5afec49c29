import { startTestApi, type TestApi } from '../../test/api';
import { seedOutreach } from '../../test/seed';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const put = (path: string, body: unknown) => api.call('PUT', path, { body });

describe('spending (U-14)', () => {
  it('has rates that are changed field by field, from the revision that was seen', async () => {
    const { body: before } = await api.call('GET', '/v1/spending/rates');
    expect(before).toMatchObject({ callMinuteMicros: 0, segmentMicros: 0, mailMicros: 0, callMinutes: 3, revision: 1 });
    const change = { callMinuteMicros: 14_000, revision: 1 };
    const { body: after } = await api.call('PATCH', '/v1/spending/rates', { body: change });
    expect(after).toMatchObject({ callMinuteMicros: 14_000, callMinutes: 3, revision: 2, updatedBy: 'key:Ada' });
    expect((await api.call('PATCH', '/v1/spending/rates', { body: change })).body).toMatchObject({
      code: 'revision_conflict',
    });
  });

  it('has limits of the company and of each campaign, in force at once', async () => {
    const { campaignId } = await seedOutreach(api.sql);
    const none = { perDayMicros: null, totalMicros: null, spentTodayMicros: 0, spentMicros: 0, revision: 1 };
    const limits = { perDayMicros: 5_000_000, totalMicros: 90_000_000 };
    for (const path of ['/v1/spending', `/v1/campaigns/${campaignId}/spending`]) {
      expect((await api.call('GET', path)).body).toEqual(none);
      expect((await put(path, { ...limits, revision: 1 })).body).toEqual({ ...none, ...limits, revision: 2 });
      expect((await put(path, { ...limits, revision: 1 })).body).toMatchObject({
        status: 409,
        code: 'revision_conflict',
      });
      expect((await put(path, { ...limits, totalMicros: null })).body).toMatchObject({
        totalMicros: null,
        revision: 3,
      });
    }
    const changes =
      await api.sql`select entity, entity_id from change_log where change = 'spend_limits' order by id limit 2`;
    expect(changes.map(({ entity }) => entity)).toEqual(['spending', 'spending']);
  });

  it.each([
    [{ perDayMicros: -1, totalMicros: null }, '#/perDayMicros'],
    [{ perDayMicros: 0.5, totalMicros: null }, '#/perDayMicros'],
    [{ perDayMicros: null }, '#/totalMicros'],
    [{ perDayMicros: null, totalMicros: 1e15 }, '#/totalMicros'],
  ])('refuses %j', async (body, pointer) => {
    expect((await put('/v1/spending', body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('of a campaign that there is not can not be limited', async () => {
    const path = '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/spending';
    expect((await put(path, { perDayMicros: null, totalMicros: null })).status).toBe(404);
  });
});
