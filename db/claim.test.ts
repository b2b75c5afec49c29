import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  fictionalPhone,
  MONDAY_NOON,
  NORA,
  ONE_CALL_RUN,
  orderOf,
  people,
  seedOutreach,
  startOver,
  tell,
  TEST_KEYS,
  untilWaiting,
  wake,
  type OutreachOptions,
} from '../test/seed';
import { recordNotSent } from './attempt-result';
import { pauseCampaign } from './campaign-life';
import { claim } from './claim';
import { inTransaction } from './client';
import { lockAddresses } from './suppression';

const { sql } = databaseOfThisFile({ max: 16 });
beforeEach(() => startOver(sql));

const outreach = (options?: OutreachOptions) => seedOutreach(sql, options);
const attempts = async () =>
  sql<{ state: string; toHash: string }[]>`select state, to_hash from attempt order by claimed_rt`;
const refusals = async () =>
  (
    await sql<
      { reason: string }[]
    >`select data ->> 'reason' as reason from timeline where kind = 'touch_refused' order by id`
  ).map(({ reason }) => reason);

/** Business milliseconds from the last refusal until the enrollment may act again. */
async function leftAloneMs(): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select ms(e.not_before_at) - ms(t.at) as ms from enrollment e join timeline t on t.enrollment_id = e.id and t.kind = 'touch_refused'`;
  return row?.ms ?? 0;
}

const stop = (enrollmentId: string) =>
  tell(sql, { enrollmentId, body: { kind: 'reply', channel: 'sms', verdict: 'revoke' } });

const RUN_OF_THREE = { ...ONE_CALL_RUN, calls: { attempts: 3, spacingMinutes: { default: 0 }, greeting: 'Hello.' } };
const TEXT = (text: string) => ({
  key: 'texts',
  startsOn: '2027-03-01',
  hours: ONE_CALL_RUN.hours,
  messages: [{ key: 'hello', channel: 'sms', when: { kind: 'after_start' }, text }],
});

describe('a STOP and a claim that meet', () => {
  it('are ordered by the lock on the addresses: whichever commits first wins (INV-2, N-6, T28)', async () => {
    const { enrollmentIds } = await outreach({
      people: people(12),
    });
    const orders = [];
    for (const enrollmentId of enrollmentIds) orders.push(await orderOf(sql, enrollmentId));
    const outcomes = await Promise.all(
      orders.map(async (order, n) => {
        const [claimed] = await Promise.all(
          n % 2 === 0
            ? [claim(sql, order, TEST_KEYS), stop(order.enrollmentId)]
            : [stop(order.enrollmentId).then(async () => claim(sql, order, TEST_KEYS))],
        );
        return { n, kind: 'kind' in claimed ? claimed.kind : '' };
      }),
    );
    expect(outcomes.filter(({ n, kind }) => n % 2 === 1 && kind !== 'refused')).toEqual([]);
    const late = await sql`
      select 1 from attempt t join suppression s on s.hash = t.to_hash where s.rt < t.claimed_rt`;
    expect(late).toHaveLength(0);
  });

  it('leave nothing behind that was claimed after a STOP which waited for the lock first', async () => {
    const { enrollmentId, contacts } = await outreach();
    const order = await orderOf(sql, enrollmentId);
    let stopped: Promise<unknown> = Promise.resolve();
    let claimed: Promise<unknown> = Promise.resolve();
    await inTransaction(sql, async (tx) => {
      await lockAddresses(tx, contacts[0]?.contactId ?? '');
      stopped = stop(enrollmentId);
      await untilWaiting(sql, 1);
      claimed = claim(sql, order, TEST_KEYS);
      await untilWaiting(sql, 2);
    });
    await stopped;
    expect(await claimed).toEqual({ kind: 'refused', reason: 'finish' });
    expect(await attempts()).toEqual([]);
  });

  it('concern everybody who shares an address with the person who said it (T27)', async () => {
    const shared = fictionalPhone(1);
    const { enrollmentIds } = await outreach({
      people: [
        { ...NORA, phones: [fictionalPhone(0), shared] },
        { ...NORA, name: 'Olaf', phones: [shared] },
      ],
    });
    const [nora = '', olaf = ''] = enrollmentIds;
    const order = await orderOf(sql, olaf);
    await stop(nora);
    expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'finish' });
    expect(await sql`select 1 from wake where enrollment_id = ${olaf}`).toHaveLength(1);
    expect((await wake(sql, olaf)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
  });
});

describe('a pause and a claim that meet', () => {
  it('never leave a claim that was made after the pause', async () => {
    const { enrollmentIds, campaignId } = await outreach({
      people: people(10),
    });
    const orders = [];
    for (const enrollmentId of enrollmentIds) orders.push(await orderOf(sql, enrollmentId));
    const claims = orders.map((order) => claim(sql, order, TEST_KEYS));
    await pauseCampaign(sql, campaignId, 'operator');
    await Promise.all(claims);
    const late = await sql`
      select 1 from attempt t join timeline p on p.kind = 'campaign_paused' and p.rt < t.claimed_rt`;
    expect(late).toHaveLength(0);
    const order = orders[0];
    if (order === undefined) throw new Error('nobody is due');
    const again = await claim(sql, order, TEST_KEYS);
    expect(['existing', 'refused']).toContain(again.kind);
    expect((await wake(sql, enrollmentIds[0] ?? '')).decision.kind).toMatch(/hold|reconcile/);
  });

  it('waits for the claims that are under way, and the next ones wait for it', async () => {
    const { enrollmentId, campaignId } = await outreach();
    const order = await orderOf(sql, enrollmentId);
    let paused: Promise<unknown> = Promise.resolve();
    let claimed: Promise<unknown> = Promise.resolve();
    await inTransaction(sql, async (tx) => {
      // What a claim that has not committed yet holds.
      await tx`select pg_advisory_xact_lock_shared(1, seq::int) from campaign where id = ${campaignId}`;
      paused = pauseCampaign(sql, campaignId, 'operator');
      await untilWaiting(sql, 1);
      claimed = claim(sql, order, TEST_KEYS);
      await untilWaiting(sql, 2);
    });
    await paused;
    expect(await claimed).toEqual({ kind: 'refused', reason: 'hold' });
  });
});

describe('one person in two campaigns', () => {
  it('has one live call at a time, and who lost waits instead of asking again at once', async () => {
    const { enrollmentIds } = await outreach({ campaigns: 2 });
    const orders = [];
    for (const enrollmentId of enrollmentIds) orders.push(await orderOf(sql, enrollmentId));
    const outcomes = await Promise.all(orders.map((order) => claim(sql, order, TEST_KEYS)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'refused']);
    expect(outcomes.find(({ kind }) => kind === 'refused')).toEqual({ kind: 'refused', reason: 'busy_elsewhere' });
    expect(await sql`select 1 from lease where freed_rt is null`).toHaveLength(1);
    const loser = enrollmentIds[outcomes.findIndex(({ kind }) => kind === 'refused')] ?? '';
    expect((await wake(sql, loser)).decision).toMatchObject({ kind: 'wait' });
    expect(await refusals()).toEqual(['busy_elsewhere']);
  });

  it('counts against one cap, also through a contact that shares an address (N-8)', async () => {
    const shared = fictionalPhone(1);
    const { enrollmentIds } = await outreach({
      people: [
        { ...NORA, phones: [fictionalPhone(0), shared] },
        { ...NORA, name: 'Olaf', phones: [shared] },
      ],
      policy: { caps: { perDay: 1 } },
    });
    const [nora = '', olaf = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, nora);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
    expect((await wake(sql, olaf)).decision).toMatchObject({
      kind: 'wait',
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'cap' })]),
    });
  });
});

describe('a claim that is refused', () => {
  it('gives its line back and says why, once', async () => {
    const { enrollmentId } = await outreach();
    const order = await orderOf(sql, enrollmentId);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_calls' } });
    expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'finish' });
    expect(await sql`select 1 from lease where freed_rt is null`).toHaveLength(0);
    expect(await refusals()).toEqual(['finish']);
  });

  it('waits until there is a sender', async () => {
    const { enrollmentId } = await outreach();
    const order = await orderOf(sql, enrollmentId);
    await sql`update settings set caller_numbers = '{}'`;
    expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'no_sender' });
    const { decision } = await wake(sql, enrollmentId);
    expect(decision).toMatchObject({ kind: 'wait', askAt: Date.parse(MONDAY_NOON) + 900_000 });
  });

  it('waits a moment of real time as well, however fast business time runs', async () => {
    const { enrollmentId } = await outreach();
    await sql`update clock set speed = 720`;
    const order = await orderOf(sql, enrollmentId);
    await sql`update settings set caller_numbers = '{}'`;
    await claim(sql, order, TEST_KEYS);
    expect(await leftAloneMs()).toBeGreaterThanOrEqual(2_000 * 720);
  });

  it('records a text that has no value for a variable, for good, and the plan goes on (T12)', async () => {
    const { enrollmentId } = await outreach({ runs: [TEXT('Hello {{contact.shoe_size}}.'), RUN_OF_THREE] });
    await sql`update enrollment set enrolled_at = enrolled_at - interval '1 minute'`;
    const kinds: string[] = [];
    for (let n = 0; n < 4; n++) {
      const { decision, attemptId } = await wake(sql, enrollmentId);
      kinds.push(decision.kind === 'touch' ? `touch ${decision.touch.key}` : decision.kind);
      if (decision.kind !== 'touch') break;
      await claim(sql, { enrollmentId, attemptId: attemptId ?? '', touchKey: decision.touch.key, try: 1 }, TEST_KEYS);
    }
    expect(kinds.toSorted()).toEqual(['reconcile', 'touch texts.hello.1', 'touch week.call.1'].toSorted());
    expect(await sql`select state, status, error_code from attempt where channel = 'sms'`).toEqual([
      { state: 'not_sent', status: 'final', errorCode: 'template_variable_missing' },
    ]);
  });

  it('is refused for an address that an import has just added, until it is read under its lock', async () => {
    const { enrollmentId, contacts } = await outreach();
    const order = await orderOf(sql, enrollmentId);
    const contactId = contacts[0]?.contactId ?? '';
    let claimed: Promise<unknown> = Promise.resolve();
    await inTransaction(sql, async (tx) => {
      await lockAddresses(tx, contactId);
      claimed = claim(sql, order, TEST_KEYS);
      await untilWaiting(sql, 1);
      await sql`insert into address (hash, kind, value) values ('new', 'phone', ${fictionalPhone(7)})`;
      await sql`insert into contact_address (contact_id, hash, position) values (${contactId}, 'new', 9)`;
    });
    expect(await claimed).toEqual({ kind: 'refused', reason: 'addresses_changed' });
    expect((await claimDue(sql, enrollmentId)).outcome.kind).toBe('claimed');
  });
});

describe('what the provider says about an address', () => {
  it('moves on to the next phone when one is not valid (21211)', async () => {
    const { enrollmentId, contacts } = await outreach({
      people: [{ ...NORA, phones: [fictionalPhone(0), fictionalPhone(1)] }],
    });
    const [first = '', second = ''] = contacts[0]?.hashes ?? [];
    const { attemptId } = await claimDue(sql, enrollmentId);
    await recordNotSent(sql, attemptId, { reason: 'address_invalid', verdict: 'address_invalid' });
    const next = await claimDue(sql, enrollmentId);
    expect(next.outcome.kind).toBe('claimed');
    expect((await attempts()).map(({ toHash }) => toHash)).toEqual([first, second]);
  });

  it('ends the outreach when no other phone is left', async () => {
    const { enrollmentId } = await outreach();
    const { attemptId } = await claimDue(sql, enrollmentId);
    await recordNotSent(sql, attemptId, { reason: 'address_invalid', verdict: 'address_invalid' });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish' });
  });

  it('takes 21610 for an opt-out of the person', async () => {
    const { enrollmentId, contacts } = await outreach({ runs: [TEXT('Hello.')] });
    const { attemptId } = await claimDue(sql, enrollmentId);
    await recordNotSent(sql, attemptId, { reason: 'opted_out', verdict: 'opted_out' });
    const suppressed = await sql`select channels, source from suppression where hash = ${contacts[0]?.hashes[0] ?? ''}`;
    expect([...suppressed]).toEqual([{ channels: ['voice', 'sms', 'email'], source: 'provider' }]);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
  });

  it('scales the time that it wants to be left alone to business time', async () => {
    const { enrollmentId } = await outreach();
    await sql`update clock set speed = 720`;
    const { attemptId } = await claimDue(sql, enrollmentId);
    await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 10_000 });
    expect(await leftAloneMs()).toBeGreaterThanOrEqual(10_000 * 720);
  });
});

test('the same order given twice claims once', async () => {
  const { enrollmentId } = await outreach();
  const order = await orderOf(sql, enrollmentId);
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => claim(sql, order, TEST_KEYS)));
  expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === 'existing')).toHaveLength(7);
});
