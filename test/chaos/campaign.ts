import { setTimeout as delay } from 'node:timers/promises';
import { fromIso, toIso } from '../../domain/instant';
import { Disturbances } from './disturbances';
import { drain } from './drain';
import { InsistentClient } from './insistent-client';
import { Installation } from './installation';
import { until } from '../until';
import { launchWave, MOST_PEOPLE, setUp, type Wave } from './people';
import { type Tally, tallyOf, wrongs } from './verdict';

/** A campaign with everything in it on an installation to which everything happens. */

export interface ChaosPlan {
  readonly seed: number;
  /** How long faults go on, real time. */
  readonly minutes: number;
}

export interface ChaosReport {
  readonly seed: number;
  readonly minutes: number;
  readonly drainedSeconds: number;
  /** What happened to the installation. */
  readonly happened: Readonly<Record<string, number>>;
  readonly came: Tally;
  /** Equations that do not hold, and whatever the provider's ledger knows better. */
  readonly wrong: readonly unknown[];
}

/** A Monday at eleven in New York, eight in Los Angeles. */
const BEGINNING = '2027-03-08T16:00:00Z';
/** Business seconds in a real one: four hours a minute, so that real seconds of an outage are minutes of a day. */
const SPEED = 240;
const PEOPLE_AT_ONCE = 12;
const WAVE_EVERY_MS = 20_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const installation = await Installation.start(plan.seed);
  try {
    const report = await liveThrough(installation, plan);
    await installation.stop({ keepLogs: report.wrong.length > 0 });
    return report.wrong.length > 0 ? { ...report, wrong: [...report.wrong, { logs: installation.folder }] } : report;
  } catch (error) {
    await installation.stop({ keepLogs: true });
    throw new Error(`the campaign did not come to its end; see the logs in ${installation.folder}`, { cause: error });
  }
}

async function liveThrough(installation: Installation, { seed, minutes }: ChaosPlan): Promise<ChaosReport> {
  const { sql, simulator } = installation;
  const api = new InsistentClient(installation.balancer.url, installation.apiKey);
  await setUp(api);
  await installation.setTime(fromIso(BEGINNING), SPEED);
  const waves: Wave[] = [await wave(installation, api, 0)];
  const endMs = Date.now() + minutes * MINUTE_MS;
  const disturbances = new Disturbances(installation, api, waves);
  await Promise.all([disturbances.until(endMs), launchWaves(installation, api, waves, endMs)]);
  await reachEveryPoint(installation, api, waves);
  const drainFrom = Date.now();
  await drain(installation, api);
  return {
    seed,
    minutes,
    drainedSeconds: Math.round((Date.now() - drainFrom) / 1000),
    happened: Object.fromEntries([...installation.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    came: await tallyOf(sql),
    wrong: await wrongs(sql, simulator),
  };
}

/** More people all the time, so that something is due whenever something breaks; at last those of the beginning again. */
async function launchWaves(
  installation: Installation,
  api: InsistentClient,
  waves: Wave[],
  endMs: number,
): Promise<void> {
  for (let n = 1; Date.now() + WAVE_EVERY_MS < endMs; n++) {
    await delay(WAVE_EVERY_MS);
    waves.push(await wave(installation, api, n));
  }
}

const MORE_WAVES = 6;

/** Chance may have left a crash point out: then there is more to do until a process has died at each of them. */
async function reachEveryPoint(installation: Installation, api: InsistentClient, waves: Wave[]): Promise<void> {
  const isReached = async () => installation.pointsToCome().length === 0;
  for (let n = 0; n < MORE_WAVES && !(await isReached()); n++) {
    installation.crashWhereNoneHas();
    waves.push(await wave(installation, api, waves.length));
    await until('every crash point is reached', isReached, WAVE_EVERY_MS, LOOK_EVERY_MS).catch(() => undefined);
  }
}

const LOOK_EVERY_MS = 200;

function wave(installation: Installation, api: InsistentClient, n: number): Promise<Wave> {
  const today = installation.now();
  return launchWave(api, {
    from: (n * PEOPLE_AT_ONCE) % MOST_PEOPLE,
    count: PEOPLE_AT_ONCE,
    startsOn: toIso(today).slice(0, 10),
    endsOn: toIso(today + DAY_MS).slice(0, 10),
  });
}
