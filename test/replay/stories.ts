import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { inTransaction } from '../../db/client';
import { lockEnrollment } from '../../db/enrollment';
import {
  ENROLLMENT_WORKFLOW,
  ENROLLMENTS_QUEUE,
  PROGRESS_QUERY,
  queueName,
  type Progress,
} from '../../workflows/contract';
import { endOf, eventsOf, type Temporal } from '../history';
import { enrollmentsOf } from '../outcome';
import { callRun, launch, tellSimulator, type Actor, type Story } from '../story';
import { until } from '../until';
import type { World } from '../world';
import type { PathName } from './paths';

/** How each path is lived, under a clock that runs: so that real timers are in the histories. */

export interface Stage {
  readonly world: World;
  readonly temporal: Temporal;
  /** A number that no other story has. */
  readonly phone: string;
  readonly caseId: string;
}

/** Answers the run whose history is kept. */
type Live = (stage: Stage) => Promise<WorkflowHandle>;

const WITHIN_MS = 90_000;
const OUR_NUMBER = '+12125550190';
const OTHER_PHONE = '+16465550199';

interface Setting {
  readonly script: string;
  readonly runs: readonly unknown[];
  readonly rules?: readonly unknown[];
  readonly policy?: object;
}

async function begin({ world, phone, caseId }: Stage, { script, runs, rules = [], policy }: Setting): Promise<Story> {
  const person: Actor = { name: 'Nora', phone, zone: 'America/New_York', script, cases: [caseId] };
  const email = `nora${caseId}@example.com`;
  return launch(world, {
    people: [{ ...person, email }],
    runs,
    policy: { rules, ...policy },
    formId: 'intake',
    settings: { lines: 100 },
    name: `case ${caseId}`,
  });
}

async function idOf({ world }: Stage, story: Story): Promise<string> {
  return until('everybody is enrolled', async () => (await enrollmentsOf(world, story))[0]?.id, WITHIN_MS);
}

/** To the end of everything, with nothing done from outside. */
function alone(setting: Setting): Live {
  return async (stage) => toTheEnd(stage, await idOf(stage, await begin(stage, setting)));
}

/** To the end of everything, with something done while the contact waits after the first touch. */
function disturbed(setting: Setting, disturb: (stage: Stage, id: string, story: Story) => Promise<void>): Live {
  return async (stage) => {
    const story = await begin(stage, setting);
    const id = await idOf(stage, story);
    await untilDecided(stage, id, 'wait', { afterTouch: true });
    await disturb(stage, id, story);
    return toTheEnd(stage, id);
  };
}

async function untilDecided(
  { world }: Stage,
  id: string,
  decision: string,
  { afterTouch = false } = {},
): Promise<void> {
  await until(
    `the contact's decision is "${decision}"`,
    async () => {
      const [row] = await world.sql`
        select 1 from enrollment e where id = ${id} and decision ->> 'kind' = ${decision}
          and (not ${afterTouch} or exists (
            select 1 from attempt t where t.enrollment_id = e.id and (t.state = 'ended' or (t.state = 'accepted' and t.channel = 'sms'))))`;
      return row !== undefined;
    },
    WITHIN_MS,
  );
}

async function toTheEnd({ world, temporal }: Stage, id: string): Promise<WorkflowHandle> {
  await until(
    'the contact has come to an end',
    async () => {
      const [row] = await world.sql`
        select 1 from enrollment e where id = ${id} and state = 'ended'
          and not exists (select 1 from execution x where x.enrollment_id = e.id and x.state = 'pending')
          and not exists (select 1 from fact f where f.enrollment_id = e.id and f.wakes and f.seen_rt is null)`;
      return row !== undefined;
    },
    WITHIN_MS,
  );
  await endOf(temporal.workflowOf(id));
  return temporal.workflowOf(id);
}

async function order({ world }: Stage, id: string, what: string): Promise<void> {
  await world.api.send('POST', `/v1/enrollments/${id}/orders`, { order: what });
}

async function fact({ world, caseId }: Stage, enrollmentId: string, body: object): Promise<void> {
  await world.api.send('POST', '/v1/facts', { eventId: `story ${caseId}`, enrollmentId, ...body });
}

async function reply({ world, phone }: Stage, body: string): Promise<void> {
  await tellSimulator(world.simulator.httpUrl, 'inbound-sms', { from: phone, to: OUR_NUMBER, body });
}

async function fault({ world }: Stage, rule: object): Promise<void> {
  await tellSimulator(world.simulator.httpUrl, 'faults', rule);
}

async function underWay(workflow: WorkflowHandle, type: string): Promise<string> {
  return until(
    `"${type}" is under way`,
    async () => {
      const { raw } = await workflow.describe();
      return raw.pendingActivities?.find(({ activityType }) => activityType?.name === type)?.activityId;
    },
    WITHIN_MS,
  );
}

