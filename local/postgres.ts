import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, lstat, mkdir, readFile, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createSql } from '../db/client';
import { type Child, startChild } from './child';
import { ownFolder } from './folder-owner';
import { freePort, isPortFree } from './port';
import { canReach, type PostgresBinaries, postgresBinaries } from './postgres-binaries';
import { endLeftover } from './postgres-leftover';

export interface PostgresOptions {
  readonly dataDir: string;
  /** A free one when left out. */
  readonly port?: number;
  /** False = no fsync: fast, and worthless after a power cut. For tests. */
  readonly durable: boolean;
  readonly log?: (line: string) => void;
}

export interface Postgres {
  /** Of the database `followthrough`; holds the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Answers how the server ended, whether asked to or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const NAME = 'followthrough';
const READY_WITHIN_MS = 60_000;
const PORT_TRIES = 5;

/** PostgreSQL refuses to run as root, so root runs it as nobody. */
const NOBODY = 65_534;
const SERVER_UID = process.getuid?.() === 0 ? NOBODY : null;

/** Where root keeps the data when the folder asked for lies where nobody cannot go, such as below /root. */
const SHARED_DATA = '/var/lib/followthrough';

/** Starts the PostgreSQL that came with `npm ci` on 127.0.0.1, making its data folder first where there is none. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const binaries = await postgresBinaries(SERVER_UID);
  const asked = await place(options.dataDir);
  const release = await ownFolder(asked);
  try {
    const dataDir = await reachable(asked, options.log);
    await endLeftover(dataDir);
    const password = await ensureCluster(binaries, dataDir, options.durable);
    const { child, port } = await launch(binaries, dataDir, password, options);
    void child.exited.then(release);
    return {
      url: urlOf(port, password, NAME),
      port,
      pid: child.pid,
      exited: child.exited,
      async stop() {
        await child.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The absolute path without links on the way, so that it is the same in the command of every server started on it. */
async function place(folder: string): Promise<string> {
  const parent = dirname(resolve(folder));
  await mkdir(parent, { recursive: true });
  return join(await realpath(parent), basename(folder));
}

/** The folder itself, or what a link in its place leads to when the server's user cannot reach it. */
async function reachable(asked: string, log: PostgresOptions['log']): Promise<string> {
  const link = await readlink(asked).catch(() => null);
  if (link !== null) return resolve(dirname(asked), link);
  if (SERVER_UID === null || (await canReach(dirname(asked), SERVER_UID))) return asked;
  // A name of its own for each link: whoever deletes the link gets an empty database, as if the folder were here.
  const elsewhere = join(SHARED_DATA, `postgres-${randomBytes(6).toString('hex')}`);
  log?.(`PostgreSQL cannot run as root, and its user cannot reach ${asked}: the data is kept in ${elsewhere}`);
  await mkdir(SHARED_DATA, { recursive: true, mode: 0o755 });
  await symlink(elsewhere, asked);
  return elsewhere;
}

/** Makes the cluster beside its place and moves it there when whole. Answers the password of its one user. */
async function ensureCluster(binaries: PostgresBinaries, dataDir: string, durable: boolean): Promise<string> {
  const passwordFile = `${dataDir}.password`;
  if (await lstat(join(dataDir, 'PG_VERSION')).catch(() => null)) return readFile(passwordFile, 'utf8');

  const draft = `${dataDir}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (SERVER_UID !== null) for (const path of [draft, passwordFile]) await chown(path, SERVER_UID, SERVER_UID);
  await initialise(binaries, draft, passwordFile, durable);
  await rename(draft, dataDir);
  return password;
}

async function initialise(
  binaries: PostgresBinaries,
  folder: string,
  passwordFile: string,
  durable: boolean,
): Promise<void> {
  const args = [
    ...['--pgdata', folder, '--username', NAME, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    // The password is random, so stretching it would only slow each connection down.
    ...['--set', 'scram_iterations=1', '--encoding', 'UTF8', '--locale', 'C', ...(durable ? [] : ['--no-sync'])],
  ];
  const user = SERVER_UID === null ? {} : { uid: SERVER_UID, gid: SERVER_UID };
  await promisify(execFile)(binaries.initdb, args, { ...user, cwd: '/', env: serverEnv() });
}

async function launch(
  binaries: PostgresBinaries,
  dataDir: string,
  password: string,
  options: PostgresOptions,
): Promise<{ child: Child; port: number }> {
  if (options.port !== undefined && !(await isPortFree(options.port))) {
    throw new Error(
      `port ${options.port} of 127.0.0.1 is in use, so PostgreSQL cannot listen on it: free it or name another`,
    );
  }
  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePort());
    const child = await startChild(binaries.postgres, serverArgs(dataDir, port, options.durable), {
      env: serverEnv(),
      // Fast shutdown: sends clients away. In tests even faster, nothing is to be kept.
      stopSignal: options.durable ? 'SIGINT' : 'SIGQUIT',
      ...(SERVER_UID === null ? {} : { uid: SERVER_UID }),
      ...(options.log ? { log: options.log } : {}),
    });
    if (await becomesReady(child, port, password)) return { child, port };
    const said = child.lastLines();
    await child.stop();
    // Between finding a free port and listening on it, somebody else may take it.
    const retry = options.port === undefined && tries < PORT_TRIES && !(await isPortFree(port));
    if (!retry) throw new Error(`PostgreSQL did not start on ${dataDir}:\n${said}`);
  }
}

function serverArgs(dataDir: string, port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', dataDir, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
}

async function becomesReady(child: Child, port: number, password: string): Promise<boolean> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (child.isRunning() && Date.now() < giveUpAt) {
    try {
      await ensureDatabase(urlOf(port, password, 'postgres'));
      return child.isRunning();
    } catch {
      await delay(20);
    }
  }
  return false;
}

async function ensureDatabase(url: string): Promise<void> {
  const sql = createSql(url, { max: 1 });
  try {
    const [found] = await sql`select from pg_database where datname = ${NAME}`;
    if (!found) await sql.unsafe(`create database ${NAME}`);
  } finally {
    await sql.end();
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${NAME}:${password}@127.0.0.1:${port}/${database}`;
}

function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C' };
}
