import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { claimDue, MONDAY_NOON, ONE_CALL_RUN, seedOutreach, startOver, tell, TEST_KEYS, wake } from '../test/seed';
import { recordAccepted, recordNotSent } from './attempt-result';
import { claim } from './claim';
import { setClock } from './clock';
import { receive } from './inbox';
import { step, type StepOutcome } from './step';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => startOver(database.sql));

async function enrolled(options: { runs?: readonly unknown[]; policy?: object } = {}) {
  const { sql } = database;
  const { campaignId, contacts, enrollmentId } = await seedOutreach(sql, options);
  const [contact = { hashes: [] }] = contacts;
  return { sql, campaignId, contact, enrollmentId, workflowRunId: randomUUID() };
}

function decided(outcome: StepOutcome) {
  if (outcome.kind === 'stale') throw new Error('stale');
  return outcome;
}

test('a due call takes a free line, is claimed once, and the row then waits for its end', async () => {
  const { sql, enrollmentId, workflowRunId } = await enrolled();
  const first = decided(await step(sql, { enrollmentId, workflowRunId, running: [] }));
  expect(first.decision).toMatchObject({ kind: 'touch', touch: { key: 'week.call.1', channel: 'voice', try: 1 } });
  const ask = { enrollmentId, attemptId: first.attemptId ?? '', touchKey: 'week.call.1', try: 1 };
  expect(await claim(sql, ask, TEST_KEYS)).toMatchObject({
    kind: 'claimed',
    from: '+12125550100',
    content: { greeting: 'Hello Nora.' },
  });
  expect(await claim(sql, ask, TEST_KEYS)).toEqual({ kind: 'existing', state: 'claimed' });
  const second = decided(await step(sql, { enrollmentId, workflowRunId, running: [ask.attemptId] }));
  expect(second.decision).toMatchObject({ kind: 'reconcile', attemptId: ask.attemptId });
  await recordAccepted(sql, ask.attemptId, `CA${randomUUID()}`);
  await receive(sql, {
    source: 't',
    eventKey: randomUUID(),
    raw: {},
    actor: 't',
    fact: { attemptId: ask.attemptId, body: { kind: 'call_progress', status: 'no_answer' } },
  });
  const last = decided(await step(sql, { enrollmentId, workflowRunId, running: [] }));
  expect(last.decision).toMatchObject({ kind: 'finish', reason: 'plan_through' });
  const facts = await sql`select kind from fact where enrollment_id = ${enrollmentId} order by seq`;
  expect(facts.map(({ kind }) => kind)).toEqual(['call_progress', 'series_ended']);
  expect(await sql`select 1 from lease where enrollment_id = ${enrollmentId} and freed_rt is null`).toHaveLength(0);
  expect(await sql`select 1 from open_call`).toHaveLength(0);
});

test('a workflow run that another has followed is stale', async () => {
  const { sql, enrollmentId, workflowRunId } = await enrolled();
  await step(sql, { enrollmentId, workflowRunId, running: [] });
  await step(sql, { enrollmentId, workflowRunId: randomUUID(), running: [] });
  expect(await step(sql, { enrollmentId, workflowRunId, running: [] })).toEqual({ kind: 'stale' });
});

test('what the provider refused for now is tried again under a new try, not before it may', async () => {
  const { sql, enrollmentId, workflowRunId } = await enrolled();
  const first = decided(await step(sql, { enrollmentId, workflowRunId, running: [] }));
  const attemptId = first.attemptId ?? '';
  await claim(sql, { enrollmentId, attemptId, touchKey: 'week.call.1', try: 1 }, TEST_KEYS);
  await recordNotSent(sql, attemptId, { reason: 'rate_limited', verdict: 'retry', retryAfterMs: 30_000 });
  const next = decided(await step(sql, { enrollmentId, workflowRunId, running: [] }));
  expect(next.decision).toMatchObject({ kind: 'wait', touch: { key: 'week.call.1', try: 2 } });
  expect(await sql`select 1 from attempt_address where attempt_id = ${attemptId}`).toHaveLength(0);
});

test('STOP ends the enrollment, suppresses every address, and no claim follows, not even of a confirmation (R-5, C8)', async () => {
  const { sql, enrollmentId, workflowRunId, contact } = await enrolled();
  const first = decided(await step(sql, { enrollmentId, workflowRunId, running: [] }));
  await receive(sql, {
    source: 't',
    eventKey: randomUUID(),
    raw: {},
    actor: 't',
    fact: {
      enrollmentId,
      body: { kind: 'reply', channel: 'sms', verdict: 'revoke' },
      text: 'STOP',
      fromHash: contact.hashes[0] ?? '',
      toHash: 'x',
    },
  });
  const ask = { enrollmentId, attemptId: first.attemptId ?? '', touchKey: 'week.call.1', try: 1 };
  expect(await claim(sql, ask, TEST_KEYS)).toEqual({ kind: 'refused', reason: 'finish' });
  expect(await sql`select 1 from suppression where hash = ${contact.hashes[0] ?? ''}`).toHaveLength(1);
  const [row] = await sql`select state, reason from enrollment where id = ${enrollmentId}`;
  expect(row).toMatchObject({ state: 'ended', reason: 'opted_out' });
});

