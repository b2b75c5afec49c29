export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** Causes of causes: more than any library nests. */
const MOST_CAUSES = 5;

/** What an error says without what it carries: a provider's error holds the request, a database's the row. */
export function describeError(error: Error, causes = 0): DescribedError {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(error.stack === undefined ? {} : { stack: framesOf(error.stack) }),
    ...(cause instanceof Error && causes < MOST_CAUSES ? { cause: describeError(cause, causes + 1) } : {}),
  };
}

/** PostgreSQL quotes the value that it can't take: `invalid input syntax for type uuid: "…"`, `Key (name)=(…) already exists`. */
export function withoutValues(message: string): string {
  return message.replace(/: "[\s\S]*"/g, ': "[redacted]"').replace(/=\([\s\S]*?\)/g, '=([redacted])');
}

/** The message stands above the frames and would be told again with its values. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}
