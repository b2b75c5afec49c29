import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report, runningUrl } from './balance';

const AUDIENCE = { name: 'audience', statement: 'Nobody is forgotten.', left: 200, right: 200, ok: true, examples: [] };
const INBOX = { name: 'inbox', statement: 'Nothing is lost.', left: 14, right: 12, ok: false, examples: ['7', '9'] };

describe('the report of the balance', () => {
  const lines = report({ ok: false, equations: [AUDIENCE, INBOX], windows: { checked: 30, outside: 0 } });

  it('shows both sides of each equation and examples of those that differ', () => {
    expect(lines.slice(0, -1)).toEqual([
      'OK       audience          200 : 200       Nobody is forgotten.',
      'DIFFERS  inbox              14 : 12        Nothing is lost.',
      '         for example 7, 9',
    ]);
  });

  it('ends with one JSON object', () => {
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      ok: false,
      equations: [
        { name: 'audience', left: 200, right: 200, ok: true, examples: [] },
        { name: 'inbox', left: 14, right: 12, ok: false, examples: ['7', '9'] },
      ],
      windows: { checked: 30, outside: 0 },
    });
  });
});

describe('the database of the local stack', () => {
  let parent: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'balance-'));
  });

  afterAll(async () => {
    await rm(parent, { recursive: true });
  });

  it('is found by the port in its data folder and the password beside it', async () => {
    const folder = join(parent, 'postgres');
    await mkdir(folder);
    await writeFile(`${folder}.password`, 'secret');
    await writeFile(join(folder, 'postmaster.pid'), '4711\n/data\n1780000000\n54321\n\n127.0.0.1\n');
    expect(await runningUrl(folder)).toBe('postgres://followthrough:secret@127.0.0.1:54321/followthrough');
  });

  it('is asked for where none runs', async () => {
    await expect(runningUrl(join(parent, 'nowhere'))).rejects.toThrow('no database: set DATABASE_URL');
  });
});
