import type {
  AttemptChange,
  Changes,
  CommitmentChange,
  EnrollmentChange,
  OrderedEffect,
  TimelineKind,
} from './changes';
import type { Channel } from './channel';
import { keptErrorCode } from './attempt-lattice';
import type { FoldAttempt, FoldState } from './fold-state';
import type { Instant } from './instant';
import { actionsOf, matchingRules, triggerPhrase, type Action, type Trigger } from './rule';

/** Long enough that only a person ends it; the planner asks again by itself meanwhile. */
const UNTIL_HANDED_BACK_MS = 365 * 24 * 3_600_000;
const EVERY_CHANNEL = ['voice', 'sms', 'email'] as const satisfies readonly Channel[];

/** The changes of one fact while they are being found. Reads as verbs of the product; knows nothing of storage. */
export class FoldDraft implements Changes {
  readonly attempt: AttemptChange = {};
  readonly enrollment: EnrollmentChange = {};
  readonly suppress: { channels: readonly Channel[]; source: string }[] = [];
  readonly firings: { ruleKey: string; phrase: string; ofOutcome: boolean }[] = [];
  readonly executions: OrderedEffect[] = [];
  readonly timeline: { kind: TimelineKind; data: Readonly<Record<string, unknown>> }[] = [];
  readonly commitments: CommitmentChange[] = [];
  freesLine = false;
  wrongNumber = false;
  deadAddress = false;
  bucket: string | null = null;
  handedOff: boolean | null = null;
  wakes = false;
  wakesPerson = false;

  constructor(private readonly state: FoldState) {}

  tell(kind: TimelineKind, data: Readonly<Record<string, unknown>> = {}): void {
    this.timeline.push({ kind, data });
  }

  /** What any word of a provider may carry beside its status. */
  hear(attempt: FoldAttempt, { sid, errorCode }: { sid?: string | undefined; errorCode?: string | undefined }): void {
    if (sid !== undefined && attempt.sid === null) this.attempt.sid = sid;
    if (errorCode !== undefined) this.attempt.errorCode = keptErrorCode(attempt.errorCode, errorCode);
  }

  /** Every rule with this trigger fires, each on its own (S0-17). `ofOutcome`: it is the tag's firing, whichever fact completed it. */
  fire(trigger: Trigger, ofOutcome = false): void {
    for (const rule of matchingRules(this.state.rules, trigger)) {
      const phrase = triggerPhrase(trigger);
      this.firings.push({ ruleKey: rule.key, phrase, ofOutcome });
      this.tell('rule_fired', { rule: rule.key, phrase });
      for (const { ix, action } of actionsOf(rule)) this.order(rule.key, ix, action, ofOutcome);
    }
  }

  stopCalls(): string {
    if (this.isOver() || this.callsStopped()) return 'calls were already stopped';
    this.enrollment.callsStoppedAt = this.state.now;
    this.breakPromises('calls_stopped');
    this.wakes = true;
    return 'calls stopped';
  }

  stopMessaging(): string {
    if (this.isOver() || this.messagesStopped()) return 'messages were already stopped';
    this.enrollment.messagesStoppedAt = this.state.now;
    this.wakes = true;
    return 'messages stopped';
  }

  stopCampaign(): string {
    this.enrollment.leftForGood = true;
    if (this.isOver()) return 'the campaign was already over for this contact';
    this.end('stopped_by_rule');
    return 'left the campaign';
  }

  /** The business end of the row. An opt-out outranks any other reason. */
  end(reason: string): void {
    this.wakes = true;
    if (this.isOver()) {
      if (reason === 'opted_out') this.enrollment.reason = reason;
      return;
    }
    this.close(reason);
  }

  /** Ends the row also of somebody who could never be enrolled. */
  complete(reason: string): void {
    if (this.state.enrollment.state === 'rejected') this.close(reason);
    else this.end(reason);
  }

  /** every channel, every campaign, whatever the rules say. */
  optOut(source: string, channels: readonly Channel[] = EVERY_CHANNEL): void {
    this.suppress.push({ channels, source });
    this.tell('opted_out', { source, channels });
    this.wakes = true;
    this.wakesPerson = true;
    if (EVERY_CHANNEL.every((channel) => channels.includes(channel))) this.end('opted_out');
  }

  /** Nobody reads mail there; the person may be reached elsewhere. */
  giveUpAddress(): void {
    this.deadAddress = true;
    this.wakes = true;
  }

  hold(reason: 'handoff' | 'unclear_reply', lengthMs: number = UNTIL_HANDED_BACK_MS): void {
    this.handedOff = true;
    this.wakes = true;
    // A handoff doesn't shorten the hold of a reply that may have meant "stop".
    if (this.isOver() || this.state.enrollment.holdReason === 'unclear_reply') return;
    this.enrollment.heldUntilAt = this.state.now + lengthMs;
    this.enrollment.holdReason = reason;
  }

