import { type CsvRecord, csvRecords } from './csv-records';
import { ApiError, type Fault } from './errors';

/** Reads a CSV file of contacts: which column says what, and what a row says as an entry of a list. */

const PLAIN_COLUMNS: Readonly<Record<string, readonly [part: 'contact' | 'case', field: string]>> = {
  external_id: ['contact', 'externalId'],
  first_name: ['contact', 'firstName'],
  last_name: ['contact', 'lastName'],
  language: ['contact', 'language'],
  zone: ['contact', 'zone'],
  state: ['contact', 'state'],
  country: ['contact', 'country'],
  postal_code: ['contact', 'postalCode'],
  case_external_id: ['case', 'externalId'],
  case_title: ['case', 'title'],
  case_status: ['case', 'status'],
};
const NUMBERED_COLUMN = /^(phone|email)(?:_([2-9]|10))?$/;
const ATTRIBUTE_COLUMN = /^attr_([a-z][a-z0-9_]{0,39})$/;
const OTHER_COLUMNS: readonly string[] = ['consent', 'consent_source', 'tags'];
const MOST_ROWS = 100_000;
const MOST_COLUMNS = 100;

/** Spreadsheets write this before text that would otherwise be a formula, such as a number with its "+". */
const ESCAPED = /^'(?=[=+\-@])/;

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

/** The column that a path into the entry came from. */
export function columnOf(path: readonly PropertyKey[]): string {
  const [part, field, detail] = path.map(String);
  if (part === 'cases') return columnNamed('case', detail);
  if (field === 'phones' || field === 'emails') {
    const column = field.slice(0, -1);
    return detail === undefined || detail === '0' ? column : `${column}_${Number(detail) + 1}`;
  }
  if (field === 'attributes') return detail === undefined ? 'attr_*' : `attr_${detail}`;
  if (field === 'consents') return path[3] === 'source' ? 'consent_source' : 'consent';
  return field === 'tags' ? field : columnNamed('contact', field);
}

function columnNamed(part: 'contact' | 'case', field: string | undefined): string {
  const found = Object.entries(PLAIN_COLUMNS).find(([, [ofPart, ofField]]) => ofPart === part && ofField === field);
  return found?.[0] ?? 'row';
}

function readHeader(record: CsvRecord): string[] {
  if ('broken' in record) throw badHeader(`the header can not be read: ${record.broken}`, []);
  const columns = record.cells.map((cell) => cell.toLowerCase());
  if (columns.length > MOST_COLUMNS) throw badHeader(`the header names more than ${MOST_COLUMNS} columns`, []);
  const faults = columns.flatMap((column, ix): Fault[] => {
    if (!isColumn(column)) return [headerFault(column, 'this column is not known')];
    return columns.indexOf(column) < ix ? [headerFault(column, 'this column stands in the header twice')] : [];
  });
  if (faults.length > 0) throw badHeader('the header names columns that can not be read', faults);
  return columns;
}

function isColumn(name: string): boolean {
  return (
    Object.hasOwn(PLAIN_COLUMNS, name) ||
    OTHER_COLUMNS.includes(name) ||
    NUMBERED_COLUMN.test(name) ||
    ATTRIBUTE_COLUMN.test(name)
  );
}

function contentOf(record: CsvRecord, columns: readonly string[]): CsvRow['content'] {
  if ('broken' in record) return { broken: record.broken };
  const { cells } = record;
  if (cells.length !== columns.length)
    return { broken: `the row has ${cells.length} cells, the header ${columns.length}` };
  const values = new Map(columns.map((column, ix) => [column, (cells[ix] ?? '').replace(ESCAPED, '')]));
  return { input: inputOf(values) };
}

function inputOf(values: ReadonlyMap<string, string>): unknown {
  const contact: Record<string, unknown> = { phones: [], emails: [] };
  const ofCase: Record<string, unknown> = {};
  const attributes: Record<string, string> = {};
  const phones: string[] = [];
  const emails: string[] = [];
  for (const [column, value] of values) {
    const plain = PLAIN_COLUMNS[column];
    const numbered = NUMBERED_COLUMN.exec(column);
    const attribute = ATTRIBUTE_COLUMN.exec(column)?.[1];
    if (numbered !== null) (numbered[1] === 'phone' ? phones : emails)[Number(numbered[2] ?? 1) - 1] = value;
    else if (value === '') continue;
    else if (plain !== undefined) (plain[0] === 'case' ? ofCase : contact)[plain[1]] = value;
    else if (attribute !== undefined) attributes[attribute] = value;
  }
  const consents = listOf(values.get('consent')).map((name) => ({
    class: name,
    source: values.get('consent_source') || 'import',
  }));
  return {
    contact: {
      ...contact,
      phones: filled(phones),
      emails: filled(emails),
      attributes,
      tags: listOf(values.get('tags')),
      consents,
    },
    cases: Object.keys(ofCase).length === 0 ? [] : [ofCase],
  };
}

function listOf(cell: string | undefined): string[] {
  return (cell ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Columns that the file leaves out count as empty cells, so that the place still names the column. */
function filled(values: readonly string[]): string[] {
  return Array.from(values, (value) => value ?? '');
}

function headerFault(column: string, detail: string): Fault {
  return { pointer: '#/header', detail, value: column };
}

function badHeader(detail: string, faults: readonly Fault[]): ApiError {
  return new ApiError('invalid_body', detail, faults.length === 0 ? [{ pointer: '#/header', detail }] : faults);
}
