import { AsyncLocalStorage } from 'node:async_hooks';

/** The request that is being carried out, for those who only note it: the change log and the lines of the log. */
export interface RequestContext {
  readonly requestId: string;
  /** The API key that it came with; null = none, or nobody has looked yet. */
  readonly keyId: string | null;
}

const current = new AsyncLocalStorage<RequestContext>();

export function inRequest<T>(context: RequestContext, run: () => T): T {
  return current.run(context, run);
}

/** Null outside of requests: workers and sweeps. */
export function currentRequest(): RequestContext | null {
  return current.getStore() ?? null;
}

/** What every line of a log says of the request that it was written in. */
export function requestFields(): { readonly requestId?: string } {
  const request = currentRequest();
  return request === null ? {} : { requestId: request.requestId };
}
