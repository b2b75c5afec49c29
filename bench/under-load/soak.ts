import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exampleContacts, MOST_EXAMPLE_CONTACTS } from '../../local/example-contacts';
import { useOf } from '../process-use';
import type { PartName, Product } from '../product';
import { growthPerHour, Lives } from './growth';
import { askSimulator, auditBooks, comesTrue, isQuiet, progressOf, type Scene, setStage } from './stage';
import { NOTHING_WRONG, type Report, shown, sumOf } from './verdict';

/** The example campaign for half an hour at a fast clock, with new people all the time, while the outside world fails and workers are killed. */

const SPEED = 240;
const NOW = '2027-03-08T14:00:00Z';
/** Past the end of every soak that people have patience for. */
const ENDS_ON = '2027-12-31';
const PEOPLE_PER_SECOND = 0.5;
/** A minute of business time is a quarter of a second here, and a request on a busy machine takes longer. */
const SETTINGS = { lines: 20, ratePercent: 80, closingMarginSeconds: 3_600 };
const SAMPLE_EVERY_MS = 5_000;
const QUIET_WITHIN_MS = 300_000;
const VICTIMS: readonly PartName[] = ['effects', 'enrollments', 'bulk'];
const WATCHED: readonly PartName[] = ['API', 'enrollments', 'effects', 'bulk'];

const FAULTS = [
  { channel: 'voice', mode: '429', probability: 0.05 },
  { channel: 'voice', mode: '500_executed', probability: 0.02 },
  { channel: 'voice', mode: 'timeout_executed', probability: 0.01 },
  { channel: 'voice', mode: 'timeout_not_executed', probability: 0.01 },
  { channel: 'voice', mode: 'duplicate_callbacks', probability: 0.1 },
  { channel: 'voice', mode: 'shuffle_callbacks', probability: 0.1 },
  { channel: 'voice', mode: 'drop_callbacks', probability: 0.02 },
  { channel: 'sms', mode: '429', probability: 0.05 },
  { channel: 'sms', mode: '500_executed', probability: 0.02 },
  { channel: 'sms', mode: 'duplicate_callbacks', probability: 0.1 },
  { channel: 'email', mode: '451', probability: 0.05 },
  { channel: 'crm', mode: '429', probability: 0.05 },
  { channel: 'crm', mode: '504_executed', probability: 0.02 },
];

export async function soak(scene: Scene): Promise<Report> {
  const { seconds, killEverySeconds } = scene.sizes.soak;
  const { product } = await setStage(scene, {
    now: NOW,
    speed: SPEED,
    hasPeople: true,
    settings: SETTINGS,
    env: { RECONCILE_GRACE_SECONDS: '10', RECONCILE_GIVE_UP_SECONDS: '120', LAWRULER_NOTE_LOOKUP: '1' },
  });
  await askSimulator(product.simulatorUrl, 'PUT', 'faults', { faults: FAULTS });
  const { campaignId, listId } = await launchExample(product);
  const lives = new Map(WATCHED.map((part) => [part, new Lives()]));
  const until = performance.now() + seconds * 1_000;
  const [people, kills] = await Promise.all([
    trickle(product, listId, until),
    killNowAndThen(scene, product, { lives, until, everyMs: killEverySeconds * 1_000 }),
    watch(product, lives, until),
  ]);
  scene.tell(`${people} people came, ${kills} workers were killed; now the faults stop`);

  await askSimulator(product.simulatorUrl, 'DELETE', 'faults');
  await comesTrue(async () => (await progressOf(product.sql, [campaignId])).rows >= people, QUIET_WITHIN_MS);
  await product.api.send('POST', `/v1/campaigns/${campaignId}/pause`);
  const pausedMs = performance.now();
  const isStill = await comesTrue(async () => isQuiet(product.sql), QUIET_WITHIN_MS);
  const quietSeconds = (performance.now() - pausedMs) / 1_000;
  const { rows } = await progressOf(product.sql, [campaignId]);
  const books = await auditBooks(product);
  const growth = Object.fromEntries(WATCHED.map((part) => [part, growthPerHour(lives.get(part)?.longest ?? [])]));
  const lost = people - rows + (isStill ? 0 : 1);
  return {
    lines: [
      { what: `people in ${shown(seconds / 60)} min`, demanded: shown(people), reached: `${shown(rows)} enrolled` },
      { what: 'calls, texts and mails', demanded: 'one for each record', reached: shown(books.creates) },
      { what: 'workers killed', demanded: '–', reached: shown(kills) },
      {
        what: 'nothing half done, after the faults',
        demanded: '–',
        reached: isStill ? shown(quietSeconds, 's') : `not after ${shown(quietSeconds, 's')}`,
      },
      ...Object.entries(growth).map(([part, bytes]) => ({
        what: `memory of ${part}`,
        demanded: '–',
        reached: `${shown(bytes === null ? null : bytes / 2 ** 20)} MiB/h`,
      })),
    ],
    breaks: 'nothing was driven to its limit here',
    figures: {
      seconds,
      people,
      enrolled: rows,
      creates: books.creates,
      kills,
      quietSeconds,
      isStill,
      growthBytesPerHour: growth,
    },
    wrongs: sumOf([books.wrongs, { ...NOTHING_WRONG, lost }]),
    examples: [...books.examples, ...(isStill ? [] : ['something stayed half done'])],
  };
}

