import type { IdLine } from '../db/contact-operation';
import { storableText } from '../db/storable';
import { csvRecords } from '../imports/csv-records';
import { ApiError } from './errors';

/** Reads a file of external ids, one on each line (S1-97, R-16). */

const MOST_LINES = 100_000;
const LONGEST_ID = 254;
/** What people write above a column of ids, as letters alone. */
const HEADERS: ReadonlySet<string> = new Set([
  'id',
  'ids',
  'externalid',
  'externalids',
  'contactid',
  'contactexternalid',
  'caseid',
  'caseexternalid',
  'clientid',
  'leadid',
  'matterid',
]);

export interface ExternalIds {
  readonly lines: readonly IdLine[];
  /** So many lines said again what one above them had said. */
  readonly repeated: number;
}

/** A first line that is a header counts as none, and so do blank lines. */
export function readExternalIds(text: string): ExternalIds {
  const lines: IdLine[] = [];
  const seen = new Set<string>();
  let repeated = 0;
  let isFirst = true;
  for (const record of csvRecords(text)) {
    const { broken } = record;
    const line = broken === undefined ? lineOf(record) : { line: record.line, broken };
    const isHeader = isFirst && 'id' in line && HEADERS.has(line.id.toLowerCase().replaceAll(/[^a-z]/g, ''));
    isFirst = false;
    if (isHeader || ('id' in line && line.id === '')) continue;
    if ('id' in line && seen.has(line.id)) {
      repeated += 1;
      continue;
    }
    if ('id' in line) seen.add(line.id);
    lines.push(line);
    if (lines.length > MOST_LINES)
      throw new ApiError('body_too_large', `the file has more than ${MOST_LINES} ids; send it in parts`);
  }
  if (lines.length > 0) return { lines, repeated };
  const detail = 'the file has no line with an id';
  throw new ApiError('invalid_body', detail, [{ pointer: '#', detail }]);
}

function lineOf({ line, cells }: { readonly line: number; readonly cells: readonly string[] }): IdLine {
  const filled = cells.filter((cell) => cell !== '');
  if (filled.length > 1) return { line, broken: 'it holds more than one id' };
  const id = storableText(filled[0] ?? '');
  if (id.length > LONGEST_ID) return { line, broken: `the id is longer than ${LONGEST_ID} characters` };
  return { line, id };
}
