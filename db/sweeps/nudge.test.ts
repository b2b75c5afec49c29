import { databaseOfThisFile } from '../../test/database';
import {
  claimDue,
  fictionalPhone,
  MONDAY_NOON,
  NORA,
  ONE_CALL_RUN,
  people,
  seedOutreach,
  startOver,
  tell,
  untilWaiting,
  wake,
} from '../../test/seed';
import { fromIso } from '../../domain/instant';
import { pauseCampaign, resumeCampaign, stopCampaign, archiveCampaign } from '../campaign-life';
import { inTransaction } from '../client';
import { setClock } from '../clock';
import { lockEnrollment, type EnrollmentRef } from '../enrollment';
import { drainWakes, overdueRows, rowsBehindEpoch } from './nudge';
import { wakeLater } from './reconcile';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const ids = (rows: readonly EnrollmentRef[]) => rows.map(({ enrollmentId }) => enrollmentId);
const NOON = fromIso(MONDAY_NOON);
/** Starts in the evening, so that everybody waits until then. */
const EVENING = { ...ONE_CALL_RUN, hours: { mode: 'calling_times', slots: [{ open: '18:00', close: '20:00' }] } };
const SIX = fromIso('2027-03-01T23:00:00Z');
/** Real time that has passed since the row was last touched. */
const age = (seconds: number) =>
  sql`update enrollment set nudged_rt = nudged_rt - make_interval(secs => ${seconds}), stepped_rt = stepped_rt - make_interval(secs => ${seconds})`;

describe('a row that is overdue', () => {
  it('with a frozen clock is one whose instant has come', async () => {
    const { enrollmentId } = await seedOutreach(sql, { runs: [EVENING] });
    await wake(sql, enrollmentId);
    expect(await overdueRows(sql)).toEqual([]);
    await setClock(sql, SIX, 0);
    expect(ids(await overdueRows(sql))).toEqual([enrollmentId]);
    expect(await overdueRows(sql)).toEqual([]);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
    expect(await overdueRows(sql)).toEqual([]);
  });

  it.each([
    ['real time', 1],
    ['a fast clock', 720],
  ])('in %s is one whose instant passed a minute ago, in real time', async (_, speed) => {
    const { enrollmentId } = await seedOutreach(sql, { runs: [EVENING] });
    await setClock(sql, NOON, speed);
    await wake(sql, enrollmentId);
    await setClock(sql, SIX + 50_000 * speed, speed);
    expect(await overdueRows(sql)).toEqual([]);
    await setClock(sql, SIX + 61_000 * speed, speed);
    expect(ids(await overdueRows(sql))).toEqual([enrollmentId]);
  });

  it('is reminded again only after a while, or when it has stepped since', async () => {
    const { enrollmentId } = await seedOutreach(sql, { runs: [EVENING] });
    await wake(sql, enrollmentId);
    await setClock(sql, SIX, 0);
    expect(await overdueRows(sql)).toHaveLength(1);
    await age(20);
    expect(await overdueRows(sql)).toHaveLength(0);
    await age(11);
    expect(await overdueRows(sql)).toHaveLength(1);
  });

  it('is not one of a paused campaign, nor one whose call is under way', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(2) });
    const [calling = '', due = ''] = enrollmentIds;
    await claimDue(sql, calling);
    await wake(sql, due);
    await setClock(sql, NOON + 3_600_000, 0);
    await pauseCampaign(sql, campaignId, 'operator');
    expect(await overdueRows(sql)).toEqual([]);
    await resumeCampaign(sql, campaignId, 'operator');
    expect(ids(await overdueRows(sql))).toEqual([due]);
  });

  it('is one that was told to act and was never heard of again, long before its hours end', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
    await setClock(sql, NOON + 120_000, 0);
    expect(ids(await overdueRows(sql))).toEqual([enrollmentId]);
  });

  it('is one whose answered call got no tag in time', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    const { attemptId } = await claimDue(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
    await setClock(sql, NOON + 900_000, 0);
    expect(ids(await overdueRows(sql))).toEqual([enrollmentId]);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
    expect(await sql`select outcome from attempt`).toEqual([{ outcome: 'untagged' }]);
  });

  it('is one that has ended and whose actions nobody has reported on', async () => {
    const rules = [
      { key: 'form', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'crm_note', text: 'Done' }] },
    ];
    const { enrollmentId } = await seedOutreach(sql, { policy: { rules }, plan: { formId: 'intake' } });
    await tell(sql, { enrollmentId, body: { kind: 'form_completed', formId: 'intake', answers: {} } });
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await wake(sql, enrollmentId);
    expect(await overdueRows(sql)).toEqual([]);
    await age(601);
    expect(ids(await overdueRows(sql))).toEqual([enrollmentId]);
    await sql`update execution set state = 'done', finished_at = app_now()`;
    await age(601);
    expect(await overdueRows(sql)).toEqual([]);
  });
});

