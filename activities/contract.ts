/** What activities take and give. Types only: workflow code imports this file and nothing else of the folder. */

import type { ReportMailState } from '../domain/report-mail';

export interface StepInput {
  readonly enrollmentId: string;
  readonly workflowRunId: string;
  /** For readers of the history only; nothing is decided by it. */
  readonly n: number;
  /** Ids of the attempts and executions that this workflow run has begun and not seen end. */
  readonly running: readonly string[];
}

export type QueueName = 'voice' | 'messages' | 'crm' | 'webhooks' | 'classify' | 'reports';

export interface OrderedExecution {
  readonly id: string;
  readonly queue: QueueName;
}

/** A touch that is to be carried out now. */
export interface TouchOrder {
  readonly enrollmentId: string;
  readonly attemptId: string;
  readonly touchKey: string;
  readonly try: number;
}

export interface StepResult {
  readonly decision: 'stale' | 'touch' | 'queue' | 'wait' | 'hold' | 'reconcile' | 'finish';
  /** ISO instant of business time at which the planner wants to be asked again; null when it finished. */
  readonly dueAt: string | null;
  /** Real milliseconds until then, at least 1; null = no timer, somebody else guards this wait. */
  readonly waitMs: number | null;
  readonly dial: TouchOrder | null;
  readonly deliver: TouchOrder | null;
  /** All executions that are not final and not in `running`. */
  readonly executions: readonly OrderedExecution[];
  /** One English sentence without personal data: what it waits for and why. */
  readonly summary: string;
}

/** `unknown` = the provider may have accepted it; only reconciliation may say more. */
export interface TouchResult {
  readonly state: 'accepted' | 'not_sent' | 'unknown';
  readonly reason?: string;
}

export interface ExecutionsInput {
  readonly enrollmentId: string;
  readonly executionIds: readonly string[];
}

export interface ExecutionsResult {
  /** Those that failed for now; each gets an activity of its own with its own retry policy. */
  readonly failed: readonly string[];
  /** True when one of them made a fact, so the planner has to be asked again. */
  readonly news: boolean;
}

export interface StepActivities {
  step(input: StepInput): Promise<StepResult>;
}

export interface VoiceActivities {
  dial(order: TouchOrder): Promise<TouchResult>;
}

export interface MessageActivities {
  deliver(order: TouchOrder): Promise<TouchResult>;
}

export interface ReportActivities {
  /** The mails that are not through. */
  openReport(input: { readonly reportId: string }): Promise<{ readonly mailIds: readonly string[] }>;
  /** Mails it to one recipient; throws where it was refused for now, so that Temporal retries it. */
  mailReport(input: { readonly mailId: string }): Promise<{ readonly state: ReportMailState }>;
  /** Records the last word on a mail whose retries are over. */
  giveUpReport(input: { readonly mailId: string }): Promise<void>;
}

export interface ExecutionActivities {
  /** Runs them side by side, each recorded as it is done; never throws for a failure of one of them. */
  runExecutions(input: ExecutionsInput): Promise<ExecutionsResult>;
  /** Runs one; throws so that Temporal retries it. */
  retryExecution(input: { readonly executionId: string }): Promise<{ readonly news: boolean }>;
  /** Records the last word on an execution whose retries are over. */
  giveUpExecution(input: { readonly executionId: string }): Promise<void>;
}
