import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSql, inTransaction, type Sql } from '../../db/client';
import { setClock } from '../../db/clock';
import { fromIso, type Instant } from '../../domain/instant';
import { freePort } from '../../local/port';
import { createSimulator, type Simulator } from '../../simulator/simulator';
import { DEFAULT_WEIGHTS } from '../../simulator/people/scripts';
import { Balancer } from '../balancer';
import { ACCOUNT, environmentOf, LAWRULER_KEY } from '../environment';
import { type PrivateTemporal, startPrivateTemporal } from '../temporal';
import { WORKER_IS_READY } from '../worker-process';
import { CrashPlan, EVERY_POINT, POINTS_OF, type Role, ROLES } from './crash-plan';
import { KeptProcess } from './kept-process';
import { PrivatePostgres } from './private-postgres';

/** So long after its claim a request may be on its way. */
const REQUEST_SECONDS = 20;

/** A whole installation of processes of their own, each of which may be ended at any moment: servers, API, workers. */

const COUNT: Readonly<Record<Role, number>> = { api: 2, enrollments: 1, effects: 2, bulk: 1 };
const TIMINGS = {
  dialMs: [0, 20],
  ringMs: [50, 300],
  talkMs: [50, 300],
  deliverMs: [5, 40],
  replyMs: [20, 200],
} as const;
/** All kinds of people, and some mailboxes that are none. */
const WEIGHTS = {
  ...DEFAULT_WEIGHTS,
  refuses_mail: 2,
  mailbox_full: 1,
  defers_mail: 2,
  bounces_hard: 2,
  bounces_soft: 1,
};
const POOL = 6;
/** A provider is asked soon what became of an attempt whose process is gone. */
const GRACE_MS = 3_000;
const GIVE_UP_MS = 60_000;

export class Installation {
  static async start(seed: number): Promise<Installation> {
    const [postgres, temporal, balancer] = await Promise.all([
      PrivatePostgres.start(),
      startPrivateTemporal(),
      Balancer.start(),
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'followthrough-chaos-logs-'));
    const installation = new Installation(seed, postgres, temporal, balancer, folder);
    try {
      await installation.bringUp();
      return installation;
    } catch (error) {
      await installation.stop({ keepLogs: true });
      throw error;
    }
  }

  /** Of what has happened, by its name. */
  readonly counts = new Map<string, number>();
  readonly sql: Sql;
  simulator!: Simulator;
  apiKey!: string;
  private processes: readonly KeptProcess[] = [];
  private crashing: 'at_random' | 'where_none_has' | 'no_more' = 'at_random';
  private clock = { startedRt: Date.now(), startedAt: 0, speed: 0 };

  private constructor(
    readonly seed: number,
    readonly postgres: PrivatePostgres,
    readonly temporal: PrivateTemporal,
    readonly balancer: Balancer,
    readonly folder: string,
  ) {
    this.sql = createSql(postgres.url, { max: 3, applicationName: 'chaos' });
  }

  private async bringUp(): Promise<void> {
    this.simulator = await createSimulator({
      ...ACCOUNT,
      lawRulerKey: LAWRULER_KEY,
      // The provider has a clock of its own: it goes on while our database is away.
      appNow: async () => this.now(),
      seed: String(this.seed),
      timings: TIMINGS,
      weights: WEIGHTS,
    });
    this.processes = ROLES.flatMap((role) => {
      const crashes = new CrashPlan(role, this.seed);
      return Array.from({ length: COUNT[role] }, (_, n) => this.process(role, `${role}-${n}`, crashes));
    });
    await Promise.all(this.processes.map((each) => each.start()));
    this.apiKey = (await readFile(this.keyFile, 'utf8')).trim();
    this.simulator.connect({ publicUrl: this.balancer.url, apiKey: this.apiKey });
  }

