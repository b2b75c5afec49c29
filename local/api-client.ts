/** The public API as any client sees it. */
export interface ApiClient {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<T>;
  upload<T>(path: string, contentType: string, body: string): Promise<T>;
}

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  constructor(
    readonly status: number,
    readonly problem: unknown,
    what: string,
  ) {
    super(`${what} answered ${status}: ${JSON.stringify(problem)}`);
  }
}

export function apiClient(baseUrl: string, apiKey: string): ApiClient {
  const ask = async <T>(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string },
  ): Promise<T> => {
    const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
    const answer = await fetch(`${baseUrl}${path}`, {
      method,
      headers,
      ...(init.body === undefined ? {} : { body: init.body }),
    }).catch((cause: unknown) => {
      throw new Error(`the API did not answer ${method} ${path}; another start goes on from there`, { cause });
    });
    const text = await answer.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    if (!answer.ok) throw new ApiFailure(answer.status, parsed, `${method} ${path}`);
    // The caller names the shape that the API documents for this operation.
    return parsed as T;
  };
  return {
    get: (path) => ask('GET', path, {}),
    send: (method, path, body) =>
      ask(
        method,
        path,
        body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      ),
    upload: (path, contentType, body) => ask('POST', path, { headers: { 'content-type': contentType }, body }),
  };
}
