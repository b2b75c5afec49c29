import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from '../db/client';
import { appNow, readClock, setClock } from '../db/clock';
import type { Instant } from '../domain/instant';

const SAVE_EVERY_MS = 1_000;

export interface SavedClock {
  /** Lets business time run from where it stands. */
  run(speed: number): Promise<void>;
  /** Keeps this instant for the next start, once: what is said later changes nothing. */
  stop(): Promise<void>;
}

/**
 * Business time of this machine, standing still: it goes on where it was when everything was last running, however that
 * ended, so that nobody's evening passes while the computer is off. Begins at `firstAt`.
 */
export async function standingClock(sql: Sql, folder: string, firstAt: Instant): Promise<SavedClock> {
  const file = join(folder, 'clock.json');
  await refuseRealPeople(sql);
  const known = [await readSaved(file), await lastRecorded(sql)].filter((at) => at !== null);
  await setClock(sql, known.length === 0 ? firstAt : Math.max(...known), 0);
  let saving: Promise<void> = Promise.resolve();
  const saveSoon = () => {
    saving = saving.then(() => save(sql, file)).catch(() => undefined); // the database may be gone; the next second saves
    return saving;
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    async run(speed) {
      await setClock(sql, await appNow(sql), speed);
      timer = setInterval(saveSoon, SAVE_EVERY_MS);
    },
    async stop() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      await saveSoon();
    },
  };
}

/** Who lives in real time was put there by `npm run serve`, or worse: never to be handed to the simulator. */
async function refuseRealPeople(sql: Sql): Promise<void> {
  const people = await sql`select from contact limit 1`;
  if (people.length > 0 && (await readClock(sql)) === null)
    throw new Error('This database is used in real time, as by `npm run serve`: choose another folder for a demo.');
}

/** What is unreadable was never written by us, and the database knows the time nearly as well. */
async function readSaved(file: string): Promise<Instant | null> {
  try {
    const saved: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof saved === 'object' && saved !== null && 'at' in saved && typeof saved.at === 'number'
      ? saved.at
      : null;
  } catch {
    return null;
  }
}

/** After a crash the file may be a second old, which is many business minutes: nothing that happened may lie in the future. */
async function lastRecorded(sql: Sql): Promise<Instant | null> {
  const [row] = await sql<{ at: Instant | null }[]>`
    select ms(greatest(
      (select max(at) from timeline),
      (select max(at) from inbox),
      (select max(claimed_at) from attempt))) as at`;
  return row?.at ?? null;
}

/** By renaming, so that a crash leaves the old instant or the new one. */
async function save(sql: Sql, file: string): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ at: await appNow(sql) }));
  await rename(`${file}.new`, file);
}
