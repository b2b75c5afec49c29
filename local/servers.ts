import { join } from 'node:path';
import { startPostgres } from './postgres';
import { startTemporal } from './temporal-server';

export interface Server<T> {
  readonly at: T;
  /** Answers how it ended, if it is ours; never for somebody else's. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const NEVER = new Promise<string>(() => undefined);

/** The database that `DATABASE_URL` names, or PostgreSQL in our own folder. */
export async function databaseServer(folder: string, url: string | undefined): Promise<Server<string>> {
  if (url !== undefined) return { at: url, exited: NEVER, stop: async () => undefined };
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: true });
  return { at: postgres.url, exited: postgres.exited, stop: () => postgres.stop() };
}

export interface TemporalPlace {
  readonly address: string;
  readonly uiUrl: string | null;
}

export interface TemporalWish {
  readonly address: string | undefined;
  readonly uiUrl: string | undefined;
  readonly binary: string;
  readonly uiPort: number;
}

/** The server that `TEMPORAL_ADDRESS` names, or the development server with its database in our own folder. */
export async function temporalServer(
  folder: string,
  { address, uiUrl, binary, uiPort }: TemporalWish,
): Promise<Server<TemporalPlace>> {
  if (address !== undefined)
    return { at: { address, uiUrl: uiUrl ?? null }, exited: NEVER, stop: async () => undefined };
  const temporal = await startTemporal({ binary, dbFile: join(folder, 'temporal.db'), uiPort });
  return { at: temporal, exited: temporal.exited, stop: () => temporal.stop() };
}
