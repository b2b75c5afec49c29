import { createHash } from 'node:crypto';
import type { Request } from 'express';
import * as z from 'zod';
import { ApiError } from './errors';

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const OURS = /^(\d{1,9})(?:-[\w-]{8})?$/;
/** Revisions begin with 1. */
const NO_REVISION = 0;

/**
 * The entity tag of a document that has a revision: the revision, and a hash of the rest, for documents also show what
 * changes without one, like counts.
 */
export function entityTag(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('revision' in body)) return null;
  if (!Number.isInteger(body.revision)) return null;
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 8);
  return `"${String(body.revision)}-${hash}"`;
}

/**
 * Has who asks the very same already? Express would not believe it of clients that send "no-cache" along, as every fetch
 * does that names a tag.
 */
export function isKnown(request: Request, tag: string): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const known = (request.get('if-none-match') ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}

/** The revision that If-Match asks for: null = none or whichever, 0 = one that no document ever has. */
export function ifMatchOf(request: Request): number | null {
  const header = request.get('if-match')?.trim();
  if (header === undefined || header === '*') return null;
  const [, weak, tag] = TAG.exec(header) ?? [];
  if (tag === undefined)
    throw new ApiError('invalid_parameter', 'If-Match must be one ETag of this API, with its quotes, or *', [
      { pointer: '#/If-Match', in: 'header', detail: 'must be one entity tag', value: header.slice(0, 100) },
    ]);
  const revision = OURS.exec(tag)?.[1];
  return weak !== undefined || revision === undefined ? NO_REVISION : Number(revision);
}

/** In the body of a change; where the header says it, it may be left out. */
export const RevisionSchema = z.int().min(1).optional();

/** The same, for what nobody may change without having seen it. */
export function revisionRequired(ifMatch: number | null, inBody: number | undefined): number {
  const revision = revisionAsked(ifMatch, inBody);
  if (revision !== undefined) return revision;
  const detail = 'must be the revision that the change was made from; If-Match may say it instead';
  throw new ApiError('invalid_body', `#/revision: ${detail}`, [{ pointer: '#/revision', detail }]);
}

/** The revision that a change was made from, by header or body; undefined = the caller doesn't mind. */
export function revisionAsked(ifMatch: number | null, inBody?: number): number | undefined {
  if (ifMatch !== null && inBody !== undefined && ifMatch !== inBody)
    throw new ApiError('precondition_failed', `If-Match names revision ${ifMatch}, the body ${inBody}`);
  return ifMatch ?? inBody;
}
