import { catalogueOf } from '../db/attribute';
import { inTransaction, type Sql } from '../db/client';
import type { Import } from '../db/import';
import { judge, type Match, matchEntries, namesOf } from '../db/import-match';
import type { RowOutcome, RowProblem } from '../db/import-rows';
import { NO_PLACE, placesOfEntry, type WaveRow } from '../db/import-wave';
import { Refusal } from '../db/refusal';
import { FileBytes } from '../db/stored-file';
import { FileFault } from './byte-source';
import { allowedCountries } from '../db/settings';
import { withCatalogue } from './fit-attributes';
import { withCountries } from './fit-countries';
import { openRows } from './open-file';
import { type EntryReader, readRow } from './read-row';

export interface PreviewRow {
  readonly row: number;
  readonly line: number;
  /** What would become of it now. */
  readonly status: RowOutcome;
  readonly contactId: string | null;
  readonly contact: {
    readonly externalId: string | null;
    readonly firstName: string | null;
    readonly lastName: string | null;
    readonly phones: readonly string[];
    readonly emails: readonly string[];
    readonly caseExternalId: string | null;
    readonly optOut: readonly string[];
  } | null;
  readonly problems: readonly RowProblem[];
}

/** The first rows of a file as they would be taken in, with what is wrong with them. Nothing is stored. */
export async function previewImport(
  sql: Sql,
  waiting: Import,
  most: number,
  readEntry: EntryReader,
): Promise<PreviewRow[]> {
  if (waiting.fileId === null || waiting.rows > 0 || !['uploaded', 'mapped'].includes(waiting.status))
    throw new Refusal('wrong_status', `the import is ${waiting.status}; its rows say what has become of them`);
  const rows = await firstRows(sql, waiting, waiting.fileId, most, readEntry);
  return inTransaction(sql, async (tx) => {
    const readable = rows.flatMap(({ entry }) => (entry === null ? [] : [entry]));
    const matches = readable.length === 0 ? [] : await matchEntries(tx, readable);
    const left = [...matches];
    const seen = new Map<string, number>();
    return rows.map((row) => shown(row, row.entry === null ? null : (left.shift() ?? null), waiting, seen));
  });
}

async function firstRows(
  sql: Sql,
  waiting: Import,
  fileId: string,
  most: number,
  readEntry: EntryReader,
): Promise<WaveRow[]> {
  const place = { rows: 0, line: waiting.nextLine, byte: waiting.nextByte };
  const shape = { format: waiting.format, fields: waiting.columns.map(({ field }) => field) };
  try {
    const reader = await openRows(new FileBytes(sql, fileId, waiting.bytes), waiting, place);
    try {
      const fitted = withCountries(withCatalogue(readEntry, await catalogueOf(sql)), await allowedCountries(sql));
      return (await reader.next(most)).map((row) => readRow(row, shape, fitted));
    } finally {
      reader.close();
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw new Refusal('wrong_status', error.message);
  }
}

function shown(row: WaveRow, match: Match | null, waiting: Import, seen: Map<string, number>): PreviewRow {
  const { row: number, line, entry, problems } = row;
  if (entry === null || match === null)
    return { row: number, line, status: 'rejected', contactId: null, contact: null, problems };
  const earlier = namesOf(entry).flatMap((name) => seen.get(name) ?? []);
  const verdict = judge(entry, match, waiting.onDuplicate, { id: waiting.listId, caseType: waiting.caseType });
  if (verdict.status !== 'rejected') for (const name of namesOf(entry)) if (!seen.has(name)) seen.set(name, number);
  const { contact } = entry;
  const valuesOf = (kind: string) =>
    contact.addresses.filter((address) => address.kind === kind).map(({ value }) => value);
  return {
    row: number,
    line,
    status: verdict.status,
    contactId: verdict.status === 'created' || verdict.status === 'rejected' ? null : match.contactId,
    contact: {
      externalId: contact.externalId,
      firstName: contact.firstName,
      lastName: contact.lastName,
      phones: valuesOf('phone'),
      emails: valuesOf('email'),
      caseExternalId: entry.case.externalId,
      optOut: row.optOut,
    },
    problems: [
      ...problems,
      ...(verdict.problem === null ? [] : [verdict.problem]),
      ...(earlier[0] === undefined ? [] : [sameAs(earlier[0])]),
      ...(verdict.status === 'created' && !placesOfEntry(entry).known ? [NO_PLACE] : []),
    ],
  };
}

/** By the time that it is taken in the other one is known, so what the import does with known people is done with it. */
function sameAs(row: number): RowProblem {
  return { field: 'row', rule: `it seems to be about the same person or case as row ${row}, and comes after it` };
}
