import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { createProviders, type Providers } from '../activities/providers/create-providers';
import { readConfig, type Config } from '../config';
import { createSql, type Sql } from '../db/client';
import { ruleBasedClassifier } from '../domain/reply-classifier';
import { createEngine, type Engine } from '../engine/engine';
import { createEffectsWorkers, createEnrollmentsWorker, type EngineLink } from './create-worker';
import { coreSweeps } from './sweeps';
import { reconcile } from './sweeps/reconcile';
import { reportSweeps } from './sweeps/reports';
import { runSweeps, type RunningSweeps } from './sweeps/sweep';

/** One worker process: the roles it plays are configuration, the code is the same. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL, name: 'worker' });
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
  const sql = createSql(config.DATABASE_URL, {
    max: config.DATABASE_POOL,
    applicationName: `worker:${config.ROLES.join('+')}`,
  });
  const connection = await connect(config);
  const engine = createEngine({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    queuePrefix: config.QUEUE_PREFIX,
    uiUrl: config.TEMPORAL_UI_URL ?? null,
    tls: config.TEMPORAL_TLS,
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
  });
  const providers = createProviders(config);
  const link: EngineLink = { connection, namespace: config.TEMPORAL_NAMESPACE, queuePrefix: config.QUEUE_PREFIX };
  const workers = await workersOf(config, link, sql, providers);
  const sweeps = config.ROLES.includes('bulk') ? sweepsOf(config, { sql, engine, providers, log }) : null;
  log.info({ roles: config.ROLES }, 'the worker is ready');
  await runUntilStopped(workers, sweeps, log);
  providers.close();
  await engine.close();
  await connection.close();
  await sql.end();
}

function connect(config: Config): Promise<NativeConnection> {
  return NativeConnection.connect({
    address: config.TEMPORAL_ADDRESS,
    ...(config.TEMPORAL_TLS ? { tls: true } : {}),
    ...(config.TEMPORAL_API_KEY === undefined ? {} : { apiKey: config.TEMPORAL_API_KEY }),
  });
}

async function workersOf(config: Config, link: EngineLink, sql: Sql, providers: Providers): Promise<Worker[]> {
  const workers: Worker[] = [];
  if (config.ROLES.includes('enrollments')) {
    const bundle = { codePath: join(__dirname, '..', 'workflow-bundle.js') };
    workers.push(
      await createEnrollmentsWorker(
        link,
        { sql },
        { bundle, maxCachedWorkflows: config.WORKFLOW_CACHE, poolSize: config.DATABASE_POOL },
      ),
    );
  }
  if (config.ROLES.includes('effects')) {
    const keys = { addressKey: config.ADDRESS_KEY, secretKey: config.SECRET_KEY, publicUrl: config.PUBLIC_URL };
    workers.push(...(await createEffectsWorkers(link, { sql, keys, classifier: ruleBasedClassifier, ...providers })));
  }
  return workers;
}

interface SweepDeps {
  readonly sql: Sql;
  readonly engine: Engine;
  readonly providers: Providers;
  readonly log: Logger;
}

function sweepsOf(config: Config, { sql, engine, providers, log }: SweepDeps): RunningSweeps {
  const reconciling = reconcile({
    sql,
    ...providers,
    addressKey: config.ADDRESS_KEY,
    graceMs: config.RECONCILE_GRACE_SECONDS * 1000,
    giveUpMs: config.RECONCILE_GIVE_UP_SECONDS * 1000,
  });
  return runSweeps([...coreSweeps({ sql, engine }), reconciling, ...reportSweeps({ sql, log })], { sql, log });
}

/** Stops in order: no new rounds, then no new tasks, then what is under way is let finish. */
async function runUntilStopped(workers: readonly Worker[], sweeps: RunningSweeps | null, log: Logger): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  let stop: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    stop = resolve;
  });
  process.once('SIGTERM', () => stop?.());
  process.once('SIGINT', () => stop?.());
  await Promise.race([asked, ...runs]);
  log.info('the worker is stopping');
  await sweeps?.stop();
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(runs);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
