import { createHash, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import {
  abandonRequest,
  beginRequest,
  finishRequest,
  keepAlive,
  type KeyedRequest,
  releaseRequest,
} from '../db/idempotency';
import type { Sql } from '../db/client';
import { Refusal } from '../db/refusal';
import { DomainError } from '../domain/errors';
import { ApiError } from './errors';
import type { Answer, Caller } from './route';

const LONGEST_KEY = 200;
const KEEP_ALIVE_MS = 20_000;

/** What the handler is told, so that a fact or order that it makes has the same name at every repetition. */
export function requestKeyOf(request: Request, caller: Caller): string {
  const key = keyOf(request);
  return key === null ? randomUUID() : `${caller.keyId}:${key}`;
}

/**
 * Runs the handler once per Idempotency-Key and gives its answer to every repetition. Refusals are not kept:
 * they changed nothing, and the caller may mend what was wrong and send the same again.
 */
export async function once(sql: Sql, request: Request, caller: Caller, run: () => Promise<Answer>): Promise<Answer> {
  const key = keyOf(request);
  if (key === null) return run();
  const keyed: KeyedRequest = {
    apiKeyId: caller.keyId,
    key,
    route: `${request.method} ${request.baseUrl}${request.path}`,
    bodyHash: createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('hex'),
  };
  const begun = await beginRequest(sql, keyed);
  switch (begun.kind) {
    case 'begun':
      return answerOnce(sql, keyed, run);
    case 'answered':
      // Stored by `answerOnce` below, from an Answer.
      return { ...(begun.response as Omit<Answer, 'status'>), status: begun.status, replayed: true };
    case 'in_flight':
      throw new ApiError(
        'idempotency_in_flight',
        `a request with the Idempotency-Key "${key}" has not been answered yet; ask again later`,
      );
    case 'other_request':
      throw new ApiError(
        'idempotency_mismatch',
        `the Idempotency-Key "${key}" was used for another operation or body; take a new one`,
      );
  }
}

async function answerOnce(sql: Sql, keyed: KeyedRequest, run: () => Promise<Answer>): Promise<Answer> {
  // A beat that fails is no harm: the request itself will meet the same database.
  const beat = setInterval(() => void keepAlive(sql, keyed).catch(() => undefined), KEEP_ALIVE_MS);
  try {
    const answer = await run();
    const { status, ...response } = answer;
    await finishRequest(sql, keyed, status, response);
    return answer;
  } catch (error) {
    // A refusal changed nothing. After anything else nobody knows, so the key still stands for this request alone.
    if (isRefusal(error)) await releaseRequest(sql, keyed);
    else await abandonRequest(sql, keyed).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(beat);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError || error instanceof Refusal || error instanceof DomainError;
}

function keyOf(request: Request): string | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (key.length === 0 || key.length > LONGEST_KEY)
    throw new ApiError('invalid_parameter', `the Idempotency-Key must have 1 to ${LONGEST_KEY} characters`, [
      { pointer: '#/Idempotency-Key', in: 'header', detail: `must have 1 to ${LONGEST_KEY} characters` },
    ]);
  return key;
}
