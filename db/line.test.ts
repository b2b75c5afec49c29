import { databaseOfThisFile } from '../test/database';
import { claimDue, isTooLong, orderOf, people, seedOutreach, startOver, tell, TEST_KEYS, wake } from '../test/seed';
import { recordAccepted } from './attempt-result';
import { claim } from './claim';
import { grantRound } from './sweeps/grant';

/** Limits hold at every instant, while everybody takes what they can get. */

const { sql } = databaseOfThisFile({ max: 30 });
beforeEach(() => startOver(sql));

const lineGroupId = async () => {
  const [group] = await sql<{ id: string }[]>`select id from line_group`;
  return group?.id ?? '';
};
const grant = async () => grantRound(sql, await lineGroupId());
const live = async () =>
  sql<{ campaignId: string; calls: number }[]>`
    select campaign_id, count(*)::int as calls from lease where freed_rt is null group by campaign_id`;

/** Whoever waited for too long on a busy machine asks again, as a workflow or an activity does. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isTooLong(error)) throw error;
    }
  }
}

/** The sweep that grants lines, and those whom it tells: nobody asks again before. */
class Exchange {
  private readonly waiting = new Map<string, () => void>();
  private isOpen = true;

  /** To be had before the step, never after: what is granted while it runs must not be missed. */
  news(enrollmentId: string): Promise<void> {
    return new Promise((resolve) => this.waiting.set(enrollmentId, resolve));
  }

  /** Grants until it is closed, and answers the most live leases that were ever seen, in all and in one campaign. */
  async run(pauseSeconds = 0.01): Promise<{ inAll: number; inOne: number }> {
    let inAll = 0;
    let inOne = 0;
    while (this.isOpen) {
      for (const { enrollmentId } of await again(grant)) this.waiting.get(enrollmentId)?.();
      const rows = await again(live);
      inAll = Math.max(
        inAll,
        rows.map(({ calls }) => calls).reduce((sum, calls) => sum + calls, 0),
      );
      inOne = Math.max(inOne, ...rows.map(({ calls }) => calls));
      await sql`select pg_sleep(${pauseSeconds})`;
    }
    return { inAll, inOne };
  }

  close(): void {
    this.isOpen = false;
    for (const tellNews of this.waiting.values()) tellNews();
  }
}

/** Everybody makes one call; answers the most that were ever live at once. */
async function callAll(enrollmentIds: readonly string[]): Promise<{ inAll: number; inOne: number }> {
  const exchange = new Exchange();
  const calls = Promise.all(enrollmentIds.map((id) => callOnce(id, exchange))).finally(() => exchange.close());
  const [most] = await Promise.all([exchange.run(), calls]);
  return most;
}

async function callOnce(enrollmentId: string, exchange: Exchange): Promise<void> {
  for (;;) {
    const news = exchange.news(enrollmentId);
    const { decision, attemptId } = await again(() => wake(sql, enrollmentId));
    // Whoever is being called by the other campaign waits for a time that does not come.
    if (decision.kind === 'finish' || decision.kind === 'wait') return;
    if (decision.kind !== 'touch' || attemptId === null) {
      await news;
      continue;
    }
    const order = { enrollmentId, attemptId, touchKey: decision.touch.key, try: 1 };
    if ((await again(() => claim(sql, order, TEST_KEYS))).kind === 'refused') continue;
    await again(() => recordAccepted(sql, attemptId, `CA${attemptId}`));
    await again(() => tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } }));
    return;
  }
}

const RUN = {
  key: 'week',
  startsOn: '2027-03-01',
  hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
  calls: { attempts: 2, spacingMinutes: { default: 0 }, greeting: 'Hello.' },
};
const NO_CAPS = { perDay: 1000, perWeek: 1000, perMonth: 1000 };

