import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTransaction, type Sql, type Tx } from './client';

/** Where the migrations lie, beside the source and beside the compiled file alike. */
export const MIGRATIONS = join(__dirname, 'migrations');

/** Any fixed number: whoever migrates this database takes this advisory lock. */
const MIGRATION_LOCK = 7_204_615;

const NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** Brings the database up to the newest migration and answers the names of those it applied; safe to run at once. */
export async function migrate(sql: Sql, directory: string = MIGRATIONS): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const names: string[] = [];
  for (let done = false; !done; ) {
    const name = await inTransaction(sql, (tx) => applyNext(tx, migrations));
    if (name === null) done = true;
    else names.push(name);
  }
  return names;
}

/** One migration a transaction; the lock ends with it, so a waiting process then sees what this one did. */
async function applyNext(tx: Tx, migrations: readonly Migration[]): Promise<string | null> {
  await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
  const applied = await readApplied(tx);
  refuseRewrittenHistory(migrations, applied);
  const next = migrations[applied.length];
  if (next === undefined) return null;
  try {
    await tx.unsafe(next.text);
  } catch (cause) {
    throw new Error(`migration ${next.name} failed and was rolled back: ${messageOf(cause)}`, { cause });
  }
  await tx`
    insert into migration (number, name, checksum)
    values (${next.number}, ${next.name}, ${next.checksum})`;
  return next.name;
}

async function readApplied(tx: Tx): Promise<Applied[]> {
  await tx`
    create table if not exists migration (
      number integer primary key,
      name text not null,
      checksum text not null,
      applied_rt timestamptz not null default clock_timestamp()
    )`;
  return tx<Applied[]>`select number, name, checksum from migration order by number`;
}

function refuseRewrittenHistory(migrations: readonly Migration[], applied: readonly Applied[]): void {
  for (const [index, { number, name, checksum }] of applied.entries()) {
    const known = migrations[index];
    if (known === undefined) {
      throw new Error(`this database has migration ${name}, which this version does not know: run a newer version`);
    }
    if (known.number !== number || known.checksum !== checksum) {
      throw new Error(
        `migration ${known.name} differs from ${name} as it was applied here: restore the file and add a new migration`,
      );
    }
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(directory, name)));
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1) {
      throw new Error(
        `migration ${name} stands in place ${index + 1}: numbers run from 0001 without gap or repetition`,
      );
    }
  }
  return migrations;
}

async function readMigration(directory: string, name: string): Promise<Migration> {
  const number = NAME.exec(name)?.[1];
  if (number === undefined) throw new Error(`migration ${name} must be named like 0001-first-tables.sql`);
  const text = await readFile(join(directory, name), 'utf8');
  const checksum = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
  return { number: Number(number), name, text, checksum };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
