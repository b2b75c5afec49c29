import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from '../db/client';
import { appNow, setClock } from '../db/clock';
import type { Instant } from '../domain/instant';

const SAVE_EVERY_MS = 1_000;

export interface SavedClock {
  stop(): Promise<void>;
}

/**
 * Business time of this machine: it goes on where it stood when everything was last running, however that ended,
 * so that nobody's evening passes while the computer is off.
 */
export async function runSavedClock(
  sql: Sql,
  folder: string,
  { startAt, speed }: { startAt: Instant; speed: number },
): Promise<SavedClock> {
  const file = join(folder, 'clock.json');
  await setClock(sql, (await readSaved(file)) ?? startAt, speed);
  let saving: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    saving = saving.then(() => save(sql, file)).catch(() => undefined); // the database may be restarting; the next second saves
  }, SAVE_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await saving;
      await save(sql, file).catch(() => undefined);
    },
  };
}

async function readSaved(file: string): Promise<Instant | null> {
  try {
    const saved: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof saved === 'object' && saved !== null && 'at' in saved && typeof saved.at === 'number'
      ? saved.at
      : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** By renaming, so that a crash leaves the old instant or the new one. */
async function save(sql: Sql, file: string): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ at: await appNow(sql) }));
  await rename(`${file}.new`, file);
}
