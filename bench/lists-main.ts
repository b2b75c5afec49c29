import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSql, type Sql } from '../db/client';
import { migrate } from '../db/migrate';
import { type Postgres, startPostgres } from '../local/postgres';
import { onStopRequest, stopped, StopRequest } from '../local/stop-request';
import { Undo } from '../local/undo';
import { learnNames, type ListCase, listCases, type ListFigures, measureList } from './lists';
import { makeCampaigns, makePeople } from './lists-data';

/** `npm run bench:lists [people]`: how long the lists of the API take over a million contacts, and off which indexes they are read. */

const PEOPLE = 1_000_000;
const TIMES = 60;
const MOST_MS = 150;
const LOG_SETTLES_MS = 50;

async function main(people: number): Promise<string> {
  const signal = onStopRequest();
  const undo = new Undo();
  const [loadBefore = 0] = loadavg();
  try {
    const figures = await Promise.race([measure(people, undo), stopped(signal)]);
    return JSON.stringify({ people, loadBefore, lists: figures });
  } finally {
    await undo.all();
  }
}

async function measure(people: number, undo: Undo): Promise<ListFigures[]> {
  const lines: string[] = [];
  const postgres = await database(undo, lines);
  const sql = createSql(postgres.url, { max: 4 });
  undo.add(() => sql.end());
  await migrate(sql);
  const startedMs = performance.now();
  say(`making ${people.toLocaleString('en-US')} people`);
  await makePeople(sql, people);
  const data = await makeCampaigns(sql);
  say(`made in ${Math.round((performance.now() - startedMs) / 1000)} s`);
  await learnNames(sql);
  const cases = listCases(data);
  const plans = await plansOf(postgres, sql, cases, lines);
  const figures: ListFigures[] = [];
  for (const each of cases) {
    await measureList(sql, each, 3);
    const figure = await measureList(sql, each, TIMES);
    figures.push(figure);
    say(line(figure, plans.get(each.name) ?? []));
  }
  const slow = figures.filter(({ p95Ms }) => p95Ms > MOST_MS);
  say(
    slow.length === 0
      ? `\nall within ${MOST_MS} ms`
      : `\nOVER ${MOST_MS} ms: ${slow.map(({ name }) => name).join('; ')}`,
  );
  return figures;
}

async function database(undo: Undo, lines: string[]): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'followthrough-lists-'));
  undo.add(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL does not run as root, so its folder must be reachable for others.
  await chmod(folder, 0o711);
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    durable: false,
    log: (each) => void lines.push(each),
  });
  undo.add(() => postgres.stop());
  return postgres;
}

/** How each list is read, as the server itself writes it into its log. */
async function plansOf(postgres: Postgres, sql: Sql, cases: readonly ListCase[], lines: string[]) {
  await sql`alter database followthrough set session_preload_libraries = 'auto_explain'`;
  await sql`alter database followthrough set auto_explain.log_min_duration = 0`;
  const explained = createSql(postgres.url, { max: 1 });
  const plans = new Map<string, string[]>();
  for (const each of cases) {
    await delay(LOG_SETTLES_MS);
    const before = lines.length;
    await each.ask(explained, 1);
    await delay(LOG_SETTLES_MS);
    const scans = lines
      .slice(before)
      .flatMap((text) =>
        [...text.matchAll(SCAN)].map(([, how = '', what = '']) => `${how === 'Seq' ? 'all of ' : ''}${what}`),
      );
    plans.set(each.name, [...new Set(scans)]);
  }
  await explained.end();
  await sql`alter database followthrough reset session_preload_libraries`;
  return plans;
}

const SCAN = /(Seq|Index|Index Only|Bitmap Index) Scan(?: Backward)? (?:using|on) (\w+)/g;

function line({ name, p50Ms, p95Ms, worstMs }: ListFigures, plan: readonly string[]): string {
  const cells = [p50Ms, p95Ms, worstMs].map((ms) => ms.toFixed(1).padStart(8));
  return `${name.padEnd(66)}${cells.join('')}  ${plan.join(', ')}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(Number(process.argv[2] ?? PEOPLE)).then(
  (last) => process.stdout.write(`${last}\n`, () => process.exit(0)),
  (error: unknown) => {
    if (error instanceof StopRequest) process.exit(error.exitCode);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
  },
);
