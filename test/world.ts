import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createProviders, type Providers } from '../activities/providers/create-providers';
import { createApp } from '../api/app';
import { ensureAdminKey } from '../db/api-key';
import { balance } from '../db/balance';
import { appNow } from '../db/clock';
import { ruleBasedClassifier } from '../domain/reply-classifier';
import { dataConverter } from '../engine/data-converter';
import { createEngine, type Engine } from '../engine/engine';
import type { PayloadKey } from '../engine/payload-codec';
import { apiClient, type ApiClient } from '../local/api-client';
import { createSimulator, type Simulator } from '../simulator/simulator';
import type { SimulatorDeps } from '../simulator/settings';
import { createEffectsWorkers, createEnrollmentsWorker, type EngineLink } from '../workers/create-worker';
import { coreSweeps } from '../workers/sweeps';
import { recover, type RecoveryOutcome } from '../workers/recovery/recover';
import { connectionSweeps } from '../workers/sweeps/connections';
import { enrichmentSweeps } from '../workers/sweeps/enrichments';
import { erasures } from '../workers/sweeps/erasures';
import { handoffAlertSweeps } from '../workers/sweeps/handoff-alerts';
import { forecasts } from '../workers/sweeps/forecasts';
import { checkInstallation } from '../workers/sweeps/installation';
import { expiredOwnMessages, ownMessages } from '../workers/sweeps/own-messages';
import { reconcile } from '../workers/sweeps/reconcile';
import { scheduledReports } from '../workers/sweeps/scheduled-reports';
import { runSweeps, type RunningSweeps } from '../workers/sweeps/sweep';
import { BUILT } from './build';
import { quiet, runUntil, standAt, type Unrest } from './business-time';
import { createTestDatabase, type TestDatabase } from './database';
import { ACCOUNT, environmentOf, LAWRULER_KEY, providerSettings } from './environment';
import { TEST_KEYS } from './seed';
import { sharedTemporal } from './temporal';

/** The whole product in one process, with real servers on every side: PostgreSQL, Temporal, and the simulator over sockets. */

export interface WorldOptions {
  readonly temporalAddress?: string;
  readonly namespace?: string;
  readonly simulator?: Partial<Pick<SimulatorDeps, 'timings' | 'weights' | 'seed'>>;
  readonly graceMs?: number;
  readonly giveUpMs?: number;
  /** False: the test runs worker processes of its own. */
  readonly workers?: boolean;
  readonly maxCachedWorkflows?: number;
  /** As PAYLOAD_KEYS. */
  readonly payloadKeys?: readonly PayloadKey[];
}

const FAST = { dialMs: [0, 5], ringMs: [5, 20], talkMs: [5, 30], deliverMs: [1, 10], replyMs: [5, 20] } as const;
/** So many times as often as in production sweeps go round. */
const HURRY = 5;
/** The one that production runs; the set-up of these tests has built it. */
const BUNDLE = { codePath: join(BUILT, 'workflow-bundle.js') };
const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

let installed = false;

/** Real servers, real processes: a story takes seconds, and more on a busy machine. */
jest.setTimeout(120_000);
afterAll(async () => {
  if (installed) await Runtime.instance().shutdown();
});

const QUIET = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function install(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    shutdownSignals: [],
    logger: QUIET,
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
}

export class World {
  static async create(options: WorldOptions = {}): Promise<World> {
    install();
    const database = await createTestDatabase({ max: 20 });
    const world = new World(database, options);
    await world.start();
    return world;
  }

  readonly sql: TestDatabase['sql'];
  api!: ApiClient;
  simulator!: Simulator;
  engine!: Engine;
  apiUrl!: string;
  apiKey!: string;
  private folder!: string;
  private server!: Server;
  private connection: NativeConnection | null = null;
  private workers: { worker: Worker; run: Promise<void> }[] = [];
  private sweeps: RunningSweeps | null = null;
  private providers!: Providers;
  private readonly ends: (() => Promise<void>)[] = [];
  readonly queuePrefix: string;

  private constructor(
    readonly database: TestDatabase,
    private readonly options: WorldOptions,
  ) {
    this.sql = database.sql;
    this.queuePrefix = `t${database.url.slice(-12)}/`;
  }

