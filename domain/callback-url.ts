/** Each attempt has URLs of its own at the provider: whoever calls one proves that the provider accepted this attempt. */

interface Callback {
  readonly attemptId: string;
  /** Only read here; whether it is the right one is for `isAttemptToken` to say. */
  readonly token: string;
}

const ATTEMPT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TOKEN = /^[A-Za-z0-9_-]{20,64}$/;

/** `path` starts with a slash; `publicUrl` may end with one. */
export function callbackUrl(publicUrl: string, path: string, attemptId: string, token: string): string {
  return `${publicUrl.replace(/\/+$/, '')}${path}?a=${encodeURIComponent(attemptId)}&t=${encodeURIComponent(token)}`;
}

/** What the query of a callback says; null unless each part is there once and has its form. */
export function readCallback(query: Readonly<Record<string, unknown>>): Callback | null {
  const { a: attemptId, t: token } = query;
  if (typeof attemptId !== 'string' || !ATTEMPT_ID.test(attemptId)) return null;
  if (typeof token !== 'string' || !TOKEN.test(token)) return null;
  return { attemptId, token };
}
