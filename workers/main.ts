import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createProviders, type Providers } from '../activities/providers/create-providers';
import { readConfig, type Config } from '../config';
import type { ClaimKeys } from '../db/claim';
import { createSql, type Sql } from '../db/client';
import { getInstallation } from '../db/installation';
import { surviveLostConnections } from '../db/lost-connection';
import { ruleBasedClassifier } from '../domain/reply-classifier';
import { temporalConnection } from '../engine/connection';
import { dataConverter } from '../engine/data-converter';
import { createEngine, type Engine } from '../engine/engine';
import { createLog, lastWords, logCrashes } from '../operations/log';
import { Metrics } from '../operations/metrics';
import { commonParts } from '../operations/parts';
import { type Part, readinessOf } from '../operations/readiness';
import { type OperationsServer, startOperationsServer } from '../operations/server';
import { runtimeOptions, sdkMetrics } from '../operations/temporal-runtime';
import { compareZoneTables, zonesPart } from '../operations/zones';
import { createEffectsWorkers, createEnrollmentsWorker, type EngineLink } from './create-worker';
import { recoverySweep } from './recovery/sweep';
import { coreSweeps } from './sweeps';
import { connectionSweeps } from './sweeps/connections';
import { enrichmentSweeps } from './sweeps/enrichments';
import { erasures } from './sweeps/erasures';
import { importSweeps } from './sweeps/imports';
import { handoffAlertSweeps } from './sweeps/handoff-alerts';
import { forecasts } from './sweeps/forecasts';
import { checkInstallation } from './sweeps/installation';
import { measured } from './sweeps/measured';
import { expiredOwnMessages, ownMessages } from './sweeps/own-messages';
import { reconcile } from './sweeps/reconcile';
import { reportSweeps } from './sweeps/reports';
import { scheduledReports } from './sweeps/scheduled-reports';
import { runSweeps, type RunningSweeps, type Sweep } from './sweeps/sweep';
import { BUNDLE, requireVerified, runCommand, versionOf } from './build';

const CHECK_AGAIN_MS = 1_000;

/** One worker process: the roles it plays are configuration, the code is the same. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  if (process.argv[2] !== undefined) return runCommand(process.argv[2], config);
  const log = createLog({ level: config.LOG_LEVEL, role: `worker:${config.ROLES.join('+')}` });
  logCrashes(log);
  Runtime.install(runtimeOptions(log, config.METRICS_PORT));
  surviveLostConnections((err) => log.warn({ err }, 'a connection to the database was lost'));
  const sql = createSql(config.DATABASE_URL, {
    max: config.DATABASE_POOL,
    applicationName: `worker:${config.ROLES.join('+')}`,
  });
  const temporal = temporalConnection(config);
  const converter = { dataConverter: dataConverter(config.PAYLOAD_KEYS) };
  const engine = createEngine({
    ...temporal,
    ...converter,
    namespace: config.TEMPORAL_NAMESPACE,
    queuePrefix: config.QUEUE_PREFIX,
    uiUrl: config.TEMPORAL_UI_URL ?? null,
  });
  const workers: Worker[] = [];
  const metrics = new Metrics().watchProcess();
  // Before anything that may have to be waited for: whoever asks is told what is missing.
  const operations = await operationsServer(config, { sql, engine, metrics, workers });
  const connection = await NativeConnection.connect(temporal);
  const providers = createProviders(config);
  const link: EngineLink = {
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    queuePrefix: config.QUEUE_PREFIX,
    ...converter,
  };
  await untilChecked({ sql, engine, log });
  await compareZoneTables(sql, log);
  if (config.VERIFY_ON_START && config.ROLES.includes('enrollments')) await requireVerified(config, log);
  workers.push(...(await workersOf(config, link, sql, providers)));
  const sweeps = sweepsOf(config, { sql, engine, providers, metrics, log });
  log.info({ roles: config.ROLES }, 'the worker is ready');
  await runUntilStopped(workers, sweeps, log);
  await operations?.close();
  providers.close();
  await engine.close();
  await connection.close();
  await sql.end();
}

/** Nothing is begun before the two databases were held against each other; where one was restored or lost, nothing is sent. */
async function untilChecked({ sql, engine, log }: { sql: Sql; engine: Engine; log: Logger }): Promise<void> {
  for (;;) {
    try {
      if (!(await checkInstallation({ sql, engine })))
        log.error({ reason: (await getInstallation(sql)).lockReason }, 'the installation is locked for recovery');
      return;
    } catch (err) {
      log.warn({ err }, 'PostgreSQL and Temporal could not be compared yet');
      await delay(CHECK_AGAIN_MS);
    }
  }
}

