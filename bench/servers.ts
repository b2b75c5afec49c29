import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '../local/postgres';
import { startTemporalOnPostgres } from '../local/temporal-on-postgres';
import { startTemporal } from '../local/temporal-server';
import { Undo } from '../local/undo';
import type { EngineName } from './options';
import type { Meters } from './process-use';

/** Seen from dist/bench, where this file runs. */
const SCRIPTS = join(__dirname, '..', '..', 'docker', 'temporal');

/** What both sides use: one Temporal server, and PostgreSQL for the product's own database. */
export interface Servers {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalPids: Meters;
  readonly databasePid: number;
  stop(): Promise<void>;
}

/** Both databases survive a power cut, as they have to in production: every commit waits for the disk. */
export async function startServers(engine: EngineName): Promise<Servers> {
  const undo = new Undo();
  try {
    return await bringUp(engine, undo);
  } catch (error) {
    await undo.all();
    throw error;
  }
}

async function bringUp(engine: EngineName, undo: Undo): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'followthrough-bench-'));
  undo.add(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL does not run as root, so its folder must be reachable for others.
  await chmod(folder, 0o711);
  const ours = await database(join(folder, 'postgres'), undo);
  const temporal =
    engine === 'memory' ? await inMemory(undo) : await onPostgres(await database(join(folder, 'temporal'), undo), undo);
  return { folder, databaseUrl: ours.url, databasePid: ours.pid, ...temporal, stop: () => undo.all() };
}

/** A cluster each, so that the CPU of Temporal's database can be told from that of ours. */
async function database(dataDir: string, undo: Undo): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, durable: true });
  undo.add(() => postgres.stop());
  return postgres;
}

type TemporalPart = Pick<Servers, 'temporalAddress' | 'temporalPids'>;

async function inMemory(undo: Undo): Promise<TemporalPart> {
  const server = await startTemporal({ binary: fromStart('TEMPORAL_BINARY') });
  undo.add(() => server.stop());
  return { temporalAddress: server.address, temporalPids: { server: server.pid } };
}

async function onPostgres(postgres: Postgres, undo: Undo): Promise<TemporalPart> {
  const server = await startTemporalOnPostgres({
    binaries: fromStart('TEMPORAL_SERVER_BINARIES'),
    cli: fromStart('TEMPORAL_BINARY'),
    postgresUrl: postgres.url,
    scripts: SCRIPTS,
  });
  undo.add(() => server.stop({ keepLog: false }));
  return {
    temporalAddress: server.address,
    temporalPids: { server: server.pid, "Temporal's database": postgres.pid },
  };
}

function fromStart(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the bench by "npm run bench"`);
  return value;
}
