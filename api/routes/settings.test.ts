import { startTestApi, type TestApi } from '../../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('the settings', () => {
  it('are changed field by field, with a revision, an actor and a line in the change log', async () => {
    const { updatedAt: _, ...before } = (await api.call('GET', '/v1/settings')).body;
    const after = await api.call('PATCH', '/v1/settings', {
      body: {
        revision: before.revision,
        companyName: 'Asha & Partners',
        lines: 40,
        ratePercent: 50,
        callsPerSecond: 1.5,
        callerNumbers: ['+12125550199'],
      },
    });
    expect(after.body).toMatchObject({
      ...before,
      companyName: 'Asha & Partners',
      lines: 40,
      ratePercent: 50,
      callsPerSecond: 1.5,
      callerNumbers: ['+12125550199'],
      revision: before.revision + 1,
      updatedBy: 'key:Ada',
    });
    const [change] =
      await api.sql`select actor, data from change_log where entity = 'settings' order by id desc limit 1`;
    expect(change).toEqual({
      actor: 'key:Ada',
      data: { fields: ['companyName', 'callerNumbers', 'lines', 'ratePercent', 'callsPerSecond'] },
    });
  });

  it('let nobody wait by a pace that was slower before (T24)', async () => {
    await api.sql`update line_group set calls_per_second = 0.01, calls_tat_rt = clock_timestamp() + interval '100 s'`;
    const isFree = async () => api.sql`select calls_tat_rt <= clock_timestamp() as free from line_group`;
    await api.call('PATCH', '/v1/settings', { body: { lines: 41 } });
    expect(await isFree()).toEqual([{ free: false }]);
    await api.call('PATCH', '/v1/settings', { body: { callsPerSecond: 5 } });
    expect(await isFree()).toEqual([{ free: true }]);
  });

  it('are not changed from an old revision, nor by a change that changes nothing', async () => {
    const { body: now } = await api.call('GET', '/v1/settings');
    expect(
      (await api.call('PATCH', '/v1/settings', { body: { revision: now.revision - 1, lines: 3 } })).body,
    ).toMatchObject({ status: 409, code: 'revision_conflict' });
    expect((await api.call('PATCH', '/v1/settings', { body: { lines: now.lines } })).body.revision).toBe(now.revision);
  });

  it.each([
    [{ ratePercent: 0 }, '#/ratePercent'],
    [{ ratePercent: 101 }, '#/ratePercent'],
    [{ callsPerSecond: 0 }, '#/callsPerSecond'],
    [{ lines: 0 }, '#/lines'],
    [{ callerNumbers: ['212 555 0199'] }, '#/callerNumbers/0'],
    [{ transferNumber: '212 555 0177' }, '#/transferNumber'],
    [{ mailFrom: 'nobody' }, '#/mailFrom'],
    [{ zone: 'Mars/Olympus' }, '#/zone'],
    [{ legalHours: { weekdays: [1], slots: [{ open: '07:00', close: '21:00' }] } }, '#/legalHours/slots/0/open'],
    [
      { caps: { phone: { perDay: 3, perWeek: 10 }, email: { perDay: 3, perWeek: 10, perMonth: 20 } } },
      '#/caps/phone/perMonth',
    ],
    [{ colour: 'red' }, '#/colour'],
  ])('refuse %j', async (body, pointer) => {
    const refused = await api.call('PATCH', '/v1/settings', { body });
    expect(refused.body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });
});
