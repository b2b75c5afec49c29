import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { type ByteSource, FileFault } from './byte-source';

/** The little of the ZIP format (APPNOTE 6.3) that workbooks use, read piece by piece: nothing is ever inflated as a whole. */

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  /** Bytes in the file. */
  readonly packed: number;
  /** Where its local header begins. */
  readonly offset: number;
}

const END_MARK = 0x06054b50;
const ENTRY_MARK = 0x02014b50;
const LOCAL_MARK = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 65_535;
const MOST_ENTRIES = 10_000;
const MOST_DIRECTORY_BYTES = 4 * 1024 * 1024;
const BEYOND_32_BITS = 0xffffffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const READ_BYTES = 256 * 1024;

/** Sheets that people fill pack to a tenth or a thirtieth. What swells more than this was made to. */
const MOST_SWELLING = 200;
const SMALL_BYTES = 16 * 1024 * 1024;

export async function zipEntries(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const tailFrom = Math.max(0, source.bytes - END_BYTES - LONGEST_COMMENT);
  const tail = await source.read(tailFrom, source.bytes - tailFrom);
  const end = lastIndexOfMark(tail);
  if (end < 0) throw new FileFault('the file is no workbook, or was cut off while it was sent');
  const count = tail.readUInt16LE(end + 10);
  const size = tail.readUInt32LE(end + 12);
  const from = tail.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES || size > MOST_DIRECTORY_BYTES || from === BEYOND_32_BITS)
    throw new FileFault('the workbook has more parts than one that people fill');
  return entriesOf(await source.read(from, size), count);
}

function lastIndexOfMark(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) if (tail.readUInt32LE(at) === END_MARK) return at;
  return -1;
}

function entriesOf(directory: Buffer, count: number): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY_MARK)
      throw new FileFault('the workbook is damaged: its table of contents can not be read');
    const nameLength = directory.readUInt16LE(at + 28);
    const nameFrom = at + ENTRY_BYTES;
    const name = directory.toString('utf8', nameFrom, nameFrom + nameLength);
    if ((directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0)
      throw new FileFault('the workbook is protected by a password; save it without one');
    entries.set(name, {
      name,
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameFrom + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** What the entry holds, as it is inflated. `onRead` is told how many of its packed bytes were read. */
export async function* contentOf(
  source: ByteSource,
  entry: ZipEntry,
  onRead: (packed: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const pieces = packedPieces(source, entry, onRead);
  if (entry.method === STORED) return yield* pieces;
  if (entry.method !== DEFLATED) throw new FileFault('the workbook is packed in a way that spreadsheets do not use');
  yield* inflated(pieces, entry);
}

async function* packedPieces(
  source: ByteSource,
  { offset, packed }: ZipEntry,
  onRead: (packed: number) => void,
): AsyncGenerator<Buffer> {
  const header = await source.read(offset, LOCAL_BYTES);
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_MARK)
    throw new FileFault('the workbook is damaged: one of its parts is not where it should be');
  const from = offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  for (let read = 0; read < packed; ) {
    const piece = await source.read(from + read, Math.min(READ_BYTES, packed - read));
    if (piece.length === 0) throw new FileFault('the workbook was cut off while it was sent');
    read += piece.length;
    onRead(read);
    yield piece;
  }
}

async function* inflated(pieces: AsyncGenerator<Buffer>, { packed }: ZipEntry): AsyncGenerator<Buffer> {
  const most = Math.max(SMALL_BYTES, packed * MOST_SWELLING);
  // Errors come out of the loop below; the callback is asked for by the signature alone.
  const inflating = pipeline(Readable.from(pieces), createInflateRaw(), () => undefined);
  let bytes = 0;
  try {
    for await (const chunk of inflating) {
      // A stream of bytes without an encoding yields buffers.
      const content = chunk as Buffer;
      bytes += content.length;
      if (bytes > most) throw new FileFault('the workbook swells like no sheet that people fill; it was not read');
      yield content;
    }
  } catch (error) {
    if (isInflateError(error)) throw new FileFault('the workbook is damaged: one of its parts can not be unpacked');
    throw error;
  } finally {
    inflating.destroy();
  }
}

function isInflateError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
