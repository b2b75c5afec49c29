import { balance, compareLedger } from '../../db/balance';
import type { Sql } from '../../db/client';
import { readLedger } from '../../local/simulator-ledger';
import type { Simulator } from '../../simulator/simulator';
import { summarise } from '../../simulator/summary';
import { MOST_LIVE_CALLS } from './people';

/** Whether the books balance, and agree with what the outside world wrote down. Empty = nothing is wrong. */
export async function wrongs(sql: Sql, simulator: Simulator): Promise<unknown[]> {
  const { equations } = await balance(sql, { settled: true });
  const { ok, ...ledger } = await compareLedger(sql, await readLedger(simulator.httpUrl));
  return [
    ...equations.filter((equation) => !equation.ok),
    ...(ok ? [] : [{ ledger }]),
    ...(await openEnds(sql)),
    ...(await notesThatDiffer(sql, simulator)),
    ...calls(simulator),
  ];
}

async function openEnds(sql: Sql): Promise<readonly unknown[]> {
  return sql`
    select id, state::text, decision ->> 'kind' as waits_for from enrollment where state = 'open'
    union all
    select id, state, channel from attempt
    where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')`;
}

/** Each note carries the id of its action: one that is done stands in the CRM once, any other at most once (INV-6). */
async function notesThatDiffer(sql: Sql, { ledger }: Simulator): Promise<unknown[]> {
  const posted = new Map<string, number>();
  for (const { accepted, detail } of ledger.entries({ channel: 'crm', kind: 'crm_note' })) {
    const id = /\[ft:([0-9a-f-]+)\]/.exec(String(detail['text']))?.[1] ?? 'without a mark';
    if (accepted === true) posted.set(id, (posted.get(id) ?? 0) + 1);
  }
  const done = await sql<{ id: string; state: string }[]>`select id, state from execution where kind = 'crm_note'`;
  const known = new Map(done.map(({ id, state }) => [id, state]));
  const strange = [...posted].filter(([id, count]) => count > 1 || !known.has(id));
  const missing = done.filter(({ id, state }) => state === 'done' && !posted.has(id));
  return [
    ...strange.map(([id, count]) => ({ note: id, posted: count })),
    ...missing.map(({ id }) => ({ note: id, posted: 0 })),
  ];
}

/** No more lines at once than are ours, and none that is left open (INV-11). */
function calls({ ledger }: Simulator): unknown[] {
  const { liveCalls } = summarise(ledger.entries());
  return liveCalls.max > MOST_LIVE_CALLS || liveCalls.now > 0 ? [{ liveCalls }] : [];
}

export interface Tally {
  readonly enrolled: number;
  readonly attempts: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
  readonly facts: number;
  readonly suppressed: number;
}

/** What the campaigns came to, as counts. */
export async function tallyOf(sql: Sql): Promise<Tally> {
  const byName = async (rows: Promise<{ name: string; count: number }[]>) =>
    Object.fromEntries((await rows).map(({ name, count }) => [name, count]));
  const [row] = await sql<{ enrolled: number; facts: number; suppressed: number }[]>`
    select (select count(*)::int from enrollment) as enrolled, (select count(*)::int from fact) as facts,
      (select count(distinct hash)::int from suppression) as suppressed`;
  return {
    enrolled: row?.enrolled ?? 0,
    facts: row?.facts ?? 0,
    suppressed: row?.suppressed ?? 0,
    attempts: await byName(sql<{ name: string; count: number }[]>`
      select channel || ' ' || state as name, count(*)::int as count from attempt group by 1 order by 1`),
    actions: await byName(sql<{ name: string; count: number }[]>`
      select kind || ' ' || state as name, count(*)::int as count from execution group by 1 order by 1`),
  };
}
