import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appNow } from '../db/clock';
import { apiClient, type ApiClient } from '../local/api-client';
import type { Child } from '../local/child';
import { freePort } from '../local/port';
import { createSimulator, type Simulator } from '../simulator/simulator';
import { Balancer } from './balancer';
import { createTestDatabase, type TestDatabase } from './database';
import { ACCOUNT, environmentOf, LAWRULER_KEY } from './environment';
import { startProgram } from './program';
import type { TestTemporal } from './temporal';
import { WORKER_IS_READY } from './worker-process';

/** An installation as on a server: API and workers in processes of their own, behind a balancer. */

/** An API, or a worker by its roles. */
export type Kind = 'api' | 'enrollments' | 'effects' | 'bulk' | typeof EVERY_ROLE;
export const EVERY_ROLE = 'enrollments,effects,bulk';

export interface TopologyPlan {
  readonly temporal: TestTemporal;
  /** A process for each of them. */
  readonly kinds: readonly Kind[];
}

export interface Part {
  readonly kind: Kind;
  readonly child: Child;
  /** Of an API. */
  readonly port: number | null;
}

const FAST = { dialMs: [0, 5], ringMs: [5, 20], talkMs: [5, 30], deliverMs: [1, 10], replyMs: [5, 20] } as const;
/** A provider is asked soon what became of an attempt whose process is gone. */
const GRACE_MS = 3_000;
const GIVE_UP_MS = 900_000;
/** All processes share one PostgreSQL with everybody else. */
const POOL = 10;

export class Topology {
  static async start(plan: TopologyPlan): Promise<Topology> {
    const database = await createTestDatabase({ max: 5 });
    const simulator = await createSimulator({
      ...ACCOUNT,
      lawRulerKey: LAWRULER_KEY,
      appNow: () => appNow(database.sql),
      timings: FAST,
    });
    const folder = await mkdtemp(join(tmpdir(), 'followthrough-topology-'));
    const topology = new Topology(plan, database, simulator, await Balancer.start(), folder);
    try {
      await topology.bringUp();
      return topology;
    } catch (error) {
      await topology.stop({ keepLogs: true });
      throw error;
    }
  }

  readonly sql: TestDatabase['sql'];
  api!: ApiClient;
  private parts: Part[] = [];
  private started = 0;
  private readonly adding: Promise<void>[] = [];

  private constructor(
    readonly plan: TopologyPlan,
    private readonly database: TestDatabase,
    readonly simulator: Simulator,
    readonly balancer: Balancer,
    readonly folder: string,
  ) {
    this.sql = database.sql;
  }

  private async bringUp(): Promise<void> {
    await Promise.all(this.plan.kinds.map((kind) => this.add(kind)));
    const apiKey = (await readFile(join(this.folder, 'admin-key'), 'utf8')).trim();
    this.api = apiClient(this.balancer.url, apiKey);
    this.simulator.connect({ publicUrl: this.balancer.url, apiKey });
  }

  private add(kind: Kind): Promise<void> {
    const adding = this.startPart(kind);
    this.adding.push(adding);
    return adding;
  }

  private async startPart(kind: Kind): Promise<void> {
    const port = kind === 'api' ? await freePort() : null;
    const child = await startProgram({
      logFile: join(this.folder, `${kind}-${++this.started}.log`),
      ...(port === null
        ? { program: 'workers/main.js', readyWords: WORKER_IS_READY, env: { ...this.environment(), ROLES: kind } }
        : { program: 'api/main.js', readyWords: 'listening', env: { ...this.environment(), API_PORT: String(port) } }),
    });
    this.parts.push({ kind, child, port });
    if (port !== null) this.balancer.add(port);
  }

  private environment(): Record<string, string> {
    return {
      ...environmentOf({
        databaseUrl: this.database.url,
        databasePool: POOL,
        temporal: this.plan.temporal,
        queuePrefix: `t${this.database.url.slice(-12)}/`,
        publicUrl: this.balancer.url,
        simulator: this.simulator,
        graceMs: GRACE_MS,
        giveUpMs: GIVE_UP_MS,
      }),
      ADMIN_KEY_FILE: join(this.folder, 'admin-key'),
    };
  }

  /** Asks the oldest process of a kind to end while another starts; it must end by itself, and well. */
  async restart(kind: Kind): Promise<void> {
    const { child } = this.takeOut((part) => part.kind === kind);
    process.kill(child.pid, 'SIGTERM');
    const [how] = await Promise.all([child.exited, this.add(kind)]);
    if (how !== 'exit code 0') throw new Error(`${kind} was asked to end and did so with ${how}`);
  }

  /** Ends the oldest process of a kind, or the one that is meant, as a power cut would, and starts another. */
  async kill(kind: Kind, isMeant: (part: Part) => boolean = () => true): Promise<void> {
    const { child } = this.takeOut((part) => part.kind === kind && isMeant(part));
    await Promise.all([child.kill(), this.add(kind)]);
  }

  /** Nothing is sent to it any more; what is under way there it may finish. */
  private takeOut(isMeant: (part: Part) => boolean): Part {
    const part = this.parts.find(isMeant);
    if (part === undefined) throw new Error('no such process is running');
    this.parts = this.parts.filter((other) => other !== part);
    if (part.port !== null) this.balancer.remove(part.port);
    return part;
  }

  async stop({ keepLogs }: { keepLogs: boolean }): Promise<void> {
    // One that is still starting when another has failed must not outlive us.
    await Promise.allSettled(this.adding);
    await Promise.all(this.parts.map(({ child }) => child.kill()));
    await this.simulator.stop();
    await this.balancer.stop();
    await this.database.drop();
    if (!keepLogs) await rm(this.folder, { recursive: true, force: true });
  }
}
