import * as wf from '@temporalio/workflow';
import type { StepResult, TouchOrder } from '../activities/contract';
import { PROGRESS_QUERY, type EnrollmentInput, type Progress } from './contract';
import { carryOutExecutions } from './executions';
import { dial, deliver, step } from './proxies';

/**
 * One contact in one campaign: ask what to do; do it; wait for the next instant or for news.
 * It holds nothing that its row can't give back, so it may be killed, reset or started anew at any moment.
 */
export async function enrollment({ enrollmentId }: EnrollmentInput): Promise<void> {
  let news = false;
  wf.setDefaultSignalHandler(() => {
    news = true;
  });
  const { runId: workflowRunId } = wf.workflowInfo();
  const running = new Set<string>();
  const progress: { -readonly [K in keyof Progress]: Progress[K] } = {
    decision: 'starting',
    dueAt: null,
    summary: '',
    steps: 0,
    running: 0,
  };
  wf.setHandler(wf.defineQuery<Progress>(PROGRESS_QUERY), () => ({ ...progress, running: running.size }));

  const begin = async (ids: readonly string[], work: () => Promise<boolean>): Promise<void> => {
    for (const id of ids) running.add(id);
    try {
      if (await work()) news = true;
    } catch (error) {
      // Activities end without a result only if somebody cancels or fails them; the guard of the row's wait asks again.
      if (!(error instanceof wf.ActivityFailure) && !wf.isCancellation(error)) throw error;
    } finally {
      for (const id of ids) running.delete(id);
    }
  };

  for (let n = 1; ; n++) {
    news = false; // before step, never after: news that comes while it runs must not be forgotten
    const next = await step({ enrollmentId, workflowRunId, n, running: [...running] });
    if (next.decision === 'stale') return;
    tell(next, progress, n);
    const executions = next.executions.filter(({ id }) => !running.has(id));
    if (executions.length > 0)
      void begin(
        executions.map(({ id }) => id),
        () => carryOutExecutions(enrollmentId, executions),
      );
    if (next.dial !== null) void begin([next.dial.attemptId], call(next.dial));
    if (next.deliver !== null) void begin([next.deliver.attemptId], message(next.deliver));

    if (next.decision === 'finish') {
      await wf.condition(() => news || running.size === 0);
      if (!news) return;
    } else if (next.waitMs === null) {
      await wf.condition(() => news);
    } else {
      await wf.condition(() => news, next.waitMs);
    }
    if (wf.workflowInfo().continueAsNewSuggested && running.size === 0)
      await wf.continueAsNew<typeof enrollment>({ enrollmentId });
  }
}

/** After an accepted or unknown call somebody else has the word: its outcome, or reconciliation. */
function call(order: TouchOrder): () => Promise<boolean> {
  return async () => (await dial(order)).state === 'not_sent';
}

/** A message always changes the plan: nobody calls back for it. */
function message(order: TouchOrder): () => Promise<boolean> {
  return async () => {
    await deliver(order);
    return true;
  };
}

/** For whoever reads this in the Temporal UI: what it waits for and why, in words. */
function tell(next: StepResult, progress: { -readonly [K in keyof Progress]: Progress[K] }, n: number): void {
  progress.decision = next.decision;
  progress.dueAt = next.dueAt;
  progress.summary = next.summary;
  progress.steps = n;
  wf.setCurrentDetails(
    `**${next.decision}** ${next.summary}${next.dueAt === null ? '' : ` (asks again at ${next.dueAt})`}`,
  );
}
