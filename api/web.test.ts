import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { problemHandler, unknownRoute } from './problem-handler';
import { webRouter } from './web';

const PAGE = '<!doctype html><title>Followthrough</title>';
const SCRIPT = 'console.log("the page")';

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'followthrough-web-'));
  const app = express().use(webRouter(folder), unknownRoute, problemHandler(pino({ level: 'silent' })));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this kind.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

const get = (path: string, method = 'GET') => fetch(url + path, { method });

it('says what to do while the page was not built', async () => {
  const answer = await get('/');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('npm run build');
});

describe('the page, once built', () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'index.html'), PAGE);
    await writeFile(join(folder, '.followthrough'), 'the stamp of the build');
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'assets', 'index-abc123.js'), SCRIPT);
  });

  it.each(['/', '/campaigns/7', '/enrollments/7?tab=attempts', '/handoffs'])(
    'is answered at %s, fresh',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toBe(PAGE);
    },
  );

  it('is made of files whose names change with them, so they are kept for ever', async () => {
    const answer = await get('/assets/index-abc123.js');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await answer.text()).toBe(SCRIPT);
  });

  it.each([
    '/v1/nothing',
    '/campaigns',
    '/campaigns/7/rules',
    '/assets/old.js',
    '/assets/',
    '/.followthrough',
    '/index.html',
  ])('is not answered at %s: there is no such thing, and nobody keeps that', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('cache-control')).toBeNull();
  });

  it('is only read', async () => {
    expect((await get('/', 'POST')).status).toBe(404);
    expect((await get('/', 'HEAD')).status).toBe(200);
  });
});
