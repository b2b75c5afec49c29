import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Config, readConfig } from '../config';
import { createSql } from '../db/client';
import { readClock } from '../db/clock';
import { migrate } from '../db/migrate';
import { connections } from './connections';
import { writableFolder } from './data-folder';
import { codeOf } from './error-code';
import { localKeys } from './keys';
import { startPart } from './part';
import { freePort, isPortFree, portProblem } from './port';
import { databaseServer, temporalServer } from './servers';
import { onStopRequest, stopped, StopRequest } from './stop-request';
import { Undo } from './undo';

const FOLDER = '.serve';
const UI_PORT = 8233;

/**
 * `npm run serve`: the API and the workers with the real providers whose credentials are set, in real time.
 * DATABASE_URL and TEMPORAL_ADDRESS name your servers; without them this machine's own are used, good for a trial and no more.
 */
async function main(): Promise<void> {
  const signal = onStopRequest();
  const undo = new Undo();
  try {
    const endings = await bringUp(undo, signal);
    throw new Error(await Promise.race([...endings, stopped(signal)]));
  } finally {
    await undo.all();
  }
}

/** Starts everything and says where it is. Answers promises of what ends without being asked to. */
async function bringUp(undo: Undo, signal: AbortSignal): Promise<Promise<string>[]> {
  const folder = resolve(process.env['SERVE_FOLDER'] ?? FOLDER);
  const logFolder = join(folder, 'logs');
  await writableFolder(folder, 'SERVE_FOLDER');
  await mkdir(logFolder, { recursive: true });
  const env = await environment(folder);
  const config = readConfig({ ...env, DATABASE_URL: env['DATABASE_URL'] ?? 'our own' });
  const apiUrl = `http://${config.API_HOST}:${config.API_PORT}`;
  const publicUrl = env['PUBLIC_URL'] ?? apiUrl;
  await refuseTakenPort(config);

  const postgres = await databaseServer(folder, env['DATABASE_URL']);
  undo.add(postgres.stop);
  await prepare(postgres.at);
  const temporal = await temporalServer(folder, {
    address: env['TEMPORAL_ADDRESS'],
    uiUrl: env['TEMPORAL_UI_URL'],
    binary: env['TEMPORAL_BINARY'] ?? 'temporal',
    uiPort: (await isPortFree(UI_PORT)) ? UI_PORT : await freePort(),
  });
  undo.add(temporal.stop);

  const common = {
    env: {
      ...env,
      DATABASE_URL: postgres.at,
      TEMPORAL_ADDRESS: temporal.at.address,
      TEMPORAL_UI_URL: temporal.at.uiUrl ?? '',
      PUBLIC_URL: publicUrl,
    },
    tell: say,
    signal,
  };
  const api = await startPart({
    ...common,
    name: 'API',
    program: 'api/main.js',
    readyUrl: `${apiUrl}/readyz`,
    logFile: join(logFolder, 'API.log'),
  });
  undo.add(api.stop);
  const worker = await startPart({
    ...common,
    name: 'worker',
    program: 'workers/main.js',
    logFile: join(logFolder, 'worker.log'),
  });
  undo.add(worker.stop);
  for (const line of connections({ ...config, PUBLIC_URL: publicUrl })) say(line);
  say(`  API          ${apiUrl}/v1`);
  say(`  admin key    ${config.ADMIN_KEY_FILE} (made at the first start)`);
  if (temporal.at.uiUrl !== null) say(`  Temporal UI  ${temporal.at.uiUrl}`);
  say(`  logs         ${logFolder}`);
  return [
    api.broken,
    worker.broken,
    postgres.exited.then((how) => `PostgreSQL ended (${how})`),
    temporal.exited.then((how) => `Temporal ended (${how})`),
  ];
}

/** What is set stays; what isn't is this machine's own. Never simulated, never in any time but the real one. */
async function environment(folder: string): Promise<NodeJS.ProcessEnv> {
  const set = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const keys = hasKeys(set) ? {} : await ownKeys(folder);
  const own = { ...keys, ADMIN_KEY_FILE: join(folder, 'admin-key') };
  return { ...own, ...set, SIMULATED: '0', ALLOW_SCALED_CLOCK: '0' };
}

function hasKeys(env: NodeJS.ProcessEnv): boolean {
  return env['SECRET_KEY'] !== undefined && env['ADDRESS_KEY'] !== undefined;
}

async function ownKeys(folder: string): Promise<{ SECRET_KEY: string; ADDRESS_KEY: string }> {
  const { secretKey, addressKey } = await localKeys(folder);
  return { SECRET_KEY: secretKey, ADDRESS_KEY: addressKey };
}

async function refuseTakenPort({ API_PORT: port }: Config): Promise<void> {
  const problem = await portProblem(port);
  if (problem === 'EADDRINUSE')
    throw new Error(`Port ${port} is in use. Stop what listens there, or set API_PORT to another.`);
  if (problem !== null) throw new Error(`Port ${port} cannot be used (${problem}): set API_PORT to another.`);
}

/** Real people live in real time: a database whose clock was ever scaled is refused. */
async function prepare(url: string): Promise<void> {
  const sql = createSql(url, { max: 1 });
  try {
    await sql`select 1`.catch((cause: unknown) => {
      throw new Error(`The database does not answer (${String(codeOf(cause) ?? cause)}): is DATABASE_URL right?`, {
        cause,
      });
    });
    await migrate(sql);
    if ((await readClock(sql)) !== null)
      throw new Error('This database has a business clock of its own, as a demo has. Serve from another database.');
  } finally {
    await sql.end();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof StopRequest) process.exit(0);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
  },
);
