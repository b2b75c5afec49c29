import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from './child';

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Our own processes, each the same program that a server would run, stopped in the opposite order of their starting. */
export class Parts {
  private readonly children = new Map<string, Child>();
  private ended: string | null = null;
  private tellEnded: (what: string) => void = () => undefined;
  /** Answers which part ended first without being asked to, and its last words. */
  readonly broken = new Promise<string>((resolve) => {
    this.tellEnded = resolve;
  });
  private stopping = false;

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  async start(name: string, program: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = await startChild(process.execPath, [join(__dirname, '..', program)], {
      env: { ...process.env, ...this.env, ...more },
    });
    this.children.set(name, child);
    void child.exited.then((how) => {
      if (this.stopping) return;
      this.ended ??= `the ${name} (${how})\n${child.lastLines()}`;
      this.tellEnded(this.ended);
    });
  }

  /** Waits until the address answers with success. */
  async answers(url: string): Promise<void> {
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await delay(LOOK_EVERY_MS)) {
      if (this.ended !== null) throw new Error(`While starting ended ${this.ended}`);
      const ok = await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ok) return;
    }
    throw new Error(`${url} did not answer within ${READY_WITHIN_MS / 1000} s`);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    for (const child of [...this.children.values()].reverse()) await child.stop();
  }
}