/** The activity ends as if an operator had failed it. */
async function failByHand({ temporal }: Stage, workflow: WorkflowHandle, type: string): Promise<void> {
  const activityId = await underWay(workflow, type);
  const { workflowId } = workflow;
  await temporal.client.activity.fail({ workflowId, activityId }, ApplicationFailure.nonRetryable('by hand'));
}

async function latestRun({ temporal }: Stage, id: string): Promise<WorkflowHandle> {
  const { runId } = await temporal.workflowOf(id).describe();
  return temporal.workflowOf(id, runId);
}

function when(trigger: string, outcome: string, ...then: object[]) {
  return { key: `${trigger}-${outcome}`.replaceAll('_', '-'), when: { trigger, outcome }, then };
}

const STATUS = { kind: 'crm_status', status: 'Changed' };
const NOTE = { kind: 'crm_note', text: 'Something happened.' };
const INTERESTED = when('reply_bucket', 'interested', NOTE);
const CONVERTED = when('call_outcome', 'converted', STATUS, NOTE);
const TWO_CALLS = callRun({}, { attempts: 2, spacingMinutes: { default: 60 } });
const FAR_APART = callRun({}, { attempts: 2, spacingMinutes: { default: 150 } });

function textsRun(...delaysMinutes: number[]) {
  const { calls: _, ...run } = callRun({
    messages: delaysMinutes.map((delayMinutes, n) => ({
      key: `text-${n}`,
      channel: 'sms',
      when: { kind: 'after_start', delayMinutes },
      text: 'Hello',
    })),
  });
  return run;
}

const AFTER_VOICEMAIL = {
  key: 'after',
  channel: 'email',
  when: { kind: 'after_call', results: ['voicemail'], delayMinutes: 20 },
  subject: 'Hello',
  text: 'We left you a message.',
};

const ONE_CALL = { script: 'answers_converts', runs: [callRun()], rules: [CONVERTED] };
const SILENT = { script: 'never_answers', runs: [FAR_APART] };

