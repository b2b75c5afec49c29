import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSql, type Sql } from '../db/client';
import { surviveLostConnections } from '../db/lost-connection';
import { migrate } from '../db/migrate';
import { fromIso } from '../domain/instant';
import { apiClient, type ApiClient } from './api-client';
import { writableFolder } from './data-folder';
import { localKeys } from './keys';
import { startPart } from './part';
import { freeLowPort } from './port';
import { type SavedClock, standingClock } from './saved-clock';
import { databaseServer, type TemporalPlace, temporalServer } from './servers';
import { simulatedProviders } from './simulated-providers';
import { Undo } from './undo';

export interface StackOptions {
  readonly folder: string;
  readonly port: number;
  readonly uiPort: number;
  readonly speed: number;
  readonly temporalBinary: string;
  readonly tell: (line: string) => void;
  /** Breaks the starting off. */
  readonly signal: AbortSignal;
}

export interface Stack {
  readonly api: ApiClient;
  readonly sql: Sql;
  readonly apiUrl: string;
  readonly uiUrl: string | null;
  readonly simulatorUrl: string;
  readonly adminKeyFile: string;
  readonly logFolder: string;
  /** Starts the workers, and lets business time run when they are ready; everything before happens at one business instant. */
  go(): Promise<void>;
  /** Answers which part ended for good without being asked to. */
  readonly broken: Promise<string>;
  /** Stops every part: workers, simulator, API, Temporal, PostgreSQL. */
  stop(): Promise<void>;
}

/**
 * Business time begins here at the very first start: a Monday, three hours before the first of the example's people may
 * be called, so that all of them are enrolled by then.
 */
const FIRST_START = '2027-03-08T11:00:00Z';

/** Starts everything on 127.0.0.1 with the simulator as every provider; undoes what it began when a part doesn't come up. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const undo = new Undo();
  try {
    return await bringUp(options, undo);
  } catch (error) {
    await undo.all();
    throw error;
  }
}

async function bringUp(options: StackOptions, undo: Undo): Promise<Stack> {
  const { folder, port, speed, tell } = options;
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);
  await writableFolder(folder, '--folder');
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder, { recursive: true });
  const keys = await localKeys(folder);
  const { databaseUrl, sql, clock, temporal, ended, broken } = await startServers(options, undo);

  tell('starting the API and the simulator');
  const apiUrl = `http://127.0.0.1:${port}`;
  const adminKeyFile = join(folder, 'admin-key');
  const simulated = await simulatedProviders(folder, keys);
  const env = {
    ...process.env,
    ...simulated.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_UI_URL: temporal.uiUrl ?? '',
    API_HOST: '127.0.0.1',
    API_PORT: String(port),
    PUBLIC_URL: apiUrl,
    ADMIN_KEY_FILE: adminKeyFile,
    SECRET_KEY: keys.secretKey,
    ADDRESS_KEY: keys.addressKey,
    ROLES: '',
    QUEUE_PREFIX: '',
    LOG_LEVEL: 'warn',
  };
  const start = async (name: string, program: string, more: { env?: NodeJS.ProcessEnv; readyUrl?: string } = {}) => {
    const logFile = join(logFolder, `${name}.log`);
    const part = await startPart({ name, program, tell, signal, logFile, ...more, env: { ...env, ...more.env } });
    undo.add(part.stop);
    void part.broken.then(ended);
  };
  await start('API', 'api/main.js', { readyUrl: `${apiUrl}/readyz` });
  const adminKey = await readAdminKey(adminKeyFile);
  const readyUrl = `${simulated.url}/sim/summary`;
  await start('simulator', 'simulator/main.js', { env: { SIMULATOR_API_KEY: adminKey }, readyUrl });
  return {
    api: apiClient(apiUrl, adminKey),
    sql,
    apiUrl,
    uiUrl: temporal.uiUrl,
    simulatorUrl: simulated.url,
    adminKeyFile,
    logFolder,
    async go() {
      // Temporal's core takes the next one.
      const healthPort = await freeLowPort(2);
      const readyUrl = `http://127.0.0.1:${healthPort}/readyz`;
      // The seconds that the workers take to come up are hours of business time, which nobody is to lose.
      await start('worker', 'workers/main.js', { env: { METRICS_PORT: String(healthPort) }, readyUrl });
      await clock.run(speed);
    },
    broken,
    async stop() {
      closing.abort();
      // Whoever ends gracefully takes seconds, which are not to be hours of anybody's day.
      await clock.stop();
      await undo.all();
    },
  };
}

interface Servers {
  readonly databaseUrl: string;
  readonly sql: Sql;
  /** Standing still. */
  readonly clock: SavedClock;
  readonly temporal: TemporalPlace;
  readonly ended: (what: string) => void;
  /** The first thing that was told to `ended`. */
  readonly broken: Promise<string>;
}

async function startServers(
  { folder, uiPort, temporalBinary, tell, signal }: StackOptions,
  undo: Undo,
): Promise<Servers> {
  let ended: (what: string) => void = () => undefined;
  const broken = new Promise<string>((resolve) => {
    ended = resolve;
  });
  tell('starting PostgreSQL');
  const postgres = await databaseServer(folder, undefined);
  undo.add(postgres.stop);
  void postgres.exited.then((how) => ended(`PostgreSQL ended (${how})`));
  surviveLostConnections(() => tell('a connection to the database was lost'));
  const sql = createSql(postgres.at, { max: 5, applicationName: 'local' });
  undo.add(() => sql.end());
  await migrate(sql);
  const clock = await standingClock(sql, folder, fromIso(FIRST_START));
  signal.throwIfAborted();

  tell('starting Temporal');
  const address = process.env['TEMPORAL_ADDRESS'];
  const uiUrl = process.env['TEMPORAL_UI_URL'];
  const temporal = await temporalServer(folder, { address, uiUrl, binary: temporalBinary, uiPort });
  undo.add(temporal.stop);
  void temporal.exited.then((how) => ended(`Temporal ended (${how})`));
  signal.throwIfAborted();
  return { databaseUrl: postgres.at, sql, clock, temporal: temporal.at, ended, broken };
}

async function readAdminKey(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Error(
      `${file} cannot be read, and the database keeps only a hash of that key: put the file back, or start anew in another folder`,
    );
  }
}
