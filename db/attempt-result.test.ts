import type { FactBody } from '../domain/fact';
import { databaseOfThisFile } from '../test/database';
import { claimDue, NORA, ONE_CALL_RUN, orderOf, seedOutreach, startOver, tell, TEST_KEYS, wake } from '../test/seed';
import { recordAccepted, recordNotSent, recordUnknown, type NotSentResult } from './attempt-result';
import { claim } from './claim';

const { sql } = databaseOfThisFile({ max: 12 });
beforeEach(() => startOver(sql));

const TWICE = { ...ONE_CALL_RUN, calls: { attempts: 2, spacingMinutes: { default: 0 }, greeting: 'Hello.' } };
const TEXT = {
  key: 'texts',
  startsOn: '2027-03-01',
  hours: ONE_CALL_RUN.hours,
  messages: [{ key: 'hello', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello {{contact.first_name}}.' }],
};
const LOST: NotSentResult = { reason: 'not_at_provider', verdict: 'final' };

async function claimed(runs: readonly unknown[] = [TWICE]) {
  const { enrollmentId } = await seedOutreach(sql, { runs, people: [{ ...NORA, email: 'nora@example.com' }] });
  const { attemptId } = await claimDue(sql, enrollmentId);
  return { enrollmentId, attemptId, word: (body: FactBody) => tell(sql, { attemptId, body }) };
}

async function attempt() {
  const [row] = await sql<{ state: string; status: string | null; providerSid: string | null; watched: boolean }[]>`
    select state, status, provider_sid, resolve_by_rt is not null as watched from attempt order by claimed_rt limit 1`;
  return row;
}
/** Lets so much business time pass. */
const pass = (seconds: number) => sql`update clock set anchor_at = anchor_at + make_interval(secs => ${seconds})`;
const held = async () => ({
  lines: (await sql`select 1 from lease where freed_rt is null`).length,
  people: (await sql`select 1 from open_call`).length,
  counted: (await sql`select 1 from attempt_address`).length,
});
const story = async () => (await sql`select kind from timeline order by id`).map(({ kind }) => String(kind));

describe('a callback that proves acceptance beats', () => {
  it('"not sent" when it comes first', async () => {
    const { attemptId, word } = await claimed();
    await word({ kind: 'call_progress', status: 'ringing', sid: 'CA1' });
    expect(await recordNotSent(sql, attemptId, LOST)).toBe('accepted');
    expect(await attempt()).toMatchObject({ state: 'accepted', providerSid: 'CA1', watched: true });
    expect(await held()).toEqual({ lines: 1, people: 1, counted: 2 });
  });

  it('"not sent" when it comes later: the call counts again and has its line and its person', async () => {
    const { attemptId, word, enrollmentId } = await claimed();
    expect(await recordNotSent(sql, attemptId, LOST)).toBe('not_sent');
    expect(await held()).toEqual({ lines: 0, people: 0, counted: 0 });
    await word({ kind: 'call_progress', status: 'ringing', sid: 'CA1' });
    expect(await attempt()).toMatchObject({ state: 'accepted', watched: true });
    expect(await held()).toEqual({ lines: 1, people: 1, counted: 2 });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'reconcile', attemptId });
    await word({ kind: 'call_progress', status: 'no_answer' });
    expect(await held()).toEqual({ lines: 0, people: 0, counted: 2 });
  });

  it('a refusal that may be tried again: nobody is called a second time for it', async () => {
    const { attemptId, word, enrollmentId } = await claimed();
    await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 1 });
    await word({ kind: 'call_progress', status: 'completed', sid: 'CA1' });
    await word({ kind: 'call_outcome', outcome: 'successful', by: 'agent', runRules: true });
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
    expect(await sql`select 1 from attempt`).toHaveLength(1);
  });

  it('a refusal, and waits for its end where the next try is under way already', async () => {
    const { attemptId, word, enrollmentId } = await claimed();
    await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry' });
    await pass(30);
    const second = await claimDue(sql, enrollmentId);
    expect(await word({ kind: 'call_progress', status: 'ringing', sid: 'CA1' })).toMatchObject({ duplicate: false });
    expect(await attempt()).toMatchObject({ state: 'not_sent', status: 'ringing', providerSid: 'CA1' });
    await word({ kind: 'call_progress', status: 'no_answer', sid: 'CA1' });
    expect(await attempt()).toMatchObject({ state: 'ended' });
    expect(await sql`select attempt_id from lease where freed_rt is null`).toEqual([{ attemptId: second.attemptId }]);
    expect(await sql`select 1 from fact where fold_error is not null`).toHaveLength(0);
  });

  it('"unknown", in either order', async () => {
    const first = await claimed();
    await first.word({ kind: 'machine_detected', answeredBy: 'unknown', sid: 'CA1' });
    await recordUnknown(sql, first.attemptId);
    expect(await attempt()).toMatchObject({ state: 'accepted', providerSid: 'CA1', watched: true });
    await startOver(sql);
    const second = await claimed();
    await recordUnknown(sql, second.attemptId);
    expect(await attempt()).toMatchObject({ state: 'unknown', watched: true });
    await second.word({ kind: 'call_progress', status: 'initiated', sid: 'CA1' });
    expect(await attempt()).toMatchObject({ state: 'accepted', providerSid: 'CA1', watched: true });
  });
});

