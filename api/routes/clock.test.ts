import { setClock } from '../../db/clock';
import { MONDAY_NOON, startTestApi, type TestApi } from '../../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const clock = async () => (await api.call('GET', '/v1/clock', { key: api.keys.viewer })).body;

describe('GET /clock', () => {
  it('tells business time, which may stand still in a demonstration', async () => {
    expect(await clock()).toEqual({ nowAt: '2027-03-01T17:00:00.000Z', speed: 0 });
  });

  it('tells how fast it runs', async () => {
    await setClock(api.sql, MONDAY_NOON, 720);
    expect(await clock()).toMatchObject({ nowAt: expect.stringMatching(/^2027-03-01T17:/), speed: 720 });
  });

  it('tells real time where nobody has set another', async () => {
    await api.sql`delete from clock`;
    const { nowAt, speed } = await clock();
    expect(speed).toBe(1);
    expect(Math.abs(Date.parse(nowAt) - Date.now())).toBeLessThan(60_000);
  });
});
