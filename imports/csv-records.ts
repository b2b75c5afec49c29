import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';

/** One record of a CSV text. `line` is the physical line on which it begins, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it can't be read; its cells are then no more than what stands between delimiters. */
  readonly broken?: string;
}

/** Where a line begins: the byte within the window, and its number within the file. */
export interface LinePlace {
  readonly at: number;
  readonly line: number;
}

/** A quoted cell may span this many lines; a quote that is open for longer was never meant to be one. */
const LONGEST_RECORD_LINES = 20;
const LONGEST_RECORD_CHARS = 100_000;
/** So much of a line that can't be read is kept for whoever mends it. */
const LONGEST_BROKEN_CHARS = 2_000;
export const TOO_LONG = `the row is longer than ${LONGEST_RECORD_CHARS} characters`;
/** A window that holds so much from a record on holds all of it, or enough to know that it is too long. */
export const LOOK_AHEAD_BYTES = 4 * LONGEST_RECORD_CHARS;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Reads record by record, so that memory holds one at a time and a stray quote spoils its own line only:
 * a parser that runs on would take everything up to the next quote for one cell.
 */
export function* csvRecords(text: string): Generator<CsvRecord> {
  const window = Buffer.from(text);
  let place: LinePlace = { at: startOf(window), line: 1 };
  while (place.at < window.length) {
    const { record, next } = readRecord(window, place, ',');
    if (record !== null) yield record;
    place = next;
  }
}

/** Behind the mark that spreadsheets put before UTF-8. */
export function startOf(window: Buffer): number {
  return window.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
}

/** The record that begins there, null = the line is empty; and where the next one does. */
export function readRecord(
  window: Buffer,
  place: LinePlace,
  delimiter: string,
): { readonly record: CsvRecord | null; readonly next: LinePlace } {
  const first = lineAt(window, place);
  if (first.text.trim() === '') return { record: null, next: first.next };
  const given = (broken: string) => {
    const cells = first.text.slice(0, LONGEST_BROKEN_CHARS).split(delimiter);
    return { record: { line: place.line, cells, broken }, next: first.next };
  };
  let text = first.text;
  let { next } = first;
  for (let joined = 1; hasOpenQuote(text); joined += 1) {
    const mayGoOn = joined < LONGEST_RECORD_LINES && text.length < LONGEST_RECORD_CHARS && next.at < window.length;
    if (!mayGoOn) return given('a quote is opened and never closed');
    const more = lineAt(window, next);
    text += `\n${more.text}`;
    next = more.next;
  }
  if (text.length > LONGEST_RECORD_CHARS) return given(TOO_LONG);
  if (text.includes('\uFFFD') && !isUtf8(window.subarray(place.at, next.at)))
    return given('the row is not UTF-8; save the file as "CSV UTF-8"');
  const cells = cellsOf(text, delimiter);
  if (cells === null) return given('a quoted cell must end before the next comma');
  return { record: { line: place.line, cells }, next };
}

function lineAt(window: Buffer, { at, line }: LinePlace): { readonly text: string; readonly next: LinePlace } {
  const end = window.indexOf(NEWLINE, at);
  const stop = end < 0 ? window.length : end;
  const text = window.toString('utf8', at, stop);
  return {
    text: text.endsWith('\r') ? text.slice(0, -1) : text,
    next: { at: end < 0 ? stop : stop + 1, line: line + 1 },
  };
}

/** Quotes inside a quoted cell are doubled, so a whole record has an even number of them. */
function hasOpenQuote(record: string): boolean {
  let quotes = 0;
  for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

function cellsOf(record: string, delimiter: string): string[] | null {
  if (!record.includes('"')) return record.split(delimiter).map((cell) => cell.trim());
  try {
    // A tab is white space as well, and would be trimmed away before it counts as a delimiter.
    const [cells] = parse(record, { relax_column_count: true, trim: delimiter !== '\t', delimiter });
    return (cells ?? []).map((cell) => cell.trim());
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
