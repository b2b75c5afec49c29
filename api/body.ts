import express, { type Request, type RequestHandler, type Response } from 'express';
import { isWithinDepth } from '../domain/depth';
import type { ApiDeps } from './deps';
import { ApiError } from './errors';
import { receiveFile } from './upload';
import type { BodyKind } from './route';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What each kind of body may be called. */
export const MEDIA_TYPES: Record<BodyKind, readonly [string, ...string[]]> = {
  json: ['application/json'],
  csv: ['text/csv'],
  file: ['text/csv', XLSX],
};

const READERS: Record<Exclude<BodyKind, 'file'>, RequestHandler> = {
  json: express.json({ limit: '1mb' }),
  csv: express.text({ type: MEDIA_TYPES.csv[0], limit: '20mb' }),
};

/** Deeper than anything that an operation takes: what reads a document goes down into it, and that has to have an end. */
const MOST_DEPTH = 64;

/** Reads the body into `request.body`; called after the caller was let in, so that a stranger can't make us read. */
export async function readBody(
  kind: BodyKind,
  request: Request,
  response: Response,
  { sql, config }: Pick<ApiDeps, 'sql' | 'config'>,
): Promise<void> {
  if (request.is([...MEDIA_TYPES[kind]]) === false && request.headers['content-length'] !== '0')
    throw new ApiError('unsupported_media_type', `this operation takes ${MEDIA_TYPES[kind].join(' or ')}`);
  if (kind === 'file') {
    request.body = await receiveFile(sql, request, config.importBytes);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    READERS[kind](request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  requireShallow(request.body);
}

/** Throws `invalid_body` for a document that is nested too deep. */
export function requireShallow(body: unknown): void {
  if (isWithinDepth(body, MOST_DEPTH)) return;
  const detail = `must not be nested deeper than ${MOST_DEPTH} levels`;
  throw new ApiError('invalid_body', `the body ${detail}`, [{ pointer: '#', detail }]);
}
