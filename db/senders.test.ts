import { databaseOfThisFile } from '../test/database';
import { claimDue, NORA, ONE_CALL_RUN, type OutreachOptions, seedOutreach, startOver, tell } from '../test/seed';

/** Which of our numbers a person hears from, as the engine claims it. */

const { sql } = databaseOfThisFile();
beforeEach(() => startOver(sql));

const [NEW_YORK, MIAMI, CHICAGO] = ['+12125550190', '+13055550190', '+13125550190'];
const TWO_CALLS = { ...ONE_CALL_RUN, calls: { attempts: 3, spacingMinutes: { default: 0 }, greeting: 'Hello.' } };

async function outreach(options: OutreachOptions = {}, numbers: readonly string[] = [NEW_YORK, MIAMI, CHICAGO]) {
  const seeded = await seedOutreach(sql, { runs: [TWO_CALLS], ...options });
  await sql`update settings set caller_numbers = ${[...numbers]}`;
  return seeded;
}

/** The number that the next call comes from, and what its evidence says; nobody picks up. */
async function call(enrollmentId: string) {
  const { attemptId, outcome } = await claimDue(sql, enrollmentId);
  if (outcome.kind !== 'claimed') throw new Error(JSON.stringify(outcome));
  await sql`update attempt set state = 'accepted', provider_sid = ${attemptId} where id = ${attemptId}`;
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
  const [row] = await sql<{ reason: string }[]>`
    select permit ->> 'callerReason' as reason from attempt where id = ${attemptId}`;
  return { from: outcome.from, reason: row?.reason };
}

const rest = (number: string) => sql`update caller_number set resting = true where number = ${number}`;

describe('the number that a person is called from (U-12)', () => {
  it('is one that the campaign names, and stays the same for the person in all campaigns', async () => {
    const policy = { callerNumbers: [MIAMI, CHICAGO] };
    const { enrollmentIds } = await outreach({ campaigns: 2, policy });
    const [first = '', second = ''] = enrollmentIds;
    const { from, reason } = await call(first);
    expect([MIAMI, CHICAGO]).toContain(from);
    expect(reason).toBe('pool');
    expect(await call(second)).toEqual({ from, reason: 'heard_from' });
    await rest(from);
    const other = from === MIAMI ? CHICAGO : MIAMI;
    expect(await call(first)).toEqual({ from: other, reason: 'pool' });
  });

  it('is the nearest to the person where presence is local', async () => {
    const people = ['+17865550110', '+17735550111'].map((phone, n) => ({
      ...NORA,
      name: `Person ${n}`,
      phones: [phone],
    }));
    const { enrollmentIds } = await outreach({ people, policy: { localPresence: true } });
    const calls = [];
    for (const id of enrollmentIds) calls.push(await call(id));
    expect(calls).toEqual([
      { from: MIAMI, reason: 'nearest' },
      { from: CHICAGO, reason: 'nearest' },
    ]);
  });

  it('is none where all rest: the call waits', async () => {
    const { enrollmentId } = await outreach({}, [NEW_YORK]);
    await rest(NEW_YORK);
    expect((await claimDue(sql, enrollmentId)).outcome).toEqual({ kind: 'refused', reason: 'no_sender' });
  });
});
