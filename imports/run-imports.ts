import { setImmediate as breathe } from 'node:timers/promises';
import { catalogueOf } from '../db/attribute';
import { inTransaction, type Sql } from '../db/client';
import { finishImport, getImport, lockImport, runningImports } from '../db/import';
import { WaveRace } from '../db/import-people';
import { storeWave, type WaveRow } from '../db/import-wave';
import { sqlState } from '../db/result-guard';
import { FileBytes } from '../db/stored-file';
import { tryAlone } from '../db/sweeps/alone';
import { FileFault, type RowReader } from './byte-source';
import { allowedCountries } from '../db/settings';
import { withCatalogue } from './fit-attributes';
import { withCountries } from './fit-countries';
import { openRows } from './open-file';
import { type EntryReader, readRow, type RowShape } from './read-row';

export interface RunOptions {
  readonly sql: Sql;
  readonly readEntry: EntryReader;
  /** Rows that are read, and at most stored, at once. */
  readonly batch?: number;
  /** After so long others have their turn. */
  readonly roundMs?: number;
}

const BATCH = 500;
const ROUND_MS = 2_000;
const MOST_RACES = 20;
/** Two at once locked the same people the other way round, or met at the same row. */
const RACES: ReadonlySet<string> = new Set(['40P01', '40001', '23505']);

/** An import that this process is at: its reader, and the rows that are being read ahead. */
interface Open {
  readonly shape: RowShape;
  readonly readEntry: EntryReader;
  readonly reader: RowReader;
  /** How many rows were stored by the time that this reader stands where it does. */
  stored: number;
  ahead: Promise<readonly WaveRow[]>;
}

/**
 * Takes running imports in, row after row in the order of the file. Whoever holds the claim of an import goes on with it;
 * the claim is a lock that dies with its holder, and the row of the import says where to go on, so it may die anywhere.
 */
export class ImportRunner {
  private readonly open = new Map<string, Open>();
  /** A lock of the database does not keep this process from itself. */
  private readonly mine = new Set<string>();

  constructor(private readonly options: RunOptions) {}

  /**
   * Goes on for a moment with the first import that nobody else is at; false = there is none. One that can't be gone on with
   * keeps none of the others: it is told of when somebody has had a turn.
   */
  async round(): Promise<boolean> {
    const ids = await runningImports(this.options.sql);
    for (const id of this.open.keys()) if (!ids.includes(id) && !this.mine.has(id)) this.letGo(id);
    const failures: unknown[] = [];
    let hasGoneOn = false;
    for (const id of ids) {
      if (hasGoneOn) break;
      if (this.mine.has(id)) continue;
      try {
        hasGoneOn = await this.turn(id);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return hasGoneOn;
  }

  /** False = somebody else is at it, or it needs nobody any more. */
  private async turn(id: string): Promise<boolean> {
    this.mine.add(id);
    try {
      return (await tryAlone(this.options.sql, `import/${id}`, () => this.goOn(id))) === true;
    } finally {
      this.mine.delete(id);
    }
  }

  /** For a moment; false = it needs nobody any more. */
  private async goOn(id: string): Promise<boolean> {
    const untilMs = performance.now() + (this.options.roundMs ?? ROUND_MS);
    try {
      do if (!(await this.batch(id))) return false;
      while (performance.now() < untilMs);
      return true;
    } catch (error) {
      // Where it stands is in the row; what was read ahead is not.
      this.letGo(id);
      if (error instanceof FileFault) return this.end(id, error.message);
      // Cancelled while it was read, so the file is gone.
      if ((await getImport(this.options.sql, id)).status !== 'running') return false;
      throw error;
    }
  }

  private async batch(id: string): Promise<boolean> {
    const open = await this.opened(id);
    if (open === null) return false;
    const rows = await open.ahead;
    if (rows.length === 0) return this.end(id, null);
    const share = open.reader.share();
    open.ahead = this.readAhead(open);
    return this.store(id, open, rows, share);
  }

  /** False = somebody else has gone on with it. */
  private async store(id: string, open: Open, rows: readonly WaveRow[], share: number): Promise<boolean> {
    for (let left = rows; left.length > 0; ) {
      const stored = await this.wave(id, open.stored, left, share);
      if (stored === null) {
        this.letGo(id);
        return true;
      }
      open.stored += stored;
      left = left.slice(stored);
    }
    return true;
  }

  /** Races are run again; a row that the database will not have is rejected, and keeps none of the others. */
  private async wave(id: string, from: number, rows: readonly WaveRow[], share: number): Promise<number | null> {
    for (let race = 1; ; race += 1) {
      try {
        return await storeWave(this.options.sql, id, from, rows, share);
      } catch (error) {
        const isRace = error instanceof WaveRace || RACES.has(sqlState(error) ?? '');
        if (isRace && race < MOST_RACES) continue;
        if (!isDataFault(error)) throw error;
        if (rows.length > 1) return this.wave(id, from, rows.slice(0, Math.ceil(rows.length / 2)), share);
        return storeWave(this.options.sql, id, from, rows.map(refused), share);
      }
    }
  }

  private async opened(id: string): Promise<Open | null> {
    const { sql } = this.options;
    const running = await getImport(sql, id);
    if (running.status !== 'running' || running.fileId === null) return null;
    const known = this.open.get(id);
    if (known?.stored === running.rows) return known;
    this.letGo(id);
    const source = new FileBytes(sql, running.fileId, running.bytes);
    const place = { rows: running.rows, line: running.nextLine, byte: running.nextByte };
    const reader = await openRows(source, running, place);
    const shape = { format: running.format, fields: running.columns.map(({ field }) => field) };
    const readEntry = withCountries(
      withCatalogue(this.options.readEntry, await catalogueOf(sql)),
      await allowedCountries(sql),
    );
    const ahead = this.readAhead({ shape, reader, readEntry });
    const open: Open = { shape, reader, readEntry, stored: running.rows, ahead };
    this.open.set(id, open);
    return open;
  }

  private readAhead({
    reader,
    shape,
    readEntry,
  }: Pick<Open, 'reader' | 'shape' | 'readEntry'>): Promise<readonly WaveRow[]> {
    const { batch = BATCH } = this.options;
    const reading = reader.next(batch).then(async (rows) => {
      // Others at work in this process have a turn between what is read and what is made of it.
      await breathe();
      return rows.map((row) => readRow(row, shape, readEntry));
    });
    // Whoever asks for it is told; if nobody does any more, nobody minds.
    reading.catch(() => undefined);
    return reading;
  }

  private async end(id: string, failure: string | null): Promise<boolean> {
    this.letGo(id);
    await inTransaction(this.options.sql, async (tx) => {
      const running = await lockImport(tx, id);
      if (running.status === 'running') await finishImport(tx, running, failure);
    });
    return true;
  }

  private letGo(id: string): void {
    this.open.get(id)?.reader.close();
    this.open.delete(id);
  }
}

function refused(row: WaveRow): WaveRow {
  const problem = { field: 'row', rule: 'the database can not keep what this row says' };
  return { ...row, entry: null, optOut: [], problems: [...row.problems, problem] };
}

/** Data exceptions and broken constraints: they will not go away by trying again. */
function isDataFault(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '');
}
