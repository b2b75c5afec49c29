import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writableFolder } from './data-folder';

describe('the folder for the data', () => {
  let parent: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'data-folder-'));
  });
  afterAll(() => rm(parent, { recursive: true }));

  it('is made where there is none, and left empty', async () => {
    const folder = join(parent, 'deep', 'down');
    await writableFolder(folder, '--folder');
    await writableFolder(folder, '--folder');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused with advice where nothing can be written', async () => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    await expect(writableFolder(join(file, 'below'), '--folder')).rejects.toThrow(
      `Nothing can be written to ${join(file, 'below')} (ENOTDIR): make it writable, or choose another with --folder.`,
    );
  });
});
