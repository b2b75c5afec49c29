import { randomUUID } from 'node:crypto';
import { databaseOfThisFile } from '../test/database';
import {
  claimDue,
  fictionalPhone,
  NORA,
  ONE_CALL_RUN,
  orderOf,
  seedOutreach,
  startOver,
  tell,
  wake,
} from '../test/seed';
import { inTransaction } from './client';
import { receive, receiveIn, type Arrival } from './inbox';
import { lockAddresses } from './suppression';
import { refoldFacts } from './sweeps/refold';
import { unseenFacts } from './sweeps/relay';

const { sql } = databaseOfThisFile({ max: 12 });
beforeEach(() => startOver(sql));

const arrivalOf = (fact: Arrival['fact'], raw: unknown = {}): Arrival => ({
  source: 'test',
  eventKey: randomUUID(),
  raw,
  actor: 'test',
  fact,
});
const stopOf = (fact: Omit<Arrival['fact'], 'body'>) =>
  arrivalOf({ ...fact, body: { kind: 'reply', channel: 'sms', verdict: 'revoke' } });
const suppressed = async () => (await sql`select hash from suppression`).map(({ hash }) => String(hash));

describe('the same arrival', () => {
  it('is folded once, however many bring it at once (INV-6)', async () => {
    const rules = [
      {
        key: 'reached',
        when: { trigger: 'call_outcome', outcome: 'successful' },
        then: [{ kind: 'crm_note', text: 'Reached' }],
      },
    ];
    const { enrollmentId } = await seedOutreach(sql, { policy: { rules } });
    const { attemptId } = await claimDue(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
    const arrival = arrivalOf({
      attemptId,
      body: { kind: 'call_outcome', outcome: 'successful', by: 'agent', runRules: true },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => receive(sql, arrival)));
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(answers.find(({ duplicate }) => !duplicate)).toMatchObject({ enrollmentId, signal: 'callOutcome' });
    expect(await sql`select 1 from fact where kind = 'call_outcome'`).toHaveLength(1);
    expect(await sql`select 1 from execution`).toHaveLength(1);
  });

  it('of many enrollments and many kinds never deadlocks', async () => {
    const { enrollmentIds } = await seedOutreach(sql, {
      people: Array.from({ length: 4 }, (_, n) => ({
        ...NORA,
        phones: [fictionalPhone(n), fictionalPhone((n + 1) % 4)],
      })),
    });
    const arrivals = Array.from({ length: 40 }, (_, n) =>
      n % 2 === 0
        ? stopOf({ enrollmentId: enrollmentIds[n % 4] ?? '', text: 'Stop.', fromHash: 'a', toHash: 'b' })
        : arrivalOf({ enrollmentId: enrollmentIds[(n >> 1) % 4] ?? '', body: { kind: 'order', order: 'resume' } }),
    );
    const answers = await Promise.all(arrivals.map((arrival) => receive(sql, arrival)));
    expect(answers.every(({ factId }) => factId !== null)).toBe(true);
    expect(await sql`select 1 from fact where folded_rt is null or fold_error is not null`).toHaveLength(0);
  });
});

describe('a fact that can not be folded', () => {
  /** An effect of an unknown case breaks a constraint. */
  async function poisoned() {
    const rules = [
      {
        key: 'bad',
        when: { trigger: 'reply_bucket', outcome: 'opted_out' },
        then: [{ kind: 'crm_note', text: 'Out' }],
      },
      { key: 'form', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'crm_note', text: 'Done' }] },
    ];
    const seeded = await seedOutreach(sql, { policy: { rules }, plan: { formId: 'intake' } });
    await sql`update enrollment set cases = array[gen_random_uuid()]`;
    return seeded;
  }

  it('is kept with its error, leaves nothing half done, and is answered like any other', async () => {
    const { enrollmentId } = await poisoned();
    const answer = await tell(sql, { enrollmentId, body: { kind: 'form_completed', formId: 'intake', answers: {} } });
    expect(answer).toMatchObject({ duplicate: false, signal: null });
    expect(await sql`select fold_error, folded_rt from fact`).toEqual([
      { foldError: 'PostgresError 23503 execution_case_id_fkey', foldedRt: null },
    ]);
    expect(await sql`select fold_error, folded_rt from inbox`).toEqual([
      { foldError: 'PostgresError 23503 execution_case_id_fkey', foldedRt: null },
    ]);
    expect(await sql`select 1 from rule_firing`).toHaveLength(0);
    expect(await sql`select 1 from timeline where kind = 'form_completed'`).toHaveLength(0);
  });

  it('does not stop the next step, nor the facts beside it', async () => {
    const { enrollmentId } = await poisoned();
    await tell(sql, { enrollmentId, body: { kind: 'form_completed', formId: 'intake', answers: {} } });
    expect((await wake(sql, enrollmentId)).decision.kind).toBe('touch');
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'completed_by_operator' });
  });

  it('lets a STOP through, which is obeyed even if its own rules can not be carried out (R-5)', async () => {
    const { enrollmentId, contacts } = await poisoned();
    await receive(sql, stopOf({ enrollmentId, text: 'Stop.', fromHash: 'a', toHash: 'b' }));
    expect(await sql`select fold_error from fact`).toEqual([
      { foldError: 'PostgresError 23503 execution_case_id_fkey' },
    ]);
    expect(await suppressed()).toEqual(contacts[0]?.hashes);
    expect(await sql`select reason from wake where enrollment_id = ${enrollmentId}`).toEqual([
      { reason: 'suppression' },
    ]);
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
    expect(await sql`select body from message`).toEqual([{ body: 'Stop.' }]);
  });

  it('only for want of a lock stays unfolded and is taken up by the next step or the refold sweep', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    await inTransaction(sql, async (holder) => {
      await lockAddresses(holder, contacts[0]?.contactId ?? '');
      const answer = await inTransaction(sql, async (tx) => receiveIn(tx, stopOf({ enrollmentId })), {
        lockTimeoutMs: 20,
      });
      expect(answer).toMatchObject({ duplicate: false, signal: null });
    });
    expect(await sql`select folded_rt, fold_error from fact`).toEqual([{ foldedRt: null, foldError: null }]);
    expect(await refoldFacts(sql)).toBe(0);
    await sql`update fact set rt = rt - interval '6 seconds'`;
    expect(await refoldFacts(sql)).toBe(1);
    expect(await suppressed()).toEqual(contacts[0]?.hashes);
    expect(await sql`select 1 from fact where folded_rt is null`).toHaveLength(0);
    expect(await refoldFacts(sql)).toBe(0);
  });

  it('and was left is folded by the next step', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    await sql`
      with i as (insert into inbox (source, event_key, raw, at) values ('test', 'left', '{}', app_now()) returning id)
      insert into fact (inbox_id, kind, enrollment_id, contact_id, body, actor, at)
      select id, 'opted_out', ${enrollmentId}, ${contacts[0]?.contactId ?? ''},
        '{"kind": "opted_out", "source": "operator", "channels": ["voice", "sms", "email"]}', 'test', app_now() from i`;
    expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'finish', reason: 'opted_out' });
    expect(await sql`select 1 from inbox where folded_rt is null`).toHaveLength(0);
  });
});

