import type { QueueName } from '../activities/contract';

/** Names and ids that a client of our workflows needs. Nothing here may change once a history was recorded with it. */

export const ENROLLMENT_WORKFLOW = 'enrollment';
export const ENROLLMENTS_QUEUE = 'enrollments';

export interface EnrollmentInput {
  readonly enrollmentId: string;
}

export const REPORT_WORKFLOW = 'report';

export interface ReportInput {
  readonly reportId: string;
}

export interface SignalBody {
  readonly factId?: string;
  readonly attemptId?: string;
  readonly reason?: string;
}

export const PROGRESS_QUERY = 'progress';

export interface Progress {
  readonly decision: string;
  readonly dueAt: string | null;
  readonly summary: string;
  readonly steps: number;
  readonly running: number;
}

export const CAMPAIGN_ID_ATTRIBUTE = 'CampaignId';
export const CONTACT_ID_ATTRIBUTE = 'ContactId';

export function enrollmentWorkflowId(enrollmentId: string): string {
  return `enrollment/${enrollmentId}`;
}

export function reportWorkflowId(reportId: string): string {
  return `report/${reportId}`;
}

/** Queues may carry a prefix ("blue/enrollments"), so that several installations share a namespace in tests and roll-outs. */
export function queueName(prefix: string, queue: QueueName | typeof ENROLLMENTS_QUEUE): string {
  return `${prefix}${queue}`;
}

export function queuePrefixOf(enrollmentsQueue: string): string {
  return enrollmentsQueue.slice(0, enrollmentsQueue.length - ENROLLMENTS_QUEUE.length);
}
