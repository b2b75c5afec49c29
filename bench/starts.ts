import { setTimeout as delay } from 'node:timers/promises';
import type { Bare } from './bare';
import type { Size } from './options';
import { NEXT_WEEKS_CALL } from './people';
import { useOf } from './process-use';
import type { Product } from './product';
import type { Tell } from './report';

/** Workflows started, and what each costs while it waits for next week. */

export interface Waiting {
  readonly startsPerSecond: number;
  /** Started, had its first task, and sleeps. */
  readonly asleepPerSecond: number;
  readonly workflows: number;
  readonly workerBytesPerContact: number | null;
}

export interface StartsResult {
  readonly ours: Waiting;
  readonly bare: Waiting;
  readonly enrolledPerSecond: number;
  readonly importsPerSecond: number;
  readonly postgresBytesPerContact: number;
  readonly campaignId: string;
  readonly bareIds: readonly string[];
}

interface Sides {
  readonly product: Product;
  readonly bare: Bare;
}

const A_WEEK_MS = 7 * 86_400_000;
const LOOK_EVERY_MS = 200;
/** A worker that uses less of a core than this has nothing to do. */
const IDLE_SHARE = 0.1;
const QUIET_MS = 1_000;

export async function measureStarts(sides: Sides, { enrolled, startSeconds }: Size, tell: Tell): Promise<StartsResult> {
  const { product } = sides;
  const bareIds = Array.from({ length: enrolled }, (_, n) => `bare/waits-${n}`);
  const bareStarts = await bareSide(sides, bareIds, startSeconds);
  tell(`bare: ${words(bareStarts)}`);

  const before = await databaseBytes(product);
  const importedMs = performance.now();
  const listId = await product.importPeople(enrolled);
  const importsPerSecond = enrolled / ((performance.now() - importedMs) / 1000);
  tell(`imported ${enrolled} people, ${importsPerSecond.toFixed(0)}/s`);
  const campaignId = await product.createCampaign(listId, NEXT_WEEKS_CALL);
  const { waiting, enrolledPerSecond } = await ourSide(sides, campaignId, enrolled, startSeconds);
  const after = await databaseBytes(product);
  tell(`ours: ${words(waiting)}`);
  return {
    ours: waiting,
    bare: bareStarts,
    enrolledPerSecond,
    importsPerSecond,
    postgresBytesPerContact: (after - before) / enrolled,
    campaignId,
    bareIds: bareIds.slice(0, bareStarts.workflows),
  };
}

async function bareSide({ product, bare }: Sides, ids: readonly string[], seconds: number): Promise<Waiting> {
  product.holdSweeps();
  const before = await useOf(bare.pids.workflows);
  const startedMs = performance.now();
  const workflows = await bare.start(ids, { sleepMs: A_WEEK_MS, withinMs: seconds * 1000 });
  const startSeconds = (performance.now() - startedMs) / 1000;
  await untilIdle(bare.pids.workflows);
  const asleepSeconds = (performance.now() - startedMs - QUIET_MS) / 1000;
  const growth = growthOf(before, await useOf(bare.pids.workflows));
  product.releaseSweeps();
  return waitingOf({ workflows, startSeconds, asleepSeconds, growth });
}

async function ourSide({ product }: Sides, campaignId: string, enrolled: number, seconds: number) {
  const { sql, api, pids } = product;
  const before = await useOf(pids.enrollments);
  const startedMs = performance.now();
  const passed = () => (performance.now() - startedMs) / 1000;
  await api.send('POST', `/v1/campaigns/${campaignId}/launch`);
  const counts = async () => {
    const [row] = await sql<{ rows: number; started: number }[]>`
      select count(*)::int as rows, count(*) filter (where started_rt is not null)::int as started
      from enrollment where campaign_id = ${campaignId}`;
    return row ?? { rows: 0, started: 0 };
  };
  let enrolledSeconds = 0;
  let now = await counts();
  while (now.started < enrolled && passed() < seconds) {
    await delay(LOOK_EVERY_MS);
    now = await counts();
    if (enrolledSeconds === 0 && now.rows === enrolled) enrolledSeconds = passed();
  }
  const startSeconds = passed();
  // Whatever is left is not started any more: the rest of the figures is about those who wait already.
  product.holdSweeps();
  await untilIdle(pids.enrollments);
  const asleepSeconds = passed() - QUIET_MS / 1000;
  const growth = growthOf(before, await useOf(pids.enrollments));
  const { started } = await counts();
  return {
    waiting: waitingOf({ workflows: started, startSeconds, asleepSeconds, growth }),
    enrolledPerSecond: enrolled / enrolledSeconds,
  };
}

interface Seen {
  readonly workflows: number;
  readonly startSeconds: number;
  readonly asleepSeconds: number;
  readonly growth: number | null;
}

function waitingOf({ workflows, startSeconds, asleepSeconds, growth }: Seen): Waiting {
  return {
    workflows,
    startsPerSecond: workflows / startSeconds,
    asleepPerSecond: workflows / asleepSeconds,
    workerBytesPerContact: growth === null ? null : growth / workflows,
  };
}

function growthOf(before: { residentBytes: number } | null, after: { residentBytes: number } | null): number | null {
  return before === null || after === null ? null : after.residentBytes - before.residentBytes;
}

/** Returns when the process has done next to nothing for a second. */
async function untilIdle(pid: number): Promise<void> {
  for (let last = await useOf(pid); last !== null; ) {
    await delay(QUIET_MS);
    const now = await useOf(pid);
    if (now === null || now.cpuMs - last.cpuMs < QUIET_MS * IDLE_SHARE) return;
    last = now;
  }
}

async function databaseBytes({ sql }: Product): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`select pg_database_size(current_database())::float8 as bytes`;
  return row?.bytes ?? 0;
}

function words({ workflows, startsPerSecond, asleepPerSecond }: Waiting): string {
  return `${workflows} started, ${startsPerSecond.toFixed(0)}/s; asleep ${asleepPerSecond.toFixed(0)}/s`;
}
