import { databaseOfThisFile } from '../../test/database';
import {
  claimDue,
  fictionalPhone,
  NORA,
  orderOf,
  people,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
  untilWaiting,
  wake,
} from '../../test/seed';
import { claim } from '../claim';
import { inTransaction } from '../client';
import { lockLineGroup } from '../line';
import { step } from '../step';
import { grantRound, lineGroupIds } from './grant';

const { sql } = databaseOfThisFile({ max: 12 });
beforeEach(() => startOver(sql));

async function lineGroupId(): Promise<string> {
  const [group] = await sql<{ id: string }[]>`select id from line_group`;
  return group?.id ?? '';
}
const grant = async () => grantRound(sql, await lineGroupId());

/** Everybody of these stands in the queue, in this order. */
async function queued(enrollmentIds: readonly string[]): Promise<void> {
  for (const id of enrollmentIds) expect((await wake(sql, id)).decision.kind).toBe('queue');
}

/** All lines are busy with calls of this many people of the first campaign. */
async function busy(enrollmentIds: readonly string[]): Promise<string[]> {
  const attemptIds = [];
  for (const id of enrollmentIds) attemptIds.push((await claimDue(sql, id)).attemptId);
  return attemptIds;
}

const hangUp = (attemptId: string) => tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });

test('lines are shared fairly between campaigns, and first come is first served within one', async () => {
  await sql`update line_group set lines = 4`;
  const { enrollmentIds, campaignIds } = await seedOutreach(sql, { people: people(12), campaigns: 2 });
  const [first = [], second = []] = campaignIds.map((_, n) => enrollmentIds.slice(n * 12, n * 12 + 12));
  const attemptIds = await busy(first.slice(0, 4));
  await queued(first.slice(4));
  await queued(second.slice(6));
  for (const attemptId of attemptIds) await hangUp(attemptId);
  expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual([first[4], second[6], first[5], second[7]]);
  // The longer queue gets no more of what comes free than its share.
  expect(await grant()).toEqual([]);
});

test('a promised callback goes before everybody', async () => {
  await sql`update line_group set lines = 1`;
  const { enrollmentIds } = await seedOutreach(sql, { people: people(3) });
  const [caller = '', patient = '', promised = ''] = enrollmentIds;
  const [attemptId = ''] = await busy([caller]);
  await queued([patient]);
  const [clock] = await sql<{ now: number }[]>`select ms(app_now()) as now`;
  await tell(sql, { enrollmentId: promised, body: { kind: 'callback_requested', at: (clock?.now ?? 0) - 1 } });
  await queued([promised]);
  await hangUp(attemptId);
  expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual([promised]);
});

test('a crowd that stands at the limit of its campaign keeps nobody else from a free line', async () => {
  await sql`update line_group set lines = 5`;
  const limited = await seedOutreach(sql, { people: people(130), policy: { concurrencyLimit: 1 } });
  const other = await seedOutreach(sql, {
    people: people(4).map((person, n) => ({ ...person, phones: [fictionalPhone(200 + n)] })),
  });
  await busy(other.enrollmentIds.slice(0, 3));
  await busy(limited.enrollmentIds.slice(0, 1));
  await queued(limited.enrollmentIds.slice(1));
  await queued(other.enrollmentIds.slice(3));
  expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual(other.enrollmentIds.slice(3));
}, 30_000);

test('a crowd beyond the pace of its campaign keeps nobody else from a free line', async () => {
  await sql`update line_group set lines = 4`;
  const paced = await seedOutreach(sql, { people: people(130), policy: { callsPerMinute: 1 } });
  const other = await seedOutreach(sql, {
    people: people(4).map((person, n) => ({ ...person, phones: [fictionalPhone(200 + n)] })),
  });
  await busy(other.enrollmentIds.slice(0, 3));
  await busy(paced.enrollmentIds.slice(0, 1));
  await queued(paced.enrollmentIds.slice(1));
  await queued(other.enrollmentIds.slice(3));
  await sql`update line_group set lines = 5`;
  expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual(other.enrollmentIds.slice(3));
}, 30_000);

test('new calls of all campaigns together are begun no faster than the company allows (T24)', async () => {
  await sql`update line_group set lines = 50, calls_per_second = 4`;
  const { enrollmentIds } = await seedOutreach(sql, { people: people(20), campaigns: 2 });
  // Half of the people in one campaign, the others in the other.
  for (const enrollmentId of [...enrollmentIds.slice(0, 10), ...enrollmentIds.slice(30)]) await wake(sql, enrollmentId);
  const begun = async () =>
    sql<{ campaignId: string; grantedRt: number }[]>`
      select campaign_id, ms(granted_rt) as granted_rt from lease order by granted_rt`;
  for (const untilMs = performance.now() + 20_000; (await begun()).length < 13 && performance.now() < untilMs; ) {
    await grant();
    await sql`select pg_sleep(0.02)`;
  }
  const all = await begun();
  expect(all.length).toBeGreaterThanOrEqual(13);
  const [one] = all;
  // Half a second may be caught up with, so in no second are more begun than those of a second and a half.
  for (const { grantedRt } of all) {
    const inSecond = all.filter((each) => each.grantedRt >= grantedRt && each.grantedRt < grantedRt + 1_000);
    expect(inSecond.length).toBeLessThanOrEqual(4 + 4 * 0.5 + 1);
  }
  const took = (all[12]?.grantedRt ?? 0) - (one?.grantedRt ?? 0);
  expect(took).toBeGreaterThanOrEqual((12 / 4 - 0.5) * 1_000 - 300);
  // Neither campaign takes the pace from the other.
  for (const campaignId of new Set(all.map((each) => each.campaignId)))
    expect(all.filter((each) => each.campaignId === campaignId).length).toBeGreaterThanOrEqual(4);
}, 60_000);

