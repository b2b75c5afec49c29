import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { balance, type Balance } from '../db/balance';
import { createSql } from '../db/client';

/** `npm run balance [-- --settled]`: recomputes from the database what must never break; ends with 1 if anything does. */

const USAGE =
  'Usage: npm run balance [-- --settled]   (--settled: nothing is under way any more, so nothing may be unfinished)';

/** Where `npm start` keeps its database. */
const LOCAL_POSTGRES = resolve('.local', 'postgres');
const LOCAL_NAME = 'followthrough';
/** The port stands in the fourth line of postmaster.pid while the server runs. */
const PORT_LINE = 3;

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((argument) => argument !== '--settled');
  if (unknown !== undefined) throw new Error(`"${unknown}" is not an option.\n${USAGE}`);
  const settled = args.includes('--settled');
  const url = process.env['DATABASE_URL'] || (await runningUrl(LOCAL_POSTGRES));
  const sql = createSql(url, { max: 1, applicationName: 'followthrough-balance' });
  try {
    const audited = await balance(sql, { settled });
    for (const line of report(audited)) console.log(line);
    if (!audited.ok) process.exitCode = 1;
  } finally {
    await sql.end();
  }
}

/** A line for each equation with its two sides, and all of it as JSON in the last one. */
export function report({ ok, equations, windows }: Balance): string[] {
  const lines = equations.flatMap(({ name, statement, left, right, ok: agrees, examples }) => [
    `${agrees ? 'OK     ' : 'DIFFERS'}  ${name.padEnd(12)} ${String(left).padStart(8)} : ${String(right).padEnd(8)}  ${statement}`,
    ...(agrees ? [] : [`         for example ${examples.join(', ')}`]),
  ]);
  const sides = equations.map(({ name, left, right, ok: agrees, examples }) => ({
    name,
    left,
    right,
    ok: agrees,
    examples,
  }));
  return [...lines, JSON.stringify({ ok, equations: sides, windows })];
}

/** The address of the database that `npm start` runs, found by what it leaves in and beside its data folder. */
export async function runningUrl(folder: string): Promise<string> {
  try {
    const password = await readFile(`${folder}.password`, 'utf8');
    const port = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[PORT_LINE];
    return `postgres://${LOCAL_NAME}:${password}@127.0.0.1:${port}/${LOCAL_NAME}`;
  } catch (cause) {
    throw new Error('no database: set DATABASE_URL, or run this beside a running `npm start`', { cause });
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