test('rules order their effects per case, once per fact, and stops take effect at once', async () => {
  const rules = [
    {
      key: 'signed',
      when: { trigger: 'form', outcome: 'completed' },
      then: [{ kind: 'crm_status', status: 'Intake Complete' }, { kind: 'stop_calls' }],
      note: 'Done',
    },
  ];
  const { sql, enrollmentId } = await enrolled({ policy: {}, runs: [ONE_CALL_RUN] });
  await sql`update version set plan = jsonb_set(plan, '{formId}', '"intake"'), policy = jsonb_set(policy, '{rules}', ${JSON.stringify(rules)}::text::jsonb)
    where campaign_id = (select campaign_id from enrollment where id = ${enrollmentId})`;
  const arrival = {
    source: 't',
    eventKey: randomUUID(),
    raw: {},
    actor: 't',
    fact: { enrollmentId, body: { kind: 'form_completed' as const, formId: 'intake', answers: {} } },
  };
  expect(await receive(sql, arrival)).toMatchObject({ duplicate: false, signal: 'formCompleted' });
  expect(await receive(sql, arrival)).toMatchObject({ duplicate: true, signal: null });
  const effects = await sql`select kind, state from execution where enrollment_id = ${enrollmentId} order by action_ix`;
  expect(effects.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'crm_note pending',
    'crm_status pending',
    'stop_calls done',
  ]);
});

const UNSUCCESSFUL = { trigger: 'call_outcome', outcome: 'unsuccessful' };

test('a series that is spent is said once, however often the step is taken (R-2)', async () => {
  const rules = [{ key: 'no', when: UNSUCCESSFUL, then: [{ kind: 'crm_status', status: 'Unsuccessful' }] }];
  const { sql, enrollmentId } = await enrolled({ policy: { rules } });
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => wake(sql, enrollmentId)));
  expect(outcomes.map(({ decision }) => decision.kind)).toEqual(['finish', 'finish', 'finish', 'finish']);
  expect(await sql`select 1 from fact where kind = 'series_ended'`).toHaveLength(1);
  expect(await sql`select state from execution`).toEqual([{ state: 'pending' }]);
  expect(await sql`select wants_workflow from enrollment`).toEqual([{ wantsWorkflow: true }]);
});

test('a series whose rules can not be carried out ends all the same', async () => {
  const rules = [{ key: 'no', when: UNSUCCESSFUL, then: [{ kind: 'crm_status', status: 'Unsuccessful' }] }];
  const { sql, enrollmentId } = await enrolled({ policy: { rules } });
  const { attemptId } = await claimDue(sql, enrollmentId);
  await sql`update enrollment set cases = array[gen_random_uuid()]`;
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
  for (let n = 0; n < 2; n++) expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
  expect(await sql`select fold_error from fact where kind = 'series_ended'`).toEqual([
    { foldError: 'PostgresError 23503 execution_case_id_fkey' },
  ]);
});

test('a tag that never came is given up once, and fires no rule', async () => {
  const rules = [{ key: 'no', when: UNSUCCESSFUL, then: [{ kind: 'crm_status', status: 'Unsuccessful' }] }];
  const { sql, enrollmentId } = await enrolled({ policy: { rules } });
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'completed' } });
  const waiting = await wake(sql, enrollmentId);
  expect(waiting.decision).toMatchObject({ kind: 'wait', reasons: [{ code: 'awaiting_tag' }] });
  await setClock(sql, Date.parse(MONDAY_NOON) + 900_000, 0);
  for (let n = 0; n < 2; n++) expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
  expect(await sql`select 1 from fact where kind = 'call_untagged'`).toHaveLength(1);
  expect(await sql`select 1 from execution`).toHaveLength(0);
});

test('executions are answered until they are final, but for those that run', async () => {
  const rules = [{ key: 'no', when: UNSUCCESSFUL, then: [{ kind: 'crm_note', text: 'No' }] }];
  const { sql, enrollmentId, workflowRunId } = await enrolled({ policy: { rules } });
  const { attemptId } = await claimDue(sql, enrollmentId);
  await tell(sql, { attemptId, body: { kind: 'call_progress', status: 'busy' } });
  const { executions } = await wake(sql, enrollmentId, workflowRunId);
  const running = executions.map(({ id }) => id);
  expect(running).toHaveLength(1);
  expect(decided(await step(sql, { enrollmentId, workflowRunId, running })).executions).toEqual([]);
  expect((await wake(sql, enrollmentId, workflowRunId)).executions).toEqual(executions);
  await sql`update execution set state = 'done', finished_at = app_now()`;
  expect((await wake(sql, enrollmentId, workflowRunId)).executions).toEqual([]);
  expect(await sql`select wants_workflow from enrollment`).toEqual([{ wantsWorkflow: false }]);
});

test('a promise to call back that can not be kept any more is broken when the enrollment ends', async () => {
  const { sql, enrollmentId } = await enrolled();
  await tell(sql, { enrollmentId, body: { kind: 'callback_requested', at: Date.parse(MONDAY_NOON) + 3_600_000 } });
  expect((await wake(sql, enrollmentId)).decision).toMatchObject({ kind: 'wait', touch: { stepKey: 'callback' } });
  await sql`update campaign set status = 'completed'`;
  expect((await wake(sql, enrollmentId)).decision.kind).toBe('finish');
  expect(await sql`select state, reason from commitment`).toEqual([{ state: 'broken', reason: 'campaign_ended' }]);
});
