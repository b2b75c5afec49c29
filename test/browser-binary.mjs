// Finds a Chromium for the tests of the page, or gets one. Plain Node without dependencies.

import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const INSTALL_WITHIN_MS = 300_000;

/**
 * Answers the path of a browser that starts here; null when there is none and none can be had, with the reason told
 * to `log`. In this order: CHROMIUM_PATH, PATH, Playwright's own downloads, and as root on Debian or Ubuntu apt-get.
 * @param {{ log?: (line: string) => void, mayInstall?: boolean }} [options]
 * @returns {Promise<string | null>}
 */
export async function findBrowser({ log = console.error, mayInstall = false } = {}) {
  const found = await firstThatRuns(await candidates());
  if (found !== null || !mayInstall) return found;
  if (!(await canInstall())) return null;
  log('Installing Chromium (apt-get install chromium) ...');
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env, timeout: INSTALL_WITHIN_MS });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, timeout: INSTALL_WITHIN_MS });
  } catch (error) {
    log(`It could not be installed: ${error.stderr?.trim().split('\n').at(-1) || error.message}`);
  }
  return firstThatRuns(await candidates());
}

/** What to say where there is none. */
export const MISSING =
  'No Chromium was found: the page is NOT tested in a browser. Install chromium or google-chrome, or set CHROMIUM_PATH.';

async function candidates() {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return [given];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...(await ofPlaywright()), MAC];
}

/** The newest first. */
async function ofPlaywright() {
  const caches = {
    darwin: join(homedir(), 'Library', 'Caches', 'ms-playwright'),
    linux: join(homedir(), '.cache', 'ms-playwright'),
  };
  const cache = process.env['PLAYWRIGHT_BROWSERS_PATH'] || caches[process.platform];
  if (!cache) return [];
  const names = await readdir(cache).catch(() => []);
  const versions = names.filter((name) => /^chromium-\d+$/.test(name)).sort((a, b) => numberIn(b) - numberIn(a));
  return versions.flatMap((name) =>
    ['chrome-linux', 'chrome-linux64'].map((inner) => join(cache, name, inner, 'chrome')),
  );
}

function numberIn(name) {
  return Number(name.replace('chromium-', ''));
}

async function firstThatRuns(paths) {
  for (const path of paths) if (await runs(path)) return path;
  return null;
}

/** A file may be there and do nothing but say that a package is missing. */
async function runs(path) {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
    return /chrom/i.test(stdout);
  } catch {
    return false;
  }
}

async function canInstall() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return run('apt-get', ['--version']).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const browser = await findBrowser();
  if (browser === null) console.error(MISSING);
  else console.log(browser);
}
