import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApi } from '../test/api';
import { ensureAdminKey } from './api-key';

describe('the first admin key', () => {
  it('is made once, written for its owner alone, and works', async () => {
    const fresh = await startTestApi();
    await fresh.sql`delete from api_key`;
    const file = join(await mkdtemp(join(tmpdir(), 'followthrough-key-')), 'admin-key');
    await writeFile(file, 'left over', { mode: 0o644 });
    const made = await Promise.all([ensureAdminKey(fresh.sql, file), ensureAdminKey(fresh.sql, file)]);
    expect(made.sort()).toEqual([false, true]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const key = (await readFile(file, 'utf8')).trim();
    expect((await fresh.call('PATCH', '/v1/settings', { key, body: {} })).status).toBe(200);
    await fresh.stop();
  });

  it('is not made when its file can not be written', async () => {
    const fresh = await startTestApi();
    await fresh.sql`delete from api_key`;
    await expect(ensureAdminKey(fresh.sql, '/nowhere/at/all/admin-key')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await fresh.sql`select id from api_key`).toHaveLength(0);
    await fresh.stop();
  });
});
