import { databaseOfThisFile } from '../test/database';
import { claimDue, orderOf, seedOutreach, startOver, TEST_KEYS, untilWaiting, wake } from '../test/seed';
import type { Mark, SeenMark } from '../domain/recovery';
import { claim } from './claim';
import { inTransaction } from './client';
import {
  compareAndMove,
  getInstallation,
  isBeatDue,
  keepFailure,
  lockForRecovery,
  refuseWhenLocked,
  unlock,
  wantRecovery,
} from './installation';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(async () => {
  await startOver(sql);
  await sql`
    update installation set incarnation = 1, mark = 0, mark_rt = null, namespace_id = null, locked_rt = null, lock_reason = null,
      gap_from_rt = null, recovery_wanted_by = null, recovery = null`;
});

const COUNTS = { adopted: 1, mailsPresumed: 0, held: 0, strangers: 0, replies: 0 };
const markOf = async () => {
  const { installationId, incarnation, number } = await getInstallation(sql);
  return { installationId, incarnation, number };
};

/** As a process does that is alone. */
const move = async (seen: SeenMark) => compareAndMove(sql, await getInstallation(sql), seen);

describe('the mark', () => {
  it('moves forward once Temporal has it, and not before', async () => {
    const first = { ...(await markOf()), number: 1 };
    expect(await move({ namespaceId: 'a', mark: null })).toEqual(first);
    expect(await move({ namespaceId: 'a', mark: null })).toEqual(first);
    expect(await move({ namespaceId: 'a', mark: first })).toEqual({ ...first, number: 2 });
  });

  it('is moved no more often than every ten seconds', async () => {
    expect(await isBeatDue(sql)).toBe(true);
    await move({ namespaceId: 'a', mark: null });
    expect(await isBeatDue(sql)).toBe(false);
    await sql`update installation set mark_rt = mark_rt - interval '11 seconds'`;
    expect(await isBeatDue(sql)).toBe(true);
  });

  it('that Temporal has and we have not locks the installation, and then it stands still', async () => {
    const mark = { ...(await markOf()), number: 7 };
    expect(await move({ namespaceId: 'a', mark })).toBe('locked');
    expect(await getInstallation(sql)).toMatchObject({ lockReason: 'postgres_older', number: 0 });
    expect(await move({ namespaceId: 'a', mark: null })).toBe('locked');
  });

  it('was moved by others while one waited for the answer of Temporal: nothing is locked, and nothing goes back', async () => {
    const before = await getInstallation(sql);
    const seen = { namespaceId: 'a', mark: null };
    let mark: Mark | null = null;
    for (let n = 1; n <= 4; n++) {
      const next = await move({ namespaceId: 'a', mark });
      mark = { ...(await markOf()), number: n };
      expect(next).toEqual(mark);
    }
    expect(await compareAndMove(sql, before, seen)).toEqual(mark);
    expect(await getInstallation(sql)).toMatchObject({ lockReason: null, number: 4 });
  });

  it('is moved by one of many at once, who all go on', async () => {
    const before = await getInstallation(sql);
    const moves = await Promise.all(
      Array.from({ length: 6 }, () => compareAndMove(sql, before, { namespaceId: 'a', mark: null })),
    );
    const mark = { ...(await markOf()), number: 1 };
    expect(await getInstallation(sql)).toMatchObject({ lockReason: null, number: 1 });
    for (const each of moves) expect([mark, 'moved']).toContainEqual(each);
  });
});

describe('while the installation is locked for recovery', () => {
  it('nothing is claimed, nothing is begun, and the reason can be read', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    const order = await orderOf(sql, enrollmentId);
    await lockForRecovery(sql, 'postgres_older');
    expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'hold' });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({
      kind: 'hold',
      reasons: [{ code: 'locked_for_recovery' }],
    });
    expect(await sql`select 1 from attempt`).toHaveLength(0);
    await expect(refuseWhenLocked(sql)).rejects.toMatchObject({ code: 'locked_for_recovery' });
  });

  it('no claim commits after the lock does: the lock waits for those that are under way (INV-12)', async () => {
    const { enrollmentId, campaignId } = await seedOutreach(sql);
    let locked: Promise<boolean> | undefined;
    await inTransaction(sql, async (tx) => {
      await tx`select pg_advisory_xact_lock_shared(1, seq::int) from campaign where id = ${campaignId}`;
      locked = lockForRecovery(sql, 'temporal_older');
      await untilWaiting(sql, 1);
      expect(await getInstallation(tx)).toMatchObject({ lockReason: null });
    });
    expect(await locked).toBe(true);
    expect((await claimDue(sql, enrollmentId).catch(String)) satisfies unknown).toMatch('nothing is due');
  });

  it('a second reason changes nothing', async () => {
    expect(await lockForRecovery(sql, 'postgres_older')).toBe(true);
    expect(await lockForRecovery(sql, 'temporal_lost')).toBe(false);
    expect(await getInstallation(sql)).toMatchObject({ lockReason: 'postgres_older' });
  });

  it('actions wait and are not given to anybody', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await sql`
      with told as (
        insert into fact (kind, enrollment_id, body, actor, at) values ('order', ${enrollmentId}, '{}', 'test', app_now())
        returning id)
      insert into execution (fact_id, action_ix, enrollment_id, kind, payload, at)
      select id, 0, ${enrollmentId}, 'crm_note', '{}', app_now() from told`;
    expect((await wake(sql, enrollmentId)).executions).toHaveLength(1);
    await lockForRecovery(sql, 'postgres_older');
    expect((await wake(sql, enrollmentId)).executions).toHaveLength(0);
  });

  it('an admin may ask for the recovery, and a failed one says why', async () => {
    expect(await wantRecovery(sql, 'key:Ada')).toMatchObject({ recoveryWantedBy: null });
    await lockForRecovery(sql, 'postgres_older');
    expect(await wantRecovery(sql, 'key:Ada')).toMatchObject({ recoveryWantedBy: 'key:Ada' });
    await keepFailure(sql, 'the provider is away');
    expect(await getInstallation(sql)).toMatchObject({
      recoveryWantedBy: null,
      lockReason: 'postgres_older',
      recovery: { problem: 'the provider is away', adopted: 0 },
    });
  });
});

test('unlocked it goes on from the next incarnation, and who did it stands in the changes', async () => {
  await lockForRecovery(sql, 'postgres_older');
  const mark = { ...(await markOf()), incarnation: 4, number: 40 };
  await inTransaction(sql, (tx) => unlock(tx, mark, 'b', COUNTS, 'npm run recover'));
  expect(await getInstallation(sql)).toMatchObject({
    ...mark,
    lockedRt: null,
    lockReason: null,
    namespaceId: 'b',
    recovery: { problem: null, ...COUNTS },
  });
  const changes = await sql<{ change: string; actor: string }[]>`
    select change, actor from change_log where entity = 'installation' order by id`;
  expect(changes).toEqual([
    { change: 'locked', actor: 'system' },
    { change: 'unlocked', actor: 'npm run recover' },
  ]);
  await refuseWhenLocked(sql);
});
