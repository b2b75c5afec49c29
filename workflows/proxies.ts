import * as wf from '@temporalio/workflow';
import type {
  ExecutionActivities,
  MessageActivities,
  QueueName,
  ReportActivities,
  StepActivities,
  VoiceActivities,
} from '../activities/contract';
import { queueName, queuePrefixOf } from './contract';

/** How each class of effect is run: deadlines and retries are said here and nowhere else. */

/** Local, because workflow tasks are what a contact costs. Database only, so it is short; it is tried until the database is back. */
export const { step } = wf.proxyLocalActivities<StepActivities>({
  startToCloseTimeout: '2 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '60 s' },
  localRetryThreshold: '10 s',
});

/** No limit of attempts: the first thing it does is to read the claim, and a claimed row is never sent again. */
export const dial: VoiceActivities['dial'] = (order) => on<VoiceActivities>('voice', 'calls').dial(order);
export const deliver: MessageActivities['deliver'] = (order) =>
  on<MessageActivities>('messages', 'sends a message').deliver(order);

function on<A extends object>(queue: QueueName, summary: string): wf.ActivityInterfaceFor<A> {
  return wf.proxyActivities<A>({
    taskQueue: queueOf(queue),
    summary,
    startToCloseTimeout: '20 s',
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s' },
  });
}

/** All that one wake finds, side by side in one activity; whatever fails in it gets an activity of its own. */
export function executionsOn(
  queue: QueueName,
): wf.ActivityInterfaceFor<Pick<ExecutionActivities, 'runExecutions' | 'giveUpExecution'>> {
  return wf.proxyActivities<Pick<ExecutionActivities, 'runExecutions' | 'giveUpExecution'>>({
    taskQueue: queueOf(queue),
    summary: queue === 'classify' ? 'reads a reply' : 'carries out what the rules ordered',
    startToCloseTimeout: '60 s',
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s' },
  });
}

/** Rides out an outage of a day; then the rest belongs to the operator. */
export function retryOn(queue: QueueName): wf.ActivityInterfaceFor<Pick<ExecutionActivities, 'retryExecution'>> {
  return wf.proxyActivities<Pick<ExecutionActivities, 'retryExecution'>>({
    taskQueue: queueOf(queue),
    summary: 'tries a failed action again',
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: '24 h',
    retry: { initialInterval: '2 s', backoffCoefficient: 2, maximumInterval: '5 min' },
  });
}

/** Before and after the mails of a report: database only. */
export const openReport: ReportActivities['openReport'] = (input) => aboutReports('opens a report').openReport(input);
export const giveUpReport: ReportActivities['giveUpReport'] = (input) =>
  aboutReports('gives a mail up').giveUpReport(input);

function aboutReports(summary: string): wf.ActivityInterfaceFor<ReportActivities> {
  return wf.proxyActivities<ReportActivities>({
    taskQueue: queueOf('reports'),
    summary,
    startToCloseTimeout: '20 s',
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '60 s' },
  });
}

/** The file of a large campaign takes a while. What was not refused for good is tried for a day. */
export const mailReport: ReportActivities['mailReport'] = (input) =>
  wf
    .proxyActivities<ReportActivities>({
      taskQueue: queueOf('reports'),
      summary: 'mails a report',
      startToCloseTimeout: '3 min',
      scheduleToCloseTimeout: '24 h',
      retry: { initialInterval: '5 s', backoffCoefficient: 2, maximumInterval: '10 min' },
    })
    .mailReport(input);

function queueOf(queue: QueueName): string {
  return queueName(queuePrefixOf(wf.workflowInfo().taskQueue), queue);
}
