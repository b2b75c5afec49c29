// Finds the Temporal CLI, or gets it: the path is the only line on standard output, progress goes to standard error.
// Plain Node without dependencies, because it runs before anything is built.

import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { executable, goBuild, hasGo, holdingLock, pinOf } from './go-tools.mjs';

const run = promisify(execFile);
const MODULE = 'github.com/temporalio/cli';
const PACKAGE = `${MODULE}/cmd/temporal`;
const NAME = executable('temporal');
const WHAT = 'the Temporal server';
/** The oldest server whose development mode takes all the options that we give it. */
const OLDEST_SERVER = [1, 29];

/**
 * Answers the path of a Temporal CLI that runs here. In this order: `temporal` on PATH, our cache, the SDK's own
 * download, a build of the version that tools/temporal pins.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 */
export async function findTemporal({ log = console.error } = {}) {
  const { source, version, folder } = await pinOf('temporal', MODULE);
  const cached = join(folder, NAME);
  return (
    (await onPath()) ??
    (await ifItRuns(cached)) ??
    (await holdingLock(folder, WHAT, log, async () => {
      const made =
        (await ifItRuns(cached)) ??
        (await download(version, folder, log)) ??
        (await build(source, version, folder, log));
      if (made !== cached) await rename(made, cached);
      return cached;
    }))
  );
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
    const environment = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', version, downloadDir: target } },
    });
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

async function build(source, version, folder, log) {
  if (!(await hasGo()))
    throw new Error(
      [
        'There is no Temporal server on this machine, it cannot be downloaded, and there is no Go to build it with.',
        'Do one of these and try again:',
        `  - install the Temporal CLI ${version} (https://docs.temporal.io/cli) so that "temporal" is on PATH`,
        '  - install Go (https://go.dev/dl); the server is then built once, in about 4 minutes',
        '  - set TEMPORAL_ADDRESS=host:7233 to use a Temporal server that runs already',
      ].join('\n'),
    );
  const target = join(folder, `${NAME}.${process.pid}`);
  await goBuild({
    source,
    packages: [PACKAGE],
    target,
    what: `${WHAT} (CLI ${version})`,
    flags: ['-ldflags', `-X ${MODULE}/internal/temporalcli.Version=${version.slice(1)}`],
    advice: 'Is the Go module proxy within reach? Or install the Temporal CLI (https://docs.temporal.io/cli).',
    log,
  });
  return target;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(await findTemporal());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
