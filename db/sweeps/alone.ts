import { inTransaction, type Sql } from '../client';

const SWEEPS_LOCK = 2;

/** Does the work only if no other process is doing the same; null when one is. The lock is a transaction's, so it can't outlive a crash. */
export async function tryAlone<T>(sql: Sql, name: string, work: () => Promise<T>): Promise<T | null> {
  return inTransaction(sql, async (tx) => {
    const [row] = await tx<
      { free: boolean }[]
    >`select pg_try_advisory_xact_lock(${SWEEPS_LOCK}, hashtext(${name})) as free`;
    return row?.free === true ? work() : null;
  });
}
