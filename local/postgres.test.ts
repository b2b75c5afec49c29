import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createSql } from '../db/client';
import { BUILT, build } from '../test/build';
import { type Child, startChild } from './child';
import { isAlive } from './folder-owner';
import { freePort } from './port';
import { startPostgres } from './postgres';
import { postgresBinaries } from './postgres-binaries';

let folder: string;
let dataDir: string;

beforeAll(build);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'followthrough-postgres-'));
  await chmod(folder, 0o711);
  dataDir = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function ask(url: string, query: string): Promise<unknown> {
  const sql = createSql(url, { max: 1 });
  try {
    const [row] = await sql.unsafe(query);
    return row;
  } finally {
    await sql.end();
  }
}

describe('startPostgres', () => {
  it('keeps the data over a stop, with fsync, and leaves no process behind', async () => {
    const first = await startPostgres({ dataDir, durable: true });
    await ask(first.url, 'create table note as select 7 as n');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await startPostgres({ dataDir, durable: true });
    expect(await ask(second.url, "select n, current_setting('fsync') as fsync from note")).toEqual({
      n: 7,
      fsync: 'on',
    });
    await second.stop();
  });

  it('lets in only who knows the password, which nobody else can read', async () => {
    const server = await startPostgres({ dataDir, durable: false });
    await expect(ask(server.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    await server.stop();
    expect((await stat(`${dataDir}.password`)).mode & 0o077).toBe(0);
  });

  it('refuses a folder that another server of ours runs on', async () => {
    const server = await startPostgres({ dataDir, durable: false });
    await expect(startPostgres({ dataDir, durable: false })).rejects.toThrow(`in use by process ${process.pid}`);
    await server.stop();
  });

  it('names the port that is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(startPostgres({ dataDir, durable: false, port })).rejects.toThrow(
      `port ${port} of 127.0.0.1 is in use`,
    );
    blocker.close();
  });

  it('begins anew where making the database was cut short', async () => {
    await mkdir(`${dataDir}.new`);
    await writeFile(join(`${dataDir}.new`, 'PG_VERSION'), '18');
    const server = await startPostgres({ dataDir, durable: false });
    expect(await ask(server.url, 'select 1 as one')).toEqual({ one: 1 });
    await server.stop();
  });

  it('ends a server that was left behind on the folder', async () => {
    const first = await startPostgres({ dataDir, durable: true });
    await ask(first.url, 'create table note as select 7 as n');
    await first.stop();
    const leftover = await leaveServerBehind();

    const second = await startPostgres({ dataDir, durable: true });
    expect(leftover.isRunning()).toBe(false);
    expect(await ask(second.url, 'select n from note')).toEqual({ n: 7 });
    await second.stop();
  });

  it('ends after a kill -9 of the process that started it, and its folder can be used again', async () => {
    const starter = spawn(process.execPath, ['-e', STARTER, join(BUILT, 'local', 'postgres.js'), dataDir]);
    const [pid] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
    expect(isAlive(Number(pid))).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'exit');

    const server = await startPostgres({ dataDir, durable: true });
    expect(isAlive(Number(pid))).toBe(false);
    expect(await ask(server.url, 'select 1 as one')).toEqual({ one: 1 });
    await server.stop();
  });
});

/** Runs in a process of its own: starts a server and says its process id. */
const STARTER = `
  const [module, dataDir] = process.argv.slice(1);
  require(module).startPostgres({ dataDir, durable: true }).then(({ pid }) => console.log(pid));
`;

async function leaveServerBehind(): Promise<Child> {
  const uid = process.getuid?.() === 0 ? (await stat(dataDir)).uid : null;
  const { postgres } = await postgresBinaries(uid);
  const args = ['-D', dataDir, '-p', String(await freePort()), '-c', 'unix_socket_directories='];
  const child = await startChild(postgres, args, uid === null ? {} : { uid });
  while (!(await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).includes('ready')) await delay(20);
  return child;
}