interface Watched {
  readonly sql: Sql;
  readonly engine: Engine;
  readonly metrics: Metrics;
  /** Filled when they have been made. */
  readonly workers: readonly Worker[];
}

async function operationsServer(config: Config, watched: Watched): Promise<OperationsServer | null> {
  const { METRICS_PORT: port, METRICS_HOST: host } = config;
  if (port === undefined) return null;
  const { sql, engine, metrics, workers } = watched;
  metrics.addSource(sdkMetrics(port));
  const areNeeded = config.ROLES.some((role) => role !== 'bulk');
  const running: Part = {
    name: 'workers',
    isNeeded: true,
    check: async () => (workers.every(isRunning) && (workers.length > 0 || !areNeeded) ? null : 'not running'),
  };
  const common = commonParts({ sql, engine, mayScaleClock: config.ALLOW_SCALED_CLOCK, needsTemporal: true });
  return startOperationsServer({ host, port, metrics, readiness: readinessOf([...common, zonesPart, running]) });
}

function isRunning(worker: Worker): boolean {
  return worker.getState() === 'RUNNING';
}

async function workersOf(config: Config, link: EngineLink, sql: Sql, providers: Providers): Promise<Worker[]> {
  const workers: Worker[] = [];
  if (config.ROLES.includes('enrollments')) {
    workers.push(
      await createEnrollmentsWorker(
        link,
        { sql },
        {
          bundle: BUNDLE,
          maxCachedWorkflows: config.WORKFLOW_CACHE,
          poolSize: config.DATABASE_POOL,
          ...versionOf(config),
        },
      ),
    );
  }
  if (config.ROLES.includes('effects')) {
    const keys = keysOf(config);
    workers.push(...(await createEffectsWorkers(link, { sql, keys, classifier: ruleBasedClassifier, ...providers })));
  }
  return workers;
}

function keysOf(config: Config): ClaimKeys {
  return { addressKey: config.ADDRESS_KEY, secretKey: config.SECRET_KEY, publicUrl: config.PUBLIC_URL };
}

interface SweepDeps {
  readonly sql: Sql;
  readonly engine: Engine;
  readonly providers: Providers;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What the roles of this process do on their own beat. */
function sweepsOf(config: Config, deps: SweepDeps): RunningSweeps {
  const { sql, providers, metrics, log } = deps;
  const sweeps = [
    ...(config.ROLES.includes('bulk') ? bulkSweeps(config, deps) : []),
    ...(config.ROLES.includes('effects') ? [ownMessages({ sql, ...providers, keys: keysOf(config) })] : []),
  ];
  return runSweeps(measured(sweeps, metrics), { sql, log });
}

function bulkSweeps(config: Config, { sql, engine, providers, log }: SweepDeps): Sweep[] {
  const reconciling = reconcile({
    sql,
    ...providers,
    addressKey: config.ADDRESS_KEY,
    graceMs: config.RECONCILE_GRACE_SECONDS * 1000,
    giveUpMs: config.RECONCILE_GIVE_UP_SECONDS * 1000,
  });
  const connecting = connectionSweeps({ sql, ...providers, keys: { secretKey: config.SECRET_KEY } });
  const erasing = erasures({ sql, engine, ...providers });
  const recovering = recoverySweep({ sql, engine, books: providers.books, keys: keysOf(config), log });
  return [
    ...coreSweeps({ sql, engine, startAhead: config.START_AHEAD }),
    recovering,
    reconciling,
    ...connecting,
    erasing,
    ...enrichmentSweeps({ sql, reach: providers.reach, keys: keysOf(config) }),
    ...handoffAlertSweeps({ sql, ...providers, keys: keysOf(config) }),
    expiredOwnMessages({ sql }),
    ...reportSweeps({ sql, log }),
    ...importSweeps({ sql, addressKey: config.ADDRESS_KEY }),
    forecasts({ sql }),
    ...scheduledReports({ sql, engine }),
  ];
}

/** Stops in order: no new rounds, then no new tasks, then what is under way is let finish. */
async function runUntilStopped(workers: readonly Worker[], sweeps: RunningSweeps, log: Logger): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  let stop: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    stop = resolve;
  });
  process.once('SIGTERM', () => stop?.());
  process.once('SIGINT', () => stop?.());
  await Promise.race([asked, ...runs]);
  log.info('the worker is stopping');
  await sweeps.stop();
  for (const worker of workers) if (isRunning(worker)) worker.shutdown();
  await Promise.all(runs);
}

main().catch((error: unknown) => {
  // Open connections would keep a process alive that works no more.
  process.stderr.write(`${lastWords(error)}\n`, () => process.exit(1));
});
