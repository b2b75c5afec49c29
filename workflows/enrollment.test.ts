import { randomUUID } from 'node:crypto';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { connectTemporal, endOf, eventsOf, historyOf, type Temporal } from '../test/history';
import { enrollmentsOf } from '../test/outcome';
import { callRun, launch, tellSimulator, type Actor, type Story } from '../test/story';
import { until } from '../test/until';
import { World } from '../test/world';
import { ENROLLMENT_WORKFLOW, ENROLLMENTS_QUEUE, queueName, type Progress } from './contract';

/** The workflow on a real server: what it costs, what it shows, and that it holds nothing that its row can't give back. */

let world: World;
let temporal: Temporal;
beforeAll(async () => {
  world = await World.create();
  temporal = await connectTemporal(world.temporalAddress());
});
afterAll(async () => {
  await temporal.close();
  await world.stop();
});

const NOON = '2027-03-01T17:00:00Z';
const BEFORE_DAWN = '2027-03-01T09:00:00Z';
const DAYS_LATER = '2027-03-06T05:00:00Z';
const CONVERTED = {
  key: 'c',
  when: { trigger: 'call_outcome', outcome: 'converted' },
  then: [{ kind: 'crm_status', status: 'Retained' }],
};
let persons = 100;

function nobodyYet(script: string): Actor & { phone: string } {
  persons++;
  return {
    name: 'Nora',
    phone: `+12125550${persons}`,
    email: `nora${persons}@example.com`,
    zone: 'America/New_York',
    script,
  };
}

async function onlyIdOf(story: Story): Promise<string> {
  const only = await until('the contact is enrolled', async () => (await enrollmentsOf(world, story))[0]);
  return only.id;
}

function oneCall(person: Actor): Promise<Story> {
  return launch(world, { people: [person], runs: [callRun()], policy: { rules: [CONVERTED] } });
}

/** The phone rings until `dial` has reported, so the end of the call is news of its own. */
async function keepsRinging({ phone }: { phone: string }): Promise<() => Promise<void>> {
  const hold = { to: phone, phase: 'ringing' };
  await tellSimulator(world.simulator.httpUrl, 'hold', hold);
  return () => tellSimulator(world.simulator.httpUrl, 'release', hold);
}

/** `dial` has said what it has to say, and the workflow waits for the word of others. */
async function dialReported(enrollmentId: string): Promise<void> {
  await until('dial has reported', async () => {
    const events = await eventsOf(temporal.workflowOf(enrollmentId));
    return events.includes('ACTIVITY_TASK_COMPLETED') && events.at(-1) === 'WORKFLOW_TASK_COMPLETED';
  });
}

function tasksOf(events: readonly string[]): number {
  return events.filter((name) => name === 'WORKFLOW_TASK_COMPLETED').length;
}

/** A contact whose hours have not begun: its workflow sleeps until the opening. */
async function sleeper() {
  await world.at(BEFORE_DAWN);
  const story = await oneCall(nobodyYet('answers_converts'));
  await world.quiet();
  const id = await onlyIdOf(story);
  return { story, id, workflow: temporal.workflowOf(id) };
}

async function stepsOf(id: string): Promise<number> {
  const [row] = await world.sql<{ steps: number }[]>`select steps::int from enrollment where id = ${id}`;
  return row?.steps ?? 0;
}

/** The campaign's end: everybody called once, and the action of the rule done once. */
async function expectCalledOnce(story: Story): Promise<void> {
  await world.runUntil(DAYS_LATER);
  const rows = await world.sql<{ state: string; calls: number; actions: number }[]>`
    select e.state,
      (select count(*)::int from attempt t where t.enrollment_id = e.id and t.state = 'ended') as calls,
      (select count(*)::int from execution x where x.enrollment_id = e.id and x.state = 'done') as actions
    from enrollment e where e.campaign_id = ${story.campaignId}`;
  expect(rows).toEqual([{ state: 'ended', calls: 1, actions: 1 }]);
}

/** The provider takes its time over the next request and then carries it out without an answer. */
async function hangs(channel: 'voice' | 'crm', to: string): Promise<void> {
  const fault = { channel, mode: 'timeout_executed', match: { to }, times: 1, options: { holdMs: 3_000 } };
  await tellSimulator(world.simulator.httpUrl, 'faults', fault);
}

