import type { CaseDraft, ContactDraft } from '../db/contact-import';
import type { RowProblem } from '../db/import-rows';
import type { WaveRow } from '../db/import-wave';
import { storableText } from '../db/storable';
import type { FileRow } from './byte-source';
import { fieldOf, inputOf, OPT_OUT_FIELD, optOutOf, valuesOf } from './columns';

/** Reads an entry of a list as everywhere else people come in: what it says, and what is wrong with it. */
export type EntryReader = (input: unknown) => {
  readonly entry: { readonly contact: ContactDraft; readonly cases: readonly CaseDraft[] } | null;
  readonly faults: readonly {
    readonly path: readonly PropertyKey[];
    readonly value?: unknown;
    readonly rule: string;
  }[];
};

export interface RowShape {
  readonly format: 'csv' | 'xlsx';
  /** What each column says, null = nothing. */
  readonly fields: readonly (string | null)[];
}

/** Of what was wrong with a cell, so much is kept to be shown. */
const LONGEST_VALUE = 500;
const NO_CASE: CaseDraft = { externalId: null, title: null, status: null };

/** What a row of the file would be taken in as. */
export function readRow(fileRow: FileRow, shape: RowShape, readEntry: EntryReader): WaveRow {
  const { row, line, next } = fileRow;
  const cells = fileRow.cells.map(storableText);
  const rejected = (problems: readonly RowProblem[]): WaveRow => ({
    row,
    line,
    next,
    cells,
    entry: null,
    optOut: [],
    problems,
  });
  const broken = fileRow.broken ?? faultOfWidth(cells, shape);
  if (broken !== null) return rejected([{ field: 'row', rule: broken }]);
  const values = valuesOf(shape.fields, cells);
  const said = values.get(OPT_OUT_FIELD) ?? '';
  const optOut = optOutOf(said);
  const { entry, faults } = readEntry(inputOf(values));
  const problems = [
    ...faults.map(({ path, value, rule }) => ({
      field: fieldOf(path),
      ...(value === undefined ? {} : { value: shortened(value) }),
      rule,
    })),
    ...(optOut === null
      ? [
          {
            field: OPT_OUT_FIELD,
            value: said,
            rule: 'must be yes, no, or some of voice, sms and email with ";" between',
          },
        ]
      : []),
  ];
  if (entry === null || optOut === null) return rejected(problems);
  const { contact, cases } = entry;
  return { row, line, next, cells, entry: { contact, case: cases[0] ?? NO_CASE }, optOut, problems };
}

function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value;
}

/** Sheets leave out the empty cells at the end of a row; in a CSV file one that is missing has shifted all others. */
function faultOfWidth(cells: readonly string[], { format, fields }: RowShape): string | null {
  const isWide = cells.slice(fields.length).some((cell) => cell !== '');
  const isNarrow = format === 'csv' && cells.length < fields.length;
  return isWide || isNarrow ? `the row has ${cells.length} cells, the header ${fields.length}` : null;
}
