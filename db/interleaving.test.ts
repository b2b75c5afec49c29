import { randomUUID } from 'node:crypto';
import type { FactBody } from '../domain/fact';
import { createTestDatabase, type TestDatabase } from '../test/database';
import {
  enrollEverybody,
  fictionalPhone,
  freezeAt,
  isTooLong,
  MONDAY_NOON,
  seedCampaign,
  seedContact,
  seedList,
  TEST_KEYS,
} from '../test/seed';
import { recordAccepted, recordNotSent, recordUnknown } from './attempt-result';
import { balance } from './balance';
import { pauseCampaign, resumeCampaign } from './campaign-life';
import { claim } from './claim';
import { receive } from './inbox';
import { sqlState } from './result-guard';
import { step } from './step';
import { completeCampaigns } from './sweeps/complete';
import { enrollPage } from './sweeps/enroll';
import { grantRound, lineGroupIds } from './sweeps/grant';
import { drainWakes, overdueRows, rowsBehindEpoch } from './sweeps/nudge';
import { closeUnknown, takeUnresolved, wakeLater } from './sweeps/reconcile';
import { unseenFacts } from './sweeps/relay';
import { forgetUnstepped, markStarted, rowsToStart } from './sweeps/start';

/** Everything at once, in random order, over people who share addresses: what the locks are for. */

const CONTACTS = 12;
const ACTORS = 20;
const OPERATIONS = 60;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: ACTORS + 4 });
  // Found before anybody has waited too long, so that no deadlock passes for a busy machine.
  await database.sql.unsafe(`
    do $$ begin execute format('alter database %I set deadlock_timeout = 100', current_database()); end $$`);
});
afterAll(() => database.drop());

/** A small generator with a printed seed, so that a failing run can be told apart from another. */
function dice(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    of<T>(all: readonly T[]): T {
      const one = all[below(all.length)];
      if (one === undefined) throw new RangeError('nothing to choose from');
      return one;
    },
  };
}

const RUN = {
  key: 'week',
  startsOn: '2027-03-01',
  endsOn: '2027-03-26',
  hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
  calls: { attempts: 3, spacingMinutes: { default: 0 }, perDay: 10, greeting: 'Hello {{contact.first_name}}.' },
  messages: [
    {
      key: 'after',
      channel: 'sms',
      when: { kind: 'after_call', results: ['unanswered'], repeat: 'each' },
      text: 'We called.',
    },
    {
      key: 'mail',
      channel: 'email',
      when: { kind: 'after_call', results: ['any'] },
      subject: 'Hello',
      text: 'We have called.',
    },
  ],
};

async function company() {
  const { sql } = database;
  await freezeAt(sql, MONDAY_NOON);
  const listId = await seedList(sql);
  for (let n = 0; n < CONTACTS; n++) {
    // A ring: everybody shares a phone with the next one, in an order of positions that differs.
    const phones = [fictionalPhone(n), fictionalPhone((n + 1) % CONTACTS)];
    await seedContact(sql, listId, {
      name: `Person ${n}`,
      phones: n % 2 === 0 ? phones : phones.reverse(),
      email: `person-${Math.floor(n / 2)}@example.com`,
      zone: 'America/New_York',
    });
  }
  const policy = {
    caps: { perDay: 100, perWeek: 100, perMonth: 100 },
    concurrencyLimit: 3,
    rules: [
      {
        key: 'no',
        when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
        then: [{ kind: 'crm_note', text: 'No' }],
      },
    ],
  };
  const campaigns = [];
  for (let n = 0; n < 3; n++) campaigns.push(await seedCampaign(sql, listId, [RUN], policy));
  const caps = { perDay: 100, perWeek: 100, perMonth: 100 };
  await sql`update settings set caps = ${JSON.stringify({ phone: caps, email: caps })}::text::jsonb`;
  await sql`update line_group set lines = 5`;
  await enrollEverybody(sql);
  const rows = await sql<{ id: string }[]>`select id from enrollment where state = 'open'`;
  return { sql, campaigns, enrollments: rows.map(({ id }) => id) };
}

