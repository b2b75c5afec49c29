import { fromIso } from '../domain/instant';
import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  MONDAY_NOON,
  ONE_CALL_RUN,
  NORA,
  orderOf,
  people,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
  wake,
} from '../test/seed';
import { pauseCampaign, resumeCampaign } from './campaign-life';
import { pauseChannel, resumeChannel } from './channel-pause';
import { claim } from './claim';
import { setClock } from './clock';
import { nextOf } from './explain';
import { grantRound } from './sweeps/grant';
import { overdueRows, rowsBehindEpoch } from './sweeps/nudge';

/** A pause that holds (N-7): of a campaign, of one channel of it, of one contact. */

const { sql } = databaseOfThisFile({ max: 16 });
beforeEach(() => startOver(sql));

const NOON = fromIso(MONDAY_NOON);
const TEXT = { key: 'hello', channel: 'sms', when: { kind: 'after_start', delayMinutes: 1 }, text: 'Hello.' };
const TEXTING = [{ ...ONE_CALL_RUN, messages: [TEXT] }];
const order = (enrollmentId: string, what: 'pause' | 'resume') =>
  tell(sql, { enrollmentId, body: { kind: 'order', order: what } });
const grant = async () => {
  const [group] = await sql<{ id: string }[]>`select id from line_group`;
  return grantRound(sql, group?.id ?? '');
};
const liveLeases = () => sql`select 1 from lease where freed_rt is null`;

describe('a pause of one channel', () => {
  it('leaves no claim on it behind that was made after the pause (INV-12)', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(10) });
    const orders = [];
    for (const enrollmentId of enrollmentIds) orders.push(await orderOf(sql, enrollmentId));
    const claims = orders.map((each) => claim(sql, each, TEST_KEYS));
    await pauseChannel(sql, campaignId, 'voice', 'operator');
    const outcomes = await Promise.all(claims);
    const late = await sql`
      select 1 from attempt t join timeline p on p.kind = 'campaign_paused' and p.rt < t.claimed_rt`;
    expect(late).toHaveLength(0);
    const refused = outcomes.filter(({ kind }) => kind === 'refused');
    expect(refused.every((outcome) => outcome.kind === 'refused' && outcome.reason === 'hold')).toBe(true);
    expect(await liveLeases()).toHaveLength(outcomes.length - refused.length);
  });

  it('lets the other channels go on, and a resume takes up the same touch (P-20, P-21)', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql, { runs: TEXTING });
    const asked = await orderOf(sql, enrollmentId);
    await pauseChannel(sql, campaignId, 'voice', 'operator');
    expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'wait' });
    expect((await nextOf(sql, enrollmentId)).reasons).toContainEqual({ code: 'channel_paused', channel: 'voice' });
    await setClock(sql, NOON + 120_000, 0);
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'reconcile' });
    await sql`update attempt set state = 'accepted'`;
    const held = await wake(sql, enrollmentId);
    expect(held.decision).toMatchObject({ kind: 'hold', reasons: [{ code: 'channel_paused', channel: 'voice' }] });
    await resumeChannel(sql, campaignId, 'voice', 'operator');
    expect((await rowsBehindEpoch(sql)).map((row) => row.enrollmentId)).toEqual([enrollmentId]);
    expect(await orderOf(sql, enrollmentId)).toEqual(asked);
  });

  it('is told with its channel, once, and a second pause or resume changes nothing', async () => {
    const { campaignId } = await seedOutreach(sql);
    for (const channel of ['voice', 'email', 'voice'] as const) await pauseChannel(sql, campaignId, channel, 'key:Ed');
    const again = await resumeChannel(sql, campaignId, 'sms', 'key:Ed');
    expect(again.pausedChannels).toEqual(['voice', 'email']);
    expect((await resumeChannel(sql, campaignId, 'voice', 'key:Ed')).pausedChannels).toEqual(['email']);
    expect(await sql`select kind, data, actor from timeline order by id`).toEqual([
      { kind: 'campaign_paused', data: { channel: 'voice' }, actor: 'key:Ed' },
      { kind: 'campaign_paused', data: { channel: 'email' }, actor: 'key:Ed' },
      { kind: 'campaign_resumed', data: { channel: 'voice' }, actor: 'key:Ed' },
    ]);
  });

  it('holds no line from others', async () => {
    await sql`update line_group set lines = 1`;
    const { campaignIds, enrollmentIds } = await seedOutreach(sql, { people: people(4), campaigns: 2 });
    const [caller = '', paused = '', , , , , other = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, caller);
    for (const id of [paused, other]) expect((await wake(sql, id)).decision.kind).toBe('queue');
    await pauseChannel(sql, campaignIds[0] ?? '', 'voice', 'operator');
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual([other]);
  });
});