/** The campaign of examples/ with an end that lies behind the soak, open for those who come later. */
async function launchExample({ api, createCampaign }: Product): Promise<{ campaignId: string; listId: string }> {
  const path = join(__dirname, '..', '..', '..', 'examples', 'intake-follow-up', 'campaign.json');
  // The file is JSON that we ship; the API validates it.
  const definition = JSON.parse(await readFile(path, 'utf8')) as {
    plan: { runs: object[] };
    policy: object;
  };
  const list = await api.send<{ id: string }>('POST', '/v1/lists', { name: 'New inquiries', caseType: 'injury' });
  const campaignId = await createCampaign(list.id, {
    ...definition,
    plan: { ...definition.plan, runs: definition.plan.runs.map((run) => ({ ...run, endsOn: ENDS_ON })) },
    policy: { ...definition.policy, neverEnding: true },
  });
  // Nobody launches a campaign for an empty list.
  await importPerson(api, list.id, 0);
  await api.send('POST', `/v1/campaigns/${campaignId}/launch`);
  return { campaignId, listId: list.id };
}

/** One person after the other behind the first; answers how many there are then. */
async function trickle({ api }: Product, listId: string, until: number): Promise<number> {
  let count = 1;
  for (; performance.now() < until && count < MOST_EXAMPLE_CONTACTS; count += 1) {
    await importPerson(api, listId, count);
    await delay(1_000 / PEOPLE_PER_SECOND);
  }
  await delay(Math.max(0, until - performance.now()));
  return count;
}

const [HEADER, ...PEOPLE] = exampleContacts(MOST_EXAMPLE_CONTACTS).trim().split('\n');

async function importPerson(api: Product['api'], listId: string, n: number): Promise<void> {
  await api.upload(`/v1/lists/${listId}/import`, 'text/csv', `${HEADER}\n${PEOPLE[n]}\n`);
}

interface Killing {
  readonly lives: ReadonlyMap<PartName, Lives>;
  readonly until: number;
  readonly everyMs: number;
}

async function killNowAndThen({ tell }: Scene, product: Product, { lives, until, everyMs }: Killing): Promise<number> {
  let kills = 0;
  while (performance.now() + everyMs < until) {
    await delay(everyMs);
    const [victim] = VICTIMS.slice(kills % VICTIMS.length);
    if (victim === undefined) break;
    kills += 1;
    tell(`killing ${victim}`);
    await product.restart(victim);
    lives.get(victim)?.begin();
  }
  return kills;
}

async function watch({ pids }: Product, lives: ReadonlyMap<PartName, Lives>, until: number): Promise<void> {
  while (performance.now() < until) {
    for (const [part, own] of lives) {
      const use = await useOf(pids[part]);
      // Between its kill and its next start there is none.
      if (use !== null) own.add({ ms: performance.now(), bytes: use.residentBytes });
    }
    await delay(SAMPLE_EVERY_MS);
  }
}
