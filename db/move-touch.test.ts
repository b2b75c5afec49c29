import { fromIso, HOUR_MS, MINUTE_MS } from '../domain/instant';
import { databaseOfThisFile } from '../test/database';
import { claimDue, MONDAY_NOON, ONE_CALL_RUN, seedOutreach, startOver, tell, wake } from '../test/seed';
import { pauseCampaign, resumeCampaign } from './campaign-life';
import { setClock } from './clock';
import { moveTouch } from './move-touch';

/** An operator skips a wait, or moves one contact's next touch (P-16). */

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const NOON = fromIso(MONDAY_NOON);
const RUN = { ...ONE_CALL_RUN, calls: { attempts: 3, greeting: 'Hello.', avoidFailedHour: true } };

async function waiting() {
  const outreach = await seedOutreach(sql, { runs: [RUN] });
  const { attemptId } = await claimDue(sql, outreach.enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
  await wake(sql, outreach.enrollmentId);
  return outreach;
}
let orders = 0;
const move = (enrollmentId: string, at: number | null, eventKey = `move-${(orders += 1)}`) =>
  moveTouch(sql, { enrollmentId, at, eventKey, actor: 'key:Ed', note: 'she asked for it' });

describe('the next touch of a contact', () => {
  it('is made now when the wait is skipped, and the timeline tells by whom (P-11)', async () => {
    const { enrollmentId } = await waiting();
    await setClock(sql, NOON + MINUTE_MS, 0);
    expect(await move(enrollmentId, null)).toMatchObject({ touchKey: 'week.call.2', at: NOON + MINUTE_MS });
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
    expect(await sql`select data, actor from timeline where kind = 'operator_order'`).toEqual([
      { data: { order: 'move_touch', touch: 'week.call.2', toAt: NOON + MINUTE_MS }, actor: 'key:Ed' },
    ]);
  });

  it('waits for the instant it was moved to, and the next one has its own wait again', async () => {
    const { enrollmentId } = await waiting();
    await move(enrollmentId, NOON + 30 * MINUTE_MS);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'wait', askAt: NOON + 30 * MINUTE_MS });
    await setClock(sql, NOON + 30 * MINUTE_MS, 0);
    const { attemptId } = await claimDue(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({
      askAt: NOON + 4.5 * HOUR_MS,
      touch: { key: 'week.call.3' },
    });
  });

  it('keeps to the hours: the answer says when it will be', async () => {
    const { enrollmentId } = await waiting();
    const midnight = fromIso('2027-03-02T05:00:00Z');
    expect((await move(enrollmentId, midnight)).at).toBe(fromIso('2027-03-02T14:00:00Z'));
  });

  it('is not moved twice by one order, even if it was made meanwhile', async () => {
    const { enrollmentId } = await waiting();
    await move(enrollmentId, null, 'once');
    await claimDue(sql, enrollmentId);
    expect(await move(enrollmentId, null, 'once')).toMatchObject({ received: { duplicate: true }, touchKey: null });
    expect(await sql`select 1 from timeline where kind = 'operator_order'`).toHaveLength(1);
  });

  it.each([
    [
      'while a pause holds it',
      async (campaignId: string) => pauseCampaign(sql, campaignId, 'operator'),
      'the campaign is paused',
    ],
    [
      'when it is a promise, which is moved itself',
      async (_: string, enrollmentId: string) =>
        tell(sql, { enrollmentId, body: { kind: 'callback_requested', at: NOON + HOUR_MS } }),
      'move the commitment instead',
    ],
    [
      'when nothing is left',
      async (_: string, enrollmentId: string) =>
        tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_calls' } }),
      'the plan is through',
    ],
  ])('is not moved %s, and the refusal says why', async (_, before, why) => {
    const { enrollmentId, campaignId } = await waiting();
    await before(campaignId, enrollmentId);
    await expect(move(enrollmentId, null)).rejects.toMatchObject({
      code: 'order_refused',
      message: expect.stringContaining(why),
    });
  });

  it('is not moved to where no hour is left for it', async () => {
    const { enrollmentId } = await waiting();
    await expect(move(enrollmentId, fromIso('2027-03-13T15:00:00Z'))).rejects.toMatchObject({
      message: 'no hour is left for week.call.2 from 2027-03-13T15:00:00.000Z on',
    });
  });

  it('is held by a pause that comes later, and made at once after it', async () => {
    const { enrollmentId, campaignId } = await waiting();
    await move(enrollmentId, NOON + MINUTE_MS);
    await pauseCampaign(sql, campaignId, 'operator');
    await setClock(sql, NOON + HOUR_MS, 0);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('hold');
    await resumeCampaign(sql, campaignId, 'operator');
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'touch', touch: { key: 'week.call.2' } });
  });
});
