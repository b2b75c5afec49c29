import { setTimeout as delay } from 'node:timers/promises';
import { setClock } from '../../db/clock';
import type { Sql } from '../../db/client';
import { fromIso } from '../../domain/instant';
import type { Product } from '../product';
import { importCrowd, unequalParts, westernCsv } from './crowd';
import { calledTwice, firstCalls, acceptedCalls, type LedgerEntry, overLimit, peaks } from './ledger';
import { createProviderGate } from './provider-gate';
import { askSimulator, auditBooks, comesTrue, isQuiet, progressOf, type Scene, setStage } from './stage';
import { percentile } from '../load';
import { NOTHING_WRONG, type Report, shown, sumOf } from './verdict';

/** L3: everybody is due at the same instant, in campaigns of very different size, before a provider that refuses what is too much. */

/** Noon in the west, where everybody says that they live: before that, nobody may be called. */
const OPENING = '2027-03-01T20:00:00Z';
const HOURS = { mode: 'calling_times', slots: [{ open: '12:00', close: '20:30' }] };
const COMPANY_LINES = 8;
/** Less than two cores make; the company's own pace is set to it. */
const PROVIDER_CALLS_PER_SECOND = 5;
const FIRST_CALL_WITHIN_S = 60;
const READ_WITHIN_MS = 300;
const READ_EVERY_MS = 100;
/** Slower than anybody is enrolled and started, so that all are asleep when the hours begin. */
const ASLEEP_PER_SECOND = 12;
const LEAD_SECONDS = 15;
const QUIET_WITHIN_MS = 180_000;

interface Campaign {
  readonly id: string;
  readonly people: number;
  readonly limit: number;
}

export async function herd(scene: Scene): Promise<Report> {
  const { people, campaigns: count, seconds } = scene.sizes.L3;
  const gate = await createProviderGate(PROVIDER_CALLS_PER_SECOND);
  scene.undo.add(() => gate.stop());
  const settings = { lines: COMPANY_LINES, callsPerSecond: PROVIDER_CALLS_PER_SECOND };
  const { product } = await setStage(scene, {
    hasPeople: true,
    settings,
    env: { TWILIO_BASE_URL: gate.url, RECONCILE_GRACE_SECONDS: '10' },
  });
  gate.forwardTo(product.simulatorUrl);
  const campaigns = await createCampaigns(product, unequalParts(people, count));
  const ids = campaigns.map(({ id }) => id);
  const leadSeconds = LEAD_SECONDS + people / ASLEEP_PER_SECOND;
  await setClock(product.sql, fromIso(OPENING) - leadSeconds * 1_000, 1);
  const openingRt = Date.now() + leadSeconds * 1_000;
  for (const id of ids) await product.api.send('POST', `/v1/campaigns/${id}/launch`);
  scene.tell(`${people} people in ${count} campaigns; the hours begin in ${shown(leadSeconds)} s`);
  await delay(openingRt - Date.now());
  const { stepped } = await progressOf(product.sql, ids);
  scene.tell(`${stepped} of ${people} were asleep when the hours began`);

  const reading = readMeanwhile(product, ids);
  const isThrough = await comesTrue(async () => (await uncalled(product.sql)) === 0, seconds * 1_000);
  const throughSeconds = (Date.now() - openingRt) / 1_000;
  const readP95Ms = await reading.stop();
  const { taken, refused } = gate.counts();
  for (const id of ids) await pause(product, id);
  await comesTrue(async () => isQuiet(product.sql), QUIET_WITHIN_MS);

  const entries = await voiceLedger(product.simulatorUrl);
  const groupOf = await campaignsOfAttempts(product.sql);
  const most = peaks(entries, groupOf);
  const all = peaks(entries, () => COMPANY);
  const limits = new Map([...campaigns.map(({ id, limit }) => [id, limit] as const), [COMPANY, COMPANY_LINES]]);
  const over = [...overLimit(most, limits), ...overLimit(all, limits)];
  const twice = calledTwice(entries);
  const early = acceptedCalls(entries).filter(({ rt }) => rt < openingRt - CLOCK_SLACK_MS);
  const books = await auditBooks(product);
  const waits = campaigns.map(({ id, people: size }) => ({
    size,
    seconds: secondsUntil(firstCalls(entries, groupOf).get(id), openingRt),
  }));
  const [largest, smallest] = [waits[0], waits.at(-1)];
  const slowest = Math.max(...waits.map((wait) => wait.seconds ?? Number.POSITIVE_INFINITY));
  const calls = acceptedCalls(entries).length;
  const callsPerSecond = calls / throughSeconds;
  const refusedShare = refused / Math.max(1, taken + refused);
  return {
    lines: [
      { what: 'asleep when the hours began', demanded: shown(people), reached: shown(stepped) },
      {
        what: `first call of the smallest campaign (${smallest?.size ?? 0} people)`,
        demanded: `${FIRST_CALL_WITHIN_S} s`,
        reached: shown(smallest?.seconds ?? null, 's'),
      },
      {
        what: `first call of the largest campaign (${largest?.size ?? 0} people)`,
        demanded: '–',
        reached: shown(largest?.seconds ?? null, 's'),
      },
      {
        what: 'latest first call of all campaigns',
        demanded: `${FIRST_CALL_WITHIN_S} s`,
        reached: shown(slowest, 's'),
      },
      { what: 'most calls at once', demanded: `${COMPANY_LINES} lines`, reached: shown(all.get(COMPANY) ?? 0) },
      { what: 'campaigns over their own limit', demanded: '0', reached: shown(over.length) },
      {
        what: `refused beyond ${PROVIDER_CALLS_PER_SECOND} calls/s`,
        demanded: '1 %',
        reached: `${shown(refusedShare * 100)} % of ${shown(taken + refused)}`,
      },
      {
        what: 'p95 of reading by the API meanwhile',
        demanded: `${READ_WITHIN_MS} ms`,
        reached: shown(readP95Ms, 'ms'),
      },
      { what: 'people called twice', demanded: '0', reached: shown(twice.length) },
      {
        what: 'everybody through',
        demanded: '–',
        reached: isThrough
          ? `${shown(throughSeconds, 's')}, ${shown(callsPerSecond)} calls/s`
          : `not after ${seconds} s, ${shown(callsPerSecond)} calls/s`,
      },
    ],
    breaks:
      refusedShare <= REFUSED_SHARE
        ? `this machine makes ${shown(callsPerSecond)} calls/s, less than the provider takes`
        : `the provider's ${PROVIDER_CALLS_PER_SECOND} calls/s are the limit, not this machine`,
    figures: {
      people,
      asleep: stepped,
      calls,
      callsPerSecond,
      throughSeconds,
      isThrough,
      refusedShare,
      readP95Ms,
      mostAtOnce: all.get(COMPANY) ?? 0,
      firstCalls: waits,
    },
    wrongs: sumOf([
      books.wrongs,
      {
        ...NOTHING_WRONG,
        doubled: twice.length,
        outside: early.length,
        overLimit: over.reduce((sum, { by }) => sum + by, 0),
      },
    ]),
    examples: [
      ...books.examples,
      ...over.map(({ group, by }) => `${group}: ${by} calls above its limit`),
      ...early.slice(0, 3).map(({ attemptId }) => `before the hours: ${attemptId}`),
    ],
  };
}

