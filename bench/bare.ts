import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Undo } from '../local/undo';
import type { Order, Word } from './bare/messages';
import type { Meters } from './process-use';
import { profileArgs, WORKFLOW_CACHE } from './program';

/** The bare engine: Temporal with the plainest workflow that does the same, in as many processes as the product has. */
export interface Bare {
  readonly pids: Meters & Readonly<Record<'workflows' | 'activities' | 'starts' | 'signals', number>>;
  /** Starts workflows for so long; answers how many it were. */
  start(ids: readonly string[], how: { sleepMs: number; withinMs: number }): Promise<number>;
  /** Starts them all and waits until each has come to its end. */
  runThrough(ids: readonly string[]): Promise<void>;
  /** One more process, which ends with the rest. */
  startWebhook(env: NodeJS.ProcessEnv): Promise<number>;
  stop(): Promise<void>;
}

type RunningChild = ChildProcess & { readonly pid: number };

/** Real milliseconds; a server fires no timer sooner than this. */
const SHORT_SLEEP_MS = 1_000;
const UNLIMITED_MS = 3_600_000;
const ACTIONS = 2;
/** The last to act are the last to end; asking after each one would be work that the product doesn't have. */
const AWAITED = 40;

export async function startBare(temporalAddress: string, ended: (what: string) => void): Promise<Bare> {
  const undo = new Undo();
  const hears = new Set<(word: Word) => void>();
  const add = async (path: string, role: string, more: NodeJS.ProcessEnv = {}): Promise<RunningChild> => {
    const env = { ...process.env, NODE_ENV: 'production', TEMPORAL_ADDRESS: temporalAddress, ...more };
    const child = await startForked(join(__dirname, 'bare', path), role, env, (word) =>
      hears.forEach((hear) => hear(word)),
    );
    let isStopping = false;
    child.once('exit', () => {
      if (!isStopping) ended(`the bare engine's ${role} ended`);
    });
    undo.add(async () => {
      isStopping = true;
      await stopForked(child);
    });
    return child;
  };
  try {
    const [workflows, activities, starts, signals] = await Promise.all([
      add('worker.js', 'workflows', { WORKFLOW_CACHE }),
      add('worker.js', 'activities'),
      add('client.js', 'starts'),
      add('client.js', 'signals'),
    ]);
    const tell = (child: RunningChild, order: Order) => void child.send(order);
    hears.add((word) => {
      if (word.is === 'waits for a grant') tell(starts, { do: 'grant', id: word.id });
      if (word.is === 'dialed') tell(signals, { do: 'tell the outcome', id: word.id });
    });
    const heard = <K extends Word['is']>(is: K) => firstOf(hears, is);
    const start: Bare['start'] = async (ids, how) => {
      const started = heard('started');
      tell(starts, { do: 'start', ids, ...how });
      return (await started).count;
    };
    return {
      pids: { workflows: workflows.pid, activities: activities.pid, starts: starts.pid, signals: signals.pid },
      start,
      async runThrough(ids) {
        const acted = allActed(hears, ids.length);
        await start(ids, { sleepMs: SHORT_SLEEP_MS, withinMs: UNLIMITED_MS });
        const last = [...new Set(await acted)].slice(-AWAITED);
        const ended = heard('all ended');
        tell(starts, { do: 'await the end', ids: last });
        await ended;
      },
      startWebhook: async (env) => (await add('webhook.js', 'webhook', env)).pid,
      stop: () => undo.all(),
    };
  } catch (error) {
    await undo.all();
    throw error;
  }
}

async function startForked(
  path: string,
  role: string,
  env: NodeJS.ProcessEnv,
  hear: (word: Word) => void,
): Promise<RunningChild> {
  const child = fork(path, [role], {
    env,
    execArgv: profileArgs(`bare-${role}`),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said = `${said}${data.toString()}`.slice(-4_000);
  });
  await new Promise<void>((resolve, reject) => {
    child.on('message', (word: Word) => {
      if (word.is === 'ready') resolve();
      hear(word);
    });
    child.once('exit', (code) => reject(new Error(`the bare engine's ${role} ended (${code}):\n${said}`)));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`the bare engine's ${role} has no process id`);
  return Object.assign(child, { pid });
}

/** They end when nobody listens to them any more, as they do when this process is gone. */
async function stopForked(child: RunningChild): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  child.disconnect();
  await once(child, 'exit');
  clearTimeout(impatience);
}

function firstOf<K extends Word['is']>(hears: Set<(word: Word) => void>, is: K): Promise<Extract<Word, { is: K }>> {
  return new Promise((resolve) => {
    const hear = (word: Word) => {
      if (word.is !== is) return;
      hears.delete(hear);
      // The compiler can't see that this is the kind that was asked for.
      resolve(word as Extract<Word, { is: K }>);
    };
    hears.add(hear);
  });
}

/** Resolves when each of so many contacts has done all its actions, with their ids in that order. */
function allActed(hears: Set<(word: Word) => void>, contacts: number): Promise<string[]> {
  const acted: string[] = [];
  return new Promise((resolve) => {
    const hear = (word: Word) => {
      if (word.is !== 'acted') return;
      acted.push(word.id);
      if (acted.length < contacts * ACTIONS) return;
      hears.delete(hear);
      resolve(acted);
    };
    hears.add(hear);
  });
}
