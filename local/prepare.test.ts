import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** In a process of its own, as the first thing that a fresh clone runs. */
function evaluate(script: string, env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, ...env } });
}

describe('the version of Node', () => {
  const PREPARE = pathToFileURL(join(__dirname, 'prepare.mjs')).href;
  const require = (version: string) =>
    evaluate(`
      Object.defineProperty(process.versions, 'node', { value: '${version}' });
      (await import('${PREPARE}')).requireNode();
    `);

  it.each(['18.20.8', '20.18.3'])('%s is too old, and the message says what is needed', async (version) => {
    await expect(require(version)).rejects.toMatchObject({
      stderr: expect.stringContaining(`Node.js 20.19 or newer is needed; this is ${version}. See https://nodejs.org`),
    });
  });

  it.each(['20.19.0', '22.0.0', '24.11.1'])('%s will do', async (version) => {
    await require(version);
  });
});

describe('the packages', () => {
  let clone: string;

  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), 'prepare-'));
    for (const folder of ['local', 'bin', 'web']) await mkdir(join(clone, folder));
    await cp(join(__dirname, 'prepare.mjs'), join(clone, 'local', 'prepare.mjs'));
    for (const folder of ['.', 'web']) await writeFile(join(clone, folder, 'package-lock.json'), '{}');
    // Stands for the registry: what `npm ci` leaves behind, or leaves half done.
    await writeFile(
      join(clone, 'bin', 'npm'),
      `#!/bin/sh
echo "$@" >> npm.log
rm -rf node_modules
mkdir -p node_modules/express node_modules/zod
echo '{}' > node_modules/express/package.json
[ -n "$BROKEN" ] && exit 1
echo '{}' > node_modules/zod/package.json
echo '{"packages":{"node_modules/express":{},"node_modules/zod":{}}}' > node_modules/.package-lock.json
`,
    );
    await chmod(join(clone, 'bin', 'npm'), 0o755);
  });
  afterEach(() => rm(clone, { recursive: true }));

  const install = (env: NodeJS.ProcessEnv = {}, what = 'ensureInstalled') =>
    evaluate(`await (await import('${pathToFileURL(join(clone, 'local', 'prepare.mjs')).href}')).${what}()`, {
      PATH: `${join(clone, 'bin')}${delimiter}${process.env['PATH']}`,
      ...env,
    });
  const installs = async () => (await readFile(join(clone, 'npm.log'), 'utf8')).trim().split('\n').length;

  it('are installed once', async () => {
    const { stderr } = await install();
    await install();
    expect(stderr).toContain('Installing packages (npm ci) ...');
    expect(await installs()).toBe(1);
  });

  it('are installed anew when one of them is missing', async () => {
    await install();
    await rm(join(clone, 'node_modules', 'express'), { recursive: true });
    await install();
    expect(await installs()).toBe(2);
  });

  it('are installed anew when the last installation was broken off', async () => {
    await expect(install({ BROKEN: '1' })).rejects.toMatchObject({ stderr: expect.stringContaining('failed.') });
    await install();
    expect(await installs()).toBe(2);
  });

  it('are installed anew when the lockfile changed', async () => {
    await install();
    await writeFile(join(clone, 'package-lock.json'), '{"lockfileVersion":3}');
    await install();
    expect(await installs()).toBe(2);
  });

  it('of the page are installed in its own folder, whatever the others are', async () => {
    await install({}, 'ensureWebInstalled');
    await install({}, 'ensureWebInstalled');
    expect((await readFile(join(clone, 'web', 'npm.log'), 'utf8')).trim().split('\n')).toHaveLength(1);
    await expect(installs()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
