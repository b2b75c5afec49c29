import type { PostgresError } from 'postgres';
import type { Connection } from './last-words';

/** The part of a query of postgres.js 3.4.9 that is open to us before it is sent. */
export interface PendingQuery {
  handler: (query: PendingQuery) => void;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  cursorFn: ((page: unknown) => unknown) | undefined;
  /** Its own, not shared; `onexecute` is asked when it is sent, and answers true. */
  readonly options: { onexecute?: (connection: Connection) => true };
}

/** Fragments and queries are promises; identifiers and value lists, which the same call makes, are not. */
export function isQuery(value: unknown): value is PendingQuery {
  return value instanceof Promise && 'handler' in value;
}

/**
 * Repairs every result on its way out.
 * After a query that failed when some of its rows had already come, postgres.js 3.4.9 begins the next result
 * of that connection with as many holes (porsager/postgres#1120).
 */
export function guardResult(query: PendingQuery): void {
  const { resolve, reject } = query;
  query.resolve = (result) => {
    repair(result);
    resolve(result);
  };
  query.reject = (error) => {
    hideRowValues(error);
    reject(error);
  };
  guardPages(query);
}

/** A cursor hands its pages to a function that is set anew for each page. */
function guardPages(query: PendingQuery): void {
  let onPage: PendingQuery['cursorFn'];
  Object.defineProperty(query, 'cursorFn', {
    get: () => onPage,
    set(next: (page: unknown) => unknown) {
      onPage = (page) => {
        repair(page);
        return next(page);
      };
    },
  });
}

function repair(result: unknown): void {
  if (!Array.isArray(result)) return;
  if ('count' in result) dropLeadingHoles(result);
  else for (const each of result) repair(each);
}

function dropLeadingHoles(rows: unknown[]): void {
  if (rows.length === 0 || 0 in rows) return;
  let holes = 1;
  while (holes < rows.length && !(holes in rows)) holes++;
  rows.splice(0, holes);
}

/** `detail` quotes the row that broke a constraint; loggers print what is enumerable. */
function hideRowValues(error: unknown): void {
  if (error instanceof Error && 'detail' in error) Object.defineProperty(error, 'detail', { enumerable: false });
}

/** The five-character SQLSTATE of an error that the server reported, else null. */
export function sqlState(error: unknown): string | null {
  return isServerError(error) ? error.code : null;
}

/** The name of the constraint that a change broke, else null. */
export function brokenConstraint(error: unknown): string | null {
  return isServerError(error) ? (error.constraint_name ?? null) : null;
}

function isServerError(error: unknown): error is PostgresError {
  return error instanceof Error && error.name === 'PostgresError';
}
