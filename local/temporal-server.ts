import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Child, startChild } from './child';
import { freePort, isPortFree } from './port';

export interface TemporalOptions {
  /** The Temporal CLI; see temporal-binary.mjs. */
  readonly binary: string;
  /** Where it keeps everything; in memory when left out. */
  readonly dbFile?: string;
  /** A free one when left out. */
  readonly port?: number;
  /** No UI when left out or null. */
  readonly uiPort?: number | null;
  /** More dynamic configuration, each as `key=value`. */
  readonly settings?: readonly string[];
  readonly log?: (line: string) => void;
}

export interface TemporalServer {
  readonly address: string;
  readonly port: number;
  readonly uiUrl: string | null;
  readonly pid: number;
  /** Answers how the server ended, whether asked to or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

const NAMESPACE = 'default';
const RETENTION_HOURS = 720;
const READY_WITHIN_MS = 60_000;
const PORT_TRIES = 5;
const SEARCH_ATTRIBUTES = ['CampaignId=Keyword', 'ContactId=Keyword'];
const SETTINGS = ['system.enableActivityEagerExecution=true'];

const run = promisify(execFile);

/** Starts Temporal's development server on 127.0.0.1 and waits until the namespace answers. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  await refuseTakenPorts(options);
  if (options.dbFile !== undefined) await mkdir(dirname(options.dbFile), { recursive: true });
  const { child, port } = await launch(options);
  return {
    address: `127.0.0.1:${port}`,
    port,
    uiUrl: options.uiPort == null ? null : `http://127.0.0.1:${options.uiPort}`,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
    kill: child.kill,
  };
}

async function refuseTakenPorts({ port, uiPort }: TemporalOptions): Promise<void> {
  for (const wanted of [port, uiPort]) {
    if (wanted != null && !(await isPortFree(wanted))) {
      throw new Error(
        `port ${wanted} of 127.0.0.1 is in use, so Temporal cannot listen on it: free it or name another`,
      );
    }
  }
}

async function launch(options: TemporalOptions): Promise<{ child: Child; port: number }> {
  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePort());
    const child = await startChild(options.binary, serverArgs(port, options), {
      ...(options.log ? { log: options.log } : {}),
    });
    if (await becomesReady(child, options.binary, `127.0.0.1:${port}`)) return { child, port };
    const said = child.lastLines();
    await child.stop();
    // Between finding a free port and listening on it, somebody else may take it.
    const retry = options.port === undefined && tries < PORT_TRIES && !(await isPortFree(port));
    if (!retry) throw new Error(`the Temporal server did not start:\n${said}`);
  }
}

function serverArgs(port: number, { dbFile, uiPort, settings = [] }: TemporalOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', NAMESPACE],
    ...['--log-level', 'warn', '--color', 'never'],
    ...(uiPort == null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...SEARCH_ATTRIBUTES.flatMap((attribute) => ['--search-attribute', attribute]),
    ...[...SETTINGS, ...settings].flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
}

/** It listens before its namespace exists, so what counts is that the namespace can be changed. */
async function becomesReady(child: Child, binary: string, address: string): Promise<boolean> {
  const update = ['operator', 'namespace', 'update', '--namespace', NAMESPACE, '--retention', `${RETENTION_HOURS}h`];
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (child.isRunning() && Date.now() < giveUpAt) {
    try {
      await run(binary, [...update, '--address', address, '--command-timeout', '5s']);
      return child.isRunning();
    } catch {
      await delay(100);
    }
  }
  return false;
}