const STATUSES = ['initiated', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer', 'failed'] as const;

test('nothing deadlocks, and in the end everything adds up', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const { sql, campaigns, enrollments } = await company();
  const failures: string[] = [];

  const attemptsOf = async (where: string) =>
    sql<{ id: string; enrollmentId: string; channel: string }[]>`
      select id, enrollment_id, channel from attempt
      where (${where} = 'any' and state <> 'not_sent') or state in ('claimed', 'unknown', 'accepted')`;

  async function work(enrollmentId: string, roll: ReturnType<typeof dice>): Promise<void> {
    const outcome = await step(sql, { enrollmentId, workflowRunId: randomUUID(), running: [] });
    if (outcome.kind === 'stale' || outcome.decision.kind !== 'touch' || outcome.attemptId === null) return;
    const { attemptId } = outcome;
    const { key, try: nth } = outcome.decision.touch;
    const claimed = await claim(sql, { enrollmentId, attemptId, touchKey: key, try: nth }, TEST_KEYS);
    if (claimed.kind !== 'claimed') return;
    switch (roll.below(6)) {
      case 0:
        await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 1 });
        return;
      case 1:
        await recordUnknown(sql, attemptId);
        return;
      case 2:
        await recordNotSent(
          sql,
          attemptId,
          roll.below(12) === 0
            ? { reason: 'opted_out', verdict: 'opted_out' }
            : { reason: 'bad_number', verdict: 'final' },
        );
        return;
      default:
        await recordAccepted(sql, attemptId, `CA${attemptId}`);
    }
  }

  async function tellSomething(roll: ReturnType<typeof dice>): Promise<void> {
    const attempts = await attemptsOf(roll.below(4) === 0 ? 'any' : 'open');
    const about = attempts.length > 0 ? roll.of(attempts) : null;
    const body = factBody(roll, about?.channel === 'voice');
    const target =
      about !== null && body.kind !== 'order' && body.kind !== 'opted_out' && body.kind !== 'reply'
        ? { attemptId: about.id }
        : { enrollmentId: roll.of(enrollments) };
    const arrival = {
      source: 't',
      eventKey: randomUUID(),
      raw: {},
      actor: 't',
      fact: { body, ...target, text: 'words', fromHash: 'a', toHash: 'b' },
    };
    await Promise.all(roll.below(4) === 0 ? [receive(sql, arrival), receive(sql, arrival)] : [receive(sql, arrival)]);
  }

  const operations: readonly ((roll: ReturnType<typeof dice>) => Promise<unknown>)[] = [
    ...Array.from({ length: 8 }, () => (roll: ReturnType<typeof dice>) => work(roll.of(enrollments), roll)),
    ...Array.from({ length: 8 }, () => tellSomething),
    async () => Promise.all((await lineGroupIds(sql)).map((id) => grantRound(sql, id))),
    async () => Promise.all((await lineGroupIds(sql)).map((id) => grantRound(sql, id))),
    async (roll) => (roll.below(3) === 0 ? pauseCampaign(sql, roll.of(campaigns), 't') : null),
    async (roll) => resumeCampaign(sql, roll.of(campaigns), 't'),
    async () => enrollPage(sql),
    async () => overdueRows(sql),
    async () => rowsBehindEpoch(sql),
    async () => drainWakes(sql, async (rows) => rows),
    async () => unseenFacts(sql),
    async () => {
      await forgetUnstepped(sql);
      const rows = await rowsToStart(sql, 10);
      await markStarted(
        sql,
        rows.map(({ enrollmentId }) => enrollmentId),
      );
    },
    async (roll) => {
      await sql`update attempt set resolve_by_rt = clock_timestamp() where state in ('claimed', 'unknown')`;
      for (const { attemptId } of await takeUnresolved(sql, TEST_KEYS.addressKey))
        if (roll.below(3) === 0) await closeUnknown(sql, attemptId);
    },
    async (roll) => wakeLater(sql, roll.of(enrollments)),
    async () => sql`update execution set state = 'done', finished_at = app_now() where state = 'pending'`,
    async () =>
      sql`update clock set anchor_at = least(anchor_at + interval '1 minute', ${MONDAY_NOON}::timestamptz + interval '7 hours')`,
  ];

  async function actor(n: number): Promise<void> {
    const roll = dice(seed + n);
    for (let done = 0; done < OPERATIONS; done++) {
      try {
        await roll.of(operations)(roll);
      } catch (error) {
        if (!isTooLong(error))
          failures.push(`${sqlState(error) ?? 'no code'} ${error instanceof Error ? error.message : ''}`);
      }
    }
  }

  await Promise.all(Array.from({ length: ACTORS }, (_, n) => actor(n)));
  expect({ seed, failures }).toEqual({ seed, failures: [] });

  const [calls] = await sql<{ n: number }[]>`select count(*)::int as n from attempt where channel = 'voice'`;
  expect(calls?.n).toBeGreaterThan(5);

  expect({ seed, unguarded: [...(await unguarded())] }).toEqual({ seed, unguarded: [] });

  await settle();
  const broken = (await balance(sql, { settled: true })).equations.filter(({ ok }) => !ok);
  expect({ seed, broken }).toEqual({ seed, broken: [] });
  const errors = await sql`select kind, fold_error from fact where fold_error is not null or folded_rt is null`;
  expect({ seed, errors: [...errors] }).toEqual({ seed, errors: [] });

  /** Rows that nobody would look at again, and what a call has left behind. */
  async function unguarded() {
    return sql`
      with unresolved as (
        select id, resolve_by_rt from attempt
        where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice'))
      select 'open, and no instant' as what, id from enrollment e
      where state = 'open' and stepped_rt is not null and due_at is null
        and not exists (select 1 from fact where enrollment_id = e.id and wakes and seen_rt is null)
        and not exists (select 1 from wake where enrollment_id = e.id)
      union all
      select 'unresolved, and no deadline', id from unresolved where resolve_by_rt is null
      union all
      select 'a line without a call', attempt_id from lease
      where freed_rt is null and state = 'bound' and attempt_id not in (select id from unresolved)
      union all
      select 'a call without a line', u.id from unresolved u join attempt t on t.id = u.id and t.channel = 'voice'
      where not exists (select 1 from lease where attempt_id = u.id and state = 'bound' and freed_rt is null)
      union all
      select 'a bar without a call', attempt_id from open_call where attempt_id not in (select id from unresolved)
      union all
      select 'an action without a workflow', x.id from execution x join enrollment e on e.id = x.enrollment_id
      where x.state = 'pending' and not e.wants_workflow
      union all
      select 'queued without wanting a line', q.enrollment_id from line_queue q join enrollment e on e.id = q.enrollment_id
      where e.decision ->> 'kind' <> 'queue'`;
  }

  /** Every call ends, every action is done, everybody looks once more. */
  async function settle(): Promise<void> {
    for (const id of campaigns) await resumeCampaign(sql, id, 't');
    for (const { id } of await attemptsOf('open')) {
      const [row] = await sql`select channel from attempt where id = ${id}`;
      const body: FactBody =
        row?.['channel'] === 'voice'
          ? { kind: 'call_progress', status: 'no_answer' }
          : { kind: 'message_progress', status: 'delivered' };
      await receive(sql, { source: 't', eventKey: randomUUID(), raw: {}, actor: 't', fact: { attemptId: id, body } });
    }
    await sql`update execution set state = 'done', finished_at = app_now() where state = 'pending'`;
    for (const id of enrollments)
      await receive(sql, {
        source: 't',
        eventKey: randomUUID(),
        raw: {},
        actor: 't',
        fact: { enrollmentId: id, body: { kind: 'order', order: 'complete' } },
      });
    await sql`update execution set state = 'done', finished_at = app_now() where state = 'pending'`;
    for (const enrollmentId of enrollments) await step(sql, { enrollmentId, workflowRunId: randomUUID(), running: [] });
    await completeCampaigns(sql);
  }
}, 120_000);

function factBody(roll: ReturnType<typeof dice>, isCall: boolean): FactBody {
  switch (roll.below(24)) {
    case 0:
      return { kind: 'reply', channel: 'sms', verdict: roll.below(60) === 0 ? 'revoke' : 'none' };
    case 1:
      return { kind: 'order', order: roll.of(['resume', 'hand_back', 'stop_messaging'] as const) };
    case 2:
      return { kind: 'callback_requested', at: Date.parse(MONDAY_NOON) + 1000 };
    case 3:
      return roll.below(40) === 0
        ? { kind: 'opted_out', source: 'operator', channels: ['voice', 'sms', 'email'] }
        : { kind: 'order', order: 'resume' };
    case 4:
      return {
        kind: 'call_outcome',
        outcome: roll.of(['successful', 'unsuccessful'] as const),
        by: 'agent',
        runRules: true,
      };
    case 5:
      return { kind: 'machine_detected', answeredBy: roll.of(['human', 'machine', 'unknown'] as const) };
    default:
      return isCall
        ? { kind: 'call_progress', status: roll.of(STATUSES) }
        : { kind: 'message_progress', status: roll.of(['queued', 'sent', 'delivered', 'failed'] as const) };
  }
}
