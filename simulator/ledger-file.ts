import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { type LedgerEntry, LedgerEntrySchema } from './ledger-entry';

export interface LedgerFile {
  read(): LedgerEntry[];
  append(entry: LedgerEntry): void;
  clear(): void;
}

/** Writes are synchronous: an entry that was answered for is on disk even if the process dies at once. */
export function openLedgerFile(path: string): LedgerFile {
  mkdirSync(dirname(path), { recursive: true });
  return {
    read: () => (existsSync(path) ? wholeEntries(path) : []),
    append: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`),
    clear: () => {
      if (existsSync(path)) truncateSync(path);
    },
  };
}

/** A process that died while it wrote leaves a last line without an end; that line is cut off, any other damage is refused. */
function wholeEntries(path: string): LedgerEntry[] {
  const text = readFileSync(path, 'utf8');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, end)));
  const lines = text.slice(0, end).split('\n').slice(0, -1);
  return lines.map((line, index) => entryOf(line, `${path}:${index + 1}`));
}

function entryOf(line: string, place: string): LedgerEntry {
  try {
    return LedgerEntrySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`${place} is not a ledger entry; move the file away to start with an empty ledger`, { cause });
  }
}
