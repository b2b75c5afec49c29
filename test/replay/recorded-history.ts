import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** A history as it lies in its file: protobuf's JSON, one event a line. */

const FOLDER = join(__dirname, 'histories');

const PayloadSchema = z.looseObject({ data: z.string().default('') });
const PayloadsSchema = z.looseObject({ payloads: z.array(PayloadSchema).default([]) });
const NamedSchema = z.looseObject({ name: z.string() });
const EventSchema = z.looseObject({
  eventId: z.string(),
  eventType: z.string(),
  workflowExecutionSignaledEventAttributes: z.looseObject({ signalName: z.string() }).optional(),
  markerRecordedEventAttributes: z.looseObject({ details: z.record(z.string(), PayloadsSchema) }).optional(),
  activityTaskScheduledEventAttributes: z.looseObject({ activityType: NamedSchema, taskQueue: NamedSchema }).optional(),
  activityTaskCompletedEventAttributes: z
    .looseObject({ scheduledEventId: z.string(), result: PayloadsSchema.optional() })
    .optional(),
  workflowTaskFailedEventAttributes: z.looseObject({ cause: z.string() }).optional(),
  activityTaskFailedEventAttributes: z.looseObject({ scheduledEventId: z.string() }).optional(),
});
const HistorySchema = z.strictObject({ events: z.array(EventSchema).min(1) });
export type RecordedHistory = z.infer<typeof HistorySchema>;
type RecordedEvent = RecordedHistory['events'][number];

export function historyFile(path: string): string {
  return join(FOLDER, `${path}.json`);
}

export async function readHistory(path: string): Promise<RecordedHistory> {
  return HistorySchema.parse(JSON.parse(await readFile(historyFile(path), 'utf8')));
}

/** What happened, in words: a line for each event that means something. */
export function tell(history: RecordedHistory): string[] {
  const names = new Map(
    history.events.map(({ eventId, activityTaskScheduledEventAttributes: activity }) => [
      eventId,
      activity?.activityType.name ?? '',
    ]),
  );
  return history.events.flatMap((event) => phraseOf(event, (id) => names.get(id) ?? '') ?? []);
}

const PHRASES: Readonly<Record<string, string>> = {
  EVENT_TYPE_TIMER_STARTED: 'timer started',
  EVENT_TYPE_TIMER_FIRED: 'timer fired',
  EVENT_TYPE_TIMER_CANCELED: 'timer canceled',
  EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: 'task timed out',
  EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: 'cancel requested',
  EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: 'canceled',
  EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: 'completed',
  EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'continued as new',
};

function phraseOf(event: RecordedEvent, nameOf: (scheduledEventId: string) => string): string | undefined {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal !== undefined) return `signal ${signal.signalName}`;
  const marker = event.markerRecordedEventAttributes;
  if (marker !== undefined) return stepOf(marker.details['result']);
  const begun = event.activityTaskScheduledEventAttributes;
  if (begun !== undefined) return `${begun.activityType.name} on ${begun.taskQueue.name.replace(/^.*\//, '')}`;
  const done = event.activityTaskCompletedEventAttributes;
  if (done !== undefined) return `${nameOf(done.scheduledEventId)} answered${answerOf(valueOf(done.result))}`;
  const failed = event.activityTaskFailedEventAttributes;
  if (failed !== undefined) return `${nameOf(failed.scheduledEventId)} failed`;
  const refused = event.workflowTaskFailedEventAttributes;
  // The server refuses an end or a new run while there is news that the workflow hasn't heard.
  if (refused !== undefined) return refused.cause.endsWith('UNHANDLED_COMMAND') ? 'task refused' : 'task failed';
  return PHRASES[event.eventType];
}

/** Local activities leave a marker: with their result, or to be tried again after a timer. */
function stepOf(result: z.infer<typeof PayloadsSchema> | undefined): string {
  return result === undefined ? 'step put off' : `step ${AnswerSchema.parse(valueOf(result)).decision}`;
}

const AnswerSchema = z.looseObject({
  decision: z.string().optional(),
  state: z.string().optional(),
  failed: z.array(z.string()).default([]),
  news: z.boolean().default(false),
});

function answerOf(value: unknown): string {
  const { state, failed, news } = AnswerSchema.parse(value ?? {});
  if (state !== undefined) return ` ${state}`;
  if (failed.length > 0) return ' with failures';
  return news ? ' with news' : '';
}

function valueOf(payloads: z.infer<typeof PayloadsSchema> | undefined): unknown {
  const [first] = payloads?.payloads ?? [];
  return first === undefined || first.data === '' ? undefined : JSON.parse(textOf(first.data));
}

/** All that can be read in the file: its own text, and that of every payload. */
export async function readableText(path: string): Promise<string> {
  const text = await readFile(historyFile(path), 'utf8');
  const payloads = [...text.matchAll(/"data":"([^"]*)"/g)].map(([, data = '']) => textOf(data));
  return [text, ...payloads].join('\n');
}

function textOf(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}
