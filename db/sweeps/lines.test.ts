import { databaseOfThisFile } from '../../test/database';
import { claimDue, orderOf, people, seedOutreach, startOver, tell } from '../../test/seed';
import { freeLeakedLines } from './lines';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const live = async () =>
  (await sql<{ attemptId: string }[]>`select attempt_id from lease where freed_rt is null`).map(
    ({ attemptId }) => attemptId,
  );
const age = (seconds: number) => sql`update lease set granted_rt = granted_rt - make_interval(secs => ${seconds})`;

describe('a line that was leaked (INV-11, P-43)', () => {
  it.each(['ended', 'not_sent', 'unknown_final'])(
    'by an attempt that is %s is free again, and so is the person',
    async (state) => {
      const { enrollmentIds } = await seedOutreach(sql, { people: people(2) });
      const [leaking = '', calling = ''] = enrollmentIds;
      const { attemptId } = await claimDue(sql, leaking);
      const other = await claimDue(sql, calling);
      await sql`update attempt set state = ${state} where id = ${attemptId}`;
      expect(await freeLeakedLines(sql)).toBe(0);
      await age(31);
      expect(await freeLeakedLines(sql)).toBe(1);
      expect(await live()).toEqual([other.attemptId]);
      expect(await sql`select attempt_id from open_call`).toEqual([{ attemptId: other.attemptId }]);
      expect(await freeLeakedLines(sql)).toBe(0);
    },
  );

  it('by nobody at all is free again', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    await orderOf(sql, enrollmentId);
    await sql`update lease set state = 'bound', expires_rt = null`;
    await age(31);
    expect(await freeLeakedLines(sql)).toBe(1);
  });
});

it('a line of a call that lives, or of one whose fate is still asked for, is left alone', async () => {
  const { enrollmentIds } = await seedOutreach(sql, { people: people(3) });
  for (const [n, state] of ['claimed', 'unknown', 'accepted'].entries()) {
    const { attemptId } = await claimDue(sql, enrollmentIds[n] ?? '');
    await sql`update attempt set state = ${state} where id = ${attemptId}`;
  }
  await age(3_600);
  expect(await freeLeakedLines(sql)).toBe(0);
  expect(await live()).toHaveLength(3);
});

it('a call that ends frees its line by itself', async () => {
  const { enrollmentId } = await seedOutreach(sql);
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
  expect(await live()).toEqual([]);
});
