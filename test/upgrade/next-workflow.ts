import * as wf from '@temporalio/workflow';
import { enrollment as asItIs } from '../../workflows';
import type { EnrollmentInput } from '../../workflows/contract';

/** The next build of the workflow: one step more, for those alone who begin with it. */
export async function enrollment(input: EnrollmentInput): Promise<void> {
  if (wf.patched('a-moment-first')) await wf.sleep('1 s');
  return asItIs(input);
}