async function crowd(options: { count: number; campaigns?: number; policy?: object }) {
  const caps = JSON.stringify({ phone: NO_CAPS, email: NO_CAPS });
  await sql`update settings set caps = ${caps}::text::jsonb`;
  return seedOutreach(sql, {
    people: people(options.count),
    runs: [RUN],
    campaigns: options.campaigns ?? 1,
    policy: options.policy ?? {},
  });
}

describe('fifty who take lines while they are granted', () => {
  it("never have more than the company's rate allows, and everybody gets through (S1-53, R-10)", async () => {
    await sql`update line_group set lines = 7, rate_percent = 50`;
    const { enrollmentIds } = await crowd({ count: 50 });
    expect(await callAll(enrollmentIds)).toMatchObject({ inAll: 3 });
    expect(await sql`select 1 from attempt where state = 'ended'`).toHaveLength(50);
    expect(await live()).toHaveLength(0);
    expect(await sql`select 1 from line_queue`).toHaveLength(0);
    expect(await sql`select 1 from open_call`).toHaveLength(0);
  }, 60_000);

  it('never have more than the limit of their campaign (S1-58)', async () => {
    const { enrollmentIds } = await crowd({ count: 25, campaigns: 2, policy: { concurrencyLimit: 2 } });
    const { inAll, inOne } = await callAll(enrollmentIds);
    expect(inOne).toBe(2);
    expect(inAll).toBeLessThanOrEqual(4);
  }, 60_000);

  it('begin no more calls a minute than the pace allows, evenly spread (S1-59)', async () => {
    const perMinute = 120;
    const { enrollmentIds } = await crowd({ count: 20, policy: { callsPerMinute: perMinute } });
    const exchange = new Exchange();
    const takeOne = async (enrollmentId: string) => {
      const news = exchange.news(enrollmentId);
      if ((await again(() => wake(sql, enrollmentId))).decision.kind === 'queue') await news;
    };
    const granting = exchange.run(0.25);
    const taking = Promise.all(enrollmentIds.map(takeOne));
    await Promise.race([taking, sql`select pg_sleep(3)`]);
    exchange.close();
    await Promise.all([taking, granting]);
    const rows = await sql<
      { at: number }[]
    >`select extract(epoch from granted_rt)::float8 as at from lease order by granted_rt`;
    const seconds = rows.map(({ at }) => at);
    expect(seconds.length).toBeGreaterThanOrEqual(2);
    // One every half second, and never more than one that catches up.
    const tooSoon = seconds.flatMap((late, to) =>
      seconds.slice(0, to).filter((early, from) => late - early < (to - from - 1) * 0.5 - 0.01),
    );
    expect(tooSoon).toEqual([]);
  }, 20_000);
});

test('the rate is rounded down, and one line is always allowed (R-10)', async () => {
  await sql`update line_group set lines = 20, rate_percent = 1`;
  const { enrollmentIds } = await crowd({ count: 3 });
  const kinds = [];
  for (const id of enrollmentIds) kinds.push((await wake(sql, id)).decision.kind);
  expect(kinds).toEqual(['touch', 'queue', 'queue']);
});

test('in no minute there are more calls than the pace allows, however even they are', async () => {
  const { enrollmentIds, campaignId } = await crowd({ count: 4, policy: { callsPerMinute: 2 } });
  await sql`
    insert into lease (attempt_id, enrollment_id, campaign_id, line_group_id, state, granted_rt, freed_rt)
    select gen_random_uuid(), ${enrollmentIds[3] ?? ''}, ${campaignId}, ${await lineGroupId()}, 'bound',
      clock_timestamp() - interval '50 seconds', clock_timestamp() from generate_series(1, 2)`;
  expect((await wake(sql, enrollmentIds[0] ?? '')).decision.kind).toBe('queue');
  expect(await grant()).toEqual([]);
  await sql`update lease set granted_rt = granted_rt - interval '11 seconds'`;
  expect(await grant()).toHaveLength(1);
});

