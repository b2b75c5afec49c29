import type { Sql } from '../../db/client';
import { factsOf, ourTarget, placeCalls, type Progress, statusCallback, STATUSES } from '../facts';
import { NEXT_WEEKS_CALL } from '../people';
import type { Product } from '../product';
import { disordered, seededRandom } from './disorder';
import { comesTrue, launchAndSleep, type Scene, setStage } from './stage';
import { atRate, createPoster, keepsUp, type Poster, type Rate, speedOf, type Traffic } from './traffic';
import { NOTHING_WRONG, type Report, shown, type Wrongs } from './verdict';

/** L4: signed status callbacks, a fifth of them twice, a fifth of them late; how many a second are still answered in time. */

const STEADY = 300;
const BURSTS = [500, 1_000];
const LADDER = [25, 50, 100, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_500, 2_000];
export const ACKNOWLEDGED_WITHIN_MS = 300;
const DISORDER = { duplicated: 0.2, shuffled: 0.2, within: 100 };
/** Before anything is measured, so that code is compiled and plans are made. */
const WARM_UP: Rate = { perSecond: 100, seconds: 4 };
const FOLDED_WITHIN_MS = 60_000;
/** What was refused is sent again this often at most, a few at once. */
const MOST_REPEATS = 5;
const REPEATS_PER_SECOND = 50;

export async function webhooks(scene: Scene): Promise<Report> {
  const { people, seconds, burstSeconds, stepSeconds } = scene.sizes.L4;
  const { product } = await setStage(scene);
  const callbacks = await callbacksOf(scene, product, people);
  const measure = async (rate: Rate) => {
    const traffic = await callbacks.send(rate);
    scene.tell(`${rate.perSecond}/s for ${rate.seconds} s: ${wordsOf(traffic)}`);
    return {
      perSecond: rate.perSecond,
      ...speedOf(traffic),
      refused: traffic.refused.length,
      answersPerSecond: traffic.latenciesMs.length / traffic.seconds,
      isKept: keepsUp(traffic, ACKNOWLEDGED_WITHIN_MS),
    };
  };
  type Measured = Awaited<ReturnType<typeof measure>>;
  const steady = await measure({ perSecond: STEADY, seconds });
  const bursts: Measured[] = [];
  for (const perSecond of BURSTS) bursts.push(await measure({ perSecond, seconds: burstSeconds }));
  const ladder: Measured[] = [];
  for (const perSecond of LADDER) {
    const step = await measure({ perSecond, seconds: stepSeconds });
    ladder.push(step);
    if (!step.isKept) break;
  }
  const highest = ladder.filter(({ isKept }) => isKept).at(-1)?.perSecond ?? null;
  const broken = ladder.find(({ isKept }) => !isKept);
  const { wrongs, examples } = await callbacks.audit();
  return {
    lines: [
      ...[steady, ...bursts].map(({ perSecond, p50Ms, p99Ms, answersPerSecond, refused }) => ({
        what: `${perSecond}/s`,
        demanded: `p99 ${ACKNOWLEDGED_WITHIN_MS} ms`,
        reached: `p50 ${shown(p50Ms, 'ms')}, p99 ${shown(p99Ms, 'ms')}, ${shown(answersPerSecond)} answers/s, ${refused} sent again`,
      })),
      {
        what: 'distinct callbacks sent',
        demanded: shown(callbacks.distinct()),
        reached: `${shown(callbacks.distinct() - wrongs.lost)} in the database`,
      },
      {
        what: `highest rate with p99 < ${ACKNOWLEDGED_WITHIN_MS} ms`,
        demanded: `${STEADY}/s`,
        reached: highest === null ? `less than ${LADDER[0]}/s` : `${highest}/s`,
      },
    ],
    breaks:
      broken === undefined
        ? `not up to ${LADDER.at(-1)}/s`
        : `at ${broken.perSecond}/s: p99 ${shown(broken.p99Ms, 'ms')}, ${broken.refused} not acknowledged`,
    figures: { people, steady, bursts, ladder, highestPerSecond: highest, distinct: callbacks.distinct() },
    wrongs,
    examples,
  };
}

function wordsOf(traffic: Traffic<unknown>): string {
  const { p50Ms, p99Ms } = speedOf(traffic);
  return `p50 ${shown(p50Ms, 'ms')}, p99 ${shown(p99Ms, 'ms')}, ${traffic.refused.length} not acknowledged`;
}

export interface Callbacks {
  send(rate: Rate): Promise<Traffic<Progress>>;
  /** So many different ones were sent by now. */
  distinct(): number;
  /** What of all that was sent is not there, or more than once. */
  audit(): Promise<{ wrongs: Wrongs; examples: string[] }>;
}

