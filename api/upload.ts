import { createHash, type Hash } from 'node:crypto';
import type { Request } from 'express';
import type { Sql } from '../db/client';
import { addPiece, beginFile, dropFile, finishFile, PIECE_BYTES, type StoredFile } from '../db/stored-file';
import { ApiError } from './errors';

const MB = 1024 * 1024;
const USUAL_LIMIT = 256 * MB;

/** A file that was sent and is kept already. Under an Idempotency-Key it is the same again if its bytes are. */
export class UploadedFile implements StoredFile {
  constructor(
    readonly id: string,
    readonly bytes: number,
    readonly sha256: string,
  ) {}

  toJSON(): object {
    return { bytes: this.bytes, sha256: this.sha256 };
  }
}

/** Keeps the body of the request piece by piece, while it comes in. */
export async function receiveFile(sql: Sql, request: Request, limit = USUAL_LIMIT): Promise<UploadedFile> {
  const tooLarge = () =>
    new ApiError('body_too_large', `the file is larger than ${limit / MB} MB; split it, or have IMPORT_MAX_MB raised`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  if ((request.get('content-encoding') ?? 'identity') !== 'identity')
    throw new ApiError('unsupported_media_type', 'the body has a content encoding; send the file as it is');
  const id = await beginFile(sql);
  const pieces = new Pieces(sql, id);
  try {
    // The connection stays, for the answer that it was too much.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      // A request that nobody has set an encoding of yields buffers.
      await pieces.add(chunk as Buffer);
      if (pieces.bytes > limit) throw tooLarge();
    }
    if (!request.complete) throw new ApiError('malformed_body', 'the request ended before its body did');
    return await pieces.finish();
  } catch (error) {
    await dropFile(sql, id);
    throw isAborted(error) ? new ApiError('malformed_body', 'the request ended before its body did') : error;
  }
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

class Pieces {
  bytes = 0;
  private ix = 0;
  private held: Buffer[] = [];
  private heldBytes = 0;
  private readonly hash: Hash = createHash('sha256');

  constructor(
    private readonly sql: Sql,
    private readonly id: string,
  ) {}

  async add(chunk: Buffer): Promise<void> {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    while (this.heldBytes >= PIECE_BYTES) await this.store(PIECE_BYTES);
  }

  async finish(): Promise<UploadedFile> {
    if (this.heldBytes > 0) await this.store(this.heldBytes);
    const file = new UploadedFile(this.id, this.bytes, this.hash.digest('hex'));
    await finishFile(this.sql, file);
    return file;
  }

  private async store(length: number): Promise<void> {
    const all = Buffer.concat(this.held);
    await addPiece(this.sql, this.id, this.ix, all.subarray(0, length));
    this.ix += 1;
    this.held = [all.subarray(length)];
    this.heldBytes = all.length - length;
  }
}
