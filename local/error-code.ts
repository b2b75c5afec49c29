/** What Node says went wrong, such as ENOENT; null for an error without a code. */
export function codeOf(error: unknown): unknown {
  // By shape: what Node itself throws need not be an instance of the Error class we see.
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}
