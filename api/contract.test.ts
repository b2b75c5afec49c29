import { Contract, type Exchange } from '../test/contract';
import { startTestApi, type TestApi } from '../test/api';
import { LIST_EXAMPLE } from './answers/lists';

let api: TestApi;
let contract: Contract;
beforeAll(async () => {
  api = await startTestApi();
  contract = new Contract((await api.call('GET', '/openapi.json')).body);
});
afterAll(() => api.stop());

const CREATED: Exchange = {
  method: 'POST',
  path: '/v1/lists',
  status: 201,
  headers: { 'content-type': 'application/json; charset=utf-8', location: '/v1/lists/x', 'x-request-id': 'x' },
  body: JSON.stringify(LIST_EXAMPLE),
};

/** Every other test of the API leans on this one: what it would let pass, they would. */
describe('the contract that tests hold every answer to', () => {
  it('is content with what is documented', () => {
    expect(contract.violations(CREATED)).toEqual([]);
  });

  const { name: _, ...nameless } = LIST_EXAMPLE;
  it.each<[string, Partial<Exchange>, RegExp]>([
    [
      'a field that is not documented',
      { body: JSON.stringify({ ...LIST_EXAMPLE, secret: 1 }) },
      /additional properties.*secret/,
    ],
    ['a field that is missing', { body: JSON.stringify(nameless) }, /required property 'name'/],
    ['a field of another type', { body: JSON.stringify({ ...LIST_EXAMPLE, cases: '0' }) }, /\/cases must be integer/],
    [
      'a field of another form',
      { body: JSON.stringify({ ...LIST_EXAMPLE, createdAt: 'today' }) },
      /\/createdAt must match format/,
    ],
    ['a status that is not documented', { status: 200 }, /the status is not documented/],
    ['another media type', { headers: { 'content-type': 'text/html' } }, /the media type text\/html is not documented/],
    [
      'a header that is not documented',
      { headers: { ...CREATED.headers, 'set-cookie': 'a=b' } },
      /header set-cookie is not documented/,
    ],
    ['an operation that is not documented', { path: '/v1/secrets' }, /an operation that is not documented/],
    ['a body where there should be none', { method: 'DELETE', path: '/v1/session', status: 204 }, /there is a body/],
    [
      'a refusal for what it may not refuse',
      {
        status: 409,
        headers: { 'content-type': 'application/problem+json' },
        body: JSON.stringify({
          type: 'a',
          title: 'a',
          status: 409,
          detail: 'a',
          instance: 'a',
          code: 'launch_refused',
        }),
      },
      /\/code must be equal to one of the allowed values/,
    ],
    [
      'an unknown operation that is refused by a page',
      { path: '/v1/secrets', status: 404, headers: { 'content-type': 'text/html' } },
      /refused by text\/html/,
    ],
  ])('finds %s', (_what, difference, fault) => {
    const found = contract.violations({ ...CREATED, ...difference });
    expect(found.join('\n')).toMatch(fault);
  });

  it('is asked about every answer of the test server', async () => {
    const settings = () => api.call('GET', '/v1/settings');
    await settings();
    await api.sql`update settings set zone = 'UTC', legal_hours = jsonb_set(legal_hours, '{weekdays}', '["Monday"]')`;
    await expect(settings()).rejects.toThrow('GET /v1/settings → 200: /legalHours/weekdays/0 must be integer');
  });
});
