// Programs that are built from a pinned Go module below tools/ and kept in a cache of the user's, so that fresh clones
// and parallel checkouts share them. Plain Node without dependencies, because it runs before anything is built.

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SAY_EVERY_MS = 30_000;

/**
 * What tools/<name> pins: the version of a Go module, and the folder of the cache for exactly this pin.
 * @param {string} name
 * @param {string} modulePath
 */
export async function pinOf(name, modulePath) {
  const source = fileURLToPath(new URL(`../tools/${name}/`, import.meta.url));
  const module = await readFile(join(source, 'go.mod'), 'utf8');
  const version = new RegExp(`^\\s*(?:require )?${modulePath.replaceAll('.', '\\.')} (v\\S+)`, 'm').exec(module)?.[1];
  if (version === undefined) throw new Error(`${source}go.mod names no version of ${modulePath}`);
  const hash = createHash('sha256').update(module).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return { source, version, folder: join(cache, 'followthrough', name, hash) };
}

/** The name of a program's file on this system. */
export function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

export function hasGo() {
  return run('go', ['version']).then(
    () => true,
    () => false,
  );
}

/**
 * Builds packages of a pinned module, and tells how long it takes.
 * @param {{ source: string, packages: string[], target: string, what: string, flags?: string[], advice: string, log: (line: string) => void }} order
 *   `target` is a file for one package, a folder (ending in a slash) for several.
 */
export async function goBuild({ source, packages, target, what, flags = [], advice, log }) {
  log(`Building ${what}; about 4 minutes, once for all checkouts ...`);
  const startedAt = Date.now();
  const timer = setInterval(() => log(`  still building, ${seconds(startedAt)} s ...`), SAY_EVERY_MS);
  try {
    await runGo(['build', ...flags, '-o', target, ...packages], source);
  } catch (error) {
    throw new Error(`"go build" of ${what} failed:\n${error.message}\n${advice}`, { cause: error });
  } finally {
    clearInterval(timer);
  }
  log(`Built ${what} in ${seconds(startedAt)} s.`);
}

function runGo(args, cwd) {
  const go = spawn('go', args, {
    cwd,
    env: { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  go.stderr.on('data', (data) => {
    said = (said + data).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    go.once('error', reject);
    go.once('close', (code) => (code === 0 ? resolve() : reject(new Error(said.trim()))));
  });
}

function seconds(startedAt) {
  return Math.round((Date.now() - startedAt) / 1000);
}

/** Lets one process at a time fill a folder of the cache; a lock whose owner is gone is taken over. */
export async function holdingLock(folder, what, log, work) {
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock');
  for (let waits = 0; !(await takeLock(lock)); waits++) {
    if (waits === 0) log(`Another process is getting ${what}; waiting for it ...`);
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
