import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSql, type Sql } from '../db/client';
import { migrate } from '../db/migrate';
import { fromIso } from '../domain/instant';
import { apiClient, type ApiClient } from './api-client';
import { localKeys, type LocalKeys } from './keys';
import { Parts } from './parts';
import { freePort } from './port';
import { runSavedClock } from './saved-clock';
import { databaseServer, temporalServer } from './servers';

export interface StackOptions {
  readonly folder: string;
  readonly port: number;
  readonly uiPort: number;
  readonly speed: number;
  readonly temporalBinary: string;
  readonly tell: (line: string) => void;
}

export interface Stack {
  readonly api: ApiClient;
  readonly sql: Sql;
  readonly apiUrl: string;
  readonly uiUrl: string | null;
  readonly simulatorUrl: string;
  readonly adminKeyFile: string;
  /** Answers which part ended first without being asked to. */
  readonly broken: Promise<string>;
  /** Stops every part: workers, simulator, API, Temporal, PostgreSQL. */
  stop(): Promise<void>;
}

/** A Monday before anybody's hours open. Business time begins here when everything is started for the first time. */
const FIRST_START = '2027-03-08T13:30:00Z';

/** Starts everything on 127.0.0.1 with the simulator as every provider; undoes what it began when a part doesn't come up. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await bringUp(options, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  options: StackOptions,
  undo: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Stack> {
  const { folder, port, uiPort, tell } = options;
  await mkdir(folder, { recursive: true });
  const keys = await localKeys(folder);
  tell('starting PostgreSQL');
  const postgres = await databaseServer(folder, undefined);
  undo.push(postgres.stop);
  const sql = createSql(postgres.at, { max: 5, applicationName: 'local' });
  undo.push(() => sql.end());
  await migrate(sql);
  const clock = await runSavedClock(sql, folder, { startAt: fromIso(FIRST_START), speed: options.speed });
  undo.push(() => clock.stop());
  tell('starting Temporal');
  const wish = {
    address: process.env['TEMPORAL_ADDRESS'],
    uiUrl: process.env['TEMPORAL_UI_URL'],
    binary: options.temporalBinary,
    uiPort,
  };
  const temporal = await temporalServer(folder, wish);
  undo.push(temporal.stop);

  tell('starting the API, the simulator and the workers');
  const apiUrl = `http://127.0.0.1:${port}`;
  const adminKeyFile = join(folder, 'admin-key');
  const { env, simulatorUrl } = await simulated(folder, keys);
  const parts = new Parts({
    ...env,
    DATABASE_URL: postgres.at,
    TEMPORAL_ADDRESS: temporal.at.address,
    TEMPORAL_UI_URL: temporal.at.uiUrl ?? '',
    API_PORT: String(port),
    PUBLIC_URL: apiUrl,
    ADMIN_KEY_FILE: adminKeyFile,
    SECRET_KEY: keys.secretKey,
    ADDRESS_KEY: keys.addressKey,
    LOG_LEVEL: 'warn',
  });
  undo.push(() => parts.stop());
  await parts.start('API', 'api/main.js');
  await parts.answers(`${apiUrl}/readyz`);
  const adminKey = (await readFile(adminKeyFile, 'utf8')).trim();
  await parts.start('simulator', 'simulator/main.js', { SIMULATOR_API_KEY: adminKey });
  await parts.answers(`${simulatorUrl}/sim/summary`);
  await parts.start('worker', 'workers/main.js');
  return {
    api: apiClient(apiUrl, adminKey),
    sql,
    apiUrl,
    uiUrl: temporal.at.uiUrl,
    simulatorUrl,
    adminKeyFile,
    broken: Promise.race([
      parts.broken,
      postgres.exited.then((how) => `PostgreSQL (${how})`),
      temporal.exited.then((how) => `Temporal (${how})`),
    ]),
    stop,
  };
}

/** Where the stand-ins are and how they are spoken to; nothing of it can reach a real provider. */
async function simulated(
  folder: string,
  keys: LocalKeys,
): Promise<{ env: Record<string, string>; simulatorUrl: string }> {
  const port = await freePort();
  const smtpPort = await freePort();
  const simulatorUrl = `http://127.0.0.1:${port}`;
  return {
    simulatorUrl,
    env: {
      TWILIO_ACCOUNT_SID: keys.twilioSid,
      TWILIO_AUTH_TOKEN: keys.twilioToken,
      TWILIO_SECONDARY_AUTH_TOKEN: '',
      TWILIO_BASE_URL: simulatorUrl,
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      LAWRULER_ENDPOINT: `${simulatorUrl}/lawruler/demo/api-legalcrmapp.aspx`,
      LAWRULER_KEY: 'simulated-lawruler-key',
      LAWRULER_NOTE_LOOKUP: '1',
      SIMULATED: '1',
      ALLOW_SCALED_CLOCK: '1',
      SIMULATOR_PORT: String(port),
      SIMULATOR_SMTP_PORT: String(smtpPort),
      SIMULATOR_LEDGER_FILE: join(folder, 'ledger.jsonl'),
    },
  };
}
