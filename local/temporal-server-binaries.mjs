// Finds the Temporal server that production runs, and its schema tool, or builds both: their folder is the only line on
// standard output, progress goes to standard error. Nothing but tests on PostgreSQL and the bench needs them.
// Plain Node without dependencies, because it runs before anything is built.

import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { executable, goBuild, hasGo, holdingLock, pinOf } from './go-tools.mjs';

const run = promisify(execFile);
const MODULE = 'go.temporal.io/server';
/** By the names that they bear in the makers' own images. */
const PACKAGES = { 'temporal-server': `${MODULE}/cmd/server`, 'temporal-sql-tool': `${MODULE}/cmd/tools/sql` };
const WHAT = 'the Temporal server for PostgreSQL';

/**
 * Answers the folder with `temporal-server` and `temporal-sql-tool`, which carries the schema with it: from our cache, or a
 * build of the version that tools/temporal-server pins.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 */
export async function findTemporalServer({ log = console.error } = {}) {
  const { source, version, folder } = await pinOf('temporal-server', MODULE);
  const cached = join(folder, 'bin');
  if (await bothRun(cached, version)) return cached;
  return holdingLock(folder, WHAT, log, async () => {
    if (!(await bothRun(cached, version))) await build({ source, version, cached, log });
    return cached;
  });
}

async function bothRun(folder, version) {
  try {
    const programs = Object.keys(PACKAGES).map((name) => join(folder, executable(name)));
    const answers = await Promise.all(programs.map((program) => run(program, ['--version'])));
    return answers.every(({ stdout }) => stdout.includes(version.slice(1)));
  } catch {
    return false;
  }
}

/** Built beside its place and moved there when whole. */
async function build({ source, version, cached, log }) {
  if (!(await hasGo()))
    throw new Error(`there is no Go to build ${WHAT} ${version} with, and no build of it in ${cached}`);
  const draft = `${cached}.${process.pid}`;
  try {
    await goBuild({
      source,
      packages: Object.values(PACKAGES),
      target: `${draft}${sep}`,
      what: `${WHAT} (${version})`,
      advice: 'Is the Go module proxy within reach?',
      log,
    });
    for (const [name, path] of Object.entries(PACKAGES))
      await rename(join(draft, executable(basename(path))), join(draft, executable(name)));
    await rm(cached, { recursive: true, force: true });
    await rename(draft, cached);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(await findTemporalServer());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
