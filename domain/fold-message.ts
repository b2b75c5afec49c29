import { isTerminalMessage, messageDispositionOf, raiseMessage } from './attempt-lattice';
import type { FoldDraft } from './fold-draft';
import type { Fact, FoldState } from './fold-state';

/** The provider refuses because the person said stop to it: as good as telling us. */
const REVOKED_AT_PROVIDER: readonly string[] = ['21610'];
/** Blocked by the carrier or the handset: no more texts there. */
const BLOCKED_AT_CARRIER: readonly string[] = ['30004'];

export function foldMessageProgress(state: FoldState, fact: Fact<'message_progress'>, draft: FoldDraft): void {
  const { attempt } = state;
  if (attempt === null) return;
  const { raised, ...standing } = raiseMessage(attempt, fact.status);
  draft.hear(attempt, fact);
  if (fact.errorCode !== attempt.errorCode) hearBlock(fact.errorCode, draft);
  if (fact.bounce === 'hard') draft.giveUpAddress();
  if (!raised) return;
  draft.attempt.rank = standing.rank;
  draft.attempt.status = fact.status;
  if (attempt.state === 'claimed' || attempt.state === 'unknown' || attempt.state === 'not_sent') {
    draft.attempt.acceptedAt = state.now;
    draft.attempt.state = 'accepted';
    draft.wakes = true;
  }
  if (!isTerminalMessage(standing.rank)) return;
  draft.attempt.state = 'ended';
  draft.attempt.endedAt = attempt.endedAt ?? state.now;
  draft.attempt.disposition = messageDispositionOf(standing.rank);
  const data = fact.bounce === undefined ? {} : { bounce: fact.bounce };
  draft.tell(draft.attempt.disposition === 'delivered' ? 'message_delivered' : 'message_failed', data);
}

/** S0-24. Whether it revokes is clear at once or a person's business; which bucket it falls into may take longer. */
export function foldReply(fact: Fact<'reply'>, draft: FoldDraft): void {
  draft.tell('message_received', { channel: fact.channel });
  if (fact.verdict === 'revoke') {
    revoke(draft);
    return;
  }
  if (fact.verdict === 'unclear') draft.hold('unclear_reply');
  draft.executions.push({
    ruleKey: null,
    actionIx: 0,
    caseId: null,
    kind: 'classify',
    payload: {},
    done: null,
    ofOutcome: false,
  });
  draft.wakes = true;
}

export function foldReplyClassified(fact: Fact<'reply_classified'>, draft: FoldDraft): void {
  draft.wakes = true;
  if (fact.bucket === 'opted_out') {
    revoke(draft);
    return;
  }
  draft.bucket = fact.bucket;
  draft.fire({ trigger: 'reply_bucket', outcome: fact.bucket });
  if (fact.bucket === 'wrong_number') draft.wrongNumber = true;
  if (fact.callbackAt !== undefined) draft.promise(fact.callbackAt);
}

/** S0-65 fires and is logged, and the person is out whether or not a rule says so. */
function revoke(draft: FoldDraft): void {
  draft.bucket = 'opted_out';
  draft.fire({ trigger: 'reply_bucket', outcome: 'opted_out' });
  draft.optOut('reply');
}

function hearBlock(errorCode: string | undefined, draft: FoldDraft): void {
  if (errorCode === undefined) return;
  if (REVOKED_AT_PROVIDER.includes(errorCode)) draft.optOut('provider');
  else if (BLOCKED_AT_CARRIER.includes(errorCode)) draft.optOut('provider', ['sms']);
}
