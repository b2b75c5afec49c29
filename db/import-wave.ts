import { randomUUID } from 'node:crypto';
import type { Channel } from '../domain/channel';
import type { CandidatePlaces } from '../domain/zone-evidence';
import { type CaseTypes, limitedTo } from './case-scope';
import { recordChanges } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { candidatesOf, type ListTarget, lockNameless, phonesOf } from './contact-import';
import { type DuplicatePolicy, type Import, lockImport } from './import';
import { storeAddresses } from './import-addresses';
import { type Entry, judge, type Match, matchEntries, namesOf } from './import-match';
import {
  insertNewContacts,
  lockKnown,
  refreshKnownPlaces,
  storeCases,
  storeConsents,
  updateKnown,
} from './import-people';
import { storeOptOuts } from './import-opt-outs';
import { insertResults, type RowOutcome, type RowProblem, type RowResult } from './import-rows';

/** A row as it was read: an entry, or what kept it from being one. */
export interface WaveRow {
  readonly row: number;
  readonly line: number;
  readonly entry: Entry | null;
  readonly optOut: readonly Channel[];
  readonly problems: readonly RowProblem[];
  readonly cells: readonly string[];
  /** Where the row after it stands. */
  readonly next: { readonly rows: number; readonly line: number; readonly byte: number };
}

/** A row that can be taken, and whom it is about. */
export interface Taken {
  readonly row: WaveRow;
  readonly entry: Entry;
  readonly match: Match;
  readonly status: RowOutcome;
  readonly problem: RowProblem | null;
  /** Of rejected rows null. */
  readonly contactId: string | null;
  /** Of somebody new, where they may be by what the row says; worked out once, for it takes longer than anything else. */
  readonly places: CandidatePlaces | null;
}

export interface WaveTarget {
  readonly importId: string;
  readonly list: ListTarget;
  readonly policy: DuplicatePolicy;
  readonly actor: string;
}

/** Of somebody who may be anywhere. */
export const NO_PLACE: RowProblem = {
  field: 'zone',
  rule: 'nothing says where the person is, so the hours for unknown places hold; a zone, a state or a postal code would mend it',
};

/**
 * Takes in as many of the next rows as can go together, in one transaction with the note of how far the import has come:
 * so each row is taken in once, whoever dies. Answers how many; null = somebody else has gone on with it, or it was ended.
 */
export async function storeWave(
  sql: Sql,
  importId: string,
  from: number,
  rows: readonly WaveRow[],
  share: number,
): Promise<number | null> {
  return inTransaction(sql, async (tx) => {
    const running = await lockImport(tx, importId);
    if (running.status !== 'running' || running.rows !== from) return null;
    const target = {
      importId,
      list: { id: running.listId, caseType: running.caseType },
      policy: running.onDuplicate,
      actor: running.startedBy ?? running.actor,
    };
    const results = await limitedTo(await seenBy(tx, importId), () => takeIn(tx, target, withoutRepeats(rows)));
    await insertResults(tx, importId, results);
    await noteProgress(tx, running, results, rows[results.length - 1], share);
    return results.length;
  });
}

/** What whoever started it may see. */
async function seenBy(tx: Tx, importId: string): Promise<CaseTypes> {
  const [row] = await tx<{ caseTypes: CaseTypes }[]>`select case_types from import where id = ${importId}`;
  return row?.caseTypes ?? null;
}

