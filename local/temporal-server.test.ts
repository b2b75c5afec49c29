import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporal } from '../test/find-temporal';
import { isAlive } from './folder-owner';
import { startTemporal } from './temporal-server';

describe('startTemporal', () => {
  let binary: string;
  let folder: string;

  beforeAll(async () => {
    binary = await findTemporal();
    folder = await mkdtemp(join(tmpdir(), 'followthrough-temporal-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function operator(address: string, ...args: string[]): string {
    return execFileSync(binary, ['operator', ...args, '--address', address], { encoding: 'utf8' });
  }

  it('answers with our search attributes, 30 days of retention and the settings that we rely on', async () => {
    const server = await startTemporal({ binary });
    try {
      expect(operator(server.address, 'search-attribute', 'list')).toMatch(
        /CampaignId\s+Keyword[^]*ContactId\s+Keyword/,
      );
      expect(operator(server.address, 'namespace', 'describe', '--namespace', 'default')).toMatch(/720h/);
      expect(server.uiUrl).toBeNull();
    } finally {
      await server.stop();
    }
    expect(isAlive(server.pid)).toBe(false);
  });

  it('keeps what it knew in its file over a kill -9', async () => {
    const dbFile = join(folder, 'deep', 'temporal.db');
    const first = await startTemporal({ binary, dbFile });
    operator(first.address, 'search-attribute', 'create', '--name', 'Kept', '--type', 'Keyword');
    await first.kill();

    const second = await startTemporal({ binary, dbFile });
    expect(operator(second.address, 'search-attribute', 'list')).toMatch(/Kept\s+Keyword/);
    await second.stop();
  });

  it('names the port that is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const uiPort = typeof address === 'object' && address ? address.port : 0;
    await expect(startTemporal({ binary, uiPort })).rejects.toThrow(`port ${uiPort} of 127.0.0.1 is in use`);
    blocker.close();
  });
});
