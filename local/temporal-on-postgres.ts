import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createSql } from '../db/client';
import { type Child, startChild } from './child';
import { freeLowPort } from './port';

/**
 * The server that production runs, all four services of it in one process, with its two databases on a PostgreSQL of ours;
 * set up by the very scripts that docker-compose.yml runs.
 */
export interface TemporalOnPostgres {
  readonly address: string;
  readonly namespace: string;
  readonly pid: number;
  /** Everything that it said. */
  readonly logFile: string;
  /** Ends it and drops its databases. */
  stop(how: { keepLog: boolean }): Promise<void>;
}

export interface TemporalOnPostgresOptions {
  /** The folder of `temporal-server` and `temporal-sql-tool`; see temporal-server-binaries.mjs. */
  readonly binaries: string;
  /** The Temporal CLI; see temporal-binary.mjs. */
  readonly cli: string;
  /** Of any database of a user that may create others. One such server at a time finds room there. */
  readonly postgresUrl: string;
  /** Our docker/temporal. */
  readonly scripts: string;
}

interface Place extends TemporalOnPostgresOptions {
  readonly folder: string;
  readonly logFile: string;
}

const NAMESPACE = 'default';
const SEARCH_ATTRIBUTES = ['CampaignId', 'ContactId'];
const DATABASES = { default: 'temporal', visibility: 'temporal_visibility' } as const;
/** Not the other driver: it refuses the one round of hashing with which our PostgreSQL keeps its password. */
const PLUGIN = 'postgres12_pgx';
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const SHARDS = 4;
const PORTS = 9;
const PORT_TRIES = 3;

const run = promisify(execFile);

/** Starts it and waits until its namespace takes workflows with our search attributes. */
export async function startTemporalOnPostgres(options: TemporalOnPostgresOptions): Promise<TemporalOnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'followthrough-temporal-server-'));
  const place: Place = { ...options, folder, logFile: join(folder, 'server.log') };
  try {
    await symlink(options.cli, join(folder, 'temporal'));
    await createDatabases(place);
    const { child, address } = await launch(place);
    return {
      address,
      namespace: NAMESPACE,
      pid: child.pid,
      logFile: place.logFile,
      async stop({ keepLog }) {
        await child.stop();
        await dropDatabases(place);
        if (!keepLog) await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await dropDatabases(place);
    throw new Error(`the Temporal server did not start on PostgreSQL; see ${place.logFile}`, { cause: error });
  }
}

async function createDatabases(place: Place): Promise<void> {
  const { hostname, port, username, password } = new URL(place.postgresUrl);
  for (const database of Object.values(DATABASES)) await onPostgres(place, `create database ${database}`);
  await runScript(place, 'schema.sh', {
    SQL_PLUGIN: PLUGIN,
    SQL_HOST: hostname,
    SQL_PORT: port,
    SQL_USER: username,
    SQL_PASSWORD: password,
  });
}

async function dropDatabases(place: Place): Promise<void> {
  for (const database of Object.values(DATABASES))
    await onPostgres(place, `drop database if exists ${database} with (force)`);
}

async function onPostgres({ postgresUrl }: Place, statement: string): Promise<void> {
  const sql = createSql(postgresUrl, { max: 1 });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

/** A script of the containers, with the programs that it finds in them. */
async function runScript(place: Place, name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { folder, binaries, scripts, logFile } = place;
  const path = [folder, binaries, process.env['PATH'] ?? ''].join(delimiter);
  const { stdout, stderr } = await run('sh', [join(scripts, name)], { env: { ...process.env, PATH: path, ...env } });
  appendFileSync(logFile, stdout + stderr);
}

/** Somebody else may take one of its ports between our finding it free and its listening there. */
async function launch(place: Place): Promise<{ child: Child; address: string }> {
  for (let tries = 1; ; tries++) {
    const { child, address } = await start(place);
    try {
      await becomesReady(place, child, address);
      return { child, address };
    } catch (error) {
      const wasTaken = child.lastLines().includes('address already in use');
      await child.stop();
      if (!wasTaken || tries === PORT_TRIES) throw error;
    }
  }
}

async function start(place: Place): Promise<{ child: Child; address: string }> {
  const ports = await freePorts(PORTS);
  const configFile = join(place.folder, 'config.yaml');
  // What it reads is YAML, and JSON is YAML.
  await writeFile(configFile, JSON.stringify(configOf(place, ports)), { mode: 0o600 });
  const args = ['--config-file', configFile, '--allow-no-auth', 'start'];
  const child = await startChild(join(place.binaries, 'temporal-server'), args, {
    log: (line) => appendFileSync(place.logFile, `${line}\n`),
  });
  return { child, address: `127.0.0.1:${ports[0]}` };
}

/** It keeps them in columns of 16 bits with a sign. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freeLowPort());
  return [...ports];
}

function configOf({ postgresUrl, scripts }: Place, [frontend, ...others]: readonly number[]) {
  const { host, username: user, password } = new URL(postgresUrl);
  const datastore = (databaseName: string, maxConns: number) => ({
    sql: {
      ...{ pluginName: PLUGIN, databaseName, connectAddr: host, connectProtocol: 'tcp', user, password },
      ...{ maxConns, maxIdleConns: maxConns, maxConnLifetime: '1h' },
    },
  });
  const service = (grpcPort: number | undefined, more = {}) => ({
    rpc: { grpcPort, membershipPort: others.pop(), bindOnLocalHost: true, ...more },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: SHARDS,
      datastores: { default: datastore(DATABASES.default, 20), visibility: datastore(DATABASES.visibility, 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: service(frontend, { httpPort: others.pop() }),
      ...{ matching: service(others.pop()), history: service(others.pop()), worker: service(others.pop()) },
    },
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: {
        active: {
          ...{ enabled: true, initialFailoverVersion: 1, rpcName: 'frontend' },
          rpcAddress: `127.0.0.1:${frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: join(scripts, 'dynamic-config.yaml'), pollInterval: '60s' },
  };
}

/** A fresh cluster has no namespace, and what is registered is not known to all of its services at once. */
async function becomesReady(place: Place, child: Child, address: string): Promise<void> {
  const ask = (...args: string[]) => run(place.cli, [...args, '--address', address, '--command-timeout', '5s']);
  await insist(child, 'the frontend answers', () => ask('operator', 'cluster', 'health'));
  await runScript(place, 'namespace.sh', {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: NAMESPACE,
    RETENTION: '720h',
    SEARCH_ATTRIBUTES: SEARCH_ATTRIBUTES.map((name) => `${name}=Keyword`).join(' '),
  });
  const query = SEARCH_ATTRIBUTES.map((name) => `${name} = 'x'`).join(' and ');
  await insist(child, 'the search attributes are known', () =>
    ask('workflow', 'list', '--namespace', NAMESPACE, '--query', query),
  );
}

/** Asks again until there is an answer or no server any more. */
async function insist(child: Child, what: string, ask: () => Promise<unknown>): Promise<void> {
  let failure: unknown;
  for (const end = Date.now() + READY_WITHIN_MS; child.isRunning() && Date.now() < end; await delay(LOOK_EVERY_MS)) {
    try {
      await ask();
      return;
    } catch (error) {
      failure = error;
    }
  }
  const why = child.isRunning()
    ? `not within ${READY_WITHIN_MS} ms`
    : `the server ended (${await child.exited}) before`;
  throw new Error(`${why}: ${what}`, { cause: failure });
}
