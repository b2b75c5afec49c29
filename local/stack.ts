import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSql, type Sql } from '../db/client';
import { migrate } from '../db/migrate';
import { fromIso } from '../domain/instant';
import { apiClient, type ApiClient } from './api-client';
import { writableFolder } from './data-folder';
import { localKeys } from './keys';
import { type Part, startPart } from './part';
import { standingClock } from './saved-clock';
import { databaseServer, temporalServer } from './servers';
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
  /** Answers which part ended for good without being asked to. */
  readonly broken: Promise<string>;
  /** Stops every part: workers, simulator, API, Temporal, PostgreSQL. */
  stop(): Promise<void>;
}

/** A Monday, an hour before the first of the example's people may be called. Business time begins here at the very first start. */
const FIRST_START = '2027-03-08T13:00:00Z';

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
  const { folder, port, uiPort, tell, signal } = options;
  await writableFolder(folder, '--folder');
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder, { recursive: true });
  const keys = await localKeys(folder);
  tell('starting PostgreSQL');
  const postgres = await databaseServer(folder, undefined);
  undo.add(postgres.stop);
  const sql = createSql(postgres.at, { max: 5, applicationName: 'local' });
  undo.add(() => sql.end());
  await migrate(sql);
  const clock = await standingClock(sql, folder, fromIso(FIRST_START));

  signal.throwIfAborted();
  tell('starting Temporal');
  const temporal = await temporalServer(folder, {
    address: process.env['TEMPORAL_ADDRESS'],
    uiUrl: process.env['TEMPORAL_UI_URL'],
    binary: options.temporalBinary,
    uiPort,
  });
  undo.add(temporal.stop);

  signal.throwIfAborted();
  tell('starting the API, the simulator and the workers');
  const apiUrl = `http://127.0.0.1:${port}`;
  const adminKeyFile = join(folder, 'admin-key');
  const simulated = await simulatedProviders(folder, keys);
  const env = {
    ...process.env,
    ...simulated.env,
    DATABASE_URL: postgres.at,
    TEMPORAL_ADDRESS: temporal.at.address,
    TEMPORAL_UI_URL: temporal.at.uiUrl ?? '',
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
  const parts: Part[] = [];
  const start = async (name: string, program: string, more: { env?: NodeJS.ProcessEnv; readyUrl?: string } = {}) => {
    const logFile = join(logFolder, `${name}.log`);
    const part = await startPart({ name, program, tell, signal, logFile, ...more, env: { ...env, ...more.env } });
    undo.add(part.stop);
    parts.push(part);
  };
  await start('API', 'api/main.js', { readyUrl: `${apiUrl}/readyz` });
  const adminKey = await readAdminKey(adminKeyFile);
  await start('simulator', 'simulator/main.js', {
    env: { SIMULATOR_API_KEY: adminKey },
    readyUrl: `${simulated.url}/sim/summary`,
  });
  await clock.run(options.speed);
  undo.add(clock.stop);
  await start('worker', 'workers/main.js');
  return {
    api: apiClient(apiUrl, adminKey),
    sql,
    apiUrl,
    uiUrl: temporal.at.uiUrl,
    simulatorUrl: simulated.url,
    adminKeyFile,
    logFolder,
    broken: Promise.race([
      ...parts.map((part) => part.broken),
      postgres.exited.then((how) => `PostgreSQL ended (${how})`),
      temporal.exited.then((how) => `Temporal ended (${how})`),
    ]),
    async stop() {
      // Whoever ends gracefully takes seconds, which are not to be hours of anybody's day.
      await clock.stop();
      await undo.all();
    },
  };
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
