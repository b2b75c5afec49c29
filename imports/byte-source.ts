/** A file that is read from anywhere, without ever being in memory as a whole. */
export interface ByteSource {
  readonly bytes: number;
  /** So many bytes from there on; fewer only at the end. */
  read(from: number, length: number): Promise<Buffer>;
}

/** Thrown where a file as a whole can't be read: what is wrong with it, in words for whoever sent it. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
}

/** Where the next row of a file begins. `byte` counts in CSV files only. */
export interface RowPlace {
  /** Rows before it, without the header. */
  readonly rows: number;
  readonly line: number;
  readonly byte: number;
}

export interface FileRow {
  /** From 1, without the header. */
  readonly row: number;
  /** On which it begins, as a spreadsheet or an editor counts. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it can't be taken as it stands; null = nothing is known to be wrong with it. */
  readonly broken: string | null;
  readonly next: RowPlace;
}

/** Goes through the rows of a file once. */
export interface RowReader {
  /** The next rows, at most so many; none = it is at the end. */
  next(most: number): Promise<readonly FileRow[]>;
  /** How much of the file was read, from 0 to 1. */
  share(): number;
  /** Lets go of what it holds; it must not be asked any more. */
  close(): void;
}

/** The first line of a file, and where the rows begin. */
export interface FileHead {
  readonly format: 'csv' | 'xlsx';
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rowsFrom: RowPlace;
}
