import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setClock } from '../db/clock';
import { createSql, type Sql } from '../db/client';
import { migrate } from '../db/migrate';
import { fromIso } from '../domain/instant';
import { apiClient, type ApiClient } from '../local/api-client';
import { freePort } from '../local/port';
import { Undo } from '../local/undo';
import { COMPANY, NOW, peopleCsv } from './people';
import type { Meters } from './process-use';
import { type Program, startProgram, WORKFLOW_CACHE } from './program';
import type { Servers } from './servers';

/** The product as a server runs it: the API and a worker process per role, with the simulator as the outside world. */
export interface Product {
  readonly sql: Sql;
  readonly api: ApiClient;
  readonly apiUrl: string;
  readonly simulatorUrl: string;
  readonly keys: { readonly secretKey: string; readonly twilioSid: string; readonly twilioToken: string };
  readonly pids: Meters & Readonly<Record<PartName, number>>;
  /** Imports so many people whom nobody imported before; answers their list. */
  importPeople(count: number): Promise<string>;
  createCampaign(listId: string, definition: object): Promise<string>;
  /** While they are held, the product does nothing by itself: its other processes wait for news. */
  holdSweeps(): void;
  releaseSweeps(): void;
  /** Kills a part (kill -9) and starts it anew; resolves when that one is up. */
  restart(part: PartName): Promise<void>;
  stop(): Promise<void>;
}

export type PartName = 'API' | 'enrollments' | 'effects' | 'bulk' | 'simulator';

const ROLES = ['enrollments', 'effects', 'bulk'] as const;
const IMPORT_PAGE = 2_500;

/** What may differ from one measurement to the next. */
export interface Surroundings {
  /** Business time at the start; noon of a Monday if absent. */
  readonly now?: string;
  /** Of business time; 0 = it stands still. */
  readonly speed?: number;
  /** People who pick up, talk and write as in a demo, instead of lines that are always busy. */
  readonly hasPeople?: boolean;
  readonly settings?: object;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startProduct(
  servers: Servers,
  ended: (what: string) => void,
  surroundings: Surroundings = {},
): Promise<Product> {
  const undo = new Undo();
  try {
    return await bringUp(servers, ended, surroundings, undo);
  } catch (error) {
    await undo.all();
    throw error;
  }
}

async function bringUp(
  servers: Servers,
  ended: (what: string) => void,
  { now = NOW, speed = 1, hasPeople = false, settings, env: otherEnv }: Surroundings,
  undo: Undo,
): Promise<Product> {
  const sql = createSql(servers.databaseUrl, { max: 4, applicationName: 'bench' });
  undo.add(() => sql.end());
  await migrate(sql);
  await setClock(sql, fromIso(now), speed);
  const apiUrl = `http://127.0.0.1:${await freePort()}`;
  const simulatorUrl = `http://127.0.0.1:${await freePort()}`;
  const mailPort = String(await freePort());
  const keys = { secretKey: hex(32), addressKey: hex(32), twilioSid: `AC${hex(16)}`, twilioToken: hex(16) };
  const adminKeyFile = join(servers.folder, 'admin-key');
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    WORKFLOW_CACHE,
    DATABASE_URL: servers.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    API_PORT: new URL(apiUrl).port,
    API_REQUESTS_PER_HOUR: '1000000000',
    PUBLIC_URL: apiUrl,
    ADMIN_KEY_FILE: adminKeyFile,
    SECRET_KEY: keys.secretKey,
    ADDRESS_KEY: keys.addressKey,
    TWILIO_ACCOUNT_SID: keys.twilioSid,
    TWILIO_AUTH_TOKEN: keys.twilioToken,
    TWILIO_BASE_URL: simulatorUrl,
    SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    LAWRULER_ENDPOINT: `${simulatorUrl}/lawruler/bench/api-legalcrmapp.aspx`,
    LAWRULER_KEY: 'simulated-lawruler-key',
    SIMULATED: '1',
    ALLOW_SCALED_CLOCK: '1',
    SIMULATOR_PORT: new URL(simulatorUrl).port,
    SIMULATOR_SMTP_PORT: mailPort,
    ...otherEnv,
  };
  const programs = new Map<PartName, Program>();
  const starts = new Map<PartName, () => Promise<number>>();
  const start = async (name: PartName, path: string, readyWhen: string, more: NodeJS.ProcessEnv = {}) => {
    const startIt = async () => {
      const program = await startProgram({ name, path, readyWhen, ended, env: { ...env, ...more } });
      undo.add(() => program.stop());
      programs.set(name, program);
      return program.pid;
    };
    starts.set(name, startIt);
    return startIt();
  };
  const API = await start('API', 'api/main.js', 'listening');
  const adminKey = (await readFile(adminKeyFile, 'utf8')).trim();
  const api = apiClient(apiUrl, adminKey);
  await api.send('PATCH', '/v1/settings', { ...COMPANY, ...settings });
  const outside = hasPeople ? 'simulator/main.js' : 'bench/simulator-main.js';
  const simulator = await start('simulator', outside, 'httpUrl', { SIMULATOR_API_KEY: adminKey });
  const [enrollments, effects, bulk] = await Promise.all(
    ROLES.map((role) => start(role, 'workers/main.js', 'the worker is ready', { ROLES: role })),
  );
  if (enrollments === undefined || effects === undefined || bulk === undefined) throw new Error('a worker is missing');
  const pids = { API, enrollments, effects, bulk, simulator, 'our database': servers.databasePid };
  return {
    sql,
    api,
    apiUrl,
    simulatorUrl,
    keys,
    pids,
    importPeople: importer(api),
    createCampaign: async (listId, definition) => {
      const body = { name: 'Bench', listId, ...definition };
      return (await api.send<{ id: string }>('POST', '/v1/campaigns', body)).id;
    },
    holdSweeps: () => programs.get('bulk')?.hold(),
    releaseSweeps: () => programs.get('bulk')?.release(),
    async restart(part) {
      await programs.get(part)?.kill();
      const startAgain = starts.get(part);
      if (startAgain !== undefined) pids[part] = await startAgain();
    },
    stop: () => undo.all(),
  };
}

function importer(api: ApiClient): Product['importPeople'] {
  let next = 0;
  return async (count) => {
    const from = next;
    next += count;
    const list = await api.send<{ id: string }>('POST', '/v1/lists', {
      name: `People from ${from}`,
      caseType: 'injury',
    });
    for (let done = 0; done < count; done += IMPORT_PAGE) {
      const csv = peopleCsv(from + done, Math.min(IMPORT_PAGE, count - done));
      const { rejected } = await api.upload<{ rejected: number }>(`/v1/lists/${list.id}/import`, 'text/csv', csv);
      if (rejected > 0) throw new Error(`${rejected} people could not be imported`);
    }
    return list.id;
  };
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