describe("the provider's answer", () => {
  it('that comes after the callbacks takes nothing back (F11)', async () => {
    const { attemptId, word } = await claimed();
    await word({ kind: 'call_progress', status: 'busy', sid: 'CA1' });
    await recordAccepted(sql, attemptId, 'CA1');
    expect(await attempt()).toMatchObject({ state: 'ended', status: 'busy', watched: false });
    expect(await story()).toEqual(['call_started', 'call_ended']);
  });

  it('"accepted" corrects whoever looked in vain', async () => {
    const { attemptId } = await claimed();
    await recordNotSent(sql, attemptId, LOST);
    await recordAccepted(sql, attemptId, 'CA1');
    expect(await attempt()).toMatchObject({ state: 'accepted', providerSid: 'CA1', watched: true });
    expect(await held()).toEqual({ lines: 1, people: 1, counted: 2 });
  });

  it('"unknown" is never written over what is known better', async () => {
    const { attemptId } = await claimed();
    await recordAccepted(sql, attemptId, 'CA1');
    await recordUnknown(sql, attemptId);
    expect(await attempt()).toMatchObject({ state: 'accepted' });
  });

  it('given twice changes nothing', async () => {
    const { attemptId, enrollmentId } = await claimed();
    const refusal: NotSentResult = { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 30_000 };
    await recordNotSent(sql, attemptId, refusal);
    await recordNotSent(sql, attemptId, refusal);
    expect(await story()).toEqual(['touch_refused']);
    const { decision } = await wake(sql, enrollmentId);
    expect(decision).toMatchObject({ kind: 'wait', touch: { key: 'week.call.1', try: 2 } });
  });
});

describe('a message that the provider took', () => {
  const out = () => sql`select direction, body from message`;

  it('stands in the conversation once, when the answer comes first', async () => {
    const { attemptId, word } = await claimed([TEXT]);
    await recordAccepted(sql, attemptId, 'SM1');
    await word({ kind: 'message_progress', status: 'delivered', sid: 'SM1' });
    expect([...(await out())]).toEqual([{ direction: 'out', body: 'Hello Nora.' }]);
    expect(await story()).toEqual(['message_sent', 'message_delivered']);
    expect(await attempt()).toMatchObject({ state: 'ended', watched: false });
  });

  it('stands there as well when a callback beats the answer (F11)', async () => {
    const { attemptId, word } = await claimed([TEXT]);
    await word({ kind: 'message_progress', status: 'sent', sid: 'SM1' });
    await recordAccepted(sql, attemptId, 'SM1');
    expect([...(await out())]).toEqual([{ direction: 'out', body: 'Hello Nora.' }]);
    expect(await story()).toEqual(['message_sent']);
    expect(await attempt()).toMatchObject({ state: 'accepted', watched: false });
  });

  it('and whose answer got lost for good', async () => {
    const { attemptId, word } = await claimed([TEXT]);
    await recordUnknown(sql, attemptId);
    await word({ kind: 'message_progress', status: 'delivered', sid: 'SM1' });
    expect([...(await out())]).toHaveLength(1);
    expect(await story()).toEqual(['message_sent', 'message_delivered']);
  });
});

test('a promise to call back is open again when its call was not sent, and kept when the next try ends', async () => {
  const { enrollmentId } = await seedOutreach(sql, { runs: [TWICE] });
  const [clock] = await sql<{ now: number }[]>`select ms(app_now()) as now`;
  await tell(sql, { enrollmentId, body: { kind: 'callback_requested', at: clock?.now ?? 0 } });
  const first = await claimDue(sql, enrollmentId);
  await recordNotSent(sql, first.attemptId, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 0 });
  await pass(1);
  const order = await orderOf(sql, enrollmentId);
  expect(order).toMatchObject({ touchKey: 'promises.callback.1', try: 2 });
  await claim(sql, order, TEST_KEYS);
  await tell(sql, { attemptId: order.attemptId, body: { kind: 'call_progress', status: 'busy' } });
  expect(await sql`select state, reason from commitment`).toEqual([{ state: 'kept', reason: 'busy' }]);
});

test('a promise made while the call of another is under way is broken when that call ends the outreach', async () => {
  const rule = { key: 'c', when: { trigger: 'call_outcome', outcome: 'converted' }, then: [{ kind: 'stop_campaign' }] };
  const { enrollmentId } = await seedOutreach(sql, { runs: [TWICE], policy: { rules: [rule] } });
  const [clock] = await sql<{ now: number }[]>`select ms(app_now()) as now`;
  const now = clock?.now ?? 0;
  await tell(sql, { enrollmentId, body: { kind: 'callback_requested', at: now } });
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { enrollmentId, body: { kind: 'callback_requested', at: now + 3_600_000 } });
  await tell(sql, { attemptId, body: { kind: 'call_outcome', outcome: 'converted', by: 'agent', runRules: true } });
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
  expect(await sql`select state, reason from commitment order by promised_at`).toEqual([
    { state: 'moved', reason: 'a new time was asked for' },
    { state: 'broken', reason: 'stopped_by_rule' },
  ]);
});

test('what the provider refuses in every try is never tried again at once, and given up at last', async () => {
  const { enrollmentId, attemptId } = await claimed([ONE_CALL_RUN]);
  let failed = attemptId;
  await recordNotSent(sql, failed, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 0 });
  expect((await wake(sql, enrollmentId)).decision.kind).toBe('wait');
  for (let nth = 1; nth <= 20; nth++) {
    await recordNotSent(sql, failed, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 0 });
    await pass(1);
    const { decision, attemptId: next } = await wake(sql, enrollmentId);
    if (decision.kind !== 'touch' || next === null) break;
    failed = next;
    await claim(
      sql,
      { enrollmentId, attemptId: next, touchKey: decision.touch.key, try: decision.touch.try },
      TEST_KEYS,
    );
  }
  expect(await sql`select 1 from attempt`).toHaveLength(20);
  expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
});
