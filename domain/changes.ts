import type { Channel } from './channel';
import type { AnsweredBy } from './fact';
import type { Instant } from './instant';
import type { AttemptState, Disposition, TaggedOutcome } from './planner-input';
import type { Action } from './rule';

/** What a fact changes. `fold` fills it, the database stores it; nothing else changes an enrollment from outside. */
export interface Changes {
  readonly attempt: AttemptChange;
  readonly enrollment: EnrollmentChange;
  readonly suppress: readonly { readonly channels: readonly Channel[]; readonly source: string }[];
  readonly firings: readonly { readonly ruleKey: string; readonly phrase: string; readonly ofOutcome: boolean }[];
  readonly executions: readonly OrderedEffect[];
  readonly timeline: readonly { readonly kind: TimelineKind; readonly data: Readonly<Record<string, unknown>> }[];
  readonly commitments: readonly CommitmentChange[];
  readonly freesLine: boolean;
  readonly wrongNumber: boolean;
  /** What the attempt was sent to is no address of anybody. */
  readonly deadAddress: boolean;
  readonly bucket: string | null;
  readonly handedOff: boolean | null;
  /** The plan of this enrollment can change: its workflow has to look. */
  readonly wakes: boolean;
  /** Other enrollments of the same person have to look as well. */
  readonly wakesPerson: boolean;
}

export interface AttemptChange {
  state?: AttemptState;
  status?: string;
  rank?: number;
  sid?: string;
  answeredBy?: AnsweredBy;
  disposition?: Disposition;
  outcome?: TaggedOutcome;
  /** The fact being folded is the one that tagged it. */
  taggedByThis?: boolean;
  outcomeJudged?: boolean;
  durationSeconds?: number;
  errorCode?: string;
  acceptedAt?: Instant;
  endedAt?: Instant;
}

export interface EnrollmentChange {
  state?: 'open' | 'ended';
  reason?: string | null;
  endedAt?: Instant | null;
  leftForGood?: boolean;
  callsStoppedAt?: Instant | null;
  messagesStoppedAt?: Instant | null;
  heldUntilAt?: Instant | null;
  holdReason?: 'handoff' | 'unclear_reply' | null;
  pausedAt?: Instant | null;
  movedTouch?: string;
  movedToAt?: Instant;
  /** Somebody has to look at the row by then, whatever happens. */
  dueAt?: Instant;
}

export interface OrderedEffect {
  readonly ruleKey: string | null;
  readonly actionIx: number;
  readonly caseId: string | null;
  readonly kind: Action['kind'] | 'classify';
  readonly payload: Readonly<Record<string, string>>;
  /** Set for effects that the fold itself carries out. */
  readonly done: string | null;
  readonly ofOutcome: boolean;
}

export type CommitmentChange =
  | { readonly kind: 'open'; readonly promisedAt: Instant }
  | { readonly kind: 'close'; readonly state: 'kept' | 'moved' | 'broken'; readonly reason: string };

export type TimelineKind =
  | 'call_started'
  | 'call_ended'
  | 'call_analyzed'
  | 'message_sent'
  | 'message_delivered'
  | 'message_failed'
  | 'message_received'
  | 'opted_out'
  | 'handoff_requested'
  | 'handed_back'
  | 'form_started'
  | 'form_completed'
  | 'contact_status_changed'
  | 'rule_fired'
  | 'callback_requested'
  | 'callback_closed'
  | 'crm_status_changed'
  | 'operator_order';
