import { readEntry } from '../imports/contact-entry';
import type { Sql } from '../db/client';
import { ImportRunner } from '../imports/run-imports';

/** Takes in every import that was started, as a worker does. */
export async function runImports(sql: Sql, addressKey: string, batch = 500): Promise<void> {
  const runner = importRunner(sql, addressKey, batch);
  while (await runner.round());
}

export function importRunner(sql: Sql, addressKey: string, batch = 500, roundMs = 1_000): ImportRunner {
  return new ImportRunner({ sql, readEntry: (input) => readEntry(input, addressKey), batch, roundMs });
}
