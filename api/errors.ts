/** Everything that this API says no with. One table: code to HTTP status and title. */
const PROBLEMS = {
  malformed_body: [400, 'The body can not be read'],
  invalid_parameter: [400, 'A parameter is not valid'],
  unauthorized: [401, 'An API key is needed'],
  forbidden: [403, 'The API key may not do this'],
  not_verified: [403, "Nobody has proved that this address is the team's"],
  foreign_origin: [403, 'The request comes from a page of somebody else'],
  forged: [403, 'The signature does not match'],
  not_found: [404, 'There is no such thing'],
  wrong_status: [409, 'Not possible in this status'],
  revision_conflict: [409, 'Somebody else changed it meanwhile'],
  order_refused: [409, 'The order is refused'],
  case_conflict: [409, 'The case does not allow it'],
  contact_exists: [409, 'The person is known already'],
  test_refused: [409, 'The test can not be sent'],
  last_admin: [409, 'The last admin key has to stay'],
  locked_for_recovery: [409, 'The installation is locked for recovery'],
  idempotency_in_flight: [409, 'The first request with this Idempotency-Key is still at work'],
  precondition_failed: [412, 'It is not what If-Match says any more'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body has another media type than this operation takes'],
  invalid_body: [422, 'The body is not valid'],
  unknown_reference: [422, 'The body names something that does not exist'],
  launch_refused: [422, 'The campaign can not be launched yet'],
  law_refused: [422, 'The law can not be loosened like this'],
  publish_refused: [422, 'The version can not be published'],
  idempotency_mismatch: [422, 'The Idempotency-Key was used for another request'],
  rate_limited: [429, 'Too many requests'],
  internal: [500, 'Something broke on our side'],
  unavailable: [503, 'The database is out of reach'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

// The keys of a literal object are what its type says.
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** The HTTP status and the title of a code. */
export function problemOf(code: ProblemCode): readonly [status: number, title: string] {
  return PROBLEMS[code];
}

/** One fault of the input. `pointer` is an RFC 6901 pointer into the body, as a fragment; `in` says if it is elsewhere. */
export interface Fault {
  readonly pointer: string;
  readonly in?: 'query' | 'path' | 'header';
  readonly detail: string;
  readonly value?: unknown;
  readonly current?: unknown;
  readonly step?: string;
}

/** An answer of 4xx that the caller can act on: `message` says what was refused and which rule refused it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly errors: readonly Fault[] = [],
    /** When the same request may succeed; null = not by waiting. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

/** RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ProblemCode;
  readonly errors?: readonly Fault[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function problemDocument(error: ApiError, requestId: string): ProblemDocument {
  const [status, title] = PROBLEMS[error.code];
  return {
    type: `urn:followthrough:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    instance: UUID.test(requestId) ? `urn:uuid:${requestId}` : `urn:followthrough:request:${requestId}`,
    code: error.code,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
  };
}
