import { createHash } from 'node:crypto';
import type { Request } from 'express';
import * as z from 'zod';
import { ApiError } from './errors';

const MOST = 200;
const MOST_ECHOED = 200;

/** The query parameters of every operation that answers many. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MOST).default(50).describe('Most items of the page.'),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before.'),
};

export interface Page {
  readonly items: readonly unknown[];
  /** Ask again with this as `cursor`; null = there are no more. */
  readonly nextCursor: string | null;
}

/** The page of rows that were read with one more than `limit`, each as `toDocument` shows it. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  position: (row: T) => string | number,
  toDocument: (row: T) => unknown,
): Page {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toDocument),
    nextCursor: rows.length > limit && last !== undefined ? encode(String(position(last))) : null,
  };
}

/** The same for rows in the order of their `seq`, which is shown to nobody. */
export function pageBySeq<T extends { readonly seq: number }>(
  rows: readonly T[],
  limit: number,
  toDocument: (row: Omit<T, 'seq'>) => unknown,
): Page {
  return pageOf(
    rows,
    limit,
    ({ seq }) => seq,
    ({ seq: _, ...row }) => toDocument(row),
  );
}

/** A cursor that stands for a whole number. */
export function numberAt(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const text = decode(cursor);
  if (!/^\d{1,15}$/.test(text)) throw badCursor(cursor);
  return Number(text);
}

/** A cursor that stands for an id. */
export function idAt(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = z.uuid().safeParse(decode(cursor));
  if (!id.success) throw badCursor(cursor);
  return id.data;
}

/** A cursor that stands for a number and an id, written `<number>_<id>`. */
export function numberAndIdAt(cursor: string | undefined): { position: number; id: string } | null {
  if (cursor === undefined) return null;
  const [position = '', id = ''] = decode(cursor).split('_');
  if (!/^\d{1,16}$/.test(position) || !z.uuid().safeParse(id).success) throw badCursor(cursor);
  return { position: Number(position), id };
}

/** The query of the request, its cursor being the plain one again: a cursor is good for the question that it belongs to. */
export function queryOf(request: Request): Record<string, unknown> {
  const query: Record<string, unknown> = { ...request.query };
  const { cursor } = query;
  if (typeof cursor !== 'string') return query;
  const mark = questionMark(request);
  if (!cursor.startsWith(mark)) throw badCursor(cursor);
  return { ...query, cursor: cursor.slice(mark.length) };
}

/** The answer as it is sent: its cursor is bound to the path, the filters and the order that were asked for. */
export function sealCursor(request: Request, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('nextCursor' in body)) return body;
  return typeof body.nextCursor === 'string' ? { ...body, nextCursor: questionMark(request) + body.nextCursor } : body;
}

/** Six bytes of what was asked, without where to go on and how far. */
function questionMark(request: Request): string {
  const { cursor: _, limit: __, ...question } = request.query;
  const parts = Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([request.baseUrl + request.path, parts]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

function badCursor(cursor: string): ApiError {
  return new ApiError(
    'invalid_parameter',
    'the cursor is none that this operation gave for the same filters and order',
    [
      {
        pointer: '#/cursor',
        in: 'query',
        detail: 'must be the nextCursor of the page before, with the same other parameters',
        value: cursor.slice(0, MOST_ECHOED),
      },
    ],
  );
}
