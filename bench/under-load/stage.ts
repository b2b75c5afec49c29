import { setTimeout as delay } from 'node:timers/promises';
import { balance, compareLedger } from '../../db/balance';
import type { Sql } from '../../db/client';
import { readLedger } from '../../local/simulator-ledger';
import type { Undo } from '../../local/undo';
import type { EngineName } from '../options';
import { type Product, startProduct, type Surroundings } from '../product';
import type { Tell } from '../report';
import { type Servers, startServers } from '../servers';
import type { Sizes } from './options';
import { sumOf, type Wrongs, wrongsOfBalance, wrongsOfLedger } from './verdict';

/** Where a scenario is played: servers and a product of its own, which are gone after it. */

export interface Scene {
  readonly engine: EngineName;
  readonly sizes: Sizes;
  readonly undo: Undo;
  readonly ended: (what: string) => void;
  readonly tell: Tell;
}

export interface Stage {
  readonly servers: Servers;
  readonly product: Product;
}

const LOOK_EVERY_MS = 250;

export async function setStage({ engine, undo, ended, tell }: Scene, surroundings: Surroundings = {}): Promise<Stage> {
  tell(`starting Temporal (${engine}), PostgreSQL and the product`);
  const servers = await startServers(engine);
  undo.add(() => servers.stop());
  const product = await startProduct(servers, ended, surroundings);
  undo.add(() => product.stop());
  return { servers, product };
}

/** False when it did not come true in time. */
export async function comesTrue(isTrue: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const untilMs = performance.now() + withinMs; !(await isTrue()); await delay(LOOK_EVERY_MS))
    if (performance.now() > untilMs) return false;
  return true;
}

export interface Progress {
  /** Rows, rejected ones included. */
  readonly rows: number;
  readonly started: number;
  /** Has taken its first step at least. */
  readonly stepped: number;
  readonly open: number;
}

export async function progressOf(sql: Sql, campaignIds: readonly string[]): Promise<Progress> {
  const [row] = await sql<Progress[]>`
    select count(*)::int as rows, count(started_rt)::int as started, count(stepped_rt)::int as stepped,
      count(*) filter (where state = 'open')::int as open
    from enrollment where campaign_id = any(${[...campaignIds]}::uuid[])`;
  return row ?? { rows: 0, started: 0, stepped: 0, open: 0 };
}

const ASLEEP_WITHIN_MS = 1_800_000;

/** Launches it and waits until each of so many has a workflow that has decided to wait. */
export async function launchAndSleep({ api, sql }: Product, campaignId: string, people: number): Promise<void> {
  await api.send('POST', `/v1/campaigns/${campaignId}/launch`);
  const isAsleep = async () => (await progressOf(sql, [campaignId])).stepped === people;
  if (!(await comesTrue(isAsleep, ASLEEP_WITHIN_MS))) throw new Error(`${people} contacts were never all asleep`);
}

/** No attempt, no order and no arrival is half done. */
export async function isQuiet(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isQuiet: boolean }[]>`
    select not exists (select from attempt
        where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice'))
      and not exists (select from execution where state = 'pending')
      and not exists (select from inbox where folded_rt is null)
      and not exists (select from lease where freed_rt is null) as is_quiet`;
  return row?.isQuiet === true;
}

export interface Books {
  readonly wrongs: Wrongs;
  readonly examples: readonly string[];
  /** Calls, texts and mails that the outside world took. */
  readonly creates: number;
}

/** The auditor's equations, and our records beside those of the outside world. */
export async function auditBooks({ sql, simulatorUrl }: Product): Promise<Books> {
  const ours = wrongsOfBalance(await balance(sql));
  const compared = await compareLedger(sql, await readLedger(simulatorUrl));
  const theirs = wrongsOfLedger(compared);
  return {
    wrongs: sumOf([ours.wrongs, theirs.wrongs]),
    examples: [...ours.examples, ...theirs.examples],
    creates: compared.creates,
  };
}

/** Asks the simulator's control routes. */
export async function askSimulator<T>(simulatorUrl: string, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${simulatorUrl}/sim/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${method} ${path}`);
  // The caller names the shape that the simulator gives.
  return (text === '' ? null : JSON.parse(text)) as T;
}
