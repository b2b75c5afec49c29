import { type TestApi, startTestApi } from '../test/api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const ask = (path: string) => api.call('GET', path, { key: null });

describe('the documentation page', () => {
  it('loads everything from here, and runs nothing that stands inside it', async () => {
    const page = await ask('/docs');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script>|<script [^>]*>[^<]|style=| on\w+=|https?:/);
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(loaded).toHaveLength(4);
    for (const path of loaded) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  });

  it('shows this document, and asks nobody else about it', async () => {
    const start = await ask('/docs/start.js');
    expect(start.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(start.text).toContain("url: '/openapi.json'");
    expect(start.text).toContain('validatorUrl: null');
  });

  it('gives out no other file of the package that it is made of', async () => {
    for (const path of ['package.json', 'index.html', 'swagger-initializer.js', '..%2fpackage.json'])
      expect([path, (await ask(`/docs/${path}`)).status]).toEqual([path, 404]);
  });
});
