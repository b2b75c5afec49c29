import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { isAlive } from '../../local/folder-owner';
import { freePort } from '../../local/port';
import { BUILT, build } from '../build';
import { findTemporal } from '../find-temporal';
import { until } from '../until';

/** A day in half a minute and more: what runs beside it may take its processors for a while. */
const SPEED = 1_800;
const WITHIN_MS = 280_000;
const CONTACTS = 12;

/** As the last line of output has it, key by key. */
const FiguresSchema = z.strictObject({
  contacts: z.number(),
  enrolled: z.number(),
  rejected: z.number(),
  ended: z.number(),
  attempts: z.strictObject({ voice: z.number(), sms: z.number(), email: z.number() }),
  rulesFired: z.number(),
  actions: z.strictObject({ done: z.number(), failed: z.number() }),
  outsideHours: z.number(),
  duplicates: z.number(),
  balance: z.string(),
});

const SummarySchema = z.object({
  creates: z.object({ voice: z.object({ accepted: z.number() }) }),
  liveCalls: z.object({ now: z.number() }),
});

interface LedgerLine {
  readonly kind: string;
  readonly channel: string;
  readonly rt: number;
  readonly to?: string;
  readonly from?: string;
  readonly accepted?: boolean;
  readonly status?: string;
}

describe('npm start -- --once', () => {
  let folder: string;
  let binary: string;
  const begun: Start[] = [];

  beforeAll(async () => {
    await build();
    binary = await findTemporal();
    folder = await mkdtemp(join(tmpdir(), 'npm-start-'));
    // PostgreSQL does not run as root, so its folder must be reachable for others.
    await chmod(folder, 0o711);
  });
  afterAll(async () => {
    for (const start of begun) start.child.kill('SIGTERM');
    await Promise.all(begun.map((start) => start.ended));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Start> {
    const ports = ['--port', String(await freePort()), '--ui-port', String(await freePort())];
    const options = ['--once', '--contacts', String(CONTACTS), '--speed', String(SPEED), '--folder', folder, ...ports];
    const one = new Start([join(BUILT, 'local', 'main.js'), ...options], binary);
    begun.push(one);
    return one;
  }

  it(
    'goes on after a kill -9 of itself and of each of its parts, and ends with 0 and its figures in the last line',
    async () => {
      const first = await start();
      await first.hasCalled(2);
      const before = first.children();
      expect(before.map(({ name }) => name).sort()).toEqual(['API', 'PostgreSQL', 'Temporal', 'simulator', 'worker']);
      first.child.kill('SIGKILL');
      await first.ended;
      await until('its servers are gone', async () => before.every(({ pid }) => !isAlive(pid)));
      const made = ledger(folder).filter(isCreate).length;

      const second = await start();
      await second.says('going on where the last start stopped');
      for (const name of ['worker', 'API', 'simulator']) {
        await second.hasCalled(0);
        second.kill(name);
        await second.says(`the ${name} ended (signal SIGKILL) and is started again`);
        await until(`the ${name} is back`, async () => second.children().some((child) => child.name === name));
      }
      const after = second.children();
      expect(await second.ended).toBe(0);

      const lines = second.output.trimEnd().split('\n');
      const figures = FiguresSchema.parse(JSON.parse(lines.at(-1) ?? ''));
      expect(figures).toMatchObject({ contacts: CONTACTS, enrolled: CONTACTS, rejected: 0, ended: CONTACTS });
      expect(figures).toMatchObject({ outsideHours: 0, duplicates: 0, balance: 'ok', actions: { failed: 0 } });
      expect(figures.attempts.sms + figures.attempts.voice).toBeGreaterThan(made);
      expect(second.errors).toBe('');
      expect([...before, ...after].filter(({ pid }) => isAlive(pid))).toEqual([]);
      expect(afterStop(ledger(folder))).toEqual([]);
    },
    WITHIN_MS,
  );
});

/** One `npm start`, as the shell sees it. */
class Start {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';
  errors = '';

  constructor(args: readonly string[], temporalBinary: string) {
    // What was under way at a kill is asked after soon.
    const env = { ...process.env, TEMPORAL_BINARY: temporalBinary, RECONCILE_GRACE_SECONDS: '5' };
    this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data) => (this.output += String(data)));
    this.child.stderr?.on('data', (data) => (this.errors += String(data)));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  says(words: string): Promise<boolean> {
    return this.whileItRuns(`it says "${words}"`, async () => this.output.includes(words));
  }

  /** In mid-campaign, between two calls: so many were made, and none is under way. */
  async hasCalled(times: number): Promise<void> {
    const url = await this.whileItRuns(
      'it says where the simulator is',
      async () => /simulator +(http\S+)/.exec(this.output)?.[1],
    );
    await this.whileItRuns(`${times} calls were made`, async () => {
      const { creates, liveCalls } = SummarySchema.parse(await (await fetch(url)).json());
      return creates.voice.accepted >= times && liveCalls.now === 0;
    });
  }

  children(): { pid: number; name: string }[] {
    const table = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
    return table.split('\n').flatMap((line) => {
      const [, pid, parent, args = ''] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
      const name = nameOf(args);
      return Number(parent) === this.child.pid && name !== null ? [{ pid: Number(pid), name }] : [];
    });
  }

  kill(name: string): void {
    const found = this.children().find((child) => child.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    process.kill(found.pid, 'SIGKILL');
  }

  private whileItRuns<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
    const check = async () => {
      const answer = await ask().catch(() => undefined);
      if (answer === undefined || answer === false) this.refuseEnd();
      return answer;
    };
    return until(what, check, 60_000);
  }

  private refuseEnd(): void {
    if (this.child.exitCode !== null) throw new Error(`it has ended:\n${this.output}\n${this.errors}`);
  }
}

function nameOf(args: string): string | null {
  const programs = {
    'api/main.js': 'API',
    'simulator/main.js': 'simulator',
    'workers/main.js': 'worker',
    'bin/postgres -D': 'PostgreSQL',
    'server start-dev': 'Temporal',
  };
  return Object.entries(programs).find(([program]) => args.includes(program))?.[1] ?? null;
}

function ledger(folder: string): LedgerLine[] {
  const text = readFileSync(join(folder, 'ledger.jsonl'), 'utf8');
  // The simulator writes it, a JSON object a line.
  return text.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as LedgerLine] : []));
}

function isCreate({ kind, accepted, status }: LedgerLine): boolean {
  return kind === 'create' && accepted === true && status !== 'reply';
}

/** Calls and texts that were asked for to somebody who had said STOP, even if the provider refused them. */
function afterStop(entries: readonly LedgerLine[]): string[] {
  return entries.flatMap(({ kind, from }, ix) =>
    kind === 'opt_out'
      ? entries
          .slice(ix + 1)
          .filter((later) => later.kind === 'create' && later.status !== 'reply' && later.to === from)
          .map(({ channel, rt }) => `${channel} at ${rt}`)
      : [],
  );
}
