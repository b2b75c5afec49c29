import type { Postgres } from '../local/postgres';
import type { TemporalServer } from '../local/temporal-server';

interface TestServers {
  folder?: string;
  postgres?: Postgres;
  temporal?: TemporalServer;
}

const KEY = Symbol.for('followthrough.test.servers');

/** What runs for the whole of a test run; jest loads set-up and tear-down as separate modules of one process. */
export function servers(): TestServers {
  // Proof: nobody else writes under this symbol.
  const holder = globalThis as { [KEY]?: TestServers };
  holder[KEY] ??= {};
  return holder[KEY];
}