describe('what people write', () => {
  it('may hold characters that the database can not keep', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    const text = 'STOP\u0000 \ud800!';
    const arrival = stopOf({ enrollmentId, text, fromHash: 'a', toHash: 'b' });
    await receive(sql, { ...arrival, raw: { Body: text, ['k\u0000']: [text] } });
    expect(await suppressed()).toEqual(contacts[0]?.hashes);
    expect(await sql`select body from message`).toEqual([{ body: 'STOP\ufffd \ufffd!' }]);
  });
});

describe('a fact of nobody', () => {
  it('still bars the person if it is an opt-out, and wakes their open enrollments', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    const contactId = contacts[0]?.contactId ?? '';
    expect(await receive(sql, stopOf({ contactId }))).toMatchObject({ enrollmentId: null, signal: null });
    expect(await suppressed()).toEqual(contacts[0]?.hashes);
    expect(await sql`select 1 from wake where enrollment_id = ${enrollmentId}`).toHaveLength(1);
  });

  it('is kept when what it names is not there, such as an attempt that a lost commit took along (F5)', async () => {
    const answer = await tell(sql, {
      attemptId: randomUUID(),
      enrollmentId: randomUUID(),
      body: { kind: 'call_progress', status: 'ringing' },
    });
    expect(answer).toMatchObject({ duplicate: false, enrollmentId: null, signal: null });
    expect(await sql`select attempt_id, enrollment_id, folded_rt is not null as folded from fact`).toEqual([
      { attemptId: null, enrollmentId: null, folded: true },
    ]);
  });

  it("about somebody's attempt belongs to the attempt's enrollment, whatever else it names", async () => {
    const first = await seedOutreach(sql);
    const second = await seedOutreach(sql, { people: [{ ...NORA, phones: [fictionalPhone(5)] }] });
    const { attemptId } = await claimDue(sql, first.enrollmentId);
    const answer = await tell(sql, {
      attemptId,
      enrollmentId: second.enrollmentId,
      body: { kind: 'call_progress', status: 'busy' },
    });
    expect(answer.enrollmentId).toBe(first.enrollmentId);
  });
});

