import { startTestApi, type TestApi } from '../../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const HOURS = [{ weekdays: [1, 2, 3, 4, 5], slots: [{ open: '09:00', close: '18:00' }] }];
const RULE = { state: 'WY', channels: ['voice', 'sms'], hours: HOURS, source: 'W.S. 40-12-302' };
const DAY = {
  name: 'Office move',
  rule: { kind: 'dates', from: '2027-05-03', to: '2027-05-04' },
  binds: 'everybody',
  source: 'management',
};

const post = (path: string, body: unknown, headers = {}) => api.call('POST', path, { body, headers });

describe('rules of law', () => {
  it('are there from the start, each with its source, and found by state', async () => {
    const { body } = await api.call('GET', '/v1/legal-rules?limit=200');
    expect(body.items).toHaveLength(21);
    const { body: florida } = await api.call('GET', '/v1/legal-rules?state=FL');
    expect(florida.items).toMatchObject([
      {
        state: 'FL',
        revision: 1,
        versions: [{ perDay: 3, inForce: { from: '2000-01-01', to: null }, reviewedBy: null }],
      },
    ]);
  });

  it('come page by page', async () => {
    const { body: first } = await api.call('GET', '/v1/legal-rules?limit=15');
    const { body: second } = await api.call('GET', `/v1/legal-rules?limit=15&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(second.nextCursor).toBeNull();
  });

  it('are added, changed from a day on, and retired, and never overwritten', async () => {
    const added = await post('/v1/legal-rules', RULE, { 'idempotency-key': 'wyoming' });
    expect(added.status).toBe(201);
    const { body: rule } = added;
    expect((await post('/v1/legal-rules', RULE, { 'idempotency-key': 'wyoming' })).body.id).toBe(rule.id);
    const path = `/v1/legal-rules/${rule.id}`;
    const narrower = { perDay: 2, effectiveFrom: '2027-09-01', source: 'an amendment', revision: 1 };
    const { body: changed } = await api.call('PATCH', path, { body: narrower });
    expect(changed).toMatchObject({
      revision: 2,
      versions: [
        { version: 1, perDay: null, inForce: { from: '2027-03-01', to: '2027-08-31' } },
        { version: 2, perDay: 2, hours: HOURS, inForce: { from: '2027-09-01', to: null }, source: 'an amendment' },
      ],
    });
    const retired = await post(`${path}/retire`, {
      source: 'repealed',
      reviewedBy: 'Counsel',
      effectiveFrom: '2028-01-01',
    });
    expect(retired.body.versions).toMatchObject([
      { inForce: { to: '2027-08-31' } },
      { inForce: { from: '2027-09-01', to: '2027-12-31' } },
      { retired: true, inForce: null, createdBy: 'key:Ada' },
    ]);
    expect((await api.call('GET', path)).body).toEqual(retired.body);
    const changes = await api.sql`select change, actor from change_log where entity = 'legal_rule' order by id`;
    expect(changes.map(({ change }) => change)).toEqual(['added', 'changed', 'retired']);
  });

  it('are not loosened without a name, by field, value and rule', async () => {
    const { body } = await api.call('GET', '/v1/legal-rules?state=KY');
    const path = `/v1/legal-rules/${body.items[0].id}`;
    const wider = {
      hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], slots: [{ open: '08:00', close: '21:00' }] }],
      source: 'hearsay',
    };
    expect((await api.call('PATCH', path, { body: wider })).body).toMatchObject({
      status: 422,
      code: 'law_refused',
      errors: [
        { pointer: '#/reviewedBy', value: null, detail: expect.stringContaining('more than version 1 (hours)') },
      ],
    });
    expect((await api.call('PATCH', path, { body: { ...wider, reviewedBy: 'Counsel' } })).status).toBe(200);
    expect((await api.call('PATCH', path, { body: { perDay: 1, source: 'x', revision: 1 } })).body).toMatchObject({
      status: 409,
      code: 'revision_conflict',
    });
  });

  it.each([
    ['the federal rule', { channels: ['voice'] }, '#/channels', 'law_refused'],
    ['without a source', { source: undefined }, '#/source', 'invalid_body'],
    [
      'an hour before eight',
      { hours: [{ weekdays: [1], slots: [{ open: '07:59', close: '20:00' }] }] },
      '#/hours/0/slots/0/open',
      'invalid_body',
    ],
    ['a weekday twice', { hours: [...HOURS, ...HOURS] }, '#/hours', 'invalid_body'],
    [
      'an end before its beginning',
      { effectiveFrom: '2027-05-01', effectiveTo: '2027-04-30' },
      '#/effectiveTo',
      'invalid_body',
    ],
    ['another field', { country: 'CA' }, '#/country', 'invalid_body'],
  ])('refuse %s', async (_, change, pointer, code) => {
    const { body } = await api.call('GET', '/v1/legal-rules?limit=1');
    const [federal] = body.items;
    expect(federal.state).toBeNull();
    const reply = await api.call('PATCH', `/v1/legal-rules/${federal.id}`, {
      body: { source: 'x', reviewedBy: 'Counsel', ...change },
    });
    expect(reply.body).toMatchObject({ status: 422, code, errors: [{ pointer }] });
  });

  it('refuse a state of another country', async () => {
    expect((await post('/v1/legal-rules', { ...RULE, country: 'CA' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/state', detail: 'must be a state of the country' }],
    });
  });
});

describe('the calendar', () => {
  it('has the federal holidays from the start (U-17)', async () => {
    const { body } = await api.call('GET', '/v1/calendar-days?limit=200');
    const federal = body.items.filter(({ versions: [day] }: { versions: { state: null }[] }) => day?.state === null);
    expect(federal).toHaveLength(11);
  });

  it('takes in a blackout, opens it again with a name, and forgets nothing', async () => {
    const { status, body: day } = await post('/v1/calendar-days', DAY);
    expect([status, day.versions[0].observed]).toEqual([201, 'same_day']);
    const path = `/v1/calendar-days/${day.id}`;
    const moved = { rule: { kind: 'dates', from: '2027-05-10', to: '2027-05-11' }, source: 'management' };
    expect((await api.call('PATCH', path, { body: moved })).body).toMatchObject({ code: 'law_refused' });
    expect((await api.call('PATCH', path, { body: { ...moved, reviewedBy: 'Ada' } })).body.revision).toBe(2);
    const { body: retired } = await post(`${path}/retire`, { source: 'management', reviewedBy: 'Ada' });
    expect(retired.versions).toHaveLength(3);
    expect((await api.call('GET', path)).body).toEqual(retired);
  });

  it.each([
    [{ rule: { kind: 'yearly', month: 13, day: 1 } }, '#/rule/month'],
    [{ rule: { kind: 'dates', from: '2027-05-04', to: '2027-05-03' } }, '#/rule/to'],
    [{ name: '' }, '#/name'],
    [{ binds: 'nobody' }, '#/binds'],
    [{ effectiveFrom: '2027-02-30' }, '#/effectiveFrom'],
  ])('refuses %j', async (change, pointer) => {
    expect((await post('/v1/calendar-days', { ...DAY, ...change })).body).toMatchObject({
      status: 422,
      errors: [{ pointer }],
    });
  });

  it('knows nothing of ids that nobody gave', async () => {
    const nobody = '0f8fad5b-d9cb-469f-a165-70867728950e';
    for (const path of [`/v1/calendar-days/${nobody}`, `/v1/legal-rules/${nobody}`])
      expect((await api.call('GET', path)).status).toBe(404);
  });
});
