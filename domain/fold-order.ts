import type { FoldDraft } from './fold-draft';
import type { Fact, FoldState } from './fold-state';

/** An operator's order for one contact. */
export function foldOrder(state: FoldState, { order, note }: Fact<'order'>, draft: FoldDraft): void {
  // Why somebody was brought back is for everybody to read.
  draft.tell('operator_order', order === 'bring_back' && note !== undefined ? { order, note } : { order });
  draft.wakes = true;
  switch (order) {
    case 'complete':
      draft.complete('completed_by_operator');
      return;
    case 'remove':
      draft.end('removed_by_operator');
      return;
    case 'pause':
      draft.pause();
      return;
    case 'resume':
      resume(state, draft);
      return;
    case 'bring_back':
      bringBack(state, draft);
      return;
    case 'hand_back':
      draft.release();
      draft.tell('handed_back', {});
      return;
    case 'cancel_callback':
      draft.cancelPromise();
      return;
    case 'stop_calls':
      draft.stopCalls();
      return;
    case 'stop_messaging':
      draft.stopMessaging();
  }
}

/** S1-93, R-9: both Completed kinds come back; never somebody who is opted out (S1-118) or left for good. */
function resume(state: FoldState, draft: FoldDraft): void {
  const { enrollment } = state;
  // What was held last comes first: the end of a pause takes up nothing that was stopped.
  const { pausedAt } = enrollment;
  if (pausedAt !== null) draft.enrollment.pausedAt = null;
  if (pausedAt !== null && enrollment.state === 'open') return;
  if (enrollment.leftForGood) return;
  takeUp(state, draft);
}

/** what a rule did for good is undone for this one contact; whoever opted out meanwhile stays out. */
function bringBack(state: FoldState, draft: FoldDraft): void {
  if (!state.enrollment.leftForGood || isOptedOut(state)) return;
  draft.enrollment.leftForGood = false;
  draft.enrollment.pausedAt = null;
  takeUp(state, draft);
}

function takeUp(state: FoldState, draft: FoldDraft): void {
  const { enrollment } = state;
  if (enrollment.state === 'rejected' || isOptedOut(state)) return;
  draft.enrollment.callsStoppedAt = null;
  draft.enrollment.messagesStoppedAt = null;
  if (enrollment.state === 'open') return;
  draft.enrollment.state = 'open';
  draft.enrollment.reason = null;
  draft.enrollment.endedAt = null;
  draft.tell('contact_status_changed', { status: 'active' });
}

/** R-5, S1-112: until a new consent frees a channel of the plan; what goes on being barred, every claim still refuses. */
function isOptedOut({ enrollment, agreedAgain }: FoldState): boolean {
  return enrollment.reason === 'opted_out' && !agreedAgain;
}
