import type { WorkflowHandle } from '@temporalio/client';
import { inTransaction } from '../../db/client';
import { appNow } from '../../db/clock';
import { lockEnrollment } from '../../db/enrollment';
import { MINUTE_MS, toIso } from '../../domain/instant';
import {
  ENROLLMENT_WORKFLOW,
  ENROLLMENTS_QUEUE,
  PROGRESS_QUERY,
  queueName,
  reportWorkflowId,
} from '../../workflows/contract';
import { activityOf, endOf, eventsOf } from '../history';
import { callRun, launch, type Story } from '../story';
import { until } from '../until';
import {
  CONVERTED,
  INTERESTED,
  MACHINE,
  NOTE,
  ONE_CALL,
  READER,
  SILENT,
  STATUS,
  texts,
  twoCalls,
  when,
} from './campaigns';
import type { PathName } from './paths';
import {
  begin,
  fact,
  fault,
  order,
  reply,
  runOf,
  toTheEnd,
  untilAsleep,
  untilDecided,
  WITHIN_MS,
  type Setting,
  type Stage,
} from './stage';

/** How each path is lived, under a clock that runs, so that real timers are in the histories. */

/** Answers the run whose history is kept. */
type Live = (stage: Stage) => Promise<WorkflowHandle>;

/** To the end, with nothing done from outside. */
function alone(setting: Setting): Live {
  return async (stage) => toTheEnd(stage, (await begin(stage, setting)).id);
}

/** To the end, with something done while the contact sleeps after the first touch. */
function disturbed(setting: Setting, disturb: (stage: Stage, id: string, story: Story) => Promise<void>): Live {
  return async (stage) => {
    const { story, id } = await begin(stage, setting);
    await untilAsleep(stage, id);
    await disturb(stage, id, story);
    return toTheEnd(stage, id);
  };
}

export const STORIES: Readonly<Record<PathName, Live>> = {
  converted: alone(ONE_CALL),
  'never-answers': alone({
    script: 'never_answers',
    runs: [twoCalls(60)],
    rules: [when('call_outcome', 'unsuccessful', NOTE)],
  }),
  voicemail: alone(MACHINE),
  'reply-in-mid-sleep': disturbed(READER, (stage) => reply(stage, 'yes please')),
  'handoff-and-back': disturbed(SILENT, async (stage, id) => {
    await fact(stage, id, { kind: 'handoff_requested', reason: 'asked' });
    await untilDecided(stage, id, 'hold');
    await order(stage, id, 'hand_back');
  }),
  'form-completes': disturbed(
    { ...SILENT, rules: [when('form', 'completed', STATUS, { kind: 'stop_calls' })] },
    (stage, id) => fact(stage, id, { kind: 'form_completed', answers: {} }),
  ),
  stop: disturbed(READER, (stage) => reply(stage, 'STOP')),
  'pause-and-resume': disturbed({ ...SILENT, runs: [twoCalls(60)] }, async (stage, id, { campaignId }) => {
    await stage.world.api.send('POST', `/v1/campaigns/${campaignId}/pause`);
    await untilDecided(stage, id, 'hold');
    await stage.world.api.send('POST', `/v1/campaigns/${campaignId}/resume`);
  }),
  'operator-completes': disturbed(SILENT, (stage, id) => order(stage, id, 'complete')),
  'callback-promised': disturbed(SILENT, async (stage, id) => {
    const at = toIso((await appNow(stage.world.sql)) + 30 * MINUTE_MS);
    await stage.world.api.send('POST', `/v1/enrollments/${id}/callbacks`, { at });
  }),
  'queued-for-a-line': queuedForALine,
  'crm-fails-then-works': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId }, times: 2 });
    return alone(ONE_CALL)(stage);
  },
  'crm-fails-for-good': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId } });
    const { id } = await begin(stage, ONE_CALL);
    await stage.temporal.failByHand(stage.temporal.workflowOf(id), 'retryExecution');
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
  'note-and-call-at-once': disturbed({ ...SILENT, runs: [twoCalls(60)], rules: [INTERESTED] }, async (stage, id) => {
    await stage.world.stopWorkers();
    await reply(stage, 'yes please');
    await until('the next call is due', async () => {
      const [row] = await stage.world.sql`select 1 from enrollment where id = ${id} and due_at < app_now()`;
      return row !== undefined;
    });
    await stage.world.startWorkers();
  }),
  'reply-while-the-crm-fails': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId }, times: 3 });
    const { id } = await begin(stage, { ...ONE_CALL, rules: [CONVERTED, INTERESTED] });
    await untilUnderWay(stage.temporal.workflowOf(id), 'retryExecution');
    await reply(stage, 'yes please');
    return toTheEnd(stage, id);
  },
  'reply-after-the-end': async (stage) => {
    const { id } = await begin(stage, { ...READER, runs: [texts(0)] });
    await toTheEnd(stage, id);
    await reply(stage, 'yes please');
    return toTheEnd(stage, id);
  },
  'failed-by-hand': async (stage) => {
    const options = { holdMs: 2_000 };
    await fault(stage, { channel: 'crm', mode: 'timeout_executed', match: { to: stage.caseId }, times: 2, options });
    const workflow = await runOf(stage, (await begin(stage, ONE_CALL)).id);
    await stage.temporal.failByHand(workflow, 'runExecutions');
    await endOf(workflow);
    return workflow;
  },
  cancelled: async (stage) => {
    const options = { holdMs: 2_000 };
    await fault(stage, { channel: 'voice', mode: 'timeout_executed', match: { to: stage.phone }, times: 1, options });
    const workflow = await runOf(stage, (await begin(stage, ONE_CALL)).id);
    return cancelledIn(workflow, 'dial');
  },
  'cancelled-while-retrying': async (stage) => {
    await fault(stage, { channel: 'crm', mode: '500', match: { operation: 'status', to: stage.caseId } });
    const workflow = await runOf(stage, (await begin(stage, ONE_CALL)).id);
    return cancelledIn(workflow, 'retryExecution');
  },
  'database-away': disturbed(SILENT, async (stage, id) => {
    const workflow = stage.temporal.workflowOf(id);
    await inTransaction(stage.world.sql, async (tx) => {
      await lockEnrollment(tx, id);
      await workflow.signal('planChanged', {});
      const isPutOff = async () => (await eventsOf(workflow)).slice(-2).join() === 'MARKER_RECORDED,TIMER_STARTED';
      await until('a step was tried', async () => (await eventsOf(workflow)).at(-1) !== 'TIMER_STARTED', WITHIN_MS);
      await until('the step is put off', isPutOff, WITHIN_MS);
    });
    await order(stage, id, 'complete');
  }),
  'taken-over': async (stage) => {
    const { world, temporal } = stage;
    const { id } = await begin(stage, SILENT);
    await untilAsleep(stage, id);
    const workflow = await runOf(stage, id);
    const second = await temporal.client.workflow.start(ENROLLMENT_WORKFLOW, {
      workflowId: `${workflow.workflowId}/second`,
      taskQueue: queueName(world.queuePrefix, ENROLLMENTS_QUEUE),
      args: [{ enrollmentId: id }],
    });
    await until('the row is its own', async () => {
      const [row] = await world.sql`select run_id from enrollment where id = ${id}`;
      return row?.['runId'] === second.firstExecutionRunId;
    });
    await workflow.signal('planChanged', {});
    await endOf(workflow);
    await second.terminate();
    return workflow;
  },
  'continued-as-new': async (stage) => {
    const { id } = await begin(stage, SILENT);
    await untilAsleep(stage, id);
    const workflow = await runOf(stage, id);
    await until('it goes on in another run', async () => {
      await stage.temporal.workflowOf(id).signal('planChanged', {});
      // Answered when the signal has been dealt with.
      await workflow.query(PROGRESS_QUERY);
      return (await workflow.describe()).status.name === 'CONTINUED_AS_NEW';
    });
    return workflow;
  },
  'report-mailed': async (stage) => (await reportOf(stage, [`team${stage.caseId}@example.com`])).workflow,
  'report-refused': async (stage) => {
    const refusing = `full${stage.caseId}@example.com`;
    await fault(stage, { channel: 'email', mode: '451', match: { to: refusing } });
    const { workflow } = await reportOf(stage, [`team${stage.caseId}@example.com`, refusing]);
    await stage.temporal.failByHand(workflow, 'mailReport');
    await endOf(workflow);
    return workflow;
  },
};

