import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localKeys } from './keys';

describe('the keys of this machine', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are made once, long and different from each other, and stay', async () => {
    const keys = await localKeys(folder);
    expect(await localKeys(folder)).toEqual(keys);
    expect(new Set(Object.values(keys)).size).toBe(4);
    for (const key of [keys.secretKey, keys.addressKey]) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it('are for the eyes of their owner alone', async () => {
    await localKeys(folder);
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
  });

  it('are not made anew beside a database, whose suppressions would be lost', async () => {
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '18\n');
    await expect(localKeys(folder)).rejects.toThrow('keys.json is missing');
    expect(await readdir(folder)).toEqual(['postgres']);
  });

  it.each(['{"secretKey": "hush', '{}', '{"secretKey":"hush","addressKey":"hush","twilioSid":"AC","twilioToken":"t"}'])(
    'are neither guessed nor quoted when the file is damaged: %s',
    async (text) => {
      await writeFile(join(folder, 'keys.json'), text);
      await expect(localKeys(folder)).rejects.toThrow('does not hold the keys that were once made');
      await expect(localKeys(folder)).rejects.not.toThrow('hush');
      expect(await readFile(join(folder, 'keys.json'), 'utf8')).toBe(text);
    },
  );
});
