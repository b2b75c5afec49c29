import { Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import type { Histories } from '../engine/histories';

/** Can this build go on with what is under way? The histories of a server, lived again with its workflow code; nothing is done by it. */

export interface Verification {
  readonly replayed: number;
  /** By workflow id: why it can't be gone on with. */
  readonly failures: readonly { readonly workflowId: string; readonly reason: string }[];
}

export interface VerifyOptions {
  readonly bundle: WorkflowBundleOption;
  readonly most: number;
  readonly dataConverter?: NonNullable<WorkerOptions['dataConverter']>;
}

export async function verify(
  histories: Pick<Histories, 'recent'>,
  { bundle, most, dataConverter }: VerifyOptions,
): Promise<Verification> {
  const failures: { workflowId: string; reason: string }[] = [];
  let replayed = 0;
  const options = { workflowBundle: bundle, ...(dataConverter === undefined ? {} : { dataConverter }) };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories.recent(most))) {
    replayed++;
    if (error !== undefined) failures.push({ workflowId, reason: error.message });
  }
  return { replayed, failures };
}

/** For people: a line for each history that can't be gone on with, and one for all. */
export function reportOf({ replayed, failures }: Verification): string[] {
  return [
    ...failures.map(({ workflowId, reason }) => `FAILS    ${workflowId}  ${reason}`),
    failures.length === 0
      ? `OK       ${replayed} histories replay with this build.`
      : `REFUSED  ${failures.length} of ${replayed} histories do not replay with this build: it must not go on with them.`,
  ];
}