/** A report that somebody asks for; answers when the first recipient has it. */
async function reportOf(stage: Stage, recipients: readonly string[]): Promise<{ workflow: WorkflowHandle }> {
  const { world, temporal } = stage;
  // None comes by itself: it takes a month.
  const every = { period: 'month', day: 28 };
  const schedule = { key: 'r', kind: 'client_engagement', name: 'Report', every, time: '09:00', recipients };
  const { story } = await begin(stage, { ...SILENT, reports: [schedule] });
  const path = `/v1/campaigns/${story.campaignId}/reports`;
  const { id } = await world.api.send<{ id: string }>('POST', path, { key: 'r' });
  await until(
    'the report is mailed',
    async () => (await world.sql`select 1 from report_mail where report_id = ${id} and state = 'mailed'`).length > 0,
    WITHIN_MS,
  );
  const workflow = temporal.client.workflow.getHandle(reportWorkflowId(id));
  if (recipients.length === 1) await endOf(workflow);
  return { workflow };
}

async function untilUnderWay(workflow: WorkflowHandle, activityType: string): Promise<void> {
  await until(`"${activityType}" is under way`, () => activityOf(workflow, activityType), WITHIN_MS);
}

async function cancelledIn(workflow: WorkflowHandle, activityType: string): Promise<WorkflowHandle> {
  await untilUnderWay(workflow, activityType);
  await workflow.cancel();
  await endOf(workflow);
  return workflow;
}

/** Two people and one line: whoever finds it taken. */
async function queuedForALine(stage: Stage): Promise<WorkflowHandle> {
  const { world, caseId } = stage;
  const phones = [stage.phone, '+16465550199'];
  const { campaignId } = await launch(world, {
    people: phones.map((phone, n) => ({
      name: 'Nora',
      phone,
      zone: 'America/New_York',
      script: 'answers_converts',
      cases: [`${caseId}${n}`],
    })),
    runs: [callRun()],
    policy: { rules: [CONVERTED], concurrencyLimit: 1 },
    name: `case ${caseId}`,
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
