import { inTransaction, type Sql, type Tx } from '../client';

const SWEEPS_LOCK = 2;

/** The open transaction in which a process keeps the locks of all its sweeps that are at work. */
interface Turn {
  readonly tx: Promise<Tx>;
  /** Ends it; resolved when its connection is back in the pool. */
  readonly end: () => Promise<void>;
  users: number;
}

/** One for each pool, so that many sweeps take one connection for their locks, and leave the others to the work itself. */
const turns = new WeakMap<Sql, Turn>();

/**
 * Does the work only if no other process is doing the same; null when one is. The lock is a transaction's, so it can't
 * outlive a crash; it is kept until no sweep of this process is at work any more.
 */
export async function tryAlone<T>(sql: Sql, name: string, work: () => Promise<T>): Promise<T | null> {
  const turn = enter(sql);
  try {
    return (await isFree(sql, turn, name)) ? await work() : null;
  } finally {
    turn.users--;
    if (turn.users === 0) await close(sql, turn);
  }
}

function enter(sql: Sql): Turn {
  const turn = turns.get(sql) ?? open(sql);
  turn.users++;
  turns.set(sql, turn);
  return turn;
}

function open(sql: Sql): Turn {
  const { promise: ended, resolve: end } = deferred<void>();
  const { promise: tx, resolve: opened, reject: failed } = deferred<Tx>();
  const closed = inTransaction(sql, async (inner) => {
    opened(inner);
    await ended;
    // Nothing is written in it, so once it was open its end has nothing to say.
  }).catch(failed);
  return {
    tx,
    async end() {
      end();
      await closed;
    },
    users: 0,
  };
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

async function isFree(sql: Sql, turn: Turn, name: string): Promise<boolean> {
  try {
    const tx = await turn.tx;
    const [row] = await tx<{ free: boolean }[]>`
      select pg_try_advisory_xact_lock(${SWEEPS_LOCK}, hashtext(${name})) as free`;
    return row?.free === true;
  } catch (error) {
    // Its connection is gone, and its locks with it: whoever comes next opens another.
    if (turns.get(sql) === turn) turns.delete(sql);
    throw error;
  }
}

async function close(sql: Sql, turn: Turn): Promise<void> {
  if (turns.get(sql) === turn) turns.delete(sql);
  await turn.end();
}
