import type { Db, Sql } from './client';

/** Files that people send, kept in pieces: nobody ever holds one as a whole. */

export const PIECE_BYTES = 1024 * 1024;
/** A file that nothing has taken by then was sent in vain. */
const UNTAKEN_HOURS = 24;

export interface StoredFile {
  readonly id: string;
  readonly bytes: number;
  readonly sha256: string;
}

export async function beginFile(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`insert into stored_file default values returning id`;
  if (row === undefined) throw new Error('a file was not begun');
  return row.id;
}

/** Pieces are numbered from 0; all but the last have PIECE_BYTES. */
export async function addPiece(sql: Sql, fileId: string, ix: number, content: Buffer): Promise<void> {
  await sql`insert into stored_file_piece (file_id, ix, content) values (${fileId}, ${ix}, ${content})`;
}

export async function finishFile(sql: Sql, { id, bytes, sha256 }: StoredFile): Promise<void> {
  await sql`update stored_file set bytes = ${bytes}, sha256 = ${sha256} where id = ${id}`;
}

export async function dropFile(db: Db, id: string): Promise<void> {
  await db`delete from stored_file where id = ${id}`;
}

/** Answers how many were dropped that were sent and never taken. */
export async function dropUntakenFiles(sql: Sql): Promise<number> {
  const dropped = await sql`
    delete from stored_file f
    where created_rt < clock_timestamp() - make_interval(hours => ${UNTAKEN_HOURS})
      and not exists (select from import i where i.file_id = f.id)
    returning 1`;
  return dropped.length;
}

/** Reads a file from anywhere; keeps the piece that it read last. */
export class FileBytes {
  private held: { readonly ix: number; readonly content: Buffer } | null = null;

  constructor(
    private readonly sql: Db,
    private readonly id: string,
    readonly bytes: number,
  ) {}

  async read(from: number, length: number): Promise<Buffer> {
    const until = Math.min(this.bytes, from + length);
    const parts: Buffer[] = [];
    for (let at = from; at < until; ) {
      const ix = Math.floor(at / PIECE_BYTES);
      const begin = ix * PIECE_BYTES;
      const piece = await this.piece(ix);
      const part = piece.subarray(at - begin, until - begin);
      if (part.length === 0) throw new Error(`piece ${ix} of the file ${this.id} is shorter than it should be`);
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  }

  private async piece(ix: number): Promise<Buffer> {
    if (this.held?.ix === ix) return this.held.content;
    const [row] = await this.sql<{ content: Buffer }[]>`
      select content from stored_file_piece where file_id = ${this.id} and ix = ${ix}`;
    if (row === undefined) throw new Error(`piece ${ix} of the file ${this.id} is missing`);
    this.held = { ix, content: row.content };
    return row.content;
  }
}
