import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../local/api-client';
import { phoneOf } from '../people';

/** People by the thousand, and how unequally they are spread over campaigns. */

const IMPORT_PAGE = 1_000;
/** A page is taken in row by row, which leaves a machine idle that waits for its disk. */
const PAGES_AT_ONCE = 4;
const PATIENCE_MS = 60_000;
const ASK_AGAIN_MS = 100;
/** Nobody refuses a connection for so long. */
const LISTENED_MS = 500;

/** People with a mail address alone: there are more of them than numbers kept for fiction. */
export function mailCsv(from: number, count: number): string {
  const rows = numbered(from, count).map(
    (n) => `M${n},Person ${n},person${n}@example.com,America/New_York,${500_000 + n}`,
  );
  return ['external_id,first_name,email,zone,case_external_id', ...rows, ''].join('\n');
}

/** People who say that they live furthest west, so that whoever has a number east of there may be called as soon as they may. */
export function westernCsv(from: number, count: number): string {
  const rows = numbered(from, count).map((n) => `W${n},Person ${n},${phoneOf(n)},America/Los_Angeles,${700_000 + n}`);
  return ['external_id,first_name,phone,zone,case_external_id', ...rows, ''].join('\n');
}

function numbered(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n);
}

interface Crowd {
  readonly name: string;
  readonly from: number;
  readonly count: number;
  readonly csv: (from: number, count: number) => string;
  /** Told how many are in after each page. */
  readonly after?: (imported: number) => Promise<void>;
}

/** Imports them by pages, some at once; a page that got no answer is sent again. Answers their list. */
export async function importCrowd(api: ApiClient, { name, from, count, csv, after }: Crowd): Promise<string> {
  const list = await api.send<{ id: string }>('POST', '/v1/lists', { name, caseType: 'injury' });
  let asked = 0;
  let imported = 0;
  const importPages = async () => {
    while (asked < count) {
      const size = Math.min(IMPORT_PAGE, count - asked);
      const page = csv(from + asked, size);
      asked += size;
      const send = async () => api.upload<{ rejected: number }>(`/v1/lists/${list.id}/import`, 'text/csv', page);
      const { rejected } = await untilAnswered(send);
      if (rejected > 0) throw new Error(`${rejected} people could not be imported`);
      imported += size;
      await after?.(imported);
    }
  };
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, importPages));
  return list.id;
}

/**
 * Asks again while nobody answers, as every client has to. Whoever was listened to for a while before the answer stayed away
 * begins to count anew.
 */
export async function untilAnswered<T>(ask: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  let silentSinceMs = performance.now();
  for (;;) {
    const askedMs = performance.now();
    try {
      return await ask();
    } catch (error) {
      const isSilent = error instanceof Error && error.cause !== undefined;
      const wasHeard = performance.now() - askedMs > LISTENED_MS;
      if (wasHeard) silentSinceMs = performance.now();
      if (!isSilent || performance.now() - silentSinceMs > patienceMs) throw error;
    }
    await delay(ASK_AGAIN_MS);
  }
}

/** How many people each of the campaigns has: the first as many as all others together, each of the rest fewer than the one before. */
export function unequalParts(people: number, campaigns: number): number[] {
  const weights = Array.from({ length: campaigns - 1 }, (_, n) => 1 / (n + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const rest = weights.map((weight) => Math.max(1, Math.floor((people / 2) * (weight / whole))));
  return [people - rest.reduce((sum, part) => sum + part, 0), ...rest];
}
