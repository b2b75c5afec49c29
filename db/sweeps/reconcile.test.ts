import type { FoundResource, SmsProvider, VoiceProvider } from '../../activities/providers/provider';
import { databaseOfThisFile } from '../../test/database';
import { claimDue, NORA, ONE_CALL_RUN, seedOutreach, startOver, tell, TEST_KEYS, wake } from '../../test/seed';
import { reconcile } from '../../workers/sweeps/reconcile';
import { recordAccepted, recordUnknown } from '../attempt-result';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

/** A provider that keeps its calls and texts in memory, and can be away. */
class Exchange implements VoiceProvider, SmsProvider {
  readonly resources: (FoundResource & { readonly from: string; readonly to: string })[] = [];
  isAway = false;
  asked = 0;

  async findCalls(query: { from: string; to: string; sinceMs: number }) {
    this.asked++;
    if (this.isAway) throw new Error('away');
    return this.resources.filter(
      ({ from, to, createdMs }) => from === query.from && to === query.to && createdMs >= query.sinceMs,
    );
  }
  findSms = this.findCalls.bind(this);

  async getCall(sid: string) {
    this.asked++;
    if (this.isAway) throw new Error('away');
    return this.resources.find((one) => one.sid === sid) ?? null;
  }
  getSms = this.getCall.bind(this);

  async placeCall(): Promise<never> {
    throw new Error('reconciliation never creates');
  }
  sendSms = this.placeCall.bind(this);
  async cancelCall() {}
}

const GRACE_MS = 90_000;
const GIVE_UP_MS = 900_000;
const FROM = '+12125550100';
const TO = NORA.phones?.[0] ?? '';
const TEXT = {
  key: 'texts',
  startsOn: '2027-03-01',
  hours: ONE_CALL_RUN.hours,
  messages: [{ key: 'hello', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello.' }],
};
const MAIL = {
  ...TEXT,
  messages: [{ key: 'hello', channel: 'email', when: { kind: 'after_start' }, subject: 'Hi', text: 'Hi.' }],
};
const TWICE = { ...ONE_CALL_RUN, calls: { attempts: 2, spacingMinutes: { default: 0 }, greeting: 'Hello.' } };

async function lost(run: object = TWICE) {
  const { enrollmentId } = await seedOutreach(sql, { runs: [run], people: [{ ...NORA, email: 'nora@example.com' }] });
  const { attemptId } = await claimDue(sql, enrollmentId);
  const exchange = new Exchange();
  const sweep = reconcile({
    sql,
    voice: exchange,
    sms: exchange,
    addressKey: TEST_KEYS.addressKey,
    graceMs: GRACE_MS,
    giveUpMs: GIVE_UP_MS,
  });
  return {
    enrollmentId,
    attemptId,
    exchange,
    /** The next look, after so many seconds of real time. */
    async look(afterSeconds: number) {
      await sql`
        update attempt set claimed_rt = claimed_rt - make_interval(secs => ${afterSeconds}),
          resolve_by_rt = resolve_by_rt - make_interval(secs => ${afterSeconds})`;
      await sweep.round();
      const [row] =
        await sql`select state, status, disposition, provider_sid as sid, lookups from attempt where ordinal <> 9 order by try limit 1`;
      return row;
    },
  };
}

const call = (status: string, more: Partial<FoundResource> = {}) => ({
  sid: 'CA1',
  status,
  createdMs: Date.now() - 1_000,
  from: FROM,
  to: TO,
  ...more,
});
const wakes = async () => (await sql`select 1 from wake`).length;
const held = async () =>
  (await sql`select 1 from lease where freed_rt is null`).length + (await sql`select 1 from open_call`).length;

describe('a call whose answer got lost', () => {
  it('is left alone until its deadline', async () => {
    const { look, exchange } = await lost();
    expect(await look(15)).toMatchObject({ state: 'claimed' });
    expect(exchange.asked).toBe(0);
  });

  it('is found at the provider and goes on from there, waking nobody until the plan can change', async () => {
    const { look, exchange } = await lost();
    exchange.resources.push(call('in-progress'));
    expect(await look(21)).toMatchObject({ state: 'accepted', sid: 'CA1' });
    expect(await look(121)).toMatchObject({ state: 'accepted' });
    expect(await look(21)).toMatchObject({ state: 'accepted' });
    expect(await wakes()).toBe(0);
    exchange.resources.splice(0, 1, call('busy'));
    expect(await look(21)).toMatchObject({ state: 'ended', disposition: 'busy' });
    expect(await wakes()).toBe(1);
    expect(await held()).toBe(0);
  });

  it('is not taken for one that belongs to another attempt, or is older', async () => {
    const { look, exchange, enrollmentId } = await lost();
    exchange.resources.push(call('completed', { sid: 'CA0', createdMs: Date.now() - 3_600_000 }));
    expect(await look(21)).toMatchObject({ state: 'claimed' });
    exchange.resources.push(call('completed', { sid: 'CA-other' }));
    await sql`
      insert into attempt (id, enrollment_id, touch_key, try, run_key, step_key, ordinal, channel, from_hash, to_hash, state, provider_sid,
        token_hash, claimed_at, post_by_rt, version_id, permit, content)
      select gen_random_uuid(), enrollment_id, 'week.call.9', 1, run_key, step_key, 9, channel, from_hash, to_hash, 'ended', 'CA-other',
        'x', claimed_at, post_by_rt, version_id, permit, content from attempt where enrollment_id = ${enrollmentId}`;
    await sql`update attempt set resolve_by_rt = clock_timestamp() where state = 'claimed'`;
    expect(await look(100)).toMatchObject({ state: 'claimed', sid: null, lookups: 1 });
  });

  it('and is not there before 90 s is not judged; after two more look-ups it was not made, and is not made again', async () => {
    const { look, enrollmentId, attemptId } = await lost();
    await recordUnknown(sql, attemptId);
    expect(await look(31)).toMatchObject({ state: 'unknown', lookups: 0 });
    expect(await look(30)).toMatchObject({ state: 'unknown', lookups: 0 });
    expect(await look(31)).toMatchObject({ state: 'unknown', lookups: 1 });
    expect(await look(21)).toMatchObject({ state: 'not_sent', status: 'final' });
    expect(await held()).toBe(0);
    expect(await wakes()).toBe(1);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({
      kind: 'touch',
      touch: { key: 'week.call.2', try: 1 },
    });
  });

  it('is not judged by one look, however late', async () => {
    const { look } = await lost();
    expect(await look(500)).toMatchObject({ state: 'claimed', lookups: 1 });
    expect(await look(21)).toMatchObject({ state: 'not_sent' });
  });

  it('and whose provider is away is closed as unknown only when nobody can wait any longer', async () => {
    const { look, exchange, enrollmentId } = await lost();
    exchange.isAway = true;
    expect(await look(600)).toMatchObject({ state: 'claimed' });
    expect(await look(301)).toMatchObject({ state: 'unknown_final' });
    expect(await held()).toBe(0);
    expect(await wakes()).toBe(1);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'touch', touch: { key: 'week.call.2' } });
  });

  it('and whose sender is not ours any more can not be asked about: nobody will ever know', async () => {
    const { look } = await lost();
    await sql`update settings set caller_numbers = array['+12125550199']`;
    await look(91);
    expect(await look(21)).toMatchObject({ state: 'unknown_final' });
  });
});

