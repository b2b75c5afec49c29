import { startTestApi, type TestApi } from '../../test/api';
import { parseScrape, type Sample, valueOf } from '../../test/prometheus';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function scrape(): Promise<Sample[]> {
  const { status, text, headers } = await api.call('GET', '/metrics', { key: api.keys.viewer });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return parseScrape(text);
}

describe('GET /metrics', () => {
  it('is shown to whoever has an API key and to nobody else: how the business goes is not public', async () => {
    expect(await api.call('GET', '/metrics', { key: null })).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
    const wrong = await api.call('GET', '/metrics', { key: `${api.keys.viewer}x` });
    expect(wrong.status).toBe(401);
    expect(await scrape()).not.toHaveLength(0);
  });

  it('counts and times requests by the pattern of their route, whatever they ended with', async () => {
    const path = '/v1/contacts/0190163d-8694-739b-aea5-966c26f8ad91';
    await api.call('GET', path);
    await api.call('GET', path);
    await api.call('GET', path, { key: null });
    await api.call('GET', '/v1/nothing/of/that/kind');
    await api.call('POST', '/webhooks/twilio/sms', { key: null });
    const samples = await scrape();
    const requests = (labels: Record<string, string>) => valueOf(samples, 'followthrough_http_requests_total', labels);
    expect(requests({ method: 'GET', route: '/v1/contacts/:id', status: '404' })).toBe(2);
    expect(requests({ method: 'GET', route: '/v1/contacts/:id', status: '401' })).toBe(1);
    expect(requests({ method: 'GET', route: 'none' })).toBe(1);
    const timed = { method: 'GET', route: '/v1/contacts/:id' };
    expect(valueOf(samples, 'followthrough_http_request_duration_seconds_count', timed)).toBe(3);
    expect(valueOf(samples, 'followthrough_http_request_duration_seconds_bucket', { ...timed, le: '+Inf' })).toBe(3);
  });

  it('holds no path, no id and nothing that a client wrote', async () => {
    await api.call('GET', '/v1/contacts?phone=%2B12125550123');
    await api.call('GET', '/%2B12125550123/nora@example.com');
    const { text } = await api.call('GET', '/metrics');
    expect(text).not.toMatch(/12125550123|nora|0190163d/);
  });

  it('shows the figures of the installation beside those of the process', async () => {
    expect(valueOf(await scrape(), 'followthrough_lines')).toBe(20);
  });
});
