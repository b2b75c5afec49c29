import { EventEmitter, once } from 'node:events';
import type { BusinessClock } from './business-clock';
import type { LedgerChannel, LedgerEntry, LedgerKind, NewLedgerEntry } from './ledger-entry';
import { openLedgerFile } from './ledger-file';

export interface LedgerFilter {
  readonly after?: number | undefined;
  readonly channel?: LedgerChannel | undefined;
  readonly kind?: LedgerKind | undefined;
  readonly attemptId?: string | undefined;
  readonly to?: string | undefined;
}

export interface Ledger {
  /** Resolves once the entry is written; an entry is stamped when it is written. */
  record(entry: NewLedgerEntry): Promise<LedgerEntry>;
  entries(filter?: LedgerFilter): readonly LedgerEntry[];
  /** The first entry, written already or still to come, for which `matches` holds. */
  until(matches: (entry: LedgerEntry) => boolean, signal?: AbortSignal): Promise<LedgerEntry>;
  clear(): void;
}

/** Keeps every entry in memory, and in a file of one JSON object a line if a path is given, which it reads first. */
export function createLedger(clock: BusinessClock, path: string | null): Ledger {
  const file = path === null ? null : openLedgerFile(path);
  const entries: LedgerEntry[] = file?.read() ?? [];
  const written = new EventEmitter().setMaxListeners(0);
  let lastN = entries.at(-1)?.n ?? 0;

  return {
    async record(entry) {
      const at = await clock.read();
      lastN += 1;
      const whole: LedgerEntry = { n: lastN, at, rt: Date.now(), ...entry };
      entries.push(whole);
      file?.append(whole);
      written.emit('entry');
      return whole;
    },
    entries: (filter = {}) => entries.filter((entry) => isWanted(entry, filter)),
    async until(matches, signal) {
      let seenN = 0;
      for (;;) {
        const found = entries.slice(entries.findLastIndex(({ n }) => n <= seenN) + 1).find(matches);
        if (found !== undefined) return found;
        seenN = lastN;
        await once(written, 'entry', signal === undefined ? {} : { signal });
      }
    },
    clear() {
      entries.length = 0;
      file?.clear();
    },
  };
}

export function isWanted(entry: LedgerEntry, filter: LedgerFilter): boolean {
  return (
    entry.n > (filter.after ?? 0) &&
    (filter.channel === undefined || entry.channel === filter.channel) &&
    (filter.kind === undefined || entry.kind === filter.kind) &&
    (filter.attemptId === undefined || entry.attemptId === filter.attemptId) &&
    (filter.to === undefined || entry.to === filter.to)
  );
}
