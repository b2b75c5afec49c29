import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  freezeAt,
  ONE_CALL_RUN,
  orderOf,
  people,
  seedOutreach,
  startOver,
  TEST_KEYS,
  wake,
} from '../test/seed';
import { recordAccepted, recordNotSent } from './attempt-result';
import { balance } from './balance';
import { claim } from './claim';
import { inTransaction } from './client';
import { changeSpendRates, getSpendState, setSpendLimits } from './spend-limit';

const { sql } = databaseOfThisFile({ max: 24 });
beforeEach(async () => {
  await startOver(sql);
  await sql`delete from spend_limit`;
  await changeSpendRates(sql, { callMinuteMicros: 100, segmentMicros: 10, mailMicros: 1, callMinutes: 1 }, 'test');
});

const RUN = { ...ONE_CALL_RUN, endsOn: '2027-03-31', calls: { attempts: 1, greeting: 'Hello.' } };
const limit = (campaignId: string | null, perDayMicros: number | null, totalMicros: number | null) =>
  setSpendLimits(sql, campaignId, { perDayMicros, totalMicros }, 'test');
const spentOf = async (campaignId: string | null) => {
  const { spentMicros, spentTodayMicros } = await getSpendState(sql, campaignId);
  return [spentMicros, spentTodayMicros];
};
const spendingIsSound = async () => {
  const { equations } = await balance(sql);
  return equations.find(({ name }) => name === 'spending')?.ok;
};
const refusals = async () =>
  sql<{ reason: string; why: string }[]>`
    select data ->> 'reason' as reason, data ->> 'why' as why from timeline where kind = 'touch_refused' order by id`;