  private async start(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'followthrough-world-'));
    this.simulator = await createSimulator({
      ...ACCOUNT,
      lawRulerKey: LAWRULER_KEY,
      appNow: () => appNow(this.sql),
      timings: FAST,
      ...this.options.simulator,
    });
    this.engine = createEngine({
      address: this.temporalAddress(),
      namespace: this.namespace(),
      queuePrefix: this.queuePrefix,
      uiUrl: null,
      dataConverter: dataConverter(this.options.payloadKeys ?? []),
    });
    this.providers = createProviders({
      ...providerSettings(this.simulator),
      LAWRULER_NOTE_LOOKUP: true,
      SIMULATED: true,
    });
    await this.listen();
    if (this.options.workers !== false) await this.startWorkers();
  }

  private async listen(): Promise<void> {
    const keyFile = join(this.folder, 'admin-key');
    await ensureAdminKey(this.sql, keyFile);
    const apiKey = (await readFile(keyFile, 'utf8')).trim();
    this.server = createServer();
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the API listens on no port');
    this.apiUrl = `http://127.0.0.1:${address.port}`;
    this.server.on(
      'request',
      createApp({
        sql: this.sql,
        engine: this.engine,
        log,
        config: {
          ...this.keys(),
          twilio: ACCOUNT,
          requestsPerHour: 1_000_000,
          trustedProxies: 0,
          simulated: true,
          temporalUiUrl: null,
          payloadKeys: this.options.payloadKeys ?? [],
        },
      }),
    );
    this.apiKey = apiKey;
    this.api = apiClient(this.apiUrl, apiKey);
    this.simulator.connect({ publicUrl: this.apiUrl, apiKey });
  }

  /** The environment of a worker process that belongs to this world. */
  environment(): Record<string, string> {
    return environmentOf({
      databaseUrl: this.database.url,
      databasePool: 12,
      temporal: { address: this.temporalAddress(), namespace: this.namespace() },
      queuePrefix: this.queuePrefix,
      publicUrl: this.apiUrl,
      simulator: this.simulator,
      graceMs: this.options.graceMs ?? 90_000,
      giveUpMs: this.options.giveUpMs ?? 900_000,
      payloadKeys: this.options.payloadKeys ?? [],
    });
  }

  keys() {
    return { secretKey: TEST_KEYS.secretKey, addressKey: TEST_KEYS.addressKey, publicUrl: this.apiUrl };
  }

  /** Workers and sweeps; they may be stopped and started again. */
  async startWorkers(payloadKeys = this.options.payloadKeys ?? []): Promise<void> {
    await checkInstallation({ sql: this.sql, engine: this.engine });
    this.connection = await NativeConnection.connect({ address: this.temporalAddress() });
    const link: EngineLink = {
      connection: this.connection,
      namespace: this.namespace(),
      queuePrefix: this.queuePrefix,
      dataConverter: dataConverter(payloadKeys),
    };
    const enrollments = await createEnrollmentsWorker(
      link,
      { sql: this.sql },
      {
        bundle: BUNDLE,
        maxCachedWorkflows: this.options.maxCachedWorkflows ?? 200,
        poolSize: 12,
      },
    );
    const effects = await createEffectsWorkers(link, {
      sql: this.sql,
      keys: this.keys(),
      classifier: ruleBasedClassifier,
      ...this.providers,
    });
    this.workers = [enrollments, ...effects].map((worker) => ({ worker, run: worker.run() }));
    const reconciling = reconcile({
      sql: this.sql,
      ...this.providers,
      addressKey: TEST_KEYS.addressKey,
      graceMs: this.options.graceMs ?? 90_000,
      giveUpMs: this.options.giveUpMs ?? 900_000,
    });
    const connecting = connectionSweeps({ sql: this.sql, ...this.providers, keys: this.keys() });
    const erasing = erasures({ sql: this.sql, engine: this.engine, ...this.providers });
    const keys = this.keys();
    const others = [
      reconciling,
      ...connecting,
      erasing,
      ...enrichmentSweeps({ sql: this.sql, ...this.providers, keys }),
      ...handoffAlertSweeps({ sql: this.sql, ...this.providers, keys }),
      ownMessages({ sql: this.sql, ...this.providers, keys }),
      expiredOwnMessages({ sql: this.sql }),
      forecasts({ sql: this.sql }),
      ...scheduledReports({ sql: this.sql, engine: this.engine }),
    ];
    const core = coreSweeps({ sql: this.sql, engine: this.engine, startAhead: 40 });
    this.sweeps = runSweeps(
      [...core, ...others].map((sweep) => ({ ...sweep, everyMs: sweep.everyMs / HURRY })),
      { sql: this.sql, log },
    );
  }

  async stopWorkers(): Promise<void> {
    await this.sweeps?.stop();
    this.sweeps = null;
    for (const { worker } of this.workers) worker.shutdown();
    await Promise.all(this.workers.map(({ run }) => run));
    this.workers = [];
    await this.connection?.close();
    this.connection = null;
  }

  /** What a test has begun beside this and has to end with it. */
  alsoStop(end: () => Promise<void>): void {
    this.ends.push(end);
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
    await this.stopWorkers();
    this.providers.close();
    await this.simulator.stop();
    this.server.close();
    this.server.closeAllConnections();
    await this.engine.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Business time stands at this instant from now on. */
  async at(iso: string): Promise<void> {
    await standAt(this.sql, iso);
  }

  /** Waits until nothing moves any more at this instant; `besides` names what may stay open. */
  async quiet(besides: readonly Unrest[] = []): Promise<void> {
    await quiet(this, besides);
  }

  /** Lets business time jump from one due instant to the next until `iso`, with everything quiet in between. */
  async runUntil(iso: string, besides: readonly Unrest[] = []): Promise<void> {
    await runUntil(this, iso, besides);
  }

  /** What `npm run recover` does. */
  async recover(): Promise<RecoveryOutcome> {
    const { sql, engine, providers } = this;
    return recover({ sql, engine, books: providers.books, keys: this.keys() }, 'test');
  }

  async balance() {
    return balance(this.sql, { settled: true });
  }

  temporalAddress(): string {
    return this.options.temporalAddress ?? sharedTemporal().address;
  }

  private namespace(): string {
    return this.options.namespace ?? 'default';
  }
}
