import type { Channel } from './channel';
import type { Instant } from './instant';
import type { KeptWait } from './planner-input';

/** What a touch is: one planned moment of contact. Its key is stable over edits. */
export interface Touch {
  readonly key: string;
  readonly runKey: string;
  /** "call", "callback" or the key of a message. */
  readonly stepKey: string;
  readonly ordinal: number;
  readonly channel: Channel;
  readonly try: number;
  readonly toHash: string;
  /** Number of the version that it is planned and worded by. */
  readonly version: number;
  /** Set when the touch keeps a promise to call back. */
  readonly commitmentId?: string;
  /** When the touch may no longer be carried out: the end of the opening it falls into, margin taken off. */
  readonly untilAt: Instant;
}

/** One reason of a decision: a code for machines, with the values that its sentence needs. */
export interface Reason {
  readonly code: ReasonCode;
  readonly [detail: string]: string | number | null;
}

export type ReasonCode =
  | 'locked_for_recovery'
  | 'campaign_paused'
  | 'channel_paused'
  | 'contact_paused'
  | 'campaign_ended'
  | 'handoff'
  | 'unclear_reply'
  | 'reply_unread'
  | 'in_flight'
  | 'awaiting_tag'
  | 'outside_hours'
  | 'opening_jitter'
  | 'resume_jitter'
  | 'spacing'
  | 'message_delay'
  | 'pre_call_message'
  | 'scheduled'
  | 'run_not_started'
  | 'per_day'
  | 'cap'
  | 'failed_hour'
  | 'legal_cap'
  | 'spend_limit'
  | 'no_consent'
  | 'no_basis'
  | 'solicits'
  | 'reassigned'
  | 'country_not_allowed'
  | 'costly_number'
  | 'not_before'
  | 'kept_wait'
  | 'moved'
  | 'callback'
  | 'calls_scheduled_externally'
  | 'no_free_line'
  | 'due'
  | 'plan_through'
  | 'opted_out'
  | 'unreachable'
  | 'no_common_hour'
  | 'left_list'
  | 'step_removed'
  | 'calls_stopped'
  | 'messages_stopped'
  | 'ended'
  | 'retry';

export type EndReason =
  | 'plan_through'
  | 'opted_out'
  | 'unreachable'
  | 'no_consent'
  | 'stopped_by_rule'
  | 'stopped_in_crm'
  | 'completed_by_operator'
  | 'removed_by_operator'
  | 'campaign_ended'
  | 'left_list'
  | 'step_removed';

interface Reasoned {
  readonly reasons: readonly Reason[];
  /** Carried along until the touch is made, whatever else is decided meanwhile. */
  readonly keptWait?: KeptWait;
}

/** The planner's answer. Every kind but finish carries an instant at which to ask again, so nobody can be stuck. */
export type Decision =
  | (Reasoned & { readonly kind: 'touch'; readonly touch: Touch; readonly askAt: Instant })
  | (Reasoned & { readonly kind: 'queue'; readonly touch: Touch; readonly askAt: Instant })
  | (Reasoned & { readonly kind: 'wait'; readonly touch?: Touch; readonly askAt: Instant })
  | (Reasoned & { readonly kind: 'hold'; readonly askAt: Instant })
  | (Reasoned & { readonly kind: 'reconcile'; readonly attemptId: string; readonly askAt: Instant })
  | (Reasoned & { readonly kind: 'finish'; readonly reason: EndReason });

/** Touches that were stored before versions were told apart are the first one's. */
export function versionOf({ version = 1 }: { readonly version?: number }): number {
  return version;
}
