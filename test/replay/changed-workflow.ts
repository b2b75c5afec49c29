import { sleep } from '@temporalio/workflow';
import { enrollment as asItIs, report as reportAsItIs } from '../../workflows';
import type { EnrollmentInput, ReportInput } from '../../workflows/contract';

/** What nobody may ship: the workflows with one timer more than the histories hold. */
export async function enrollment(input: EnrollmentInput): Promise<void> {
  await sleep('1 s');
  return asItIs(input);
}

export async function report(input: ReportInput): Promise<void> {
  await sleep('1 s');
  return reportAsItIs(input);
}
