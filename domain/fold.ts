import type { Changes } from './changes';
import { foldCallOutcome, foldCallProgress, foldMachineDetected, foldOutcomeUnmapped } from './fold-call';
import { foldCrmStatus } from './fold-crm';
import { FoldDraft } from './fold-draft';
import { foldMessageProgress, foldReply, foldReplyClassified } from './fold-message';
import { foldOrder } from './fold-order';
import type { FactBody } from './fact';
import type { FoldState } from './fold-state';

/** What a fact changes, given the rows it meets. Pure; order and repetition of facts must not matter where the provider may shuffle them. */
export function fold(state: FoldState, fact: FactBody): Changes {
  const draft = new FoldDraft(state);
  switch (fact.kind) {
    case 'call_progress':
      foldCallProgress(state, fact, draft);
      break;
    case 'machine_detected':
      foldMachineDetected(state, fact, draft);
      break;
    case 'call_outcome':
      foldCallOutcome(state, fact, draft);
      break;
    case 'outcome_unmapped':
      foldOutcomeUnmapped(state, fact, draft);
      break;
    case 'message_progress':
      foldMessageProgress(state, fact, draft);
      break;
    case 'series_ended':
      draft.fire({ trigger: 'call_outcome', outcome: 'unsuccessful' });
      break;
    case 'call_untagged':
      if (state.attempt?.outcome === null) draft.attempt.outcome = 'untagged';
      break;
    case 'reply':
      foldReply(fact, draft);
      break;
    case 'reply_classified':
      foldReplyClassified(fact, draft);
      break;
    case 'handoff_requested':
      draft.tell('handoff_requested', {});
      draft.fire({ trigger: 'handoff', outcome: 'requested' });
      draft.hold('handoff', state.handoffHoldMs);
      break;
    case 'form_started':
      draft.tell('form_started', { formId: fact.formId });
      break;
    case 'form_completed':
      draft.tell('form_completed', { formId: fact.formId });
      // S0-33: only the campaign's own form, and only when it becomes finished; sending it in again is no second time.
      if (fact.formId === state.formId && !state.formCompleted) draft.fire({ trigger: 'form', outcome: 'completed' });
      draft.wakes = true;
      break;
    case 'opted_out':
      draft.optOut(fact.source, fact.channels);
      break;
    case 'callback_requested':
      draft.promise(fact.at, fact.by === 'operator' ? 'an operator set a new time' : undefined);
      break;
    case 'touch_moved':
      draft.moveTouch(fact.touchKey, fact.at);
      break;
    case 'wrong_number':
      draft.wrongNumber = true;
      draft.wakes = true;
      break;
    case 'text_sent':
      break;
    case 'crm_status':
      foldCrmStatus(state, fact, draft);
      break;
    case 'order':
      foldOrder(state, fact, draft);
  }
  return draft;
}