describe('after a change of the campaign', () => {
  it('a resume wakes who may act now, and leaves who waits (E-17)', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(3), runs: [EVENING] });
    const [waiting = '', held = ''] = enrollmentIds;
    await wake(sql, waiting);
    await pauseCampaign(sql, campaignId, 'operator');
    expect((await wake(sql, held)).decision.kind).toBe('hold');
    expect(await rowsBehindEpoch(sql)).toEqual([]);
    await setClock(sql, SIX, 0);
    await resumeCampaign(sql, campaignId, 'operator');
    expect(ids(await rowsBehindEpoch(sql)).toSorted()).toEqual([waiting, held].toSorted());
    expect(await rowsBehindEpoch(sql)).toEqual([]);
    for (const id of [waiting, held]) expect((await wake(sql, id)).decision.kind).toBe('touch');
    await age(31);
    expect(await rowsBehindEpoch(sql)).toEqual([]);
  });

  it('who need not act earlier is not woken, and not asked about again', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql, { runs: [EVENING] });
    await wake(sql, enrollmentId);
    await sql`update campaign set epoch = epoch + 1`;
    expect(await rowsBehindEpoch(sql)).toEqual([]);
    expect(
      await sql`select e.epoch = c.epoch as same from enrollment e, campaign c where c.id = ${campaignId}`,
    ).toEqual([{ same: true }]);
  });

  it('a signal that got lost is given again', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await wake(sql, enrollmentId);
    await sql`update campaign set epoch = epoch + 1`;
    expect(ids(await rowsBehindEpoch(sql))).toEqual([enrollmentId]);
    await age(31);
    expect(ids(await rowsBehindEpoch(sql))).toEqual([enrollmentId]);
  });

  it('another change is told at once, however short a time ago the last one was', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(2), runs: [EVENING] });
    for (const id of enrollmentIds) await wake(sql, id);
    await pauseCampaign(sql, campaignId, 'operator');
    await setClock(sql, SIX, 0);
    await resumeCampaign(sql, campaignId, 'operator');
    expect(ids(await rowsBehindEpoch(sql)).toSorted()).toEqual(enrollmentIds.toSorted());
    await stopCampaign(sql, campaignId, 'operator');
    expect(ids(await rowsBehindEpoch(sql)).toSorted()).toEqual(enrollmentIds.toSorted());
    expect(await rowsBehindEpoch(sql)).toEqual([]);
  });

  it('a step that began before it does not swallow it', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql);
    await pauseCampaign(sql, campaignId, 'operator');
    let stepped: Promise<unknown> = Promise.resolve();
    await inTransaction(sql, async (tx) => {
      await lockEnrollment(tx, enrollmentId);
      stepped = wake(sql, enrollmentId);
      await untilWaiting(sql, 1);
      await resumeCampaign(sql, campaignId, 'operator');
    });
    await stepped;
    expect(ids(await rowsBehindEpoch(sql))).toEqual([enrollmentId]);
  });

  it('a stop ends everybody who is open, even if the campaign is archived at once', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(3), runs: [EVENING] });
    for (const id of enrollmentIds) await wake(sql, id);
    await stopCampaign(sql, campaignId, 'operator');
    await archiveCampaign(sql, campaignId, 'operator');
    expect(ids(await rowsBehindEpoch(sql)).toSorted()).toEqual(enrollmentIds.toSorted());
    for (const id of enrollmentIds)
      expect((await wake(sql, id)).decision).toMatchObject({ kind: 'finish', reason: 'campaign_ended' });
  });

  it('one row that nothing can be decided for does not keep the change from the others', async () => {
    const { enrollmentIds } = await seedOutreach(sql, { people: people(2) });
    const [broken = '', other = ''] = enrollmentIds;
    for (const id of enrollmentIds) await wake(sql, id);
    await sql`
      with v as (
        insert into version (campaign_id, number, plan, policy, created_at, actor)
        select campaign_id, 2, '{}', policy, created_at, actor from version returning id)
      update enrollment set plan_version_id = v.id from v where enrollment.id = ${broken}`;
    await sql`update campaign set epoch = epoch + 1`;
    expect(ids(await rowsBehindEpoch(sql)).toSorted()).toEqual([broken, other].toSorted());
  });
});

describe('who was asked to be woken', () => {
  const told = (all: string[]) => async (rows: readonly EnrollmentRef[]) => {
    all.push(...ids(rows));
    return rows;
  };

  it('is told once, however often it was asked for', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await wakeLater(sql, enrollmentId);
    await wakeLater(sql, enrollmentId);
    const all: string[] = [];
    expect(await drainWakes(sql, told(all))).toBe(2);
    expect(await drainWakes(sql, told(all))).toBe(0);
    expect(all).toEqual([enrollmentId]);
  });

  it('and could not be told stays, while the others are told and not told again', async () => {
    const { enrollmentIds } = await seedOutreach(sql, { people: people(3) });
    const [deaf = '', ...others] = enrollmentIds;
    for (const id of enrollmentIds) await wakeLater(sql, id);
    const tellOthers = async (rows: readonly EnrollmentRef[]) =>
      rows.filter(({ enrollmentId }) => enrollmentId !== deaf);
    expect(await drainWakes(sql, tellOthers)).toBe(others.length);
    const all: string[] = [];
    await drainWakes(sql, told(all));
    expect(all).toEqual([deaf]);
  });

  it('is not lost when the one who tells dies', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await wakeLater(sql, enrollmentId);
    await expect(drainWakes(sql, async () => Promise.reject(new Error('crash')))).rejects.toThrow('crash');
    const all: string[] = [];
    await drainWakes(sql, told(all));
    expect(all).toEqual([enrollmentId]);
  });

  it('can be asked for while a step holds the row', async () => {
    const { enrollmentIds } = await seedOutreach(sql, {
      people: [NORA, { ...NORA, name: 'Olaf', phones: [fictionalPhone(0), fictionalPhone(1)] }],
    });
    const [nora = '', olaf = ''] = enrollmentIds;
    await inTransaction(sql, async (tx) => {
      await lockEnrollment(tx, olaf);
      await tell(sql, { enrollmentId: nora, body: { kind: 'reply', channel: 'sms', verdict: 'revoke' } });
    });
    expect(await sql`select reason from wake where enrollment_id = ${olaf}`).toEqual([{ reason: 'suppression' }]);
  });
});
