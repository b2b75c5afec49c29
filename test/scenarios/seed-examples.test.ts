import { acceptedBy, expectSound, leadOf, onlyEnrollment } from '../outcome';
import { callRun, launch, phrases, tellSimulator, type Story, type StoryOptions } from '../story';
import { World } from '../world';

/** The seeds' own examples, each through the public API on the real engine. */

let world: World;
beforeEach(async () => {
  world = await World.create();
  await world.at('2027-03-01T17:00:00Z');
});
afterEach(async () => {
  await expectSound(world).finally(() => world.stop());
});

const NORA = {
  name: 'Nora',
  phone: '+12125550101',
  email: 'nora@example.com',
  zone: 'America/New_York',
  cases: ['70001'],
};

const UNSUCCESSFUL = {
  key: 'unsuccessful',
  when: { trigger: 'call_outcome', outcome: 'unsuccessful' },
  then: [{ kind: 'stop_calls' }, { kind: 'crm_status', status: 'Unreachable' }],
};

async function run(story: Partial<StoryOptions>, until = '2027-03-06T05:00:00Z'): Promise<Story> {
  const launched = await launch(world, { people: [NORA], runs: [callRun()], ...story });
  await world.runUntil(until);
  return launched;
}

test('S0-63: Converted sets the status and posts one note, not two', async () => {
  const rules = [
    {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [
        { kind: 'crm_status', status: 'Retained' },
        { kind: 'crm_note', text: 'Client signed up today.' },
      ],
    },
  ];
  const story = await run({ people: [{ ...NORA, script: 'answers_converts' }], policy: { rules } });
  expect(await phrases(world, story)).toEqual(['Converted Call']);
  const { status, notes } = (await leadOf(world, '70001')) ?? { status: '', notes: [] };
  expect(status).toBe('Retained');
  expect(notes).toHaveLength(1);
  expect(notes[0]?.text).toContain('Client signed up today.');
});

test('S0-46, R-2 (a): an answered call tagged Unsuccessful stops calls at once, attempts left or not', async () => {
  const story = await run({
    people: [{ ...NORA, script: 'answers_unsuccessful' }],
    runs: [callRun({}, { attempts: 3 })],
    policy: { rules: [UNSUCCESSFUL] },
  });
  expect(await phrases(world, story)).toEqual(['Unsuccessful Call']);
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
  expect((await leadOf(world, '70001'))?.status).toBe('Unreachable');
});

test('S0-46, R-2 (b): an unanswered series says Unsuccessful once, when its last attempt is spent', async () => {
  const story = await run({
    people: [{ ...NORA, script: 'never_answers' }],
    runs: [callRun({}, { attempts: 3 })],
    policy: { rules: [UNSUCCESSFUL] },
  });
  expect(await phrases(world, story)).toEqual(['Unsuccessful Call']);
  expect(acceptedBy(world, 'voice')).toHaveLength(3);
  expect((await leadOf(world, '70001'))?.status).toBe('Unreachable');
});

test.each([
  ['R-2 (a)', 'answers_unsuccessful', 1],
  ['R-2 (b)', 'never_answers', 2],
])('S0-64, %s: calls stop, the note is in the CRM, planned messages still go out', async (_way, script, calls) => {
  const rules = [
    {
      key: 'u',
      when: UNSUCCESSFUL.when,
      then: [{ kind: 'stop_calls' }, { kind: 'crm_note', text: 'No answer after multiple attempts.' }],
    },
  ];
  const later = {
    key: 'later',
    channel: 'email',
    when: { kind: 'at', on: '2027-03-04', time: '10:00' },
    subject: 'Hello',
    text: 'Hello {{contact.first_name}}',
  };
  const again = { ...callRun({}, { attempts: 2 }), key: 'again', startsOn: '2027-03-05', endsOn: '2027-03-05' };
  const first = { ...callRun({ messages: [later] }, { attempts: 2 }), endsOn: '2027-03-04' };
  await run({ people: [{ ...NORA, script }], runs: [first, again], policy: { rules } });
  expect(acceptedBy(world, 'voice')).toHaveLength(calls);
  expect(acceptedBy(world, 'email')).toHaveLength(1);
  expect((await leadOf(world, '70001'))?.notes).toHaveLength(1);
});

test('S0-65: a reply in Opted Out takes the contact out, and the planned text is never sent', async () => {
  const rules = [
    { key: 'out', when: { trigger: 'reply_bucket', outcome: 'opted_out' }, then: [{ kind: 'stop_campaign' }] },
  ];
  const texts = [
    { key: 'first', channel: 'sms', when: { kind: 'after_start', delayMinutes: 0 }, text: 'Hello' },
    { key: 'second', channel: 'sms', when: { kind: 'after_start', delayMinutes: 1 }, text: 'Again' },
  ];
  const run1 = {
    key: 'texts',
    startsOn: '2027-03-01',
    endsOn: '2027-03-05',
    hours: { mode: 'calling_times', slots: [{ open: '09:00', close: '20:00' }] },
    messages: texts,
  };
  const story = await run({ people: [{ ...NORA, script: 'replies_no_more' }], runs: [run1], policy: { rules } });
  expect(await phrases(world, story)).toEqual(['Opted Out Reply']);
  expect(acceptedBy(world, 'sms')).toHaveLength(1);
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'ended', reason: 'opted_out' });
});

