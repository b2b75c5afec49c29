import { type ByteSource, type FileHead, FileFault, type FileRow, type RowPlace, type RowReader } from './byte-source';
import { type CsvRecord, LOOK_AHEAD_BYTES, readRecord, startOf, TOO_LONG } from './csv-records';

const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
/** What spreadsheets put between cells, by the country that they are set to. */
const DELIMITERS = [',', ';', '\t'] as const;
const WIDE_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

export async function readCsvHead(source: ByteSource): Promise<FileHead> {
  const window = await source.read(0, LOOK_AHEAD_BYTES);
  if (WIDE_MARKS.some((mark) => window.subarray(0, 2).equals(mark)))
    throw new FileFault('the file is UTF-16; save it as "CSV UTF-8"');
  let place = { at: startOf(window), line: 1 };
  const delimiter = delimiterOf(window, place.at);
  while (place.at < window.length) {
    const { record, next } = readRecord(window, place, delimiter);
    place = next;
    if (record === null) continue;
    if (record.broken !== undefined) throw new FileFault(`the header can not be read: ${record.broken}`);
    const rowsFrom = { rows: 0, line: next.line, byte: next.at };
    return { format: 'csv', delimiter, header: record.cells, rowsFrom };
  }
  throw new FileFault('the file is empty; its first line must name the columns');
}

/** The one that the first line has most of. */
function delimiterOf(window: Buffer, from: number): string {
  const end = window.indexOf(NEWLINE, from);
  const line = window.toString('utf8', from, end < 0 ? undefined : end);
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Holds a window of the file; goes on from any place that it gave. */
export class CsvFile implements RowReader {
  private window: Buffer = Buffer.alloc(0);
  /** The byte of the file at which the window begins, and the one of the window at which the next line does. */
  private begin: number;
  private at = 0;
  private line: number;
  private rows: number;

  constructor(
    private readonly source: ByteSource,
    private readonly delimiter: string,
    { rows, line, byte }: RowPlace,
  ) {
    this.begin = byte;
    this.line = line;
    this.rows = rows;
  }

  async next(most: number): Promise<readonly FileRow[]> {
    const found: FileRow[] = [];
    while (found.length < most) {
      await this.fill();
      if (this.at >= this.window.length) break;
      const record = this.hasWholeLine() ? this.read() : await this.passOver();
      if (record !== null) found.push(this.rowOf(record));
    }
    return found;
  }

  share(): number {
    return this.source.bytes === 0 ? 1 : (this.begin + this.at) / this.source.bytes;
  }

  close(): void {
    this.window = Buffer.alloc(0);
  }

  private rowOf(record: CsvRecord): FileRow {
    this.rows += 1;
    const next = { rows: this.rows, line: this.line, byte: this.begin + this.at };
    return { row: this.rows, line: record.line, cells: record.cells, broken: record.broken ?? null, next };
  }

  private read(): CsvRecord | null {
    const { record, next } = readRecord(this.window, { at: this.at, line: this.line }, this.delimiter);
    this.at = next.at;
    this.line = next.line;
    return record;
  }

  private isAtEnd(): boolean {
    return this.begin + this.window.length >= this.source.bytes;
  }

  private hasWholeLine(): boolean {
    return this.isAtEnd() || this.window.indexOf(NEWLINE, this.at) >= 0;
  }

  /** The window reaches far enough beyond the next record to know it whole. */
  private async fill(): Promise<void> {
    while (this.window.length - this.at < LOOK_AHEAD_BYTES && !this.isAtEnd()) {
      const more = await this.source.read(this.begin + this.window.length, READ_BYTES);
      if (more.length === 0) throw new FileFault('the file is shorter than it was');
      const rest = this.window.subarray(this.at);
      this.begin += this.at;
      this.at = 0;
      this.window = Buffer.concat([rest, more]);
    }
  }

  /** A line that is longer than any window is left out, without ever being held. */
  private async passOver(): Promise<CsvRecord> {
    const { line } = this;
    while (!this.hasWholeLine()) {
      this.at = this.window.length;
      await this.fill();
    }
    const end = this.window.indexOf(NEWLINE, this.at);
    this.at = end < 0 ? this.window.length : end + 1;
    this.line += 1;
    return { line, cells: [], broken: TOO_LONG };
  }
}
