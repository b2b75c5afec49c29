import { inTransaction, type Sql } from '../db/client';

/** A copy of every row of a database, kept beside them, and put back as a restored backup would. */

const COPY = 'backup';

export async function backUp(sql: Sql): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx.unsafe(`drop schema if exists ${COPY} cascade; create schema ${COPY}`);
    for (const { name } of await tables(sql))
      await tx.unsafe(`create table ${COPY}."${name}" as table public."${name}"`);
  });
}

/** Rows only: numbers that were given out are not given out again. */
export async function restore(sql: Sql): Promise<void> {
  await inTransaction(sql, async (tx) => {
    // Neither triggers nor references: the rows are whole as they are.
    await tx`set local session_replication_role = replica`;
    const all = await tables(sql);
    await tx.unsafe(`truncate ${all.map(({ name }) => `public."${name}"`).join(', ')}`);
    for (const { name } of all)
      await tx.unsafe(`insert into public."${name}" overriding system value table ${COPY}."${name}"`);
  });
}

async function tables(sql: Sql): Promise<{ name: string }[]> {
  return sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`;
}
