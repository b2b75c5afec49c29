import postgres from 'postgres';
import { type Connection, forgetLastWords } from './last-words';
import { guardResult, isQuery, type PendingQuery } from './result-guard';
import { columnName, valueTypes } from './values';

/** Whatever runs queries: the pool or one transaction. */
export interface Db extends postgres.ISql {
  json(value: unknown): postgres.Parameter;
  /** Left out: they go round the guards, and round an open transaction. */
  readonly file: never;
  readonly notify: never;
}

/** The pool: each query may run on another connection. */
export interface Sql extends Db {
  end(): Promise<void>;
}

declare const insideTransaction: unique symbol;

/** One open transaction; only `inTransaction` makes it, so a function that takes it can rely on locks and rollback. */
export interface Tx extends Db {
  readonly [insideTransaction]: true;
}

export interface PoolOptions {
  readonly max?: number;
  readonly applicationName?: string;
  /** So long a transaction waits for a connection, real milliseconds. */
  readonly waitMs?: number;
}

/** No connection could be had for a transaction in time. */
class PoolTimeout extends Error {
  override readonly name = 'PoolTimeout';
  readonly code = 'CONNECT_TIMEOUT';
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly transactionTimeoutMs?: number;
  /** Plans of its statements are made once for all values, not anew for each of the first five: where every execution is alike. */
  readonly isUniform?: boolean;
}

const END_TIMEOUT_SECONDS = 5;
const WAIT_MS = 15_000;

interface Pool {
  readonly client: postgres.Sql;
  readonly waitMs: number;
  /** Asks again, of each transaction that waits for a connection. */
  readonly waiting: Set<() => void>;
}

const pools = new WeakMap<Sql, Pool>();

/** Opens a pool; connections are made when the first query needs them. */
export function createSql(
  url: string,
  { max = 10, applicationName = 'followthrough', waitMs = WAIT_MS }: PoolOptions = {},
): Sql {
  const waiting = new Set<() => void>();
  const pool = postgres(url, {
    max,
    connect_timeout: 10,
    connection: { application_name: applicationName, TimeZone: 'UTC' },
    onnotice: () => undefined,
    onclose: () => setImmediate(() => waiting.forEach((askAgain) => askAgain())),
    transform: { column: { from: columnName } },
    types: valueTypes,
  });
  const sql = Object.assign(guarded(pool, guardQuery), { end: () => pool.end({ timeout: END_TIMEOUT_SECONDS }) });
  pools.set(sql, { client: pool, waitMs, waiting });
  return sql;
}

/**
 * The one way to open a transaction: commits what `fn` did, or rolls back and throws what it threw.
 * Never open a second one on the same pool from inside `fn`: it can wait for the connection that you hold.
 */
export async function inTransaction<T>(
  sql: Sql,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const reserved = await reserve(poolOf(sql));
  const scope = new Scope();
  try {
    await begin(reserved, scope, options);
    const tx = guarded(reserved, (query) => scope.guard(query));
    // The brand exists for the compiler only: this client runs nowhere but between begin and commit.
    const result = await fn(tx as Tx);
    await commit(tx);
    return result;
  } catch (error) {
    await rollback(reserved, scope);
    throw error;
  } finally {
    scope.close(new Error('the transaction is over: await every query before its function returns'));
    if (!scope.isLost) reserved.release();
  }
}

/** Undoes what `fn` did in this transaction when it throws, and throws on; the transaction stays usable. */
export async function savepoint<T>(tx: Tx, fn: (tx: Tx) => Promise<T>): Promise<T> {
  await tx.unsafe('savepoint inner_work');
  try {
    const result = await fn(tx);
    await tx.unsafe('release savepoint inner_work');
    return result;
  } catch (error) {
    await tx.unsafe('rollback to savepoint inner_work; release savepoint inner_work');
    throw error;
  }
}

async function begin(reserved: postgres.ReservedSql, scope: Scope, options: TransactionOptions): Promise<void> {
  const settings = [
    ['statement_timeout', options.statementTimeoutMs],
    ['lock_timeout', options.lockTimeoutMs],
    ['transaction_timeout', options.transactionTimeoutMs],
  ] as const;
  const statements = [
    `begin isolation level ${options.isolation ?? 'read committed'}`,
    ...settings.flatMap(([name, ms]) => (ms === undefined ? [] : [`set local ${name} = ${milliseconds(name, ms)}`])),
    ...(options.isUniform === true ? ['set local plan_cache_mode = force_generic_plan'] : []),
  ];
  // `onexecute` is how postgres.js itself learns, in its own `begin`, which connection a transaction got.
  const hook = { onexecute: (connection: Connection) => scope.watch(connection) } as postgres.UnsafeQueryOptions;
  const query = reserved.unsafe(statements.join('; '), [], hook);
  if (isQuery(query)) scope.guard(query);
  await query;
}

