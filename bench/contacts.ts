import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../db/client';
import type { Bare } from './bare';
import { ONE_CALL } from './people';
import { type Meters, startMeter } from './process-use';
import type { Product } from './product';
import type { Size } from './options';
import type { Tell } from './report';

/** Contacts from the launch to the end of a campaign of one call with an instant outcome, beside the same on the bare engine. */

export interface Round {
  readonly contactsPerSecond: number;
  /** Milliseconds of CPU for each contact, by process. */
  readonly cpuMs: Meters;
}

export interface ContactsResult {
  readonly ours: readonly Round[];
  readonly bare: readonly Round[];
  /** To look at histories. */
  readonly campaignId: string;
  readonly bareIds: readonly string[];
}

interface Sides {
  readonly product: Product;
  readonly bare: Bare;
  readonly temporalPids: Meters;
}

const SETTLE_MS = 1_000;
const LOOK_EVERY_MS = 100;
const OVER_WITHIN_MS = 300_000;

/** Ours and bare take turns, so that what slows the machine down for a while slows both. */
export async function measureContacts(
  sides: Sides,
  { contacts, warmUp, pairs }: Size,
  tell: Tell,
): Promise<ContactsResult> {
  const ours: Round[] = [];
  const bare: Round[] = [];
  let campaignId = '';
  let bareIds: string[] = [];
  for (let pair = 0; pair <= pairs; pair++) {
    const count = pair === 0 ? warmUp : contacts;
    bareIds = Array.from({ length: count }, (_, n) => `bare/${pair}-${n}`);
    const first = await bareRound(sides, bareIds);
    const second = await ourRound(sides, count);
    campaignId = second.campaignId;
    const words = `${second.round.contactsPerSecond.toFixed(1)} contacts/s, bare ${first.contactsPerSecond.toFixed(1)}`;
    const cpu = (r: Round) =>
      Object.entries(r.cpuMs)
        .map(([k, v]) => `${k} ${v.toFixed(1)}`)
        .join(', ') +
      ` = ${Object.values(r.cpuMs)
        .reduce((a, b) => a + b, 0)
        .toFixed(0)}`;
    process.stderr.write(`  ours ${cpu(second.round)}\n  bare ${cpu(first)}\n`);
    tell(pair === 0 ? `warm-up: ${words}` : `pair ${pair} of ${pairs}: ${words}`);
    if (pair === 0) continue;
    ours.push(second.round);
    bare.push(first);
  }
  return { ours, bare, campaignId, bareIds };
}

async function bareRound({ product, bare, temporalPids }: Sides, ids: readonly string[]): Promise<Round> {
  product.holdSweeps();
  try {
    await delay(SETTLE_MS);
    return await timed({ ...temporalPids, ...bare.pids }, ids.length, () => bare.runThrough(ids));
  } finally {
    product.releaseSweeps();
  }
}

async function ourRound({ product, temporalPids }: Sides, count: number) {
  const listId = await product.importPeople(count);
  await forgetThePast(product);
  const campaignId = await product.createCampaign(listId, ONE_CALL);
  await delay(SETTLE_MS);
  const round = await timed({ ...temporalPids, ...product.pids }, count, async () => {
    await product.api.send('POST', `/v1/campaigns/${campaignId}/launch`);
    const untilMs = performance.now() + OVER_WITHIN_MS;
    while (!(await isOver(product.sql, campaignId, count))) {
      if (performance.now() > untilMs) throw new Error(`${count} contacts were not through after ${OVER_WITHIN_MS} ms`);
      await delay(LOOK_EVERY_MS);
    }
  });
  await refuseOtherEnds(product.sql, campaignId, count);
  return { round, campaignId };
}

async function timed(pids: Meters, count: number, work: () => Promise<void>): Promise<Round> {
  const stop = await startMeter(pids);
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const cpuMs = Object.fromEntries(Object.entries(await stop()).map(([name, ms]) => [name, ms / count]));
  return { contactsPerSecond: count / seconds, cpuMs };
}

/** What was lived through before is forgotten, so that the simulator's ledger stays short. */
async function forgetThePast({ simulatorUrl }: Product): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/sim/reset`, { method: 'POST' });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to a reset`);
}

async function isOver(sql: Sql, campaignId: string, count: number): Promise<boolean> {
  const [row] = await sql<{ ended: number; pending: boolean }[]>`
    select (select count(*)::int from enrollment where campaign_id = ${campaignId} and state = 'ended') as ended,
      exists (select 1 from execution x join enrollment e on e.id = x.enrollment_id
        where e.campaign_id = ${campaignId} and x.state = 'pending') as pending`;
  return row?.ended === count && !row.pending;
}

/** A round in which somebody was not called or an action failed would be fast for the wrong reason. */
async function refuseOtherEnds(sql: Sql, campaignId: string, count: number): Promise<void> {
  const [row] = await sql<{ calls: number; done: number }[]>`
    select
      (select count(*)::int from attempt t join enrollment e on e.id = t.enrollment_id
        where e.campaign_id = ${campaignId} and t.disposition = 'busy') as calls,
      (select count(*)::int from execution x join enrollment e on e.id = x.enrollment_id
        where e.campaign_id = ${campaignId} and x.state = 'done') as done`;
  if (row?.calls !== count || row.done !== 2 * count)
    throw new Error(
      `of ${count} contacts ${row?.calls} were called with ${row?.done} actions done; two each are right`,
    );
}