describe('a step that is taken again', () => {
  it('takes no second line and burns no pace', async () => {
    const { enrollmentId, campaignId } = await crowd({ count: 1, policy: { callsPerMinute: 1 } });
    const first = await orderOf(sql, enrollmentId);
    const [before] = await sql`select calls_tat_rt from campaign where id = ${campaignId}`;
    expect(await orderOf(sql, enrollmentId)).toEqual(first);
    const [after] = await sql`select calls_tat_rt from campaign where id = ${campaignId}`;
    expect(after).toEqual(before);
    expect(await sql`select 1 from lease`).toHaveLength(1);
  });

  it('keeps its place in the queue', async () => {
    await sql`update line_group set lines = 1`;
    const { enrollmentIds } = await crowd({ count: 4 });
    const [caller = '', first = '', second = ''] = enrollmentIds;
    const { attemptId } = await claimDue(sql, caller);
    await wake(sql, first);
    await wake(sql, second);
    await wake(sql, first);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
    expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual([first]);
  });

  it('reserves one instant of the sender for a message, and the next one waits (GCRA)', async () => {
    await sql`update settings set messages_per_second = 1`;
    const text = { key: 'hello', channel: 'sms', when: { kind: 'after_start' }, text: 'Hello.' };
    const { enrollmentIds } = await seedOutreach(sql, {
      people: people(2),
      runs: [{ key: 'texts', startsOn: '2027-03-01', hours: RUN.hours, messages: [text] }],
    });
    const [nora = '', olaf = ''] = enrollmentIds;
    const reserved = async () =>
      (await sql`select reserved_touch, reserved_rt from enrollment order by seq`).map((row) => ({ ...row }));
    expect((await wake(sql, nora)).paceMs).toBe(0);
    expect((await wake(sql, olaf)).paceMs).toBeLessThanOrEqual(1_000);
    const before = await reserved();
    for (const id of [nora, olaf, olaf]) await wake(sql, id);
    expect(await reserved()).toEqual(before);
    const [gap] = await sql<{ seconds: number }[]>`
      select extract(epoch from max(reserved_rt) - min(reserved_rt))::float8 as seconds from enrollment`;
    expect(gap?.seconds).toBeGreaterThanOrEqual(1);
    await sql`update settings set messages_per_second = 10`;
  });
});

test('a line is taken only by who need not wait behind others', async () => {
  await sql`update line_group set lines = 1`;
  const { enrollmentIds } = await crowd({ count: 3 });
  const [caller = '', waiting = '', late = ''] = enrollmentIds;
  const { attemptId } = await claimDue(sql, caller);
  await wake(sql, waiting);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
  expect((await wake(sql, late)).decision.kind).toBe('queue');
});

test('who wants no line any more leaves the queue and gives an unused grant back', async () => {
  await sql`update line_group set lines = 1`;
  const { enrollmentIds } = await crowd({ count: 2 });
  const [granted = '', waiting = ''] = enrollmentIds;
  await wake(sql, granted);
  await wake(sql, waiting);
  for (const enrollmentId of enrollmentIds)
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'stop_calls' } });
  for (const enrollmentId of enrollmentIds) await wake(sql, enrollmentId);
  expect(await live()).toHaveLength(0);
  expect(await sql`select 1 from line_queue`).toHaveLength(0);
});

test('a grant that ran out is not bound, and counts until it has been freed', async () => {
  await sql`update line_group set lines = 1`;
  const { enrollmentIds } = await crowd({ count: 2 });
  const [late = '', waiting = ''] = enrollmentIds;
  const order = await orderOf(sql, late);
  await sql`update lease set expires_rt = clock_timestamp() - interval '1 second'`;
  expect((await wake(sql, waiting)).decision.kind).toBe('queue');
  expect(await claim(sql, order, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'queue' });
  expect((await grant()).map(({ enrollmentId }) => enrollmentId)).toEqual([waiting]);
});
