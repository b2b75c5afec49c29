// What must be there before the first compiled file can run: the right Node, the packages, the build.
// Plain Node without dependencies. Everything is said on standard error: standard output belongs to the program.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = [20, 19];
const INSTALL_STAMP = join(ROOT, 'node_modules', '.followthrough');
const DIST = join(ROOT, 'dist');
const BUILD_STAMP = join(DIST, '.followthrough');
/** What the build reads; a test file is none of it. */
const SOURCE = /(?<!\.test)\.ts$|\.sql$|tsconfig.*\.json$/;
const NO_SOURCE = new Set(['node_modules', 'dist', 'coverage', 'test', 'web', 'docs', 'examples', 'tools']);

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Node.js ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}. See https://nodejs.org`,
  );
}

/** Installs the packages unless exactly those of the lockfile are there, whole. */
export async function ensureInstalled() {
  const wanted = await hashOf([join(ROOT, 'package-lock.json')], `${process.platform} ${process.arch}`);
  if ((await readOrEmpty(INSTALL_STAMP)) === wanted && (await isWhole())) return;
  console.error('Installing packages (npm ci) ...');
  // `npm ci` begins by deleting node_modules and the stamp with it, so a stamp means that it came to its end.
  await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { isLoud: true });
  await writeFile(INSTALL_STAMP, wanted);
}

/** Is every package still there that npm wrote down when it had installed them all? */
async function isWhole() {
  try {
    const { packages } = JSON.parse(await readFile(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8'));
    await Promise.all(Object.keys(packages).map((path) => access(join(ROOT, path, 'package.json'))));
    return true;
  } catch {
    return false;
  }
}

/** Compiles into dist/ unless that was built from these very sources. */
export async function ensureBuilt() {
  const sources = await listSources(ROOT);
  const wanted = await hashOf([join(ROOT, 'package-lock.json'), ...sources], process.version);
  if ((await readOrEmpty(BUILD_STAMP)) === wanted) return;
  console.error('Building ...');
  // Built beside its place and moved there when whole: a program that runs from dist/ keeps its files until then.
  const draft = `${DIST}.${process.pid}`;
  const old = `${DIST}.old.${process.pid}`;
  try {
    await compile(draft, sources);
    await writeFile(join(draft, '.followthrough'), wanted);
    await rename(DIST, old).catch(ignoreMissing);
    await rename(draft, DIST);
  } finally {
    await Promise.all([draft, old].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** Types are checked by `npm run typecheck`; here they are only taken away. */
async function compile(folder, sources) {
  await run('node', [
    join('node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
    '--noCheck',
    '--outDir',
    folder,
  ]);
  for (const file of sources.filter((name) => name.endsWith('.sql')))
    await cp(file, join(folder, relative(ROOT, file)));
  await run('node', [join(folder, 'workers', 'build-bundle.js')]);
}

async function listSources(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return NO_SOURCE.has(entry.name) || entry.name.startsWith('.') ? [] : listSources(path);
      return SOURCE.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat().sort();
}

async function hashOf(files, salt) {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(relative(ROOT, file)).update(await readFile(file));
  return hash.digest('hex');
}

function readOrEmpty(file) {
  return readFile(file, 'utf8').catch(() => '');
}

function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}

/** Runs a command in the project folder; what it says is shown at once when loud, else only if it fails. */
function run(command, args, { isLoud = false } = {}) {
  const isNode = command === 'node';
  const child = spawn(isNode ? process.execPath : command, args, {
    cwd: ROOT,
    stdio: ['ignore', ...(isLoud ? [2, 2] : ['pipe', 'pipe'])],
    shell: !isNode && process.platform === 'win32',
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output?.on('data', (data) => (said += data));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`"${command}" cannot be started: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${said}"${command} ${args.join(' ')}" failed.`));
    });
  });
}
