import type { Response } from 'express';
import type { Sql } from '../db/client';
import { countRequest, type Usage } from '../db/usage';
import { ApiError } from './errors';
import type { Caller } from './route';

const WINDOW_SECONDS = 3600;
/** A page that looks every second asks often, and one person is behind it. */
const SESSION_FACTOR = 100;

/**
 * Counts the request towards the hour of its key, or of all sessions of its key, and refuses it beyond the limit (K-30).
 * Headers are those of draft-ietf-httpapi-ratelimit-headers-08. A count that can't be made is an error: no open door.
 */
export async function countTowardsLimit(
  sql: Sql,
  caller: Caller,
  requestsPerHour: number,
  response: Response,
): Promise<void> {
  const isSession = caller.session !== null;
  const limit = isSession ? requestsPerHour * SESSION_FACTOR : requestsPerHour;
  const usage = await countRequest(sql, `${isSession ? 'sessions' : 'key'}:${caller.keyId}`);
  response.setHeader('RateLimit-Policy', `"hour";q=${limit};w=${WINDOW_SECONDS}`);
  response.setHeader('RateLimit', `"hour";r=${Math.max(0, limit - usage.requests)};t=${usage.secondsLeft}`);
  refuseBeyond(limit, usage, 'requests of this API key');
}

export function refuseBeyond(limit: number, { requests, secondsLeft }: Usage, what: string): void {
  if (requests > limit)
    throw new ApiError(
      'rate_limited',
      `there were more than ${limit} ${what} in this hour; the next one begins in ${secondsLeft} seconds`,
      [],
      secondsLeft,
    );
}