describe('a pause of one contact', () => {
  it('holds them and nobody else, and is asked under the lock of the claim', async () => {
    const { enrollmentIds } = await seedOutreach(sql, { people: people(2) });
    const [nora = '', olaf = ''] = enrollmentIds;
    const asked = await orderOf(sql, nora);
    await order(nora, 'pause');
    expect(await claim(sql, asked, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'hold' });
    expect((await claimDue(sql, olaf)).outcome.kind).toBe('claimed');
    expect((await nextOf(sql, nora)).reasons).toEqual([{ code: 'contact_paused', sinceAt: NOON }]);
    expect(await sql`select data from timeline where enrollment_id = ${nora} and kind = 'operator_order'`).toEqual([
      { data: { order: 'pause' } },
    ]);
    await order(nora, 'resume');
    expect(await orderOf(sql, nora)).toEqual(asked);
  });

  it('voids their place in the queue', async () => {
    await sql`update line_group set lines = 1`;
    const { enrollmentIds } = await seedOutreach(sql, { people: people(3) });
    const [caller = '', waiting = '', next = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, caller);
    for (const id of [waiting, next]) await wake(sql, id);
    await order(waiting, 'pause');
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual([next]);
    await wake(sql, waiting);
    expect(await sql`select 1 from line_queue`).toHaveLength(0);
  });

  it('keeps no STOP away: it is obeyed at once, and a resume brings nobody back', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await order(enrollmentId, 'pause');
    await tell(sql, { enrollmentId, body: { kind: 'reply', channel: 'sms', verdict: 'revoke' } });
    await order(enrollmentId, 'resume');
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
  });
});

describe('a resume', () => {
  it('spreads who had come due over some minutes, and plans each once (E-17)', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(12) });
    for (const id of enrollmentIds) expect(['touch', 'queue']).toContain((await wake(sql, id)).decision.kind);
    await pauseCampaign(sql, campaignId, 'operator');
    await sql`update settings set opening_jitter_seconds = 600`;
    await setClock(sql, NOON + 3_600_000, 0);
    await resumeCampaign(sql, campaignId, 'operator');
    const woken = [...(await rowsBehindEpoch(sql)), ...(await overdueRows(sql))];
    expect(new Set(woken.map(({ enrollmentId }) => enrollmentId)).size).toBe(12);
    const starts = [];
    for (const id of enrollmentIds) {
      const { decision } = await wake(sql, id);
      if (decision.kind === 'wait') starts.push(decision.askAt - NOON - 3_600_000);
    }
    expect(new Set(starts).size).toBeGreaterThan(9);
    expect(Math.max(...starts)).toBeLessThan(600_000);
    expect([...(await rowsBehindEpoch(sql)), ...(await overdueRows(sql))]).toEqual([]);
  });

  it('leaves the pause of a channel to a resume of its own', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql, { people: [NORA] });
    await pauseChannel(sql, campaignId, 'voice', 'operator');
    await pauseCampaign(sql, campaignId, 'operator');
    await resumeCampaign(sql, campaignId, 'operator');
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('hold');
    await resumeChannel(sql, campaignId, 'voice', 'operator');
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
  });
});
