import { PublishChoicesSchema } from '../domain/publication';
import { databaseOfThisFile } from '../test/database';
import { publishEdit } from '../test/publishing';
import { orderOf, people, seedOutreach, startOver, TEST_KEYS, wake } from '../test/seed';
import { getCampaign } from './campaign';
import { pauseCampaign, resumeCampaign } from './campaign-life';
import { pauseChannel } from './channel-pause';
import { claim } from './claim';
import { previewPublication, type PublishPreview } from './publish-preview';
import { grantRound } from './sweeps/grant';
import { rowsBehindEpoch } from './sweeps/nudge';

/** What an operator orders for a campaign of a hundred thousand costs as much as for one of ten. */

const CROWD = 100_000;

const { sql } = databaseOfThisFile({ max: 8 });
let campaignId: string;
let enrollmentIds: readonly string[];

beforeAll(async () => {
  await startOver(sql);
  ({ campaignId, enrollmentIds } = await seedOutreach(sql, { people: people(6) }));
  await sql`
    with crowd as (
      insert into contact (places, actor)
      select '{"zones": ["America/New_York"], "states": [], "known": true, "sources": []}', 'test' from generate_series(1, ${CROWD})
      returning id)
    insert into enrollment (campaign_id, contact_id, enrolled_at, state, decision, due_at, stepped_rt, started_rt)
    select ${campaignId}, id, app_now(), 'open', '{"kind": "hold", "askAt": 0, "reasons": []}', app_now(), clock_timestamp(), clock_timestamp()
    from crowd`;
}, 120_000);

/** Carries it out and answers how many rows of people were written, looking after everybody included. */
async function rowsWritten(work: () => Promise<unknown>): Promise<number> {
  const [from] = await sql<{ id: string }[]>`select pg_current_xact_id()::text as id`;
  const startedMs = performance.now();
  await work();
  process.stdout.write(`${expect.getState().currentTestName}: ${Math.round(performance.now() - startedMs)} ms\n`);
  const [count] = await sql<{ written: number }[]>`
    select (select count(*) from enrollment where xmin::text::bigint >= ${from?.id ?? '0'}::bigint)::int
      + (select count(*) from wake)::int as written`;
  return count?.written ?? -1;
}

it('a pause of the whole writes no row of anybody, and no claim follows it', async () => {
  const asked = await orderOf(sql, enrollmentIds[0] ?? '');
  expect(await rowsWritten(() => pauseCampaign(sql, campaignId, 'operator'))).toBe(0);
  expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'hold' });
  expect(await rowsBehindEpoch(sql)).toEqual([]);
  await resumeCampaign(sql, campaignId, 'operator');
  await sql`update campaign set epoch = 0, resumed = '{}'`;
});

it('a pause of one channel writes no row of anybody, and no claim follows it', async () => {
  const asked = await orderOf(sql, enrollmentIds[0] ?? '');
  expect(await rowsWritten(() => pauseChannel(sql, campaignId, 'voice', 'operator'))).toBe(0);
  expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'hold' });
  expect(await rowsBehindEpoch(sql)).toEqual([]);
  await sql`update campaign set paused_channels = '{}'`;
});

it('a new concurrency limit writes no row of anybody, and holds for the next line', async () => {
  expect(await rowsWritten(() => publishEdit(sql, campaignId, { policy: { concurrencyLimit: 1 } }))).toBe(0);
  expect(await rowsBehindEpoch(sql)).toEqual([]);
  const kinds = [];
  for (const id of enrollmentIds.slice(0, 3)) kinds.push((await wake(sql, id)).decision.kind);
  expect(kinds).toEqual(['touch', 'queue', 'queue']);
  const [group] = await sql<{ id: string }[]>`select id from line_group`;
  expect(await grantRound(sql, group?.id ?? '')).toEqual([]);
});

it('keeping everybody in their version writes no row of anybody', async () => {
  const runs = [{ ...(await getCampaign(sql, campaignId)).definition.plan.runs[0], endsOn: '2027-04-30' }];
  expect(await rowsWritten(() => publishEdit(sql, campaignId, { runs, choices: { inside: 'keep' } }))).toBe(0);
});

it('a preview looks at a thousand, evenly drawn, and says so', async () => {
  const { definition, revision } = await getCampaign(sql, campaignId);
  const publication = { revision, content: { definition }, choices: PublishChoicesSchema.parse({}) };
  const previews: PublishPreview[] = [];
  const look = async () =>
    previews.push(await previewPublication(sql, campaignId, publication, { after: null, limit: 2 }));
  expect(await rowsWritten(look)).toBe(0);
  const [preview] = previews;
  expect(preview).toMatchObject({ open: CROWD + 6, problems: [], sample: [{}, {}] });
  expect(preview?.lookedAt).toBeGreaterThan(900);
  expect(preview?.lookedAt).toBeLessThanOrEqual(1_000);
}, 20_000);