export const STORIES: Readonly<Record<PathName, Live>> = {
  converted: alone(ONE_CALL),
  'never-answers': alone({
    script: 'never_answers',
    runs: [TWO_CALLS],
    rules: [when('call_outcome', 'unsuccessful', NOTE)],
  }),
  voicemail: alone({
    script: 'voicemail',
    runs: [
      callRun(
        { messages: [AFTER_VOICEMAIL] },
        { attempts: 2, spacingMinutes: { default: 60 }, voicemail: { kind: 'leave_text', text: 'Please call back.' } },
      ),
    ],
  }),
  'reply-in-mid-sleep': disturbed({ script: 'never_answers', runs: [textsRun(0, 90)], rules: [INTERESTED] }, (stage) =>
    reply(stage, 'yes please'),
  ),
  'handoff-and-back': disturbed(SILENT, async (stage, id) => {
    await fact(stage, id, { kind: 'handoff_requested', reason: 'asked' });
    await untilDecided(stage, id, 'hold');
    await order(stage, id, 'hand_back');
  }),
  'form-completes': disturbed(
    { ...SILENT, rules: [when('form', 'completed', STATUS, { kind: 'stop_calls' })] },
    (stage, id) => fact(stage, id, { kind: 'form_completed', answers: {} }),
  ),
  stop: disturbed({ script: 'never_answers', runs: [textsRun(0, 90)] }, (stage) => reply(stage, 'STOP')),
  'pause-and-resume': disturbed({ ...SILENT, runs: [TWO_CALLS] }, async (stage, id, { campaignId }) => {
    await stage.world.api.send('POST', `/v1/campaigns/${campaignId}/pause`);
    await untilDecided(stage, id, 'hold');
    await stage.world.api.send('POST', `/v1/campaigns/${campaignId}/resume`);
  }),
  'operator-completes': disturbed(SILENT, (stage, id) => order(stage, id, 'complete')),
  'queued-for-a-line': queuedForALine,
  'crm-fails-then-works': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId }, times: 2 });
    return alone(ONE_CALL)(stage);
  },
  'crm-fails-for-good': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId } });
    const id = await idOf(stage, await begin(stage, ONE_CALL));
    await failByHand(stage, stage.temporal.workflowOf(id), 'retryExecution');
    return toTheEnd(stage, id);
  },
  'unknown-then-callback': async (stage) => {
    await fault(stage, { channel: 'voice', mode: '500_executed', match: { to: stage.phone }, times: 1 });
    return alone(ONE_CALL)(stage);
  },
  'not-sent-then-again': async (stage) => {
    const options = { retryAfterSeconds: 2 };
    await fault(stage, { channel: 'voice', mode: '429', match: { to: stage.phone }, times: 1, options });
    return alone(ONE_CALL)(stage);
  },
  'reply-and-handoff-at-once': disturbed(
    { ...SILENT, rules: [when('handoff', 'requested', NOTE)] },
    async (stage, id) => {
      await stage.world.stopWorkers();
      await fact(stage, id, { kind: 'handoff_requested', reason: 'asked' });
      await reply(stage, 'yes please');
      await until('both are known', async () => {
        const rows = await stage.world.sql`select 1 from execution where enrollment_id = ${id} and state = 'pending'`;
        return rows.length === 2;
      });
      await stage.world.startWorkers();
      await untilDecided(stage, id, 'hold');
      await order(stage, id, 'complete');
    },
  ),
  'reply-after-the-end': async (stage) => {
    const story = await begin(stage, { script: 'never_answers', runs: [textsRun(0)], rules: [INTERESTED] });
    const id = await idOf(stage, story);
    await toTheEnd(stage, id);
    await reply(stage, 'yes please');
    return toTheEnd(stage, id);
  },
  'failed-by-hand': async (stage) => {
    const options = { holdMs: 2_000 };
    await fault(stage, { channel: 'crm', mode: 'timeout_executed', match: { to: stage.caseId }, times: 2, options });
    const workflow = await latestRun(stage, await idOf(stage, await begin(stage, ONE_CALL)));
    await failByHand(stage, workflow, 'runExecutions');
    await endOf(workflow);
    return workflow;
  },
  cancelled: async (stage) => {
    const options = { holdMs: 2_000 };
    await fault(stage, { channel: 'voice', mode: 'timeout_executed', match: { to: stage.phone }, times: 1, options });
    const id = await idOf(stage, await begin(stage, ONE_CALL));
    await untilDecided(stage, id, 'touch');
    const workflow = await latestRun(stage, id);
    await until('it is being called', async () => (await workflow.query<Progress>(PROGRESS_QUERY)).running === 1);
    await workflow.cancel();
    await endOf(workflow);
    return workflow;
  },
  'cancelled-while-retrying': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId } });
    const workflow = await latestRun(stage, await idOf(stage, await begin(stage, ONE_CALL)));
    await underWay(workflow, 'retryExecution');
    await workflow.cancel();
    await endOf(workflow);
    return workflow;
  },
  'database-away': disturbed(SILENT, async (stage, id) => {
    await inTransaction(stage.world.sql, async (tx) => {
      await lockEnrollment(tx, id);
      await stage.temporal.workflowOf(id).signal('planChanged', {});
      await until(
        'step is put off',
        async () => (await eventsOf(stage.temporal.workflowOf(id))).at(-1) === 'TIMER_STARTED',
        WITHIN_MS,
      );
    });
    await order(stage, id, 'complete');
  }),
  'taken-over': async (stage) => {
    const { world, temporal } = stage;
    const id = await idOf(stage, await begin(stage, SILENT));
    await untilDecided(stage, id, 'wait', { afterTouch: true });
    const workflow = await latestRun(stage, id);
    const second = await temporal.client.workflow.start(ENROLLMENT_WORKFLOW, {
      workflowId: `${workflow.workflowId}/second`,
      taskQueue: queueName(world.queuePrefix, ENROLLMENTS_QUEUE),
      args: [{ enrollmentId: id }],
    });
    await until('the row is its own', async () => {
      const [row] =
        await world.sql`select 1 from enrollment where id = ${id} and run_id = ${second.firstExecutionRunId}`;
      return row !== undefined;
    });
    await workflow.signal('planChanged', {});
    await endOf(workflow);
    await second.terminate();
    return workflow;
  },
  'continued-as-new': async (stage) => {
    const id = await idOf(stage, await begin(stage, SILENT));
    await untilDecided(stage, id, 'wait', { afterTouch: true });
    const workflow = await latestRun(stage, id);
    await until('it goes on in another run', async () => {
      await stage.temporal.workflowOf(id).signal('planChanged', {});
      // Answered when the signal has been dealt with.
      await workflow.query(PROGRESS_QUERY);
      return (await workflow.describe()).status.name === 'CONTINUED_AS_NEW';
    });
    return workflow;
  },
};

/** Two people and one line: the one who finds it taken. */
async function queuedForALine(stage: Stage): Promise<WorkflowHandle> {
  const { world } = stage;
  const people = [stage.phone, OTHER_PHONE].map((phone, n) => ({
    name: 'Nora',
    phone,
    zone: 'America/New_York',
    script: 'answers_converts',
    cases: [`${stage.caseId}${n}`],
  }));
  const { campaignId } = await launch(world, {
    people,
    runs: [callRun()],
    policy: { rules: [CONVERTED], concurrencyLimit: 1 },
    name: `case ${stage.caseId}`,
  });
  const id = await until(
    'one of them waits for a line',
    async () => {
      const [row] = await world.sql<{ id: string }[]>`
        select enrollment_id as id from line_queue where campaign_id = ${campaignId}`;
      return row?.id;
    },
    WITHIN_MS,
  );
  return toTheEnd(stage, id);
}
