import { databaseOfThisFile } from '../../test/database';
import { claimDue, people, seedOutreach, startOver, tell, wake } from '../../test/seed';
import { unseenFacts } from './relay';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

/** Lets so much real time pass for all facts. */
const pass = (seconds: number) => sql`
  update fact set rt = rt - make_interval(secs => ${seconds}), signalled_rt = signalled_rt - make_interval(secs => ${seconds})`;

test('a fact that no step has seen is told again after 5 s, doubling to 10 min', async () => {
  const { enrollmentId } = await seedOutreach(sql);
  const { factId } = await tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_messaging' } });
  expect(await unseenFacts(sql)).toEqual([]);
  const waits: number[] = [];
  for (let told = 0; told < 10; told++) {
    let waited = 0;
    do {
      await pass(5);
      waited += 5;
    } while (!(await unseenFacts(sql)).some((fact) => fact.factId === factId));
    waits.push(waited);
  }
  const expected = [5, 10, 20, 40, 80, 160, 320, 600, 600, 600];
  // The time that the test itself takes counts as well.
  expect(waits.map((wait, ix) => wait <= (expected[ix] ?? 0) && wait >= (expected[ix] ?? 0) * 0.9 - 5)).toEqual(
    expected.map(() => true),
  );
  await wake(sql, enrollmentId);
  await pass(700);
  expect(await unseenFacts(sql)).toEqual([]);
}, 60_000);

test('what changes no plan is not told', async () => {
  const { enrollmentId } = await seedOutreach(sql);
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'ringing' } });
  await pass(60);
  expect(await unseenFacts(sql)).toEqual([]);
});

test('several relays at once tell each fact once', async () => {
  const { enrollmentIds } = await seedOutreach(sql, { people: people(20) });
  for (const enrollmentId of enrollmentIds)
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_messaging' } });
  await pass(6);
  const rounds = await Promise.all(Array.from({ length: 4 }, () => unseenFacts(sql)));
  const told = rounds.flat().map(({ factId }) => factId);
  expect(told).toHaveLength(20);
  expect(new Set(told).size).toBe(20);
});

test('a stale run does not swallow what the current one has to see', async () => {
  const { enrollmentId } = await seedOutreach(sql);
  await wake(sql, enrollmentId, 'old');
  await wake(sql, enrollmentId, 'new');
  await tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_messaging' } });
  await expect(wake(sql, enrollmentId, 'old')).rejects.toThrow('stale');
  await pass(6);
  expect(await unseenFacts(sql)).toHaveLength(1);
});
