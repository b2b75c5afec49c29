import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILT } from '../build';
import { CRASH_POINTS_FILE, EVERY_POINT } from './crash-plan';

/** Crash points are put before a program from outside; what is shipped has none. */

const run = promisify(execFile);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

it('no file of a production build knows of crash points', () => {
  const files = filesBelow(BUILT).filter((path) => /\.(js|json|sql)$/.test(path));
  expect(files.length).toBeGreaterThan(200);
  const knowing = files.filter((path) => /CRASH_|crash.?point|test\/chaos/i.test(readFileSync(path, 'utf8')));
  expect(knowing).toEqual([]);
});

it.each(EVERY_POINT)('%s lies on the way of a program: what it looks for is there', async (point) => {
  const { stdout } = await run(process.execPath, ['--require', CRASH_POINTS_FILE, '-e', 'console.log("lives")'], {
    env: { ...process.env, CRASH_AT: `${point}:1` },
  });
  expect(stdout).toBe('lives\n');
});

it('ends the process at once, by a signal that nobody can catch, when the point is reached so many times', async () => {
  const script = `
    process.on('exit', () => console.log('said goodbye'));
    require('${join(BUILT, 'db', 'step')}').step({}, {}).catch(() => console.log('first time'))
      .then(() => require('${join(BUILT, 'db', 'step')}').step({}, {}));`;
  const dying = run(process.execPath, ['--require', CRASH_POINTS_FILE, '-e', script], {
    env: { ...process.env, CRASH_AT: 'P0:2' },
  });
  await expect(dying).rejects.toMatchObject({ signal: 'SIGKILL', stdout: 'first time\ncrash point P0\n' });
});

it.each(['P13:1', 'P1', 'P1:0'])('refuses %s, which names none', async (asked) => {
  const armed = run(process.execPath, ['--require', CRASH_POINTS_FILE, '-e', ''], {
    env: { ...process.env, CRASH_AT: asked },
  });
  await expect(armed).rejects.toMatchObject({ code: 1 });
});
