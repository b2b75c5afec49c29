/** SQLSTATE classes and codes: connection exceptions, a transaction that took too long (its connection is closed), too many connections, a server that stops or starts. */
const STATES = /^(08...|25P04|53300|57P0[1-5])$/;
/** What postgres.js and the sockets below it call a connection that isn't there. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Did the query fail because the database could not be asked, and not for what was asked? */
export function isOutOfReach(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return CONNECTION_CODES.has(error.code) || (error.name === 'PostgresError' && STATES.test(error.code));
}
