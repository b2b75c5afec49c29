import { sqlState } from './result-guard';

/** A connection of postgres.js 3.4.9, as `onexecute` hands it over: the same object over all its lives. */
export interface Connection {
  onclose: ((error: unknown) => void) | null;
  /** Opens it again. What is given is a query to run first, or the request of somebody who waits for a connection. */
  connect(first: First): void;
  execute(query: Query): unknown;
  terminate(): void;
}

interface Query {
  /** Null until it is sent. */
  readonly state: unknown;
  reject(error: unknown): void;
}
interface Request {
  readonly reserve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
}
type First = Query | Request;

/** With these a server ends a session: by a timeout, a shutdown, a crash or because its database is gone. It opens none with them. */
const LAST_WORDS: ReadonlySet<string | null> = new Set(['25P03', '25P04', '57P01', '57P02', '57P04', '57P05']);

const known = new WeakSet<Connection>();

/**
 * When the server ends a session in the middle of a query, postgres.js 3.4.9 keeps the server's last words and refuses with
 * them whoever has the connection opened again. A request for a connection stays in its queue all the same, the connection
 * is handed to it, and nobody ever gives it back. Here the last words are for nobody: a query is sent, a request stays.
 */
export function forgetLastWords(connection: Connection): void {
  if (known.has(connection)) return;
  known.add(connection);
  const connect = connection.connect.bind(connection);
  connection.connect = (first) => connect('reserve' in first ? patient(first) : persistent(first, connection));
}

function patient({ reserve, reject }: Request): Request {
  return { reserve, reject: (error) => (areLastWords(error) ? undefined : reject(error)) };
}

function persistent(query: Query, connection: Connection): Query {
  const { reject } = query;
  query.reject = (error) => {
    query.reject = reject;
    if (query.state === null && areLastWords(error)) connection.execute(query);
    else reject(error);
  };
  return query;
}

function areLastWords(error: unknown): boolean {
  return LAST_WORDS.has(sqlState(error));
}
