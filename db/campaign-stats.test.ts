import { databaseOfThisFile } from '../test/database';
import { people, seedOutreach, startOver } from '../test/seed';
import { countNext, statsOf } from './campaign-stats';
import { countCampaign } from './report-views';

const { sql } = databaseOfThisFile({ max: 4 });
beforeEach(async () => {
  await sql`delete from campaign_stats`;
  await startOver(sql);
});

const age = (seconds: number) =>
  sql`update campaign_stats set counted_rt = counted_rt - make_interval(secs => ${seconds})`;
const settle = (seconds: number) => sql`update timeline set rt = rt - make_interval(secs => ${seconds})`;
async function launched(count = 3): Promise<string> {
  const { campaignIds } = await seedOutreach(sql, { people: people(count) });
  const [id] = campaignIds;
  if (id === undefined) throw new Error('no campaign');
  return id;
}

describe('the figures of a campaign', () => {
  it('are those that counting gives (INV-13)', async () => {
    const id = await launched();
    expect(await countNext(sql)).toBe(true);
    const stats = (await statsOf(sql, [id])).get(id);
    expect(stats?.counts).toEqual(await countCampaign(sql, id));
    expect(stats?.counts.contacts).toBe(3);
    expect(stats?.countedAt).toBeGreaterThan(0);
  });

  it('are left alone for two seconds, then counted again while the campaign lives', async () => {
    await launched();
    await countNext(sql);
    expect(await countNext(sql)).toBe(false);
    await age(3);
    expect(await countNext(sql)).toBe(true);
  });

  it('that take long to count are counted seldom', async () => {
    await launched();
    await countNext(sql);
    await sql`update campaign_stats set took_ms = 1000`;
    await age(19);
    expect(await countNext(sql)).toBe(false);
    await age(2);
    expect(await countNext(sql)).toBe(true);
  });

  it('of a campaign that is over are counted again for what comes late, and then no more', async () => {
    const id = await launched();
    await sql`update campaign set status = 'completed' where id = ${id}`;
    await settle(60);
    await countNext(sql);
    await age(60);
    expect(await countNext(sql)).toBe(false);
    await sql`
      insert into timeline (campaign_id, kind, actor, at) values (${id}, 'form_completed', 'test', app_now())`;
    expect(await countNext(sql)).toBe(true);
    await age(60);
    // Somebody else's transaction may still be writing an entry with a smaller number.
    expect(await countNext(sql)).toBe(true);
    await settle(60);
    await age(60);
    expect(await countNext(sql)).toBe(true);
    await age(60);
    expect(await countNext(sql)).toBe(false);
  });

  it('of a draft are none', async () => {
    const id = await launched();
    await sql`update campaign set status = 'draft' where id = ${id}`;
    expect(await countNext(sql)).toBe(false);
    expect((await statsOf(sql, [id])).size).toBe(0);
  });
});
