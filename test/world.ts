import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createProviders, type Providers } from '../activities/providers/create-providers';
import { createApp } from '../api/app';
import { ensureAdminKey } from '../db/api-key';
import { balance } from '../db/balance';
import { appNow, setClock } from '../db/clock';
import { fromIso, toIso } from '../domain/instant';
import { ruleBasedClassifier } from '../domain/reply-classifier';
import { createEngine, type Engine } from '../engine/engine';
import { apiClient, type ApiClient } from '../local/api-client';
import { createSimulator, type Simulator } from '../simulator/simulator';
import type { SimulatorDeps } from '../simulator/settings';
import { createEffectsWorkers, createEnrollmentsWorker, type EngineLink } from '../workers/create-worker';
import { coreSweeps } from '../workers/sweeps';
import { reconcile } from '../workers/sweeps/reconcile';
import { runSweeps, type RunningSweeps } from '../workers/sweeps/sweep';
import { createTestDatabase, type TestDatabase } from './database';
import { TEST_KEYS } from './seed';
import { sharedTemporal } from './temporal';
import { until } from './until';

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
}

const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'test-auth-token' };
const LAWRULER_KEY = 'simulated-lawruler-key';
const FAST = { dialMs: [0, 5], ringMs: [5, 20], talkMs: [5, 30], deliverMs: [1, 10], replyMs: [5, 20] } as const;
const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

let bundle: Promise<{ code: string }> | undefined;
let installed = false;

/** Built once per test file. */
export function workflowBundle(): Promise<{ code: string }> {
  install();
  bundle ??= bundleWorkflowCode({ workflowsPath: require.resolve('../workflows'), logger: QUIET });
  return bundle;
}

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
    });
    this.providers = createProviders({ ...this.providerSettings(), LAWRULER_NOTE_LOOKUP: true });
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
      createApp({ sql: this.sql, engine: this.engine, log, config: { ...this.keys(), twilio: ACCOUNT } }),
    );
    this.api = apiClient(this.apiUrl, apiKey);
    this.simulator.connect({ publicUrl: this.apiUrl, apiKey });
  }

  private providerSettings() {
    return {
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      TWILIO_BASE_URL: this.simulator.httpUrl,
      SMTP_URL: `smtp://127.0.0.1:${this.simulator.smtpPort}`,
      LAWRULER_ENDPOINT: `${this.simulator.httpUrl}/lawruler/test/api-legalcrmapp.aspx`,
      LAWRULER_KEY,
    };
  }

  /** The environment of a worker process that belongs to this world. */
  environment(): Record<string, string> {
    return {
      ...this.providerSettings(),
      LAWRULER_NOTE_LOOKUP: '1',
      DATABASE_URL: this.database.url,
      DATABASE_POOL: '12',
      TEMPORAL_ADDRESS: this.temporalAddress(),
      TEMPORAL_NAMESPACE: this.namespace(),
      QUEUE_PREFIX: this.queuePrefix,
      PUBLIC_URL: this.apiUrl,
      SECRET_KEY: TEST_KEYS.secretKey,
      ADDRESS_KEY: TEST_KEYS.addressKey,
      SIMULATED: '1',
      ALLOW_SCALED_CLOCK: '1',
      RECONCILE_GRACE_SECONDS: String((this.options.graceMs ?? 90_000) / 1000),
      RECONCILE_GIVE_UP_SECONDS: String((this.options.giveUpMs ?? 900_000) / 1000),
      LOG_LEVEL: 'info',
    };
  }

  keys() {
    return { secretKey: TEST_KEYS.secretKey, addressKey: TEST_KEYS.addressKey, publicUrl: this.apiUrl };
  }

  /** Workers and sweeps; they may be stopped and started again. */
  async startWorkers(): Promise<void> {
    this.connection = await NativeConnection.connect({ address: this.temporalAddress() });
    const link: EngineLink = {
      connection: this.connection,
      namespace: this.namespace(),
      queuePrefix: this.queuePrefix,
    };
    const enrollments = await createEnrollmentsWorker(
      link,
      { sql: this.sql },
      {
        bundle: await workflowBundle(),
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
    this.sweeps = runSweeps(
      [...coreSweeps({ sql: this.sql, engine: this.engine }), reconciling].map((sweep) => ({
        ...sweep,
        everyMs: Math.min(sweep.everyMs, 50),
      })),
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
    await setClock(this.sql, fromIso(iso), 0);
  }

  /** Waits until nothing moves any more at this instant; `besides` names what may stay open. */
  async quiet(besides: readonly Unrest[] = []): Promise<void> {
    await until('everything is quiet', async () => {
      // A call that the test keeps ringing never comes to rest by itself.
      if (!besides.includes('attempts')) await this.simulator.idle();
      const open = await this.unrest();
      const left = open.filter((name) => !besides.includes(name));
      if (left.length > 0) throw new Error(`still open: ${left.join(', ')}`);
      return true;
    });
  }

  private async unrest(): Promise<Unrest[]> {
    const [row] = await this.sql<Record<Unrest, boolean>[]>`
      select
        exists (select 1 from campaign where status = 'active' and enroll_scanned_rt is null) as enrolling,
        exists (select 1 from enrollment where wants_workflow and started_rt is null) as starting,
        exists (select 1 from enrollment where state = 'open' and steps = 0) as stepping,
        exists (select 1 from enrollment e join campaign c on c.id = e.campaign_id
          where e.state = 'open' and c.status = 'active' and e.due_at <= app_now()) as due,
        exists (select 1 from enrollment e join campaign c on c.id = e.campaign_id
          where e.state = 'open' and c.status in ('active', 'completed') and e.epoch < c.epoch) as epochs,
        exists (select 1 from line_queue) as queued,
        exists (select 1 from fact where wakes and seen_rt is null) as facts,
        exists (select 1 from attempt where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')) as attempts,
        exists (select 1 from enrollment where decision ->> 'kind' in ('touch') and state = 'open') as touching,
        exists (select 1 from execution where state = 'pending') as actions,
        exists (select 1 from wake) as wakes`;
    if (row === undefined) throw new Error('the database did not answer');
    return UNREST.filter((name) => row[name]);
  }

  /** Lets business time jump from one due instant to the next until `iso`, with everything quiet in between. */
  async runUntil(iso: string, besides: readonly Unrest[] = []): Promise<void> {
    const end = fromIso(iso);
    for (;;) {
      await this.quiet(besides);
      const [next] = await this.sql<{ at: number | null }[]>`
        select ms(min(due_at)) as at from enrollment e join campaign c on c.id = e.campaign_id
        where e.state = 'open' and c.status = 'active' and due_at > app_now()`;
      const at = next?.at ?? null;
      if (at === null || at > end) break;
      await this.at(toIso(at));
    }
    await this.at(iso);
    await this.quiet(besides);
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

const UNREST = [
  'enrolling',
  'starting',
  'stepping',
  'due',
  'epochs',
  'queued',
  'facts',
  'attempts',
  'touching',
  'actions',
  'wakes',
] as const;
export type Unrest = (typeof UNREST)[number];