async function commit(tx: Db): Promise<void> {
  const { command } = await tx.unsafe('commit');
  if (command !== 'COMMIT') {
    throw new Error('nothing was committed: a query failed and its error was caught without a savepoint');
  }
}

async function rollback(reserved: postgres.ReservedSql, scope: Scope): Promise<void> {
  if (scope.isLost) return;
  const query = reserved.unsafe('rollback');
  if (isQuery(query)) scope.guard(query);
  // A connection in an unknown state must not go back into the pool; without it the server rolls back by itself.
  await query.catch(() => scope.discard());
}

function milliseconds(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`${name} must be a positive whole number of milliseconds, not ${value}`);
}

/**
 * A connection for one transaction. Whenever a connection closes the driver forgets one of those who wait for one, or
 * refuses it for what happened to somebody else: it takes the request for a query, to be sent when the connection is open
 * again. So all of them ask again; what comes to somebody who has got one already goes back. The waiting ends in any case.
 */
function reserve({ client, waitMs, waiting }: Pool): Promise<postgres.ReservedSql> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let asked = 0;
    const end = () => {
      isOver = true;
      clearTimeout(timer);
      waiting.delete(ask);
    };
    const timer = setTimeout(() => {
      end();
      reject(new PoolTimeout(`no connection for ${waitMs} ms`));
    }, waitMs);
    const take = (connection: postgres.ReservedSql) => {
      if (isOver) return connection.release();
      end();
      resolve(connection);
    };
    const fail = (error: unknown) => {
      asked--;
      if (isOver || asked > 0) return;
      end();
      // It is the driver's own error, and is passed on as it came.
      reject(error as Error);
    };
    const ask = () => {
      asked++;
      client.reserve().then(take, fail);
    };
    waiting.add(ask);
    ask();
  });
}

function poolOf(sql: Sql): Pool {
  const pool = pools.get(sql);
  if (pool) return pool;
  throw new TypeError('a transaction needs the pool that createSql made; inside a transaction use savepoint');
}

/** A query of the pool: whichever connection it runs on is one that can be lost in the middle of it. */
function guardQuery(query: PendingQuery): void {
  guardResult(query);
  query.options.onexecute = (connection) => {
    forgetLastWords(connection);
    return true;
  };
}

/** The same client with `guard` applied to each query before it is sent. */
function guarded(client: postgres.Sql, guard: (query: PendingQuery) => void): Db {
  const watch = <T>(made: T): T => {
    if (isQuery(made)) guard(made);
    return made;
  };
  // Arguments are handed through unread, so every overload of the client holds for the copy.
  const call = client as unknown as (...args: unknown[]) => unknown;
  const unsafe = client.unsafe as (...args: unknown[]) => unknown;
  const { json, array, typed, types } = client;
  const copy = Object.assign((...args: unknown[]) => watch(call(...args)), {
    unsafe: (...args: unknown[]) => watch(unsafe(...args)),
    json,
    array,
    typed,
    types,
  });
  return copy as unknown as Db;
}

/**
 * What keeps a transaction on one live connection. postgres.js writes to the closed socket of a reserved connection,
 * which ends the process; a server that enforces `transaction_timeout` closes it between two queries.
 */
class Scope {
  private readonly pending = new Set<PendingQuery>();
  private connection: Connection | null = null;
  private closedBy: unknown = null;
  isLost = false;

  watch(connection: Connection): true {
    forgetLastWords(connection);
    this.connection = connection;
    connection.onclose = (error) => {
      this.isLost = true;
      this.close(error);
      for (const query of this.pending) query.reject(error);
    };
    return true;
  }

  guard(query: PendingQuery): void {
    guardResult(query);
    const { handler, resolve, reject } = query;
    query.handler = (sent) => {
      if (this.closedBy !== null) return sent.reject(this.closedBy);
      this.pending.add(sent);
      handler(sent);
    };
    query.resolve = (result) => {
      this.pending.delete(query);
      resolve(result);
    };
    query.reject = (error) => {
      this.pending.delete(query);
      reject(error);
    };
  }

  close(reason: unknown): void {
    this.closedBy ??= reason;
  }

  /** One that is lost already may be on its way to somebody else. */
  discard(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.connection?.terminate();
  }
}
