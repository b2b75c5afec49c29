import { databaseOfThisFile } from '../test/database';
import { claimDue, fictionalPhone, MONDAY_NOON, NORA, seedOutreach, startOver, TEST_KEYS, wake } from '../test/seed';
import { fromIso } from '../domain/instant';
import { recoverText } from './recovered-text';
import { adoptResource, businessInstantOf, doubtPendingEffects, enrollAgain, type Resource } from './recovery';
import { presumeMails } from './recovery-mail';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const OURS = '+12125550100';
const NOON = fromIso(MONDAY_NOON);
const PERSON = { ...NORA, email: 'nora@example.com' };
const MAIL = {
  key: 'mail',
  channel: 'email',
  subject: 'Hello',
  text: 'Hello',
  when: { kind: 'after_start', delayMinutes: 0 },
};
const RUN = {
  key: 'week',
  startsOn: '2027-03-01',
  endsOn: '2027-03-05',
  hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
};
const CALLS = { ...RUN, calls: { attempts: 2, greeting: 'Hello.', spacingMinutes: { default: 60 } } };

async function resource(changes: Partial<Resource> = {}): Promise<Resource> {
  const [row] = await sql<{ rt: number }[]>`select ms(clock_timestamp()) as rt`;
  return { channel: 'voice', sid: 'CA1', from: OURS, to: fictionalPhone(0), createdMs: row?.rt ?? 0, ...changes };
}

const attempts = () => sql<{ id: string; touchKey: string; state: string; permit: object }[]>`
  select id, touch_key, state, permit from attempt order by claimed_at, touch_key`;

describe('a call in the books of the provider', () => {
  it('becomes the attempt that it was: the same id as the one that was lost', async () => {
    const { enrollmentId } = await seedOutreach(sql, { people: [PERSON], runs: [CALLS] });
    const { attemptId } = await claimDue(sql, enrollmentId);
    // The database forgets it.
    await sql`truncate attempt, attempt_address, open_call, lease, timeline cascade`;
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toEqual({
      kind: 'attempt',
      isNew: true,
      attemptId,
      enrollmentId,
    });
    expect(await attempts()).toMatchObject([
      { id: attemptId, state: 'claimed', permit: { recovered: { sid: 'CA1' } } },
    ]);
    expect(await sql`select 1 from lease where state = 'bound' and freed_rt is null`).toHaveLength(1);
    expect(await sql`select 1 from open_call`).toHaveLength(1);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'reconcile', attemptId });
  });

  it('that was known all along changes nothing', async () => {
    const { enrollmentId } = await seedOutreach(sql, { people: [PERSON], runs: [CALLS] });
    const { attemptId } = await claimDue(sql, enrollmentId);
    await sql`update attempt set provider_sid = 'CA1', state = 'accepted'`;
    const known = { kind: 'attempt', isNew: false, attemptId, enrollmentId };
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toEqual(known);
    await sql`update attempt set state = 'ended', ended_at = app_now()`;
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toEqual({ kind: 'owned' });
    expect(await attempts()).toHaveLength(1);
  });

  it('belongs to the attempt whose answer was lost, where there is one', async () => {
    const { enrollmentId } = await seedOutreach(sql, { people: [PERSON], runs: [CALLS] });
    const { attemptId } = await claimDue(sql, enrollmentId);
    await sql`update attempt set state = 'unknown'`;
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toEqual({
      kind: 'attempt',
      isNew: false,
      attemptId,
      enrollmentId,
    });
    expect(await attempts()).toHaveLength(1);
  });

  it('is taken over though its person has said "stop" since', async () => {
    const { enrollmentId } = await seedOutreach(sql, { people: [PERSON], runs: [CALLS] });
    await recoverText(sql, { sid: 'SM9', from: fictionalPhone(0), to: OURS, text: 'STOP' }, TEST_KEYS.addressKey);
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toMatchObject({ kind: 'attempt', enrollmentId });
  });

  it('that no plan knows names those whom it may have been for', async () => {
    const { enrollmentId } = await seedOutreach(sql, { people: [PERSON], runs: [{ ...RUN, messages: [MAIL] }] });
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toEqual({
      kind: 'unplanned',
      enrollmentIds: [enrollmentId],
    });
    expect(await attempts()).toEqual([]);
  });

  it('to somebody who is in no campaign is a stranger’s', async () => {
    expect(await adoptResource(sql, await resource(), TEST_KEYS)).toEqual({ kind: 'stranger' });
  });
});

