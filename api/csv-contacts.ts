import { inputOf, isField, valuesOf } from '../imports/columns';
import { type CsvRecord, csvRecords } from '../imports/csv-records';
import { ApiError, type Fault } from './errors';

/** Reads a CSV file of contacts: which column says what, and what a row says as an entry of a list. */

const MOST_ROWS = 100_000;
const MOST_COLUMNS = 100;

export interface CsvRow {
  readonly line: number;
  /** What the row says, for `readEntry`; or why it can not be read at all. */
  readonly content: { readonly input: unknown } | { readonly broken: string };
}

/** The rows below the header. A header that is not understood refuses the file, for no row of it would be. */
export function* csvContacts(text: string): Generator<CsvRow> {
  const records = csvRecords(text);
  const header = records.next();
  if (header.done === true) throw badHeader('the file is empty; its first line must name the columns', []);
  const columns = readHeader(header.value);
  let rows = 0;
  for (const record of records) {
    rows += 1;
    if (rows > MOST_ROWS)
      throw new ApiError('body_too_large', `the file has more than ${MOST_ROWS} rows; send it in parts`);
    yield { line: record.line, content: contentOf(record, columns) };
  }
}

function readHeader(record: CsvRecord): string[] {
  if (record.broken !== undefined) throw badHeader(`the header can not be read: ${record.broken}`, []);
  const columns = record.cells.map((cell) => cell.toLowerCase());
  if (columns.length > MOST_COLUMNS) throw badHeader(`the header names more than ${MOST_COLUMNS} columns`, []);
  const faults = columns.flatMap((column, ix): Fault[] => {
    if (!isField(column)) return [headerFault(column, 'this column is not known')];
    return columns.indexOf(column) < ix ? [headerFault(column, 'this column stands in the header twice')] : [];
  });
  if (faults.length > 0) throw badHeader('the header names columns that can not be read', faults);
  return columns;
}

function contentOf(record: CsvRecord, columns: readonly string[]): CsvRow['content'] {
  if (record.broken !== undefined) return { broken: record.broken };
  const { cells } = record;
  if (cells.length !== columns.length)
    return { broken: `the row has ${cells.length} cells, the header ${columns.length}` };
  return { input: inputOf(valuesOf(columns, cells)) };
}

function headerFault(column: string, detail: string): Fault {
  return { pointer: '#/header', detail, value: column };
}

function badHeader(detail: string, faults: readonly Fault[]): ApiError {
  return new ApiError('invalid_body', detail, faults.length === 0 ? [{ pointer: '#/header', detail }] : faults);
}