/** A contact who is being called at this moment. */
async function dialling() {
  const person = nobodyYet('answers_converts');
  await hangs('voice', person.phone);
  await world.at(NOON);
  const story = await oneCall(person);
  const id = await onlyIdOf(story);
  const workflow = temporal.workflowOf(id);
  await until('a call is being placed', async () => (await workflow.query<Progress>('progress')).running === 1);
  return { story, id, workflow };
}

describe('what a contact costs', () => {
  test('a one-call contact with a free line costs 23 events and 4 workflow tasks', async () => {
    await world.at(NOON);
    const person = nobodyYet('answers_converts');
    const pickUp = await keepsRinging(person);
    const story = await oneCall(person);
    const id = await onlyIdOf(story);
    await dialReported(id);
    await pickUp();
    await world.quiet();
    const events = await historyOf(temporal.workflowOf(id));
    expect([events.length, tasksOf(events)]).toEqual([23, 4]);
  });

  test('one that had to queue for its line costs 28 events and 5 workflow tasks', async () => {
    await world.at(NOON);
    const people = [nobodyYet('answers_converts'), nobodyYet('answers_converts')];
    const pickUps = await Promise.all(people.map(keepsRinging));
    const policy = { rules: [CONVERTED], concurrencyLimit: 1 };
    const story = await launch(world, { people, runs: [callRun()], policy });
    const queued = await until('one of them waits for a line', async () => {
      const [row] = await world.sql<{ id: string; phone: string }[]>`
        select q.enrollment_id as id, a.value as phone
        from line_queue q join enrollment e on e.id = q.enrollment_id
        join contact_address ca on ca.contact_id = e.contact_id join address a on a.hash = ca.hash and a.kind = 'phone'
        where q.campaign_id = ${story.campaignId}`;
      return row;
    });
    const isQueued = people.map(({ phone }) => phone === queued.phone);
    await pickUps[isQueued.indexOf(false)]?.();
    await dialReported(queued.id);
    await pickUps[isQueued.indexOf(true)]?.();
    await world.quiet();
    const events = await historyOf(temporal.workflowOf(queued.id));
    expect([events.length, tasksOf(events)]).toEqual([28, 5]);
  });

  test('a contact who only gets one text costs 13 events and 2 workflow tasks', async () => {
    await world.at(NOON);
    const { calls: _, ...texts } = callRun({
      messages: [{ key: 'text', channel: 'sms', when: { kind: 'after_start', delayMinutes: 0 }, text: 'Hello' }],
    });
    const story = await launch(world, { people: [nobodyYet('never_answers')], runs: [texts] });
    await world.quiet();
    const events = await historyOf(temporal.workflowOf(await onlyIdOf(story)));
    // Where the machine is so busy that nobody has asked about news for five seconds, it is told once more: five events and a task.
    const told = events.filter((name) => name === 'WORKFLOW_EXECUTION_SIGNALED').length;
    expect([events.length - 5 * told, tasksOf(events) - told]).toEqual([13, 2]);
  });
});

describe('what somebody in the Temporal UI reads', () => {
  test('the query and the current details say what the contact waits for and why', async () => {
    const { story, workflow } = await sleeper();
    const progress = await workflow.query<Progress>('progress');
    expect(progress).toMatchObject({ decision: 'wait', dueAt: '2027-03-01T14:00:00.000Z', steps: 1, running: 0 });
    expect(progress.summary).toContain('Next is week.call.1 (voice) at 2027-03-01T14:00:00.000Z');
    const shown = await workflow.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(shown.currentDetails).toBe(`**wait** ${progress.summary} (asks again at ${progress.dueAt})`);
    await expectCalledOnce(story);
    expect(await workflow.query<Progress>('progress')).toMatchObject({ decision: 'finish', dueAt: null });
  });

  test('the query counts what is under way', async () => {
    const { story, workflow } = await dialling();
    await expectCalledOnce(story);
    expect(await endOf(workflow)).toBe('COMPLETED');
    expect(await workflow.query<Progress>('progress')).toMatchObject({ running: 0 });
  });

  test('the workflow is found by its campaign and by its contact', async () => {
    const { story, workflow } = await sleeper();
    const [contact] = await world.sql<
      { id: string }[]
    >`select contact_id as id from enrollment where campaign_id = ${story.campaignId}`;
    const shown = await workflow.describe();
    const keyword = (name: string) =>
      shown.typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD));
    expect([keyword('CampaignId'), keyword('ContactId')]).toEqual([story.campaignId, contact?.id]);
    expect(await shown.staticSummary()).toBe(`one contact of campaign ${story.campaignId}`);
    await expectCalledOnce(story);
  });
});