/** The leading rows of which no two may be about the same person: a later row has to find what an earlier one made. */
function withoutRepeats(rows: readonly WaveRow[]): readonly WaveRow[] {
  const seen = new Set<string>();
  const end = rows.findIndex(({ entry }) => {
    const names = entry === null ? [] : namesOf(entry);
    if (names.some((name) => seen.has(name))) return true;
    for (const name of names) seen.add(name);
    return false;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

async function takeIn(tx: Tx, target: WaveTarget, rows: readonly WaveRow[]): Promise<RowResult[]> {
  const readable = rows.flatMap((row) => (row.entry === null ? [] : [{ row, entry: row.entry }]));
  if (readable.some(({ entry }) => entry.contact.externalId === null)) await lockNameless(tx);
  const matches =
    readable.length === 0
      ? []
      : await matchEntries(
          tx,
          readable.map(({ entry }) => entry),
        );
  const taken = new Map<WaveRow, Taken>();
  const people = new Set<string>();
  let wave = rows;
  for (const [ix, { row, entry }] of readable.entries()) {
    const match = matches[ix];
    if (match === undefined) throw new Error(`row ${row.row} was not looked for`);
    if (match.contactId !== null && people.has(match.contactId)) {
      wave = rows.slice(0, rows.indexOf(row));
      break;
    }
    if (match.contactId !== null) people.add(match.contactId);
    const { status, problem } = judge(entry, match, target.policy, target.list);
    const contactId = status === 'created' ? randomUUID() : status === 'rejected' ? null : match.contactId;
    const places = status === 'created' ? placesOfEntry(entry) : null;
    taken.set(row, { row, entry, match, status, problem, contactId, places });
  }
  await store(tx, target, [...taken.values()]);
  return wave.map((row) => resultOf(row, taken.get(row)));
}

/** Locks are taken in the order in which everybody takes them: contacts, addresses, cases; each sorted. */
async function store(tx: Tx, target: WaveTarget, taken: readonly Taken[]): Promise<void> {
  const made = taken.filter(({ status }) => status === 'created');
  const known = taken.filter(({ status }) => status === 'updated' || status === 'merged');
  await lockKnown(tx, known);
  await insertNewContacts(tx, target, made);
  await updateKnown(tx, target, known);
  await storeAddresses(tx, made, known);
  await refreshKnownPlaces(tx, known);
  await storeConsents(tx, target, [...made, ...known]);
  await storeOptOuts(tx, target, taken);
  await storeCases(tx, target, [...made, ...known]);
  await wakeKnown(tx, known);
  await recordChanges(
    tx,
    [...made, ...known].map(({ contactId, status }) => ({
      entity: 'contact',
      entityId: contactId ?? '',
      change: status === 'created' ? 'created' : 'updated',
      data: { listId: target.list.id, importId: target.importId },
      actor: target.actor,
    })),
    target.actor,
  );
}

async function wakeKnown(tx: Tx, known: readonly Taken[]): Promise<void> {
  if (known.length === 0) return;
  await tx`
    insert into wake (enrollment_id, reason)
    select id, 'contact_changed' from enrollment
    where contact_id = any (${known.map(({ contactId }) => contactId)}::uuid[]) and state = 'open'`;
}

function resultOf({ row, line, problems, cells }: WaveRow, taken: Taken | undefined): RowResult {
  if (taken === undefined) return { row, line, status: 'rejected', contactId: null, problems, cells };
  const { status, contactId, match, problem, places } = taken;
  const all = [...problems, ...(problem === null ? [] : [problem]), ...(places?.known === false ? [NO_PLACE] : [])];
  // Of rejected rows as well: what is kept of the person goes when they are erased.
  return { row, line, status, contactId: contactId ?? match.contactId, problems: all, cells };
}

export function placesOfEntry({ contact }: Entry): CandidatePlaces {
  return candidatesOf({ ...contact, phones: phonesOf(contact) });
}

async function noteProgress(
  tx: Tx,
  { id }: Import,
  results: readonly RowResult[],
  last: WaveRow | undefined,
  share: number,
): Promise<void> {
  if (last === undefined) throw new Error('a wave takes one row at least');
  const count = (status: RowOutcome) => results.filter((result) => result.status === status).length;
  const withProblems = results.filter(
    ({ status, problems }) => status !== 'rejected' && status !== 'skipped' && problems.length > 0,
  ).length;
  await tx`
    update import set rows = ${last.next.rows}, next_line = ${last.next.line}, next_byte = ${last.next.byte}, share = ${share},
      created = created + ${count('created')}, updated = updated + ${count('updated')}, merged = merged + ${count('merged')},
      skipped = skipped + ${count('skipped')}, rejected = rejected + ${count('rejected')},
      with_problems = with_problems + ${withProblems}
    where id = ${id}`;
}
