import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isOutOfReach } from '../db/out-of-reach';
import { Refusal } from '../db/refusal';
import { DomainError } from '../domain/errors';
import { ApiError, type ProblemCode, problemDocument } from './errors';

const RETRY_AFTER_SECONDS = 1;

/** Set by the first handler of the app; answers and logs name it. */
export const REQUEST_ID = 'x-request-id';

export function unknownRoute(request: Request): never {
  throw new ApiError('not_found', `${request.method} ${request.path} is no operation of this API`);
}

/** The last handler: turns whatever was thrown into problem+json. Nothing of an unforeseen error leaves the process but its id. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const known = asApiError(error);
    if (known === null || known.code === 'unavailable')
      log.error({ err: describe(error), requestId: requestIdOf(response) }, 'request failed');
    sendProblem(
      response,
      known ?? new ApiError('internal', 'nothing is known to be wrong with the request; try again'),
    );
  };
}

function sendProblem(response: Response, error: ApiError): void {
  const document = problemDocument(error, requestIdOf(response));
  if (document.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (error.retryAfterSeconds !== null) response.setHeader('Retry-After', String(error.retryAfterSeconds));
  response.status(document.status).type('application/problem+json').send(JSON.stringify(document));
}

function requestIdOf(response: Response): string {
  return String(response.getHeader(REQUEST_ID) ?? '');
}

function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof Refusal) return new ApiError(error.code, error.message, error.problems);
  if (error instanceof DomainError) return new ApiError('invalid_body', error.message);
  if (isOutOfReach(error))
    return new ApiError(
      'unavailable',
      'the database is out of reach; ask again, under the same Idempotency-Key if there was one',
      [],
      RETRY_AFTER_SECONDS,
    );
  if (isPostgresError(error) && UNSTORABLE_TEXT.has(error.code))
    return new ApiError('invalid_body', 'a text holds a character that can not be stored (U+0000)');
  return bodyError(error);
}

/** `untranslatable_character` and `character_not_in_repertoire`. */
const UNSTORABLE_TEXT: ReadonlySet<string> = new Set(['22P05', '22021']);

/** What the body readers throw, by the type that they give it. */
const BODY_ERRORS: Readonly<Record<string, [ProblemCode, string]>> = {
  'entity.parse.failed': ['malformed_body', 'the body is not JSON'],
  'entity.too.large': ['body_too_large', 'the body is larger than this operation takes'],
  'parameters.too.many': ['body_too_large', 'the form has more fields than this operation takes'],
  'request.aborted': ['malformed_body', 'the request ended before its body did'],
  'request.size.invalid': ['malformed_body', 'the body is not as long as its Content-Length says'],
  'charset.unsupported': ['unsupported_media_type', 'the body has a character set that is not known; send UTF-8'],
  'encoding.unsupported': ['unsupported_media_type', 'the body has a content encoding that is not known'],
};

function bodyError(error: unknown): ApiError | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof URIError)
    return new ApiError('invalid_parameter', 'the path is not a valid URI', [
      { pointer: '#', in: 'path', detail: 'must be percent-encoded UTF-8' },
    ]);
  const known = 'type' in error && typeof error.type === 'string' ? BODY_ERRORS[error.type] : undefined;
  return known === undefined ? null : new ApiError(...known);
}

function isPostgresError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && error.name === 'PostgresError' && 'code' in error && typeof error.code === 'string';
}

/** Enough to find the place. Messages are left out: those of a database quote what people wrote. */
function describe(error: unknown): { name: string; code?: unknown; at?: string[] } {
  if (!(error instanceof Error)) return { name: typeof error };
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  return { name: error.name, ...('code' in error ? { code: error.code } : {}), at };
}