describe('signals', () => {
  test('told again and again, or by names of tomorrow, wake it and change nothing', async () => {
    const { story, id, workflow } = await sleeper();
    for (const name of ['reply', 'reply', 'planChanged', 'aKindOfTomorrow', 'aKindOfTomorrow'])
      await workflow.signal(name, { factId: randomUUID() });
    await until('it has looked', async () => (await stepsOf(id)) > 1);
    expect(await workflow.query<Progress>('progress')).toMatchObject({
      decision: 'wait',
      dueAt: '2027-03-01T14:00:00.000Z',
    });
    expect(await eventsOf(workflow)).not.toContain('WORKFLOW_TASK_FAILED');
    await expectCalledOnce(story);
  });
});

describe('a workflow is disposable', () => {
  test.each(['cancel', 'terminate'] as const)(
    'a sleeper whom somebody %ss is up again at its next instant',
    async (end) => {
      const { story, id, workflow } = await sleeper();
      const { runId } = await workflow.describe();
      await workflow[end]();
      await endOf(temporal.workflowOf(id, runId));
      await expectCalledOnce(story);
      expect((await workflow.describe()).runId).not.toBe(runId);
    },
  );

  test('news starts it again, without waiting for its instant', async () => {
    const { story, id, workflow } = await sleeper();
    await workflow.terminate();
    await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: 'complete' });
    await world.quiet();
    const [row] = await world.sql`select state, reason from enrollment where campaign_id = ${story.campaignId}`;
    expect(row).toEqual({ state: 'ended', reason: 'completed_by_operator' });
    expect(await endOf(temporal.workflowOf(id))).toBe('COMPLETED');
  });

  test('cancelled while a call is being placed, it hears of the call in another run', async () => {
    const { story, id, workflow } = await dialling();
    const { runId } = await workflow.describe();
    await workflow.cancel();
    expect(await endOf(temporal.workflowOf(id, runId))).toBe('CANCELLED');
    await expectCalledOnce(story);
    expect(await eventsOf(temporal.workflowOf(id, runId))).not.toContain('WORKFLOW_TASK_FAILED');
  });

  test('a call that an operator fails by hand is still heard of', async () => {
    const { story, workflow } = await dialling();
    await temporal.failByHand(workflow, 'dial');
    await expectCalledOnce(story);
    expect(await eventsOf(workflow)).toContain('ACTIVITY_TASK_FAILED');
  });

  test('actions that an operator fails by hand are tried again when they have been silent for ten minutes', async () => {
    const person = { ...nobodyYet('answers_converts'), cases: ['71001'] };
    await hangs('crm', '71001');
    await world.at(NOON);
    const story = await oneCall(person);
    const id = await onlyIdOf(story);
    const { runId } = await until('its workflow has begun', () => temporal.workflowOf(id).describe());
    await temporal.failByHand(temporal.workflowOf(id), 'runExecutions');
    expect(await endOf(temporal.workflowOf(id, runId))).toBe('COMPLETED');
    // Real time is moved for this one deadline; everything else is as in production.
    await world.sql`update enrollment set stepped_rt = stepped_rt - interval '11 minutes' where id = ${id}`;
    await expectCalledOnce(story);
  });

  test('a run that another has followed ends at its next wake and touches nothing', async () => {
    const { story, id, workflow } = await sleeper();
    const { runId: oldRun } = await workflow.describe();
    const second = await temporal.client.workflow.start(ENROLLMENT_WORKFLOW, {
      workflowId: `enrollment/${id}/second`,
      taskQueue: queueName(world.queuePrefix, ENROLLMENTS_QUEUE),
      args: [{ enrollmentId: id }],
    });
    await until('the second run has stepped', async () => (await stepsOf(id)) === 2);
    await workflow.signal('planChanged', {});
    expect(await endOf(workflow)).toBe('COMPLETED');
    expect(await stepsOf(id)).toBe(2);
    expect(await workflow.query<Progress>('progress')).toMatchObject({ decision: 'wait', steps: 1 });
    const [row] = await world.sql`select run_id from enrollment where id = ${id}`;
    expect(row).toEqual({ runId: second.firstExecutionRunId });
    await world.at('2027-03-01T14:00:00Z');
    await expectCalledOnce(story);
    expect((await workflow.describe()).runId).not.toBe(oldRun);
    await second.terminate();
  });
});