const COMPANY = 'company';
/** So few refusals are chance. */
const REFUSED_SHARE = 0.01;
/** The business clock is set by the database a moment after this process looked at its own. */
const CLOCK_SLACK_MS = 1_000;
/** So few that they bind: own limits from the largest campaign to the smallest. */
const LIMITS = [4, 2, 2, 1, 1];

async function createCampaigns(product: Product, parts: readonly number[]): Promise<Campaign[]> {
  const campaigns: Campaign[] = [];
  let from = 0;
  for (const [ix, people] of parts.entries()) {
    const limit = LIMITS[Math.min(ix, LIMITS.length - 1)] ?? 1;
    const listId = await importCrowd(product.api, { name: `Herd ${ix}`, from, count: people, csv: westernCsv });
    campaigns.push({ id: await product.createCampaign(listId, definitionOf(limit)), people, limit });
    from += people;
  }
  return campaigns;
}

function definitionOf(concurrencyLimit: number): object {
  const calls = { attempts: 1, greeting: 'Hello {{contact.first_name}}.' };
  return {
    plan: { runs: [{ key: 'call', startsOn: '2027-03-01', hours: HOURS, calls }] },
    policy: { concurrencyLimit },
  };
}

/** Whoever is still to be called; to have been called is no end of everything, as after the wish to talk to somebody. */
async function uncalled(sql: Sql): Promise<number> {
  const [row] = await sql<{ people: number }[]>`
    select count(*)::int as people from enrollment e
    where e.state = 'open'
      and not exists (select from attempt t where t.enrollment_id = e.id and t.state in ('ended', 'unknown_final'))`;
  return row?.people ?? 0;
}

/** What somebody at a screen asks for, ten times a second. */
function readMeanwhile({ api }: Product, ids: readonly string[]) {
  const latenciesMs: number[] = [];
  let isOver = false;
  const read = async () => {
    for (let n = 0; !isOver; n++) {
      const [id = ''] = ids.slice(n % ids.length);
      const askedMs = performance.now();
      await api.get(n % 2 === 0 ? `/v1/campaigns/${id}/enrollments?limit=50` : `/v1/campaigns/${id}`);
      latenciesMs.push(performance.now() - askedMs);
      await delay(READ_EVERY_MS);
    }
  };
  const done = read();
  done.catch(() => undefined);
  return {
    async stop(): Promise<number> {
      isOver = true;
      await done;
      return percentile(
        latenciesMs.sort((a, b) => a - b),
        0.95,
      );
    },
  };
}

/** One that has completed by itself needs no pause. */
async function pause({ api, sql }: Product, id: string): Promise<void> {
  const [row] = await sql<{ status: string }[]>`select status from campaign where id = ${id}`;
  if (row?.status === 'active') await api.send('POST', `/v1/campaigns/${id}/pause`);
}

async function voiceLedger(simulatorUrl: string): Promise<LedgerEntry[]> {
  const pages = await Promise.all(
    ['create', 'status'].map(async (kind) =>
      askSimulator<{ entries: LedgerEntry[] }>(simulatorUrl, 'GET', `ledger?channel=voice&kind=${kind}`),
    ),
  );
  return pages.flatMap(({ entries }) => entries);
}

async function campaignsOfAttempts(sql: Sql): Promise<(call: LedgerEntry) => string | undefined> {
  const rows = await sql<{ id: string; campaignId: string }[]>`
    select t.id, e.campaign_id from attempt t join enrollment e on e.id = t.enrollment_id`;
  const known = new Map(rows.map(({ id, campaignId }) => [id, campaignId]));
  return ({ attemptId }) => (attemptId === undefined ? undefined : known.get(attemptId));
}

function secondsUntil(firstRt: number | undefined, openingRt: number): number | null {
  return firstRt === undefined ? null : (firstRt - openingRt) / 1_000;
}
