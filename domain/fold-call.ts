import { dispositionOf, isCompletedCall, isTerminalCall, raiseCall, richerAnswerer } from './attempt-lattice';
import type { FoldDraft } from './fold-draft';
import type { Fact, FoldAttempt, FoldState } from './fold-state';
import type { CallOutcome } from './rule';

/** A provider's word about a call: proof that it was accepted, and perhaps its end. */
export function foldCallProgress(state: FoldState, fact: Fact<'call_progress'>, draft: FoldDraft): void {
  const { attempt } = state;
  if (attempt === null) return;
  const { raised, ...standing } = raiseCall(attempt, fact.status);
  draft.hear(attempt, fact);
  if (fact.durationSeconds !== undefined && standing.status === fact.status)
    draft.attempt.durationSeconds = fact.durationSeconds;
  if (!raised) return;
  draft.attempt.rank = standing.rank;
  draft.attempt.status = fact.status;
  accept(state, attempt, draft);
  if (isTerminalCall(standing.rank)) callEnded(state, attempt, standing.rank, draft);
}

/** Machine detection runs beside the call and may be heard before or after its end. */
export function foldMachineDetected(state: FoldState, fact: Fact<'machine_detected'>, draft: FoldDraft): void {
  const { attempt } = state;
  if (attempt === null) return;
  draft.hear(attempt, fact);
  accept(state, attempt, draft);
  const answeredBy = richerAnswerer(attempt.answeredBy, fact.answeredBy);
  if (answeredBy === attempt.answeredBy) return;
  draft.attempt.answeredBy = answeredBy;
  settle(state, attempt, draft);
}

/** the agent's first tag counts; a person's correction replaces it and fires rules only where asked. */
export function foldCallOutcome(state: FoldState, fact: Fact<'call_outcome'>, draft: FoldDraft): void {
  const { attempt } = state;
  if (attempt === null) return;
  const corrects = fact.by === 'operator';
  if (tagOf(attempt) !== null && !corrects) return;
  draft.attempt.outcome = fact.outcome;
  draft.attempt.taggedByThis = true;
  const { named } = fact;
  draft.tell('call_analyzed', { outcome: fact.outcome, by: fact.by, ...(named === undefined ? {} : { named }) });
  if (corrects || !fact.runRules) {
    draft.attempt.outcomeJudged = true;
    draft.wakes = true;
  }
  if (corrects && fact.runRules) draft.fire({ trigger: 'call_outcome', outcome: fact.outcome });
  // Whoever names an outcome has heard the whole call: its own rules don't wait for the provider's last word.
  if (named !== undefined && fact.runRules) draft.fire({ trigger: 'call_outcome', outcome: named });
  settle(state, attempt, draft);
}

/** it stands in the story, its own rules fire, and a person sees in the handoff inbox that the call has no tag of ours. */
export function foldOutcomeUnmapped({ attempt }: FoldState, fact: Fact<'outcome_unmapped'>, draft: FoldDraft): void {
  if (attempt === null || tagOf(attempt) !== null) return;
  draft.tell('call_analyzed', { outcome: 'untagged', by: 'agent', named: fact.named });
  draft.attempt.outcome = 'untagged';
  if (fact.runRules) draft.fire({ trigger: 'call_outcome', outcome: fact.named });
  draft.wakes = true;
}

/** Any word about the attempt proves that the provider took it, even if the answer to our request got lost. */
function accept(state: FoldState, attempt: FoldAttempt, draft: FoldDraft): void {
  // One that was closed for good as unknown stays so until its end is told.
  if (attempt.state !== 'claimed' && attempt.state !== 'unknown' && attempt.state !== 'not_sent') return;
  draft.attempt.state = 'accepted';
  draft.attempt.acceptedAt = state.now;
  draft.tell('call_started');
}

function callEnded(state: FoldState, attempt: FoldAttempt, rank: number, draft: FoldDraft): void {
  const endedAt = attempt.endedAt ?? state.now;
  const tag = tagOf(attempt);
  const disposition = dispositionOf(rank, attempt.answeredBy, tag);
  draft.attempt.state = 'ended';
  draft.attempt.endedAt = endedAt;
  draft.freesLine = true;
  if (attempt.isCallback) draft.keepPromise(disposition);
  if (attempt.state !== 'ended') draft.tell('call_ended', { disposition });
  // The end of an answered call wakes nobody, as its tag is about to; somebody must look if it never comes.
  if (disposition === 'answered' && tag === null) draft.enrollment.dueAt = endedAt + state.untaggedAfterMs;
  settle(state, attempt, draft);
}

/** Everything that is known of an ended call says how it went and which rules fire, whichever fact came last (INV-7). */
function settle(state: FoldState, before: FoldAttempt, draft: FoldDraft): void {
  const known = { ...before, ...draft.attempt };
  if (known.state !== 'ended') return;
  const tag = tagOf(known);
  const disposition = dispositionOf(known.rank, known.answeredBy, tag);
  const wasReached = disposition === 'answered';
  if (disposition !== before.disposition) {
    draft.attempt.disposition = disposition;
    draft.wakes ||= !wasReached || tag !== null;
  }
  if (state.eachFailedCall && !wasReached && !hadFailed(before) && !before.outcomeJudged)
    draft.fire({ trigger: 'call_outcome', outcome: 'unsuccessful' });
  // S0-19: a tag's rules run once, when the call is over and the tag is in; R-2 (a) holds for a tagged voicemail as well.
  if (tag === null || known.outcomeJudged || !isCompletedCall(known.rank)) return;
  draft.attempt.outcomeJudged = true;
  draft.wakes = true;
  if (wasReached || !state.eachFailedCall) draft.fire({ trigger: 'call_outcome', outcome: tag }, true);
}

function hadFailed({ disposition }: FoldAttempt): boolean {
  return disposition !== null && disposition !== 'answered';
}

/** "untagged" only says that nobody waits for the tag any more: one that comes late still counts. */
function tagOf({ outcome }: Pick<FoldAttempt, 'outcome'>): CallOutcome | null {
  return outcome === 'untagged' ? null : outcome;
}
