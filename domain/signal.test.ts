import { FactBodySchema, type FactKind } from './fact';
import { signalOf } from './signal';

it('every fact has a signal that tells the reader of a history what happened', () => {
  const kinds = FactBodySchema.options.map(({ shape }): FactKind => shape.kind.value);
  expect(Object.fromEntries(kinds.map((kind) => [kind, signalOf(kind)]))).toEqual({
    call_progress: 'callOutcome',
    machine_detected: 'callOutcome',
    message_progress: 'delivery',
    text_sent: 'delivery',
    call_outcome: 'callOutcome',
    series_ended: 'callOutcome',
    call_untagged: 'callOutcome',
    outcome_unmapped: 'callOutcome',
    reply: 'reply',
    reply_classified: 'reply',
    handoff_requested: 'handoff',
    form_started: 'formCompleted',
    form_completed: 'formCompleted',
    opted_out: 'reply',
    callback_requested: 'order',
    wrong_number: 'callOutcome',
    touch_moved: 'order',
    crm_status: 'order',
    order: 'order',
  });
});