describe('mails, which have no books', () => {
  it('that were due in the gap count as sent, once', async () => {
    await seedOutreach(sql, { people: [PERSON], runs: [{ ...RUN, messages: [MAIL] }] });
    const gap = { fromAt: NOON - 3_600_000, untilAt: NOON };
    expect(await presumeMails(sql, gap, TEST_KEYS)).toBe(1);
    expect(await presumeMails(sql, gap, TEST_KEYS)).toBe(0);
    expect(await attempts()).toMatchObject([{ touchKey: expect.stringContaining('mail'), state: 'unknown_final' }]);
  });

  it('that were due later are still to be sent', async () => {
    const later = { ...MAIL, when: { kind: 'after_start', delayMinutes: 300 } };
    await seedOutreach(sql, { people: [PERSON], runs: [{ ...RUN, messages: [later] }] });
    expect(await presumeMails(sql, { fromAt: NOON - 3_600_000, untilAt: NOON }, TEST_KEYS)).toBe(0);
  });
});

describe('a text of a person in the books', () => {
  it('is heard once, under the name that its webhook would have given it (C6)', async () => {
    await seedOutreach(sql, { people: [PERSON] });
    const text = { sid: 'SM1', from: fictionalPhone(0), to: OURS, text: 'please stop texting me' };
    expect(await recoverText(sql, text, TEST_KEYS.addressKey)).toBe(true);
    expect(await recoverText(sql, text, TEST_KEYS.addressKey)).toBe(false);
    expect(await sql`select 1 from suppression where 'voice' = any(channels)`).toHaveLength(2);
    expect(await sql`select 1 from inbox where event_key = 'twilio:SM1'`).toHaveLength(1);
  });

  it('bars an address that is nobody’s yet, and passes over short codes', async () => {
    const stop = { sid: 'SM2', from: fictionalPhone(5), to: OURS, text: 'STOP' };
    expect(await recoverText(sql, stop, TEST_KEYS.addressKey)).toBe(true);
    expect(await sql`select 1 from suppression`).toHaveLength(1);
    expect(await recoverText(sql, { ...stop, sid: 'SM3', from: '72345' }, TEST_KEYS.addressKey)).toBe(false);
  });
});

test('members without a row get one, though the list was read a moment ago', async () => {
  const { campaignId } = await seedOutreach(sql, { people: [PERSON] });
  await sql`truncate enrollment cascade`;
  await enrollAgain(sql);
  expect(await sql`select 1 from enrollment where campaign_id = ${campaignId}`).toHaveLength(1);
});

test('an effect that may have been done is looked for before it is done', async () => {
  const { enrollmentId } = await seedOutreach(sql, { people: [PERSON] });
  await sql`
    with told as (
      insert into fact (kind, enrollment_id, body, actor, at) values ('order', ${enrollmentId}, '{}', 'test', app_now()) returning id)
    insert into execution (fact_id, action_ix, enrollment_id, kind, payload, at)
    select id, 0, ${enrollmentId}, 'crm_note', '{}', app_now() from told`;
  await doubtPendingEffects(sql);
  expect(await sql`select 1 from execution where sent_rt is not null`).toHaveLength(1);
});

test('an instant of real time is one of business time by the clock of today', async () => {
  expect(await businessInstantOf(sql, 1_700_000_000_000)).toBe(NOON);
  await sql`delete from clock`;
  expect(await businessInstantOf(sql, 1_700_000_000_000)).toBe(1_700_000_000_000);
});
