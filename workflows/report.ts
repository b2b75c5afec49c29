import * as wf from '@temporalio/workflow';
import type { ReportInput } from './contract';
import { giveUpReport, mailReport, openReport } from './proxies';

/** One report: mails it to each recipient side by side. Its rows say what is left to do, so it may be started anew at any moment. */
export async function report({ reportId }: ReportInput): Promise<void> {
  const { mailIds } = await openReport({ reportId });
  await Promise.all(mailIds.map(mailTo));
}

/** A recipient whose mail is refused for a day gets none; the others have nothing to do with that. */
async function mailTo(mailId: string): Promise<void> {
  try {
    await mailReport({ mailId });
  } catch (error) {
    if (!(error instanceof wf.ActivityFailure) || wf.isCancellation(error)) throw error;
    await giveUpReport({ mailId });
  }
}
