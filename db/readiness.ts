import { readdir } from 'node:fs/promises';
import type { Sql } from './client';
import { MIGRATIONS } from './migrate';

/** Does the database answer, and does it have every migration that this version comes with? */
export async function isReady(sql: Sql): Promise<boolean> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql'));
  const applied = await sql<{ name: string }[]>`select name from migration`;
  const known = new Set(applied.map(({ name }) => name));
  return names.every((name) => known.has(name));
}
