// What must be there before the first compiled file can run: the right Node, the packages, the build.
// Plain Node without dependencies. Everything is said on standard error: standard output belongs to the program.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = [20, 19];
/** The page at / has packages of its own, which are needed to build and to check it and never to run. */
const WEB = join(ROOT, 'web');
const DIST = join(ROOT, 'dist');
const PAGE = join(DIST, 'web');
const STAMP = '.followthrough';
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
  await ensureInstalledIn(ROOT, 'packages');
}

export async function ensureWebInstalled() {
  await ensureInstalledIn(WEB, 'packages of the page');
}

async function ensureInstalledIn(folder, what) {
  const stamp = join(folder, 'node_modules', STAMP);
  const wanted = await hashOf([join(folder, 'package-lock.json')], `${process.platform} ${process.arch}`);
  if ((await readOrEmpty(stamp)) === wanted && (await isWhole(folder))) return;
  console.error(`Installing ${what} (npm ci) ...`);
  // `npm ci` begins by deleting node_modules and the stamp with it, so a stamp means that it came to its end.
  await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { isLoud: true, folder });
  await writeFile(stamp, wanted);
}

/** Is every package still there that npm wrote down when it had installed them all? */
async function isWhole(folder) {
  try {
    const { packages } = JSON.parse(await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
    await Promise.all(Object.keys(packages).map((path) => access(join(folder, path, 'package.json'))));
    return true;
  } catch {
    return false;
  }
}

/** Builds the program into dist/ and its page into dist/web, each unless it was built from these very sources. */
export async function ensureBuilt() {
  const sources = await listSources(ROOT);
  await ensureBuiltIn(DIST, 'the program', [join(ROOT, 'package-lock.json'), ...sources], async (draft) => {
    await compile(draft, sources);
    await cp(PAGE, join(draft, 'web'), { recursive: true }).catch(ignoreMissing);
  });
  await ensurePageBuilt();
}

export async function ensurePageBuilt() {
  await ensureBuiltIn(PAGE, 'the page', await listFiles(WEB), buildPage);
}

/** Built beside its place and moved there when whole: a program that runs from dist/ keeps its files until then. */
async function ensureBuiltIn(place, what, sources, build) {
  const wanted = await hashOf(sources, process.version);
  if ((await readOrEmpty(join(place, STAMP))) === wanted) return;
  console.error(`Building ${what} ...`);
  const draft = `${DIST}.${process.pid}`;
  const old = `${DIST}.old.${process.pid}`;
  try {
    await build(draft);
    await writeFile(join(draft, STAMP), wanted);
    await rename(place, old).catch(ignoreMissing);
    await mkdir(dirname(place), { recursive: true });
    await rename(draft, place);
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

async function buildPage(folder) {
  await ensureWebInstalled();
  await run('node', [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--outDir', folder], { folder: WEB });
}

async function listSources(folder) {
  return (await listFiles(folder)).filter((path) => SOURCE.test(path));
}

/** Every file of ours below the folder. */
async function listFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !NO_SOURCE.has(name) && !name.startsWith('.'))
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? listFiles(path) : [path];
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

/** Runs a command in the folder; what it says is shown at once when loud, else only if it fails. */
function run(command, args, { isLoud = false, folder = ROOT } = {}) {
  const isNode = command === 'node';
  const child = spawn(isNode ? process.execPath : command, args, {
    cwd: folder,
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
