import type { Sql } from '../db/client';

const ENOUGH_SECONDS = 3;

/** Whoever counts within real hours begins where there is enough of this one left, or else with the next. */
export async function withinOneHour(sql: Sql): Promise<void> {
  const [row] = await sql<{ left: number }[]>`
    select extract(epoch from date_bin('1 hour', clock_timestamp(), 'epoch') + interval '1 hour' - clock_timestamp())::float8 as left`;
  const left = row?.left ?? 0;
  if (left < ENOUGH_SECONDS) await sql`select pg_sleep(${left + 0.1})`;
}