test('whoever waits for the pace is not given up, and nobody waits once it is lifted', async () => {
  await sql`update line_group set calls_per_second = 0.01`;
  const { enrollmentIds } = await seedOutreach(sql, { people: people(4) });
  const decisions = [];
  for (const enrollmentId of enrollmentIds) decisions.push((await wake(sql, enrollmentId)).decision.kind);
  expect(decisions).toEqual(['touch', 'queue', 'queue', 'queue']);
  expect(await grant()).toEqual([]);
  await sql`update line_group set calls_per_second = null`;
  expect(await grant()).toHaveLength(3);
});

test('what is granted is told to whom it may concern, and used by the next step', async () => {
  await sql`update line_group set lines = 1`;
  const { enrollmentIds } = await seedOutreach(sql, { people: people(2) });
  const [caller = '', waiting = ''] = enrollmentIds;
  const [attemptId = ''] = await busy([caller]);
  await queued([waiting]);
  await hangUp(attemptId);
  expect(await lineGroupIds(sql)).toEqual([await lineGroupId()]);
  const [told] = await grant();
  const order = await orderOf(sql, waiting);
  expect(told).toMatchObject({ enrollmentId: waiting, attemptId: order.attemptId });
  expect(await lineGroupIds(sql)).toEqual([]);
  expect((await claim(sql, order, TEST_KEYS)).kind).toBe('claimed');
  expect(await sql`select state from lease where freed_rt is null`).toEqual([{ state: 'bound' }]);
});

test('a grant that nobody uses runs out, its line is free again, and its enrollment is woken', async () => {
  const { enrollmentId } = await seedOutreach(sql);
  await orderOf(sql, enrollmentId);
  await sql`update lease set expires_rt = clock_timestamp()`;
  expect(await lineGroupIds(sql)).toEqual([await lineGroupId()]);
  await grant();
  expect(await sql`select reason from wake where enrollment_id = ${enrollmentId}`).toEqual([
    { reason: 'grant_expired' },
  ]);
  expect(await sql`select 1 from lease where freed_rt is null`).toHaveLength(0);
  expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
});

test('nothing is granted to who can not call: paused, ended, or too late for the day', async () => {
  await sql`update line_group set lines = 1`;
  const paused = await seedOutreach(sql, { people: people(3) });
  const [caller = '', ended = '', late = ''] = paused.enrollmentIds;
  const [attemptId = ''] = await busy([caller]);
  await queued([ended, late]);
  await tell(sql, { enrollmentId: ended, body: { kind: 'order', order: 'complete' } });
  await hangUp(attemptId);
  await sql`update campaign set status = 'paused'`;
  expect(await grant()).toEqual([]);
  // Nobody has to stand behind a queue that can't move.
  const other = await seedOutreach(sql, { people: [{ ...NORA, phones: [fictionalPhone(9)] }] });
  expect((await wake(sql, other.enrollmentId)).decision.kind).toBe('touch');
  await sql`update lease set expires_rt = clock_timestamp() where freed_rt is null and state = 'granted'`;
  await sql`update campaign set status = 'active'`;
  await sql`update clock set anchor_at = '2027-03-02T01:30:00Z'`;
  expect(await grant()).toEqual([]);
});

test('does not wait for a step that waits for the lines, nor the other way round', async () => {
  await sql`update line_group set lines = 1`;
  const { enrollmentIds } = await seedOutreach(sql, { people: people(3) });
  const [caller = '', first = '', second = ''] = enrollmentIds;
  const [attemptId = ''] = await busy([caller]);
  await queued([first, second]);
  await hangUp(attemptId);
  // The call is off: its step deletes its place in the queue and would then be free to go.
  await tell(sql, { enrollmentId: first, body: { kind: 'order', order: 'stop_calls' } });
  let granted: Promise<unknown> = Promise.resolve();
  let stepped: Promise<unknown> = Promise.resolve();
  await inTransaction(sql, async (tx) => {
    await lockLineGroup(tx, await lineGroupId());
    stepped = step(sql, { enrollmentId: second, workflowRunId: 'run', running: [] });
    await untilWaiting(sql, 1);
    granted = grant();
    await untilWaiting(sql, 2);
  });
  await expect(Promise.all([granted, stepped])).resolves.toHaveLength(2);
});
