import { startTestApi, type TestApi } from '../test/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('problems (RFC 9457)', () => {
  it('name the request in header and body', async () => {
    const answer = await api.call('GET', '/v1/moon');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toEqual({
      type: 'urn:followthrough:problem:not_found',
      title: 'There is no such thing',
      status: 404,
      detail: 'GET /v1/moon is no operation of this API',
      instance: `urn:uuid:${answer.headers.get('x-request-id')}`,
      code: 'not_found',
    });
  });

  it.each([
    ['no JSON', '{"a":', { status: 400, code: 'malformed_body' }],
    [
      'a body beyond 1 MB (T8)',
      JSON.stringify({ name: 'x'.repeat(1_100_000) }),
      { status: 413, code: 'body_too_large' },
    ],
    [
      'a poisoned body (T9)',
      '{"__proto__": {"polluted": true}, "name": "abc", "caseType": "x"}',
      { status: 422, code: 'invalid_body' },
    ],
    [
      'a character that can not be stored',
      '{"name": "a\\u0000bc", "caseType": "x"}',
      { status: 422, code: 'invalid_body' },
    ],
    [
      'a body without bottom (T8)',
      `{"name": "abc", "caseType": "x", "deep": ${'['.repeat(400_000)}${']'.repeat(400_000)}}`,
      {
        status: 422,
        code: 'invalid_body',
        errors: [{ pointer: '#', detail: 'must not be nested deeper than 64 levels' }],
      },
    ],
    ['a list instead of an object', '[]', { status: 422, code: 'invalid_body' }],
  ])('are the answer to %s', async (_, body, problem) => {
    const answer = await api.call('POST', '/v1/lists', { body, headers: { 'content-type': 'application/json' } });
    expect(answer.body).toMatchObject(problem);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('are the answer to an id that is none, and to one that does not exist', async () => {
    expect((await api.call('GET', '/v1/lists/moon')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '#/id', in: 'path', value: 'moon' }],
    });
    expect((await api.call('GET', '/v1/lists/0f8fad5b-d9cb-469f-a165-70867728950e')).body).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect((await api.call('GET', '/v1/lists/%E0%A4%A')).body).toMatchObject({
      status: 400,
      code: 'invalid_parameter',
    });
  });

  it('tell nothing of an error that nobody foresaw, and the log tells where it was', async () => {
    const broken = await startTestApi();
    await broken.sql`alter table list rename to hidden_list`;
    const answer = await broken.call('GET', '/v1/lists');
    expect(answer.body).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.text).not.toMatch(/relation|hidden|list\.ts|at /);
    const line = broken.logged.find((text) => text.includes('request failed'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      requestId: answer.headers.get('x-request-id'),
      err: { name: 'PostgresError', code: '42P01' },
    });
    await broken.stop();
  });
});
