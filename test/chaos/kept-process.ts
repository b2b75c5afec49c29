import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../../local/child';
import { BUILT } from '../build';
import { CRASH_POINTS_FILE, type Role } from './crash-plan';

/** What a process supervisor does: one place in which a process of one role runs, and another after it has ended. */

const START_AGAIN_MS = 100;
const CRASHED = /^crash point (P\d+)$/;

export interface ProcessPlan {
  readonly role: Role;
  readonly program: string;
  readonly env: () => Promise<Record<string, string>>;
  readonly readyWords: string;
  readonly logFile: string;
  /** Where this process is to die; null: nowhere. */
  readonly crashAt: () => string | null;
  /** It ended before it came there. */
  readonly putBack: (crashAt: string) => void;
  readonly isReady?: (env: Record<string, string>) => void;
  readonly hasEnded?: (env: Record<string, string>) => void;
  /** Each end and what it was. */
  readonly tell: (what: string) => void;
}

export class KeptProcess {
  private child: Child | null = null;
  private ended: Promise<void> = Promise.resolve();
  private isWanted = false;
  private cause: string | null = null;

  constructor(private readonly plan: ProcessPlan) {}

  get role(): Role {
    return this.plan.role;
  }

  /** Resolves when it is ready for the first time. */
  start(): Promise<void> {
    this.isWanted = true;
    return new Promise((ready) => {
      this.ended = this.keepUp(ready);
    });
  }

  /** Ends it as a power cut would; another one follows. */
  kill(): void {
    this.end('SIGKILL', 'killed');
  }

  /** Asks it to end; another one follows. */
  restart(): void {
    this.end('SIGTERM', 'restarted');
  }

  /** Ends it as a power cut would, for good. */
  async stop(): Promise<void> {
    this.isWanted = false;
    await this.child?.kill();
    await this.ended;
  }

  private end(signal: NodeJS.Signals, cause: string): void {
    if (this.child?.isRunning() !== true) return;
    this.cause = cause;
    process.kill(this.child.pid, signal);
  }

  private async keepUp(ready: () => void): Promise<void> {
    while (this.isWanted) {
      await this.live(ready);
      if (this.isWanted) await delay(START_AGAIN_MS);
    }
  }

  private async live(ready: () => void): Promise<void> {
    const { plan } = this;
    const env = await plan.env();
    const crashAt = plan.crashAt();
    let crashedAt: string | undefined;
    const options = crashAt === null ? [] : ['--require', CRASH_POINTS_FILE];
    this.child = await startChild(process.execPath, [...options, join(BUILT, plan.program)], {
      env: { ...process.env, ...env, ...(crashAt === null ? {} : { CRASH_AT: crashAt }) },
      log: (line) => {
        appendFileSync(plan.logFile, `${line}\n`);
        crashedAt ??= CRASHED.exec(line)?.[1];
        if (!line.includes(plan.readyWords)) return;
        plan.isReady?.(env);
        ready();
      },
    });
    // Whoever stopped us while it was being started found nothing to end.
    if (!this.isWanted) await this.child.kill();
    const how = await this.child.exited;
    plan.hasEnded?.(env);
    // The last line may come after the end.
    await delay(START_AGAIN_MS);
    const cause = crashedAt === undefined ? (this.cause ?? `ended by itself (${how})`) : `died at ${crashedAt}`;
    appendFileSync(plan.logFile, `--- ${cause}\n`);
    if (crashAt !== null && crashedAt === undefined) plan.putBack(crashAt);
    if (this.isWanted) plan.tell(`${plan.role} ${cause}`);
    this.cause = null;
  }
}
