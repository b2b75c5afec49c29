import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { until } from '../test/until';
import { isAlive } from './folder-owner';
import { freePort } from './port';
import { MOST_RESTARTS, startPart, type PartPlan } from './part';

const ROOT = join(__dirname, '..');

/** Says its process id, and answers HTTP if it is given a port. */
const SERVER = `
  console.log(process.pid);
  const port = Number(process.env.PORT);
  if (port) require('node:http').createServer((_, response) => response.end()).listen(port, '127.0.0.1');
  else setInterval(() => undefined, 1000);
`;

describe('a part', () => {
  let folder: string;
  let told: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'part-'));
    told = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function plan(source: string, more: Partial<PartPlan> = {}): Promise<PartPlan> {
    const file = join(folder, 'program.js');
    await writeFile(file, source);
    return {
      name: 'worker',
      program: relative(ROOT, file),
      env: process.env,
      logFile: join(folder, 'worker.log'),
      tell: (line) => told.push(line),
      signal: new AbortController().signal,
      ...more,
    };
  }

  async function pids(): Promise<number[]> {
    const log = await readFile(join(folder, 'worker.log'), 'utf8');
    return log.trim().split('\n').map(Number);
  }

  it('is started again when it is killed, with a line that says so, and stays stopped when it was stopped', async () => {
    const part = await startPart(await plan(SERVER));
    const [first = 0] = await until('it runs', pids);
    process.kill(first, 'SIGKILL');
    const second = await until('it runs again', async () => (await pids())[1]);
    await part.stop();
    expect([isAlive(first), isAlive(second)]).toEqual([false, false]);
    expect(await pids()).toHaveLength(2);
    expect(told).toEqual(['the worker ended (signal SIGKILL) and is started again']);
  });

  it('is left alone when everything is about to stop', async () => {
    const controller = new AbortController();
    const part = await startPart(await plan(SERVER, { signal: controller.signal }));
    const [first = 0] = await until('it runs', pids);
    controller.abort();
    process.kill(first, 'SIGKILL');
    await part.stop();
    expect(told).toEqual([]);
    expect(await pids()).toHaveLength(1);
  });

  it('is up when it answers', async () => {
    const port = await freePort();
    const readyUrl = `http://127.0.0.1:${port}/`;
    const part = await startPart(await plan(SERVER, { readyUrl, env: { ...process.env, PORT: String(port) } }));
    expect((await fetch(readyUrl)).status).toBe(200);
    await part.stop();
  });

  it('that ends before it ever answered is an error with its last words, not started again', async () => {
    const starting = startPart(
      await plan('console.error("API_PORT: not a number"); process.exit(3)', { readyUrl: 'http://127.0.0.1:9/' }),
    );
    await expect(starting).rejects.toThrow('the worker did not start (exit code 3):\nAPI_PORT: not a number');
    expect(told).toEqual([]);
  });

  it('is not waited for once the start was broken off', async () => {
    const starting = startPart(
      await plan(SERVER, { readyUrl: 'http://127.0.0.1:9/', signal: AbortSignal.abort(new Error('Ctrl-C')) }),
    );
    await expect(starting).rejects.toThrow('Ctrl-C');
    for (const pid of await pids().catch(() => [])) expect(isAlive(pid)).toBe(false);
  });

  it('that ends again and again is given up, with its last words', async () => {
    const part = await startPart(await plan('console.log(1); console.error("no database"); process.exit(1)'));
    expect(await part.broken).toMatch(
      /^the worker ended 6 times within a minute, at last with exit code 1; see .*worker\.log\n[^]*no database/,
    );
    expect(told).toHaveLength(MOST_RESTARTS);
    await part.stop();
  });
});
