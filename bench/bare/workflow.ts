import * as wf from '@temporalio/workflow';
import type { BareActivities } from './activities';
import { type ContactInput, GRANT_SIGNAL, OUTCOME_SIGNAL } from './messages';

/** The shape that one would write first: every step an activity, every wait a timer or a signal. */

const { gate, dial, setStatus, postNote } = wf.proxyActivities<BareActivities>({ startToCloseTimeout: '20 s' });

export async function contact({ id, sleepMs }: ContactInput): Promise<void> {
  let isGranted = false;
  let outcome: string | null = null;
  wf.setHandler(wf.defineSignal(GRANT_SIGNAL), () => {
    isGranted = true;
  });
  wf.setHandler(wf.defineSignal<[string]>(OUTCOME_SIGNAL), (told) => {
    outcome = told;
  });
  wf.setDefaultSignalHandler(() => undefined);
  await wf.sleep(sleepMs);
  await gate(id);
  await wf.condition(() => isGranted);
  await dial(id);
  await wf.condition(() => outcome !== null, '15 minutes');
  await Promise.all([setStatus(id), postNote(id)]);
}
