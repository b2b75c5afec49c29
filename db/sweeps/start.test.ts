import { databaseOfThisFile } from '../../test/database';
import { claimDue, people, seedOutreach, startOver, tell, wake } from '../../test/seed';
import { forgetUnstepped, markStarted, rowsToStart, startAnew, wakeAll } from './start';

const { sql } = databaseOfThisFile({ max: 8 });
beforeEach(() => startOver(sql));

const ids = (rows: readonly { enrollmentId: string }[]) => rows.map(({ enrollmentId }) => enrollmentId);
const start = async (ahead: number) => {
  const rows = await rowsToStart(sql, ahead);
  await markStarted(sql, ids(rows));
  return ids(rows);
};

test('rows are started soonest due first, then in the order in which they came', async () => {
  const { enrollmentIds } = await seedOutreach(sql, { people: people(4) });
  const [first = '', second = '', third = '', fourth = ''] = enrollmentIds;
  await sql`update enrollment set due_at = app_now() + interval '2 hours' where id = ${first}`;
  await sql`update enrollment set due_at = app_now() + interval '1 hour' where id = ${second}`;
  expect(await start(10)).toEqual([third, fourth, second, first]);
  expect(await start(10)).toEqual([]);
});

test('no more rows are started than the workers keep up with', async () => {
  const { enrollmentIds } = await seedOutreach(sql, { people: people(30) });
  expect(await start(15)).toEqual(enrollmentIds.slice(0, 15));
  expect(await start(20)).toEqual(enrollmentIds.slice(15, 20));
  expect(await start(20)).toEqual([]);
  for (const id of enrollmentIds.slice(0, 5)) await wake(sql, id);
  expect(await start(20)).toEqual(enrollmentIds.slice(20, 25));
});

test('a crash between the start and its mark starts the row again, and its first step marks it as well', async () => {
  const { enrollmentId } = await seedOutreach(sql);
  expect(ids(await rowsToStart(sql, 10))).toEqual([enrollmentId]);
  expect(ids(await rowsToStart(sql, 10))).toEqual([enrollmentId]);
  await wake(sql, enrollmentId);
  await markStarted(sql, [enrollmentId]);
  expect(await rowsToStart(sql, 10)).toEqual([]);
});

test('a workflow that was started and never stepped is started again, and one that stepped is not', async () => {
  const { enrollmentIds } = await seedOutreach(sql, { people: people(3) });
  const [silent = '', alive = '', fresh = ''] = enrollmentIds;
  await start(10);
  await wake(sql, alive);
  await sql`update enrollment set started_rt = started_rt - interval '121 seconds' where id <> ${fresh}`;
  await forgetUnstepped(sql);
  expect(await start(10)).toEqual([silent]);
});

describe("when Temporal's database was lost", () => {
  it('every row that needs a workflow wants one again, and no other', async () => {
    const rules = [
      { key: 'form', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'crm_note', text: 'Done' }] },
    ];
    const { enrollmentIds } = await seedOutreach(sql, {
      people: people(6),
      policy: { rules },
      plan: { formId: 'intake' },
    });
    const [waiting = '', calling = '', over = '', acting = '', done = '', unheard = ''] = enrollmentIds;
    const form = { kind: 'form_completed', formId: 'intake', answers: {} } as const;
    await start(10);
    await wake(sql, waiting);
    await claimDue(sql, calling);
    for (const enrollmentId of [over, acting, done, unheard]) {
      await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
      await wake(sql, enrollmentId);
    }
    for (const enrollmentId of [acting, done]) {
      await tell(sql, { enrollmentId, body: form });
      await wake(sql, enrollmentId);
    }
    await sql`update execution set state = 'done', finished_at = app_now() where enrollment_id = ${done}`;
    await tell(sql, { enrollmentId: unheard, body: { kind: 'order', order: 'hand_back' } });

    expect(await start(10)).toEqual([]);
    await startAnew(sql);
    expect((await start(10)).toSorted()).toEqual([waiting, calling, acting, unheard].toSorted());
    await sql`delete from wake`;
    await wakeAll(sql);
    const woken = await sql<{ enrollmentId: string }[]>`select enrollment_id from wake`;
    expect(ids(woken).toSorted()).toEqual([waiting, calling, acting, unheard].toSorted());
  });

  it('no touch is repeated: the new workflow finds the call that is under way', async () => {
    const { enrollmentId } = await seedOutreach(sql);
    const { attemptId } = await claimDue(sql, enrollmentId);
    await startAnew(sql);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'reconcile', attemptId });
  });
});