describe('a limit of money (U-14)', () => {
  it("stops the touch that would pass it, with the reason, until the company's next day", async () => {
    const { campaignId, enrollmentIds } = await seedOutreach(sql, { people: people(3), runs: [RUN] });
    await limit(campaignId, 250, null);
    const [first = '', second = '', third = ''] = enrollmentIds;
    expect((await claimDue(sql, first)).outcome.kind).toBe('claimed');
    expect((await claimDue(sql, second)).outcome.kind).toBe('claimed');
    const { decision } = await wake(sql, third);
    expect(decision).toMatchObject({ kind: 'wait', askAt: Date.parse('2027-03-02T14:00:00Z') });
    expect(decision.reasons).toContainEqual({
      code: 'spend_limit',
      scope: 'campaign',
      period: 'day',
      limit: 250,
      freeAt: Date.parse('2027-03-02T05:00:00Z'),
    });
    await freezeAt(sql, '2027-03-02T14:00:00Z');
    expect((await claimDue(sql, third)).outcome.kind).toBe('claimed');
    expect(await spentOf(campaignId)).toEqual([300, 100]);
    expect(await spendingIsSound()).toBe(true);
  });

  it('lets everybody go on when it is raised', async () => {
    const { campaignId, enrollmentId } = await seedOutreach(sql, { runs: [RUN] });
    await limit(campaignId, null, 99);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('wait');
    const [before] = await sql<{ epoch: number }[]>`select epoch from campaign`;
    await limit(campaignId, null, 100);
    const [after] = await sql<{ epoch: number }[]>`select epoch from campaign`;
    expect((after?.epoch ?? 0) - (before?.epoch ?? 0)).toBe(1);
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
  });

  it('of the company counts all campaigns', async () => {
    const { campaignIds, enrollmentIds } = await seedOutreach(sql, { people: people(2), runs: [RUN], campaigns: 2 });
    await limit(null, null, 250);
    const [first = '', , , fourth = ''] = enrollmentIds;
    await claimDue(sql, first);
    await claimDue(sql, fourth);
    expect(await spentOf(null)).toEqual([200, 200]);
    expect(await spentOf(campaignIds[0] ?? '')).toEqual([100, 100]);
    const { decision } = await wake(sql, enrollmentIds[1] ?? '');
    expect(decision.kind).toBe('wait');
  });

  it('is passed by nobody, however many claim at once (INV-14, T25)', async () => {
    const { campaignId, enrollmentIds } = await seedOutreach(sql, { people: people(12), runs: [RUN] });
    await limit(campaignId, 500, null);
    await limit(null, null, 10_000);
    const orders = [];
    for (const enrollmentId of enrollmentIds) orders.push(await orderOf(sql, enrollmentId));
    const outcomes = await Promise.all(orders.map((order) => claim(sql, order, TEST_KEYS)));
    expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(5);
    expect(await spentOf(campaignId)).toEqual([500, 500]);
    expect(await spendingIsSound()).toBe(true);
    const refused = await refusals();
    expect(refused).toHaveLength(7);
    for (const { why } of refused) expect(why).toMatch(/ (spend|spent) .*\.$/);
    const { decision } = await wake(sql, enrollmentIds.at(-1) ?? '');
    expect(['wait', 'reconcile']).toContain(decision.kind);
  });

  it('gets back what was not sent, and counts it again when it turns out to have been', async () => {
    const { campaignId, enrollmentId } = await seedOutreach(sql, { runs: [RUN] });
    await limit(campaignId, 100, 100);
    const { attemptId } = await claimDue(sql, enrollmentId);
    expect(await spentOf(campaignId)).toEqual([100, 100]);
    await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry' });
    expect(await spentOf(campaignId)).toEqual([0, 0]);
    expect(await spendingIsSound()).toBe(true);
    await recordAccepted(sql, attemptId, 'CA1');
    expect(await spentOf(campaignId)).toEqual([100, 100]);
    expect(await spendingIsSound()).toBe(true);
  });

  it('counts what was spent before it was set, and nothing of the day before', async () => {
    const { campaignId, enrollmentId } = await seedOutreach(sql, { runs: [RUN] });
    await claimDue(sql, enrollmentId);
    await freezeAt(sql, '2027-03-02T17:00:00Z');
    expect(await limit(campaignId, 50, 100)).toEqual({
      perDayMicros: 50,
      totalMicros: 100,
      spentTodayMicros: 0,
      spentMicros: 100,
      revision: 2,
    });
  });

  it('is changed while claims are under way, holds up none of them, and goes on counting (U-14)', async () => {
    const { campaignId, enrollmentIds } = await seedOutreach(sql, { people: people(3), runs: [RUN] });
    const [first = '', second = '', third = ''] = enrollmentIds;
    await limit(campaignId, null, 100);
    await limit(null, null, 100);
    await claimDue(sql, first);
    await inTransaction(sql, async (tx) => {
      // As a claim does from its beginning to its end.
      await tx`select pg_advisory_xact_lock_shared(1, seq::int) from campaign where id = ${campaignId}`;
      await tx`lock table attempt in row exclusive mode`;
      expect(await limit(campaignId, null, 200)).toMatchObject({ spentMicros: 100, totalMicros: 200, revision: 3 });
      expect(await limit(null, 200, 200)).toMatchObject({ spentMicros: 100, revision: 3 });
    });
    expect((await claimDue(sql, second)).outcome.kind).toBe('claimed');
    expect((await wake(sql, third)).decision.reasons).toContainEqual(
      expect.objectContaining({ code: 'spend_limit', limit: 200 }),
    );
    expect(await spendingIsSound()).toBe(true);
  });

  it('concerns nothing that costs nothing', async () => {
    await changeSpendRates(sql, { callMinuteMicros: 0 }, 'test');
    const { campaignId, enrollmentId } = await seedOutreach(sql, { runs: [RUN] });
    await limit(campaignId, 0, 0);
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
  });

  it('is refused from a revision that does not stand any more', async () => {
    const { campaignId } = await seedOutreach(sql, { runs: [RUN] });
    const asked = setSpendLimits(sql, campaignId, { perDayMicros: 1, totalMicros: 1, revision: 3 }, 'test');
    await expect(asked).rejects.toMatchObject({ code: 'revision_conflict' });
    await expect(changeSpendRates(sql, { revision: 999, mailMicros: 1 }, 'test')).rejects.toMatchObject({
      code: 'revision_conflict',
    });
  });
});
