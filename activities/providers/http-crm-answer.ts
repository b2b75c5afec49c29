import type { FailureClass, HttpCrmSettings } from '../../domain/crm-connection';
import { valueAt } from '../../domain/crm-hook';
import type { Answered, Exchange } from './http-exchange';
import { CrmError, type CrmErrorCode } from './provider';

/** What an answer of somebody's CRM means. What is not known gets the careful reading: it may have been done. */

export type Reading = Pick<HttpCrmSettings, 'success' | 'failure'>;

const CODES: Readonly<Record<FailureClass, CrmErrorCode>> = {
  retry: 'failed',
  rate_limited: 'rate_limited',
  credentials: 'credentials',
  unknown_case: 'unknown_case',
  refused: 'refused',
};

/** Codes that mean the same nearly everywhere; those of the settings come first. */
const USUAL_CODES: ReadonlyMap<string, FailureClass> = new Map<string, FailureClass>([
  ['invalid_token', 'credentials'],
  ['expired_token', 'credentials'],
  ['token_expired', 'credentials'],
  ['invalid_api_key', 'credentials'],
  ['unauthorized', 'credentials'],
  ['unauthenticated', 'credentials'],
  ['rate_limited', 'rate_limited'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['too_many_requests', 'rate_limited'],
  ['not_found', 'unknown_case'],
  ['internal_error', 'retry'],
  ['server_error', 'retry'],
  ['timeout', 'retry'],
  ['temporarily_unavailable', 'retry'],
  ['service_unavailable', 'retry'],
]);

/** The document of an answer that says yes, null where nobody reads it; anything else is thrown. */
export function readAnswer(exchange: Exchange, reading: Reading): unknown {
  if (exchange.kind === 'barred') throw new CrmError('configuration', false, null);
  if (exchange.kind === 'broken') throw new CrmError(exchange.bytesLeft ? 'failed' : 'unreachable', false, null);
  const { status } = exchange;
  if (status < 200 || status >= 300) throw refusalOf(exchange, reading);
  const document = parse(exchange.body);
  if (reading.success !== undefined) {
    // A page that asks to log in also has status 200.
    if (document === undefined) throw new CrmError('failed', false, null);
    if (valueAt(document, reading.success.pointer) !== reading.success.equals)
      throw failureOf(document, exchange, reading);
  } else if (document !== undefined && codeOf(document, reading) !== null) {
    throw failureOf(document, exchange, reading);
  }
  return document ?? null;
}

/** By status first: a body may be a page of some proxy on the way. */
function refusalOf(answer: Answered, reading: Reading): CrmError {
  const { status, retryAfterMs } = answer;
  if (status === 429) return new CrmError('rate_limited', false, retryAfterMs);
  if (status === 401 || status === 403 || status === 407) return new CrmError('credentials', false, null);
  // Redirects are not followed: they could lead anywhere, and a POST would not survive them.
  if (status < 400) return new CrmError('configuration', false, null);
  if (status >= 500 || status === 408 || status === 425) return new CrmError('failed', false, retryAfterMs);
  if (status === 404 || status === 410) return new CrmError('unknown_case', true, null);
  const document = parse(answer.body);
  const known = document === undefined ? undefined : classOf(codeOf(document, reading), reading);
  return known === undefined ? new CrmError('refused', true, null) : errorOf(known, retryAfterMs);
}

function failureOf(document: unknown, { retryAfterMs }: Answered, reading: Reading): CrmError {
  return errorOf(classOf(codeOf(document, reading), reading) ?? 'refused', retryAfterMs);
}

function errorOf(known: FailureClass, retryAfterMs: number | null): CrmError {
  const isFinal = known === 'refused' || known === 'unknown_case';
  return new CrmError(CODES[known], isFinal, known === 'rate_limited' || known === 'retry' ? retryAfterMs : null);
}

function classOf(code: string | null, { failure }: Reading): FailureClass | undefined {
  if (code === null) return undefined;
  const codes = failure?.codes ?? {};
  return Object.hasOwn(codes, code) ? codes[code] : USUAL_CODES.get(code.toLowerCase());
}

/** Only where the settings say that it stands; nobody's prose is looked at. */
function codeOf(document: unknown, { failure }: Reading): string | null {
  if (failure === undefined) return null;
  const code = valueAt(document, failure.pointer);
  return typeof code === 'string' || typeof code === 'number' ? String(code) : null;
}

function parse(body: string | null): unknown {
  if (body === null) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return undefined;
  }
}
