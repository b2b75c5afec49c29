// Finds the Temporal CLI, or gets it: the path is the only line on standard output, progress goes to standard error.
// Plain Node without dependencies, because it runs before anything is built.

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MODULE = fileURLToPath(new URL('../tools/temporal/', import.meta.url));
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const NAME = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
/** The oldest server whose development mode takes all the options that we give it. */
const OLDEST_SERVER = [1, 29];
const SAY_EVERY_MS = 30_000;

/**
 * Answers the path of a Temporal CLI that runs here. In this order: `temporal` on PATH, our cache, the SDK's own
 * download, a build of the version that tools/temporal pins.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 */
export async function findTemporal({ log = console.error } = {}) {
  const { version, folder } = await pin();
  const cached = join(folder, NAME);
  return (
    (await onPath()) ??
    (await ifItRuns(cached)) ??
    (await holdingLock(folder, log, async () => {
      const made =
        (await ifItRuns(cached)) ?? (await download(version, folder, log)) ?? (await build(version, folder, log));
      if (made !== cached) await rename(made, cached);
      return cached;
    }))
  );
}

/** The pinned version and the folder of the cache for it, which fresh clones and parallel checkouts share. */
async function pin() {
  const module = await readFile(join(MODULE, 'go.mod'), 'utf8');
  const version = /github\.com\/temporalio\/cli (v\S+)/.exec(module)?.[1];
  if (version === undefined) throw new Error(`${MODULE}go.mod names no version of github.com/temporalio/cli`);
  const hash = createHash('sha256').update(module).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return { version, folder: join(cache, 'followthrough', 'temporal', hash) };
}

async function onPath() {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? null : await ifItRuns(join(folder, NAME));
    if (found !== null) return found;
  }
  return null;
}

/** The path, if that is a Temporal CLI that starts here and holds a server that is new enough. */
async function ifItRuns(path) {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ['--version']);
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(stdout) ?? [];
    const isNewEnough = Number(major) > OLDEST_SERVER[0] || Number(minor) >= OLDEST_SERVER[1];
    return isNewEnough ? path : null;
  } catch {
    return null;
  }
}

/** Without access to the internet this fails within milliseconds, so it is always worth the try. */
async function download(version, folder, log) {
  const target = await mkdtemp(join(folder, 'download-'));
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const executable = { type: 'cached-download', version, downloadDir: target };
    const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
    await environment.teardown();
    const [name] = await readdir(target);
    const path = join(folder, `${NAME}.${process.pid}`);
    await rename(join(target, name), path);
    await chmod(path, 0o755);
    log(`Downloaded the Temporal server (CLI ${version}).`);
    return await ifItRuns(path);
  } catch {
    return null;
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

async function build(version, folder, log) {
  await run('go', ['version']).catch(() => {
    throw new Error(
      [
        'There is no Temporal server on this machine, it cannot be downloaded, and there is no Go to build it with.',
        'Do one of these and try again:',
        `  - install the Temporal CLI ${version} (https://docs.temporal.io/cli) so that "temporal" is on PATH`,
        '  - install Go (https://go.dev/dl); the server is then built once, in about 4 minutes',
        '  - set TEMPORAL_ADDRESS=host:7233 to use a Temporal server that runs already',
      ].join('\n'),
    );
  });
  const path = join(folder, `${NAME}.${process.pid}`);
  log(`Building the Temporal server (CLI ${version}); about 4 minutes, once for all checkouts ...`);
  const startedAt = Date.now();
  const timer = setInterval(() => log(`  still building, ${seconds(startedAt)} s ...`), SAY_EVERY_MS);
  try {
    await goBuild(version, path);
  } finally {
    clearInterval(timer);
  }
  log(`Built the Temporal server in ${seconds(startedAt)} s.`);
  return path;
}

function goBuild(version, path) {
  const stamp = `-X github.com/temporalio/cli/internal/temporalcli.Version=${version.slice(1)}`;
  const go = spawn('go', ['build', '-ldflags', stamp, '-o', path, PACKAGE], {
    cwd: MODULE,
    env: { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  go.stderr.on('data', (data) => {
    said = (said + data).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    go.once('error', reject);
    go.once('close', (code) => {
      if (code === 0) return resolve();
      const advice = 'Is the Go module proxy within reach? Or install the Temporal CLI (https://docs.temporal.io/cli).';
      reject(new Error(`"go build" of the Temporal server failed:\n${said.trim()}\n${advice}`));
    });
  });
}

function seconds(startedAt) {
  return Math.round((Date.now() - startedAt) / 1000);
}

/** Lets one process at a time fill the cache; a lock whose owner is gone is taken over. */
async function holdingLock(folder, log, work) {
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock');
  for (let waits = 0; !(await takeLock(lock)); waits++) {
    if (waits === 0) log('Another process is getting the Temporal server; waiting for it ...');
    await delay(1000);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock) {
  // A link appears with its content, so nobody ever reads a lock without an owner.
  const mine = `${lock}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(await findTemporal());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
