import express, { type Request, type RequestHandler, type Response } from 'express';
import { ApiError } from './errors';
import type { BodyKind } from './route';

const MEDIA_TYPES: Record<BodyKind, string> = { json: 'application/json', csv: 'text/csv' };

const READERS: Record<BodyKind, RequestHandler> = {
  json: express.json({ limit: '1mb' }),
  csv: express.text({ type: MEDIA_TYPES.csv, limit: '20mb' }),
};

/** Reads the body into `request.body`; called after the caller was let in, so that a stranger can't make us read. */
export async function readBody(kind: BodyKind, request: Request, response: Response): Promise<void> {
  if (request.is(MEDIA_TYPES[kind]) === false && request.headers['content-length'] !== '0')
    throw new ApiError('unsupported_media_type', `this operation takes ${MEDIA_TYPES[kind]}`);
  await new Promise<void>((resolve, reject) => {
    READERS[kind](request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
}
