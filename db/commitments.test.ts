import { fromIso, HOUR_MS } from '../domain/instant';
import { databaseOfThisFile } from '../test/database';
import { claimDue, MONDAY_NOON, people, seedOutreach, startOver, tell, wake } from '../test/seed';
import { pauseCampaign, resumeCampaign } from './campaign-life';
import { setClock } from './clock';
import { cancelCommitment, moveCommitment } from './commitment-orders';
import { type CommitmentPage, listCommitments } from './commitment-views';

/** Promises kept (N-11): every callback that was asked for ends kept, moved or broken, with a reason. */

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const NOON = fromIso(MONDAY_NOON);
const promise = (enrollmentId: string, hours: number) =>
  tell(sql, { enrollmentId, body: { kind: 'callback_requested', at: NOON + hours * HOUR_MS } });
const list = (page: Partial<CommitmentPage> = {}) => listCommitments(sql, { after: null, limit: 50, ...page });
const briefly = async (page?: Partial<CommitmentPage>) =>
  (await list(page)).map(({ state, reason, promisedAt }) => `${(promisedAt - NOON) / HOUR_MS}h ${state}: ${reason}`);
const only = async () => (await list({ state: 'open' }))[0]?.id ?? '';
let orders = 0;
const by = () => ({ eventKey: `order-${(orders += 1)}`, actor: 'key:Ed' });

describe('the report of promises', () => {
  it('tells of each what became of it and why, through pause, move, stop and end', async () => {
    const { enrollmentIds, campaignId } = await seedOutreach(sql, { people: people(4) });
    const [kept = '', moved = '', stopped = '', ended = ''] = enrollmentIds;
    for (const [n, id] of [kept, moved, stopped, ended].entries()) await promise(id, n + 1);
    await pauseCampaign(sql, campaignId, 'operator');
    await setClock(sql, NOON + HOUR_MS, 0);
    expect((await wake(sql, kept)).decision.kind).toBe('hold');
    await resumeCampaign(sql, campaignId, 'operator');
    const { attemptId } = await claimDue(sql, kept);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    await promise(moved, 5);
    await tell(sql, { enrollmentId: stopped, body: { kind: 'order', order: 'stop_calls' } });
    await tell(sql, { enrollmentId: ended, body: { kind: 'order', order: 'complete' } });
    expect(await briefly()).toEqual([
      '1h kept: busy',
      '2h moved: a new time was asked for',
      '3h broken: calls_stopped',
      '4h broken: completed_by_operator',
      '5h open: null',
    ]);
    expect((await list({ state: 'kept' }))[0]).toMatchObject({ attemptId, calledAt: NOON + HOUR_MS, campaignId });
  });

  it('is asked by campaign, contact, state and time, page by page', async () => {
    const { enrollmentIds, campaignIds, enrollmentId } = await seedOutreach(sql, { people: people(3), campaigns: 2 });
    for (const [n, id] of enrollmentIds.entries()) await promise(id, n + 1);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_calls' } });
    expect(await list({ campaignId: campaignIds[1] })).toHaveLength(3);
    expect(await briefly({ enrollmentId })).toEqual(['1h broken: calls_stopped']);
    expect(await list({ state: 'open' })).toHaveLength(5);
    expect(await list({ since: NOON + 2 * HOUR_MS, until: NOON + 4 * HOUR_MS })).toHaveLength(2);
    const seen: string[] = [];
    for (let after: CommitmentPage['after'] = null; ; ) {
      const page = await list({ after, limit: 4 });
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (last === undefined || page.length < 4) break;
      after = { position: last.position, id: last.id };
    }
    expect(new Set(seen).size).toBe(6);
  });
});

describe('an operator', () => {
  it('moves a promise: it ends as moved, and the call comes at the new time', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await promise(enrollmentId, 1);
    await moveCommitment(sql, { commitmentId: await only(), at: NOON + 2 * HOUR_MS, ...by() });
    expect(await briefly()).toEqual(['1h moved: an operator set a new time', '2h open: null']);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({
      askAt: NOON + 2 * HOUR_MS,
      touch: { key: 'promises.callback.2' },
    });
    const told = await sql`select kind, actor from timeline where kind like 'callback%' order by id`;
    expect(told.slice(1)).toEqual([
      { kind: 'callback_closed', actor: 'key:Ed' },
      { kind: 'callback_requested', actor: 'key:Ed' },
    ]);
  });

  it('cancels a promise: it is broken by an order, and the plan goes on', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await promise(enrollmentId, 1);
    await cancelCommitment(sql, { commitmentId: await only(), note: 'wrote instead', ...by() });
    expect(await briefly()).toEqual(['1h broken: cancelled_by_operator']);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'touch', touch: { key: 'week.call.1' } });
  });

  it('moves or cancels it once, however often the order comes', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await promise(enrollmentId, 1);
    const order = { commitmentId: await only(), ...by() };
    expect(await cancelCommitment(sql, order)).toMatchObject({ duplicate: false });
    expect(await cancelCommitment(sql, order)).toMatchObject({ duplicate: true });
  });

  it('moves none that is over, or just being kept, and none that is not there', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await promise(enrollmentId, 1);
    const commitmentId = await only();
    await setClock(sql, NOON + HOUR_MS, 0);
    const { attemptId } = await claimDue(sql, enrollmentId);
    const move = () => moveCommitment(sql, { commitmentId, at: NOON + 5 * HOUR_MS, ...by() });
    await expect(move()).rejects.toMatchObject({
      code: 'wrong_status',
      message: 'the callback is being made just now',
    });
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
    await expect(move()).rejects.toMatchObject({ code: 'wrong_status', message: 'the commitment is kept already' });
    const nobodys = { commitmentId: '0f8fad5b-d9cb-469f-a165-70867728950e', ...by() };
    await expect(cancelCommitment(sql, nobodys)).rejects.toMatchObject({ code: 'not_found' });
  });
});