test('S0-66: the finished form writes the status and stops calls; opening it does nothing', async () => {
  const rules = [
    {
      key: 'form',
      when: { trigger: 'form', outcome: 'completed' },
      then: [{ kind: 'crm_status', status: 'Intake Complete' }, { kind: 'stop_calls' }],
    },
  ];
  const story = await launch(world, {
    people: [{ ...NORA, script: 'never_answers' }],
    runs: [callRun({}, { attempts: 3 })],
    formId: 'intake',
    policy: { rules },
  });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  await world.api.send('POST', '/v1/facts', { kind: 'form_started', eventId: 'f1', enrollmentId: id });
  expect(await phrases(world, story)).toEqual([]);
  await world.api.send('POST', '/v1/facts', {
    kind: 'form_completed',
    eventId: 'f2',
    enrollmentId: id,
    answers: { where: 'road' },
  });
  await world.runUntil('2027-03-06T05:00:00Z');
  expect(await phrases(world, story)).toEqual(['Completed Form']);
  expect((await leadOf(world, '70001'))?.status).toBe('Intake Complete');
  expect(acceptedBy(world, 'voice')).toHaveLength(1);
});

test('S0-67: a handoff posts its note once, even if it is told twice', async () => {
  const rules = [
    {
      key: 'handoff',
      when: { trigger: 'handoff', outcome: 'requested' },
      then: [{ kind: 'crm_note', text: 'Client asked to speak to a human.' }],
    },
  ];
  const story = await launch(world, {
    people: [{ ...NORA, script: 'never_answers' }],
    runs: [callRun({}, { attempts: 2 })],
    policy: { rules },
  });
  await world.quiet();
  const { id } = await onlyEnrollment(world, story);
  for (let n = 0; n < 2; n++)
    await world.api.send('POST', '/v1/facts', {
      kind: 'handoff_requested',
      eventId: 'h1',
      enrollmentId: id,
      reason: 'asked for a lawyer',
    });
  await world.quiet();
  expect(await phrases(world, story)).toEqual(['Requested Handoff']);
  expect((await leadOf(world, '70001'))?.notes).toHaveLength(1);
});

test('S1-114: text first, call after the set delay inside hours, mail after the call ended, all under one contact', async () => {
  const messages = [
    { key: 'ahead', channel: 'sms', when: { kind: 'before_call', delayMinutes: 10 }, text: 'We will call you' },
    {
      key: 'after',
      channel: 'email',
      when: { kind: 'after_call', results: ['any'], delayMinutes: 30 },
      subject: 'Hello',
      text: 'After our call',
    },
  ];
  const story = await run({ people: [{ ...NORA, script: 'answers_successful' }], runs: [callRun({ messages })] });
  const { id } = await onlyEnrollment(world, story);
  const attempts = await world.sql<{ channel: string; at: number; toMs: number }[]>`
    select channel, ms(claimed_at) as at from attempt where enrollment_id = ${id} order by claimed_at`;
  expect(attempts.map(({ channel }) => channel)).toEqual(['sms', 'voice', 'email']);
  const [text, call, mail] = attempts.map(({ at }) => at);
  expect((call ?? 0) - (text ?? 0)).toBe(10 * 60_000);
  expect((mail ?? 0) - (call ?? 0)).toBe(30 * 60_000);
});

test('S0-45: a CRM that answers 500 delays its own action only, and the failure is over when it is mended', async () => {
  await tellSimulator(world.simulator.httpUrl, 'faults', {
    channel: 'crm',
    mode: '500',
    match: { operation: 'status' },
    times: 2,
  });
  const rules = [{ ...UNSUCCESSFUL, note: 'Unsuccessful.' }];
  const story = await run({ people: [{ ...NORA, script: 'answers_unsuccessful' }], policy: { rules } });
  expect((await leadOf(world, '70001'))?.status).toBe('Unreachable');
  expect((await leadOf(world, '70001'))?.notes).toHaveLength(1);
  expect(await onlyEnrollment(world, story)).toMatchObject({ state: 'ended' });
});

test('a CRM action that fails for good is visible beside its reason, and an operator may have it tried again', async () => {
  await tellSimulator(world.simulator.httpUrl, 'crm/unknown-leads', ['70001']);
  const story = await run({
    people: [{ ...NORA, script: 'answers_unsuccessful' }],
    policy: { rules: [{ ...UNSUCCESSFUL, note: 'Unsuccessful.' }] },
  });
  const { id } = await onlyEnrollment(world, story);
  const executions = async () => {
    const { items } = await world.api.get<{
      items: { id: string; kind: string; state: string; errorCode: string; tries: number }[];
    }>(`/v1/enrollments/${id}/executions`);
    return items.filter(({ kind }) => kind === 'crm_status');
  };
  const [failed] = await executions();
  expect(failed).toMatchObject({ state: 'failed', errorCode: 'unknown_case' });
  await world.api.send('POST', `/v1/executions/${failed?.id}/retry`);
  await world.quiet();
  const [again] = await executions();
  expect(again).toMatchObject({ state: 'failed', errorCode: 'unknown_case' });
  expect(again?.tries).toBeGreaterThan(failed?.tries ?? 99);
});
