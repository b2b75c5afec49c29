// `npm test`: the one gate. Gets what is missing, then runs every check in order and stops at the first that fails.
// `npm test -- <jest arguments>` runs jest alone. Plain Node without dependencies: it runs on a fresh clone.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ensureWebInstalled, ROOT, requireNode } from '../local/prepare.mjs';
import { findTemporal } from '../local/temporal-binary.mjs';
import { findBrowser, MISSING } from './browser-binary.mjs';
import { findTemporalServer } from '../local/temporal-server-binaries.mjs';

const jestArguments = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'followthrough-totals-'));
const totalsFile = join(folder, 'totals.json');

const prepare = [
  ['node', requireNode],
  ['install', install],
  ['temporal', findTemporal],
  ['build', ensureBuilt],
];
/** What a single test gets for itself; without it that test is skipped, and says so. */
const prepareAll = [
  ['browser', lookForBrowser],
  ['temporal on postgres', () => findTemporalServer().catch(({ message }) => console.error(message))],
];
const check = [
  ['types', () => npmRun('typecheck')],
  ['lint', () => npmRun('lint')],
  ['format', () => npmRun('format:check')],
  ['dead code', () => npmRun('deadcode')],
];
const stages =
  jestArguments.length > 0
    ? [...prepare, ['tests', () => jest(jestArguments)]]
    : [...prepare, ...prepareAll, ...check, ['tests', () => jest(['--coverage'])]];

let hasBrowser = true;
const failure = await runAll(stages);
const { passed, failed, skipped } = await readTotals();
await rm(folder, { recursive: true, force: true });

if (failure) console.error(`\n${failure.message}`);
console.log(`\n${stages.map(describe).join(', ')}`);
if (!hasBrowser) console.log(MISSING);
// A stage that fails without a failing test, such as lint or coverage, is one failure.
const failures = failure ? Math.max(failed, 1) : failed;
console.log(`Tests: ${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failures > 0 ? 1 : 0;

/** Runs stage after stage and answers the first error, or null. */
async function runAll(list) {
  for (const stage of list) {
    const [name, work] = stage;
    const startedAt = Date.now();
    console.error(`\n--- ${name}`);
    try {
      await work();
      stage.push('ok', Date.now() - startedAt);
    } catch (error) {
      stage.push('FAILED', Date.now() - startedAt);
      return error;
    }
  }
  return null;
}

async function install() {
  await ensureInstalled();
  await ensureWebInstalled();
}

/** Not everybody has one: without, the page is tested in none, and the last lines say so. */
async function lookForBrowser() {
  const browser = await findBrowser({ mayInstall: true });
  if (browser === null) console.error(MISSING);
  else process.env['CHROMIUM_PATH'] = browser;
  hasBrowser = browser !== null;
}

function describe([name, , outcome = 'not run', tookMs]) {
  return tookMs === undefined ? `${name}: ${outcome}` : `${name}: ${outcome} (${(tookMs / 1000).toFixed(1)} s)`;
}

function npmRun(script) {
  return run('npm', ['run', '--silent', script]);
}

function jest(args) {
  return run(process.execPath, [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), ...args], {
    TEST_TOTALS_FILE: totalsFile,
  });
}

function run(command, args, env = {}) {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${args.at(-1)} ended with ${code}`))));
  });
}

async function readTotals() {
  const text = await readFile(totalsFile, 'utf8').catch(() => null);
  return text === null ? { passed: 0, failed: 0, skipped: 0 } : JSON.parse(text);
}
