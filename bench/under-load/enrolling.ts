import { setTimeout as delay } from 'node:timers/promises';
import { balance } from '../../db/balance';
import type { Sql } from '../../db/client';
import { startBare } from '../bare';
import { NEXT_WEEKS_MAIL } from '../people';
import type { Product } from '../product';
import { importCrowd, mailCsv, untilAnswered } from './crowd';
import { comesTrue, type Progress, progressOf, type Scene, setStage } from './stage';
import { NOTHING_WRONG, type Report, shown, sumOf, wrongsOfBalance } from './verdict';

/** L1: a campaign of 100,000 people is launched five times while the API and the bulk worker are killed twice each. */

const LAUNCHES = 5;
const LAUNCH_WITHIN_MS = 500;
const ENROLLED_WITHIN_MS = 3_600_000;
const A_WEEK_MS = 7 * 86_400_000;
const SETTLE_MS = 1_000;
const LOOK_EVERY_MS = 100;

export async function enrolling(scene: Scene): Promise<Report> {
  const { people, startSeconds } = scene.sizes.L1;
  const { servers, product } = await setStage(scene);
  const bareStarts = await bareStartsPerSecond(scene, servers.temporalAddress, product);
  scene.tell(`bare engine: ${shown(bareStarts)} starts/s`);

  const importedMs = performance.now();
  const kills = killer(product, scene.tell);
  // In the middle of a page: what of it was taken in is taken in again.
  const listId = await importCrowd(product.api, {
    name: 'Everybody',
    from: 0,
    count: people,
    csv: mailCsv,
    after: async (imported) => {
      if (imported >= people / 3) kills.soon('API', 1);
    },
  });
  await kills.done();
  const importsPerSecond = people / ((performance.now() - importedMs) / 1_000);
  scene.tell(`imported ${people}, ${shown(importsPerSecond)}/s`);
  const campaignId = await product.createCampaign(listId, NEXT_WEEKS_MAIL);

  const launchedMs = performance.now();
  const first = await launch(product, campaignId);
  const launches = repeatLaunches(product, campaignId, LAUNCHES - 1);
  const isEnrolled = await comesTrue(async () => {
    const { rows } = await progressOf(product.sql, [campaignId]);
    if (rows >= people / 3) kills.soon('bulk', 1);
    if (rows >= people / 2) kills.soon('API', 2);
    if (rows >= (people * 2) / 3) kills.soon('bulk', 2);
    return rows >= people;
  }, ENROLLED_WITHIN_MS);
  const enrolledSeconds = (performance.now() - launchedMs) / 1_000;
  const launchMs = [first, ...(await launches)];
  await kills.done();
  const starts = await startsPerSecond(product.sql, campaignId, startSeconds);
  product.holdSweeps();

  const audience = await audienceOf(product.sql, campaignId, listId);
  const audited = wrongsOfBalance(await balance(product.sql));
  const slowest = Math.max(...launchMs);
  return {
    lines: [
      { what: 'people enrolled', demanded: shown(people), reached: shown(audience.contacts) },
      { what: 'rows of the same person', demanded: '0', reached: shown(audience.doubled) },
      {
        what: 'launch and its repetitions',
        demanded: `${LAUNCH_WITHIN_MS} ms each`,
        reached: `${shown(slowest, 'ms')} at most`,
      },
      { what: 'import, one killed API included', demanded: '–', reached: `${shown(importsPerSecond)} people/s` },
      {
        what: 'enrolling, three kills included',
        demanded: '15 min',
        reached: `${shown(enrolledSeconds, 's')}, ${shown(audience.rows / enrolledSeconds)} rows/s`,
      },
      { what: 'workflows started', demanded: `bare: ${shown(bareStarts)}/s`, reached: `${shown(starts)}/s` },
    ],
    breaks: `at ${shown(starts)} starts/s, ${shown(people)} workflows take ${shown(people / starts / 60)} minutes`,
    figures: {
      people,
      importsPerSecond,
      enrolledSeconds,
      rowsPerSecond: audience.rows / enrolledSeconds,
      startsPerSecond: starts,
      bareStartsPerSecond: bareStarts,
      launchMs,
      isEnrolled,
      kills: kills.count(),
    },
    wrongs: sumOf([{ ...NOTHING_WRONG, lost: audience.missing, doubled: audience.doubled }, audited.wrongs]),
    examples: [
      ...(audience.missing > 0 ? [`${audience.missing} of the list have no row`] : []),
      ...(audience.doubled > 0 ? [`${audience.doubled} rows too many`] : []),
      ...audited.examples,
    ],
  };
}

