import type { Client, Connection } from '@temporalio/client';
import { formatMark, lastMark, type Mark, parseMark, type SeenMark } from '../domain/recovery';

/**
 * Temporal's half of the mark: signals of a workflow that nobody ever runs. They are written and read without a worker,
 * need no rights but those of any client, and the newest of them comes or goes with Temporal's database.
 */
export interface Marks {
  readMark(): Promise<SeenMark>;
  /** Resolved when Temporal has it. */
  writeMark(mark: Mark): Promise<void>;
}

export interface MarkPlace {
  readonly connection: Connection;
  readonly workflow: Client['workflow'];
  readonly namespace: string;
  readonly queuePrefix: string;
  /** Asks with a deadline. */
  readonly soon: <T>(ask: () => Promise<T>) => Promise<T>;
}

const WORKFLOW = 'installation';
/** The last signal may be followed by the first workflow task, which nobody takes, or by the end. */
const LAST_EVENTS = 5;
/** Far from the 10,000 signals that a workflow takes. */
const MOST_EVENTS = 5_000;
/** `NOT_FOUND` of gRPC. */
const NOT_FOUND = 5;

export function createMarks({ connection, workflow, namespace, queuePrefix, soon }: MarkPlace): Marks {
  const workflowId = `${queuePrefix}${WORKFLOW}`;
  let isFull = false;

  const read = async (): Promise<Mark | null> => {
    const { history } = await connection.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution: { workflowId },
      maximumPageSize: LAST_EVENTS,
    });
    const newestFirst = history?.events ?? [];
    const [newest] = newestFirst;
    isFull = Number(newest?.eventId ?? 0) > MOST_EVENTS && !newest?.workflowExecutionTerminatedEventAttributes;
    const mark = lastMark(
      newestFirst.flatMap(
        ({ workflowExecutionSignaledEventAttributes: signal }) => parseMark(signal?.signalName ?? '') ?? [],
      ),
    );
    if (mark !== null) return mark;
    throw new Error(`the workflow "${workflowId}" is not ours: it holds no mark`);
  };

  return {
    async readMark() {
      const described = await soon(() => connection.workflowService.describeNamespace({ namespace }));
      const mark = await soon(read).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return null;
        throw error;
      });
      return { namespaceId: described.namespaceInfo?.id ?? '', mark };
    },
    async writeMark(mark) {
      // A crash between the two is no harm: the mark of the old run is read until there is a new one.
      if (isFull) await soon(() => workflow.getHandle(workflowId).terminate('followed by another'));
      isFull = false;
      await soon(() =>
        workflow.signalWithStart(WORKFLOW, {
          workflowId,
          taskQueue: workflowId,
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: 'which PostgreSQL this belongs to; nobody runs it, and it must not be ended',
          signal: formatMark(mark),
        }),
      );
    },
  };
}