  release(): void {
    this.handedOff = false;
    this.enrollment.heldUntilAt = null;
    this.enrollment.holdReason = null;
    this.wakes = true;
  }

  /** K-13: one promise at a time; a new time replaces the one before. */
  promise(promisedAt: Instant, whyMoved = 'a new time was asked for'): void {
    const refusal = this.refusalOfPromise();
    if (refusal !== null) {
      this.tell('callback_closed', { promisedAt, reason: refusal });
      return;
    }
    if (this.state.hasOpenCommitment) this.commitments.push({ kind: 'close', state: 'moved', reason: whyMoved });
    this.commitments.push({ kind: 'open', promisedAt });
    this.tell('callback_requested', { promisedAt });
    this.wakes = true;
  }

  keepPromise(reason: string): void {
    this.commitments.push({ kind: 'close', state: 'kept', reason });
  }

  cancelPromise(): void {
    this.breakPromises('cancelled_by_operator');
  }

  /** Nothing is begun until it is resumed; facts are taken in all the same. */
  pause(): void {
    if (this.isOver() || this.state.enrollment.pausedAt !== null) return;
    this.enrollment.pausedAt = this.state.now;
  }

  moveTouch(touchKey: string, at: Instant): void {
    this.tell('operator_order', { order: 'move_touch', touch: touchKey, toAt: at });
    this.wakes = true;
    if (this.isOver()) return;
    this.enrollment.movedTouch = touchKey;
    this.enrollment.movedToAt = at;
  }

  isOver(): boolean {
    return (this.enrollment.state ?? this.state.enrollment.state) !== 'open';
  }

  /** Nobody is promised a call that can't come; to move a promise takes no room under the limit (K-5). */
  private refusalOfPromise(): string | null {
    if (this.isOver()) return 'the campaign is over for this contact';
    if (this.callsStopped()) return 'calls were stopped';
    const { commitmentsMade, hasOpenCommitment, maxCallbacks } = this.state;
    return hasOpenCommitment || commitmentsMade < maxCallbacks ? null : 'no more callbacks are allowed';
  }

  private close(reason: string): void {
    this.enrollment.state = 'ended';
    this.enrollment.reason = reason;
    this.enrollment.endedAt = this.state.now;
    this.breakPromises(reason);
    this.tell('contact_status_changed', { status: 'completed', reason });
  }

  private callsStopped(): boolean {
    return (this.enrollment.callsStoppedAt ?? this.state.enrollment.callsStoppedAt) !== null;
  }

  private messagesStopped(): boolean {
    return (this.enrollment.messagesStoppedAt ?? this.state.enrollment.messagesStoppedAt) !== null;
  }

  /** The promise that this very fact keeps is closed by then; one that was made while its call was under way is not. */
  private breakPromises(reason: string): void {
    const isBroken = this.commitments.some((change) => change.kind === 'close' && change.state === 'broken');
    if (!this.state.hasOpenCommitment || isBroken) return;
    this.commitments.push({ kind: 'close', state: 'broken', reason });
  }

  /** Stops take effect here and now; what leaves the machine is ordered, per case where it is about one. */
  private order(ruleKey: string, actionIx: number, action: Action, ofOutcome: boolean): void {
    const effect = { ruleKey, actionIx, kind: action.kind, ofOutcome };
    switch (action.kind) {
      case 'stop_calls':
        this.executions.push({ ...effect, caseId: null, payload: {}, done: this.stopCalls() });
        return;
      case 'stop_messaging':
        this.executions.push({ ...effect, caseId: null, payload: {}, done: this.stopMessaging() });
        return;
      case 'stop_campaign':
        this.executions.push({ ...effect, caseId: null, payload: {}, done: this.stopCampaign() });
        return;
      case 'crm_status':
        this.orderPerCase(effect, statusPayload(action));
        return;
      case 'crm_note':
        this.orderPerCase(effect, notePayload(action));
    }
  }

  private orderPerCase(
    effect: Pick<OrderedEffect, 'ruleKey' | 'actionIx' | 'kind' | 'ofOutcome'>,
    payload: Record<string, string>,
  ): void {
    this.wakes = true;
    const { cases } = this.state.enrollment;
    // Without a case the effect can't be carried out; it is ordered all the same, so that its failure is seen.
    for (const caseId of cases.length === 0 ? [null] : cases)
      this.executions.push({ ...effect, caseId, payload, done: null });
  }
}

/** A status of the case itself is said by its value alone. */
function statusPayload({ status, field, group }: Action & { readonly kind: 'crm_status' }): Record<string, string> {
  return { status, ...(field === undefined ? {} : { field }), ...(group === undefined ? {} : { group }) };
}

function notePayload({ text, noteType }: Action & { readonly kind: 'crm_note' }): Record<string, string> {
  return { text, ...(noteType === undefined ? {} : { noteType }) };
}