async function bareStartsPerSecond(
  { sizes, ended }: Scene,
  temporalAddress: string,
  product: Product,
): Promise<number> {
  const { people, startSeconds } = sizes.L1;
  const bare = await startBare(temporalAddress, ended);
  product.holdSweeps();
  try {
    await delay(SETTLE_MS);
    const ids = Array.from({ length: people }, (_, n) => `bare/enrolled-${n}`);
    const startedMs = performance.now();
    const count = await bare.start(ids, { sleepMs: A_WEEK_MS, withinMs: startSeconds * 1_000 });
    return count / ((performance.now() - startedMs) / 1_000);
  } finally {
    await bare.stop();
    product.releaseSweeps();
  }
}

/** Kills a part once for each number, one after the other, while everything else goes on. */
function killer(product: Product, tell: Scene['tell']) {
  const done = new Set<string>();
  let last: Promise<void> = Promise.resolve();
  return {
    soon(part: 'API' | 'bulk', nth: number): void {
      const name = `${part} ${nth}`;
      if (done.has(name)) return;
      done.add(name);
      last = last.then(async () => {
        tell(`killing the ${part}, ${nth} of 2`);
        await product.restart(part);
      });
      // Whoever awaits the end of it hears of a failure.
      last.catch(() => undefined);
    },
    done: async () => last,
    count: () => done.size,
  };
}

async function launch({ api }: Product, campaignId: string): Promise<number> {
  let ms = 0;
  await untilAnswered(async () => {
    const askedMs = performance.now();
    await api.send('POST', `/v1/campaigns/${campaignId}/launch`);
    ms = performance.now() - askedMs;
  });
  return ms;
}

async function repeatLaunches(product: Product, campaignId: string, times: number): Promise<number[]> {
  const answersMs: number[] = [];
  for (let n = 0; n < times; n++) {
    await delay(LOOK_EVERY_MS);
    answersMs.push(await launch(product, campaignId));
  }
  return answersMs;
}

/** From now on, for so long, or until there is nobody left to start. */
async function startsPerSecond(sql: Sql, campaignId: string, seconds: number): Promise<number> {
  const ask = async (): Promise<Progress> => progressOf(sql, [campaignId]);
  const before = await ask();
  const startedMs = performance.now();
  await comesTrue(
    async () => {
      const { started, open } = await ask();
      return started >= open || performance.now() - startedMs > seconds * 1_000;
    },
    2 * seconds * 1_000,
  );
  return ((await ask()).started - before.started) / ((performance.now() - startedMs) / 1_000);
}

interface Audience {
  readonly rows: number;
  readonly contacts: number;
  readonly doubled: number;
  readonly missing: number;
}

/** Counted without the constraint that forbids a second row. */
async function audienceOf(sql: Sql, campaignId: string, listId: string): Promise<Audience> {
  const [row] = await sql<Audience[]>`
    with own as (select contact_id from enrollment where campaign_id = ${campaignId}),
    wanted as (select distinct k.contact_id from list_member m join cases k on k.id = m.case_id where m.list_id = ${listId})
    select (select count(*)::int from own) as rows,
      (select count(distinct contact_id)::int from own) as contacts,
      (select count(*)::int - count(distinct contact_id)::int from own) as doubled,
      (select count(*)::int from wanted w where not exists (select from own o where o.contact_id = w.contact_id)) as missing`;
  if (row === undefined) throw new Error('the database counted nobody');
  return row;
}