  private process(role: Role, name: string, crashes: CrashPlan): KeptProcess {
    const isApi = role === 'api';
    return new KeptProcess({
      role,
      program: isApi ? 'api/main.js' : 'workers/main.js',
      readyWords: isApi ? 'listening' : WORKER_IS_READY,
      env: async () => ({
        ...this.environment(),
        ...(isApi ? { API_PORT: String(await freePort()) } : { ROLES: role }),
      }),
      logFile: join(this.folder, `${name}.log`),
      crashAt: () => this.crashOf(crashes),
      putBack: (crashAt) => crashes.putBack(crashAt),
      isReady: ({ API_PORT }) => API_PORT !== undefined && this.balancer.add(Number(API_PORT)),
      hasEnded: ({ API_PORT }) => API_PORT !== undefined && this.balancer.remove(Number(API_PORT)),
      tell: (what) => this.count(what),
    });
  }

  private get keyFile(): string {
    return join(this.folder, 'admin-key');
  }

  private environment(): Record<string, string> {
    return {
      ...environmentOf({
        databaseUrl: this.postgres.url,
        databasePool: POOL,
        temporal: this.temporal,
        queuePrefix: '',
        publicUrl: this.balancer.url,
        simulator: this.simulator,
        graceMs: GRACE_MS,
        giveUpMs: GIVE_UP_MS,
      }),
      ADMIN_KEY_FILE: this.keyFile,
    };
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private crashOf(crashes: CrashPlan): string | null {
    switch (this.crashing) {
      case 'at_random':
        return crashes.next();
      case 'where_none_has':
        return crashes.firstOf(this.pointsToCome());
      case 'no_more':
        return null;
    }
  }

  /** From now on processes die only where none has died so far; whoever can is replaced by one that will. */
  crashWhereNoneHas(): void {
    this.crashing = 'where_none_has';
    const points = this.pointsToCome();
    for (const each of this.processes) if (POINTS_OF[each.role].some((point) => points.includes(point))) each.kill();
  }

  /** Crash points at which no process has died so far. */
  pointsToCome(): string[] {
    const reached = [...this.counts.keys()].flatMap((what) => / died at (P\d+)$/.exec(what)?.[1] ?? []);
    return EVERY_POINT.filter((point) => !reached.includes(point));
  }

  of(role: Role): readonly KeptProcess[] {
    return this.processes.filter((each) => each.role === role);
  }

  /** Business time, without asking the database. */
  now(): Instant {
    const { startedRt, startedAt, speed } = this.clock;
    return startedAt + (Date.now() - startedRt) * speed;
  }

  /** Business time stands still at `at`, unless a request is under way: it would arrive at another time than it was permitted for. */
  async jumpTo(at: Instant): Promise<boolean> {
    const hasJumped = await inTransaction(this.sql, async (tx) => {
      // As a pause does: no claim is made between the look and the jump.
      await tx`select pg_advisory_xact_lock(1, seq::int) from (select seq from campaign order by seq) each`;
      const underWay = await tx`
        select 1 from attempt
        where state = 'claimed' and claimed_rt > clock_timestamp() - make_interval(secs => ${REQUEST_SECONDS}) limit 1`;
      if (underWay.length > 0) return false;
      await setClock(tx, at, 0);
      return true;
    });
    if (hasJumped) this.clock = { startedRt: Date.now(), startedAt: at, speed: 0 };
    return hasJumped;
  }

  /** Business time runs from `at`; with speed 0 it stands still. */
  async setTime(at: Instant | string, speed: number): Promise<void> {
    const startedAt = typeof at === 'string' ? fromIso(at) : at;
    await setClock(this.sql, startedAt, speed);
    this.clock = { startedRt: Date.now(), startedAt, speed };
  }

  /** All processes end at once, and others that do not die follow. */
  async startAfresh(): Promise<void> {
    this.crashing = 'no_more';
    await Promise.all(this.processes.map((each) => each.stop()));
    await Promise.all(this.processes.map((each) => each.start()));
  }

  async stop({ keepLogs }: { keepLogs: boolean }): Promise<void> {
    await Promise.all(this.processes.map((each) => each.stop()));
    await this.simulator?.stop();
    await this.balancer.stop();
    await this.sql.end();
    await this.temporal.close();
    await this.postgres.stop();
    if (!keepLogs) await rm(this.folder, { recursive: true, force: true });
  }
}
