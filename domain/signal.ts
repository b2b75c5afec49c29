import type { FactKind } from './fact';

/** Named for what happened, so that a history reads as a story; the truth is in the row. */
export type SignalName =
  | 'callOutcome'
  | 'reply'
  | 'handoff'
  | 'formCompleted'
  | 'delivery'
  | 'order'
  | 'lineGranted'
  | 'planChanged';

const SIGNALS: Readonly<Record<FactKind, SignalName>> = {
  call_progress: 'callOutcome',
  machine_detected: 'callOutcome',
  call_outcome: 'callOutcome',
  outcome_unmapped: 'callOutcome',
  series_ended: 'callOutcome',
  call_untagged: 'callOutcome',
  wrong_number: 'callOutcome',
  message_progress: 'delivery',
  text_sent: 'delivery',
  reply: 'reply',
  reply_classified: 'reply',
  opted_out: 'reply',
  handoff_requested: 'handoff',
  form_started: 'formCompleted',
  form_completed: 'formCompleted',
  callback_requested: 'order',
  touch_moved: 'order',
  crm_status: 'order',
  order: 'order',
};

export function signalOf(kind: FactKind): SignalName {
  return SIGNALS[kind];
}