describe('a fact for an enrollment that has ended (INV-9)', () => {
  it('is applied, and a late STOP suppresses', async () => {
    const { enrollmentId, contacts } = await seedOutreach(sql);
    const { attemptId } = await claimDue(sql, enrollmentId);
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await wake(sql, enrollmentId);
    await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'no_answer' } });
    expect(await sql`select state, disposition from attempt`).toEqual([{ state: 'ended', disposition: 'no_answer' }]);
    expect(await sql`select 1 from lease where freed_rt is null`).toHaveLength(0);
    await receive(sql, stopOf({ enrollmentId }));
    expect(await suppressed()).toEqual(contacts[0]?.hashes);
    expect(await sql`select reason from enrollment`).toEqual([{ reason: 'opted_out' }]);
  });

  it('wants a workflow again for the actions that it orders, and the relay says so until a step has seen it', async () => {
    const rules = [
      { key: 'form', when: { trigger: 'form', outcome: 'completed' }, then: [{ kind: 'crm_note', text: 'Done' }] },
    ];
    const { enrollmentId } = await seedOutreach(sql, { policy: { rules }, plan: { formId: 'intake' } });
    await tell(sql, { enrollmentId, body: { kind: 'order', order: 'complete' } });
    await wake(sql, enrollmentId);
    expect(await sql`select wants_workflow from enrollment`).toEqual([{ wantsWorkflow: false }]);
    await tell(sql, { enrollmentId, body: { kind: 'form_completed', formId: 'intake', answers: {} } });
    expect(await sql`select wants_workflow from enrollment`).toEqual([{ wantsWorkflow: true }]);
    await sql`update fact set rt = rt - interval '6 seconds'`;
    expect(await unseenFacts(sql)).toMatchObject([{ enrollmentId, kind: 'form_completed' }]);
    const { decision, executions } = await wake(sql, enrollmentId);
    expect(decision.kind).toBe('finish');
    expect(executions).toHaveLength(1);
    expect(await unseenFacts(sql)).toEqual([]);
  });
});

test('progress that changes no plan wakes nobody (23 events)', async () => {
  const { enrollmentId } = await seedOutreach(sql, {
    runs: [{ ...ONE_CALL_RUN, calls: { attempts: 2, greeting: 'Hello.' } }],
  });
  const { attemptId } = await claimDue(sql, enrollmentId);
  const signals = [];
  for (const status of ['initiated', 'ringing', 'in_progress', 'completed'] as const)
    signals.push((await tell(sql, { attemptId, body: { kind: 'call_progress', status } })).signal);
  expect(signals).toEqual([null, null, null, null]);
  const tagged = await tell(sql, {
    attemptId,
    body: { kind: 'call_outcome', outcome: 'successful', by: 'agent', runRules: true },
  });
  expect(tagged.signal).toBe('callOutcome');
});

test('a wrong number that somebody writes back from is not used again', async () => {
  const { enrollmentId, contacts } = await seedOutreach(sql, {
    people: [{ ...NORA, phones: [fictionalPhone(0), fictionalPhone(1)] }],
  });
  const [first = '', second = ''] = contacts[0]?.hashes ?? [];
  const reply = await tell(sql, {
    enrollmentId,
    body: { kind: 'reply', channel: 'sms', verdict: 'none' },
    text: 'Who is this?',
    fromHash: first,
    toHash: 'ours',
  });
  await tell(sql, {
    enrollmentId,
    body: { kind: 'reply_classified', bucket: 'wrong_number', replyFactId: reply.factId ?? '' },
  });
  await sql`update execution set state = 'done', finished_at = app_now()`;
  expect(await sql`select hash from contact_address where unusable = 'wrong_number'`).toEqual([{ hash: first }]);
  const order = await orderOf(sql, enrollmentId);
  expect(order.touchKey).toBe('week.call.1');
  expect(second).not.toBe(first);
});

test('a reply that nobody has read yet holds everybody who shares the address', async () => {
  const shared = fictionalPhone(1);
  const { enrollmentIds } = await seedOutreach(sql, {
    people: [
      { ...NORA, phones: [shared] },
      { ...NORA, name: 'Olaf', phones: [fictionalPhone(0), shared] },
      { ...NORA, name: 'Pia', phones: [fictionalPhone(2)] },
    ],
    campaigns: 2,
  });
  await tell(sql, { enrollmentId: enrollmentIds[0] ?? '', body: { kind: 'reply', channel: 'sms', verdict: 'none' } });
  const kinds = [];
  for (const id of enrollmentIds) kinds.push((await wake(sql, id)).decision.kind);
  expect(kinds).toEqual(['hold', 'hold', 'touch', 'hold', 'hold', 'touch']);
});
