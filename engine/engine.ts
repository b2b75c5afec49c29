import { Client, Connection, isGrpcServiceError, type WorkflowStartOptions } from '@temporalio/client';
import {
  type DataConverter,
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common';
import type { EnrollmentRef } from '../db/enrollment';
import type { SignalName } from '../domain/signal';
import type { TemporalConnection } from './connection';
import { createMarks, type Marks } from './mark';
import {
  CAMPAIGN_ID_ATTRIBUTE,
  CONTACT_ID_ATTRIBUTE,
  ENROLLMENT_WORKFLOW,
  ENROLLMENTS_QUEUE,
  enrollmentWorkflowId,
  queueName,
  REPORT_WORKFLOW,
  reportWorkflowId,
  type EnrollmentInput,
  type ReportInput,
  type SignalBody,
} from '../workflows/contract';

/** The only place that talks to Temporal as a client. Everything here may fail: sweeps try again what matters. */
export interface Engine extends Marks {
  /** Starts the workflow that lives this row, or finds it running. */
  start(row: EnrollmentRef): Promise<void>;
  /** Wakes the row's workflow with a word for readers, starting it if there is none. */
  signal(row: EnrollmentRef, name: SignalName, body: SignalBody): Promise<void>;
  /** Starts the workflow that mails this report, or finds it running. */
  startReport(reportId: string): Promise<void>;
  /** Tells apart a namespace from one that was lost and made anew under the same name. */
  namespaceId(): Promise<string>;
  /** Deletes every run of the row's workflow that is known, ending what still runs; what is gone already is no error. */
  forget(enrollmentId: string, runIds: readonly string[]): Promise<void>;
  workflowUrl(enrollmentId: string): string | null;
  close(): Promise<void>;
}

export interface EngineOptions extends Omit<TemporalConnection, 'tls'>, Partial<Pick<TemporalConnection, 'tls'>> {
  readonly namespace: string;
  readonly queuePrefix: string;
  readonly uiUrl: string | null;
  readonly dataConverter?: DataConverter;
}

/** Short enough that a webhook never waits for Temporal longer than the sender would. */
const DEADLINE_MS = 3_000;
const CAMPAIGN_ID = defineSearchAttributeKey(CAMPAIGN_ID_ATTRIBUTE, SearchAttributeType.KEYWORD);
const CONTACT_ID = defineSearchAttributeKey(CONTACT_ID_ATTRIBUTE, SearchAttributeType.KEYWORD);

export function createEngine(options: EngineOptions): Engine {
  const { address, namespace, queuePrefix, uiUrl, tls = false, apiKey, dataConverter } = options;
  // Lazy: the API answers, and facts are folded, while Temporal is down.
  const connection = Connection.lazy({
    address,
    tls,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const { workflow } = new Client({
    connection,
    namespace,
    ...(dataConverter === undefined ? {} : { dataConverter }),
  });
  const taskQueue = queueName(queuePrefix, ENROLLMENTS_QUEUE);
  const soon = <T>(ask: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + DEADLINE_MS, ask);

  return {
    ...createMarks({ connection, workflow, namespace, queuePrefix, soon }),
    async start(row) {
      await soon(() =>
        workflow.start(ENROLLMENT_WORKFLOW, {
          ...startOptions(row, taskQueue),
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      );
    },
    async signal(row, name, body) {
      await soon(() =>
        workflow.signalWithStart(ENROLLMENT_WORKFLOW, {
          ...startOptions(row, taskQueue),
          signal: name,
          signalArgs: [body],
        }),
      );
    },
    async startReport(reportId) {
      const input: ReportInput = { reportId };
      await soon(() =>
        workflow.start(REPORT_WORKFLOW, {
          workflowId: reportWorkflowId(reportId),
          taskQueue,
          args: [input],
          // Uniqueness is the row's, here as well.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: 'one report of a campaign',
        }),
      );
    },
    async namespaceId() {
      const described = await soon(() => connection.workflowService.describeNamespace({ namespace }));
      return described.namespaceInfo?.id ?? '';
    },
    async forget(enrollmentId, runIds) {
      const workflowId = enrollmentWorkflowId(enrollmentId);
      // Without an id it is the run that there is now, which may never have taken a step.
      for (const runId of ['', ...runIds])
        await soon(() =>
          connection.workflowService
            .deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } })
            .then(() => undefined, unlessGone),
        );
    },
    workflowUrl(enrollmentId) {
      if (uiUrl === null) return null;
      return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(enrollmentWorkflowId(enrollmentId))}`;
    },
    close: () => connection.close(),
  };
}

/** gRPC's code for what there is not. */
const NOT_FOUND = 5;

function unlessGone(error: unknown): void {
  if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) throw error;
}

function startOptions({ enrollmentId, campaignId, contactId }: EnrollmentRef, taskQueue: string) {
  const input: EnrollmentInput = { enrollmentId };
  return {
    workflowId: enrollmentWorkflowId(enrollmentId),
    taskQueue,
    args: [input],
    // Uniqueness is the row's, so a closed workflow may always be followed by another.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes: new TypedSearchAttributes([
      { key: CAMPAIGN_ID, value: campaignId },
      { key: CONTACT_ID, value: contactId },
    ]),
    staticSummary: `one contact of campaign ${campaignId}`,
  } satisfies Partial<WorkflowStartOptions>;
}