describe('an accepted call', () => {
  it('that is never heard of again is looked up', async () => {
    const { look, exchange, attemptId } = await lost();
    await recordAccepted(sql, attemptId, 'CA1');
    exchange.resources.push(call('no-answer'));
    expect(await look(110)).toMatchObject({ state: 'accepted' });
    expect(await look(11)).toMatchObject({ state: 'ended', disposition: 'no_answer' });
  });

  it('that the provider does not know any more is closed in the end', async () => {
    const { look, attemptId } = await lost();
    await recordAccepted(sql, attemptId, 'CA1');
    expect(await look(800)).toMatchObject({ state: 'accepted' });
    expect(await look(101)).toMatchObject({ state: 'unknown_final' });
  });

  it('keeps its line while the provider is away: it may still go on (INV-11)', async () => {
    const { look, exchange, attemptId } = await lost();
    await recordAccepted(sql, attemptId, 'CA1');
    exchange.isAway = true;
    expect(await look(1_200)).toMatchObject({ state: 'accepted' });
    expect(await held()).toBe(2);
    expect(await look(4 * 3_600)).toMatchObject({ state: 'unknown_final' });
    expect(await held()).toBe(0);
  });

  it('that was closed as unknown is heard out when its end is told after all', async () => {
    const { look, exchange, attemptId } = await lost();
    exchange.isAway = true;
    await look(1_000);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer', sid: 'CA1' } });
    expect(await look(0)).toMatchObject({ state: 'ended', disposition: 'no_answer' });
  });
});

describe('a message whose answer got lost', () => {
  it('may be sent again when it is proved absent', async () => {
    const { look, enrollmentId } = await lost(TEXT);
    await look(100);
    expect(await look(21)).toMatchObject({ state: 'not_sent', status: 'retry' });
    await sql`update clock set anchor_at = anchor_at + interval '30 seconds'`;
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({
      kind: 'touch',
      touch: { key: 'texts.hello.1', try: 2 },
    });
  });

  it('is found, and then asked about no more', async () => {
    const { look, exchange } = await lost(TEXT);
    exchange.resources.push(call('sent', { sid: 'SM1' }));
    expect(await look(21)).toMatchObject({ state: 'accepted', sid: 'SM1' });
    const { asked } = exchange;
    await look(600);
    expect(exchange.asked).toBe(asked);
  });

  it('by mail can not be asked about: its silence proves nothing', async () => {
    const { look, exchange, enrollmentId } = await lost(MAIL);
    await look(60);
    expect(await look(40)).toMatchObject({ state: 'unknown_final' });
    expect(exchange.asked).toBe(0);
    expect(await sql`select kind from timeline order by id desc limit 1`).toEqual([{ kind: 'message_failed' }]);
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
  });
});

test('several reconcilers at once ask about each attempt once', async () => {
  const { exchange } = await lost();
  const sweep = reconcile({
    sql,
    voice: exchange,
    sms: exchange,
    addressKey: TEST_KEYS.addressKey,
    graceMs: GRACE_MS,
    giveUpMs: GIVE_UP_MS,
  });
  await sql`update attempt set resolve_by_rt = clock_timestamp() - interval '1 second'`;
  await Promise.all(Array.from({ length: 4 }, () => sweep.round()));
  expect(exchange.asked).toBe(1);
});
