import { readdir } from 'node:fs/promises';
import type { Sql } from './client';
import { readClock } from './clock';
import { isLocked } from './installation';
import { MIGRATIONS } from './migrate';

const UNDEFINED_TABLE = '42P01';

/** Answers nothing when the database does; throws when it doesn't. */
export async function databaseProblem(sql: Sql): Promise<null> {
  await sql`select 1`;
  return null;
}

/** Has every migration that this version comes with been applied? More are no harm: a newer version is being rolled out. */
export async function migrationProblem(sql: Sql): Promise<'missing' | 'behind' | null> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql'));
  try {
    const applied = await sql<{ name: string }[]>`select name from migration`;
    const known = new Set(applied.map(({ name }) => name));
    return names.every((name) => known.has(name)) ? null : 'behind';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) return 'missing';
    throw error;
  }
}

/** Business time of its own belongs to demos and tests: near real people a database that has one is refused. */
export async function clockProblem(sql: Sql, mayBeScaled: boolean): Promise<'not real time' | null> {
  return mayBeScaled || (await readClock(sql)) === null ? null : 'not real time';
}

/** Whoever is locked for recovery is of use all the same: what people say is heard. */
export async function recoveryProblem(sql: Sql): Promise<'locked for recovery' | null> {
  return (await isLocked(sql)) ? 'locked for recovery' : null;
}
