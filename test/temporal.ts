import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../local/port';
import { startTemporal, type TemporalServer } from '../local/temporal-server';

export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
}

/** A server of a test's own, with its database in a file. The address stays the same over every stop and start. */
export interface PrivateTemporal extends TestTemporal {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Deletes its whole database; it must not be running. */
  wipe(): Promise<void>;
  /** Copies its whole database aside, or puts the copy back; it must not be running. */
  backUp(): Promise<void>;
  restore(): Promise<void>;
  /** Stops it for good. */
  close(): Promise<void>;
}

const NAMESPACE = 'default';

/** The server that all test files share: keep apart by task queue and workflow id. */
export function sharedTemporal(): TestTemporal {
  return { address: fromSetup('TEST_TEMPORAL_ADDRESS'), namespace: NAMESPACE };
}

/** Starts a private server; `close` it in `afterAll`. */
export async function startPrivateTemporal(): Promise<PrivateTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'followthrough-temporal-'));
  const database = join(folder, 'database');
  const copy = join(folder, 'copy');
  const options = {
    binary: fromSetup('TEST_TEMPORAL_BINARY'),
    dbFile: join(database, 'temporal.db'),
    port: await freePort(),
  };
  let server: TemporalServer | null = await startTemporal(options);
  const end = async (how: 'stop' | 'kill') => {
    await server?.[how]();
    server = null;
  };
  return {
    address: server.address,
    namespace: NAMESPACE,
    async start() {
      server ??= await startTemporal(options);
    },
    stop: () => end('stop'),
    kill: () => end('kill'),
    async wipe() {
      refuseRunning(server);
      await rm(database, { recursive: true, force: true });
    },
    async backUp() {
      refuseRunning(server);
      await cp(database, copy, { recursive: true });
    },
    async restore() {
      refuseRunning(server);
      await rm(database, { recursive: true, force: true });
      await cp(copy, database, { recursive: true });
    },
    async close() {
      await end('stop');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function refuseRunning(server: TemporalServer | null): void {
  if (server) throw new Error('stop the server before its database is touched');
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error('no Temporal: this file must lie in a folder that jest.config.js gives Temporal to');
  return value;
}