/** Calls of so many people who are enrolled and wait, and what the provider tells of them. */
export async function callbacksOf({ tell, undo }: Scene, product: Product, people: number): Promise<Callbacks> {
  const listId = await product.importPeople(people);
  const campaignId = await product.createCampaign(listId, NEXT_WEEKS_CALL);
  await launchAndSleep(product, campaignId, people);
  tell(`${people} people are asleep`);
  const poster = createPoster(product.apiUrl);
  undo.add(async () => poster.close());
  const sent = new Map<string, number>();
  const random = seededRandom(1);
  let ordinal = 0;
  let stock: Progress[] = [];
  const send = async (callback: Progress) => {
    const { target, sequence } = callback;
    sent.set(target.sid, (sent.get(target.sid) ?? 0) | (1 << sequence));
    return post(product, poster, callback);
  };
  const callbacks: Callbacks = {
    async send(rate) {
      // One call of each after the other, so that nobody has two at once.
      while (stock.length < rate.perSecond * rate.seconds) {
        const ids = await placeCalls(product.sql, campaignId, ++ordinal);
        const all = [...factsOf(ids.map((id) => ourTarget(product, id)))];
        stock.push(...disordered(all, DISORDER, random));
      }
      let next = 0;
      const traffic = await atRate(rate, () => stock[next++] ?? null, send);
      stock = stock.slice(traffic.sent);
      await sendAgain(traffic.refused, send);
      return traffic;
    },
    distinct: () => [...sent.values()].reduce((sum, mask) => sum + statusesIn(mask).length, 0),
    audit: async () => auditCallbacks(product.sql, sent),
  };
  await callbacks.send(WARM_UP);
  return callbacks;
}

function post({ keys, apiUrl }: Product, poster: Poster, callback: Progress): Promise<boolean> {
  return poster.post(statusCallback(keys, apiUrl, callback));
}

/** As a provider does with what nobody has acknowledged; what it gives up is missing in the end. */
async function sendAgain(refused: readonly Progress[], send: (callback: Progress) => Promise<boolean>): Promise<void> {
  let left = refused;
  for (let n = 0; n < MOST_REPEATS && left.length > 0; n++) {
    const again = [...left];
    const rate = { perSecond: REPEATS_PER_SECOND, seconds: again.length / REPEATS_PER_SECOND };
    left = (await atRate(rate, () => again.shift() ?? null, send)).refused;
  }
}

function statusesIn(mask: number): string[] {
  return STATUSES.filter((_, sequence) => (mask & (1 << sequence)) !== 0);
}

interface Heard {
  readonly sid: string;
  readonly status: string;
  readonly facts: number;
  readonly unfolded: number;
}

const FIRST = STATUSES[0] ?? '';
const LAST = STATUSES.at(-1) ?? '';

/** Each callback that was sent is in the inbox, is one fact, and the call whose end was told has ended. */
async function auditCallbacks(sql: Sql, sent: ReadonlyMap<string, number>) {
  await comesTrue(
    async () => (await sql`select from inbox where folded_rt is null limit 1`).length === 0,
    FOLDED_WITHIN_MS,
  );
  const rows = await sql<Heard[]>`
    select i.raw ->> 'CallSid' as sid, i.raw ->> 'CallStatus' as status, count(f.id)::int as facts,
      count(*) filter (where i.folded_rt is null or i.fold_error is not null or f.fold_error is not null)::int as unfolded
    from inbox i left join fact f on f.inbox_id = i.id
    where i.raw ? 'CallStatus'
    group by 1, 2`;
  const heard = new Map(rows.map((row) => [`${row.sid} ${row.status}`, row]));
  const open = await sql<{ sid: string }[]>`
    select provider_sid as sid from attempt where provider_sid is not null and (state <> 'ended' or status <> ${LAST})`;
  const stillOpen = new Set(open.map(({ sid }) => sid));
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const [sid, mask] of sent)
    for (const status of statusesIn(mask)) {
      const { facts = 0, unfolded = 0 } = heard.get(`${sid} ${status}`) ?? {};
      // The first word may prove nothing that isn't known: then it is kept, and is no fact.
      const isKept = heard.has(`${sid} ${status}`) && (facts > 0 || status === FIRST);
      if (!isKept || unfolded > 0 || (status === LAST && stillOpen.has(sid))) lost.push(`${sid} ${status}`);
      if (facts > 1) doubled.push(`${sid} ${status}`);
    }
  return {
    wrongs: { ...NOTHING_WRONG, lost: lost.length, doubled: doubled.length },
    examples: [...lost.slice(0, 3).map((one) => `lost: ${one}`), ...doubled.slice(0, 3).map((one) => `twice: ${one}`)],
  };
}
