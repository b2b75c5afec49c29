import { CsvError, parse } from 'csv-parse/sync';

/** One record of a CSV text: its cells, or why it can't be read. `line` is the physical line on which it begins, from 1. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly broken: string };

/** A quoted cell may span this many lines; a quote that is open for longer was never meant to be one. */
const LONGEST_RECORD_LINES = 20;
const LONGEST_RECORD_CHARS = 100_000;

/**
 * Reads record by record, so that memory holds one at a time and a stray quote spoils its own line only:
 * a parser that runs on would take everything up to the next quote for one cell.
 */
export function* csvRecords(text: string): Generator<CsvRecord> {
  const lines = new LineReader(text.startsWith('\uFEFF') ? text.slice(1) : text);
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (line.text.trim() === '') continue;
    yield readRecord(line, lines);
  }
}

function readRecord(first: Line, lines: LineReader): CsvRecord {
  const mark = lines.mark();
  let record = first.text;
  for (let joined = 1; hasOpenQuote(record); joined += 1) {
    const next = joined < LONGEST_RECORD_LINES && record.length < LONGEST_RECORD_CHARS ? lines.next() : null;
    if (next === null) return giveBack(lines, mark, first, 'a quote is opened and never closed');
    record += `\n${next.text}`;
  }
  if (record.length > LONGEST_RECORD_CHARS)
    return giveBack(lines, mark, first, `the row is longer than ${LONGEST_RECORD_CHARS} characters`);
  const cells = cellsOf(record);
  return cells === null
    ? giveBack(lines, mark, first, 'a quoted cell must end before the next comma')
    : { line: first.number, cells };
}

function giveBack(lines: LineReader, mark: Mark, { number }: Line, broken: string): CsvRecord {
  lines.reset(mark);
  return { line: number, broken };
}

/** Quotes inside a quoted cell are doubled, so a whole record has an even number of them. */
function hasOpenQuote(record: string): boolean {
  let quotes = 0;
  for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

function cellsOf(record: string): string[] | null {
  try {
    const [cells] = parse(record, { relax_column_count: true, trim: true });
    return cells ?? [];
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

interface Line {
  readonly number: number;
  readonly text: string;
}

interface Mark {
  readonly at: number;
  readonly number: number;
}

class LineReader {
  private at = 0;
  private number = 0;

  constructor(private readonly text: string) {}

  next(): Line | null {
    if (this.at >= this.text.length) return null;
    const end = this.text.indexOf('\n', this.at);
    const stop = end < 0 ? this.text.length : end;
    const text = this.text.slice(this.at, stop);
    this.at = stop + 1;
    this.number += 1;
    return { number: this.number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  }

  mark(): Mark {
    return { at: this.at, number: this.number };
  }

  reset({ at, number }: Mark): void {
    this.at = at;
    this.number = number;
  }
}
