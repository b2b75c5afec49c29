import type { AnsweredBy, FactBody } from './fact';
import type { Instant } from './instant';
import type { AttemptState, Disposition, TaggedOutcome } from './planner-input';
import type { Channel } from './channel';
import type { StatusRef } from './crm-status';
import type { Rule } from './rule';

/** What `fold` sees of the world when a fact arrives: the rows it may change, read under their locks. */
export interface FoldState {
  readonly now: Instant;
  readonly enrollment: FoldEnrollment;
  readonly attempt: FoldAttempt | null;
  readonly rules: readonly Rule[];
  readonly formId: string | null;
  readonly eachFailedCall: boolean;
  readonly handoffHoldMs: number;
  readonly untaggedAfterMs: number;
  readonly maxCallbacks: number;
  readonly commitmentsMade: number;
  readonly hasOpenCommitment: boolean;
  /** After the opt-out that ended the row the person has agreed to a channel of the plan, and nothing bars it any more. */
  readonly agreedAgain: boolean;
  /** The campaign's form was finished before; it reaches Completed only once, however often it is sent in. */
  readonly formCompleted: boolean;
  /** Statuses in the CRM at which the campaign lets go of a contact. */
  readonly stopOn: readonly StatusRef[];
}

export interface FoldEnrollment {
  readonly state: 'open' | 'ended' | 'rejected';
  readonly reason: string | null;
  readonly leftForGood: boolean;
  readonly callsStoppedAt: Instant | null;
  readonly messagesStoppedAt: Instant | null;
  readonly holdReason: 'handoff' | 'unclear_reply' | null;
  readonly pausedAt: Instant | null;
  readonly cases: readonly string[];
}

export interface FoldAttempt {
  readonly channel: Channel;
  readonly state: AttemptState;
  readonly status: string | null;
  readonly rank: number;
  readonly sid: string | null;
  readonly answeredBy: AnsweredBy | null;
  readonly disposition: Disposition | null;
  readonly outcome: TaggedOutcome | null;
  readonly outcomeJudged: boolean;
  readonly endedAt: Instant | null;
  readonly errorCode: string | null;
  /** It keeps a promise to call back. */
  readonly isCallback: boolean;
}

export type Fact<K extends FactBody['kind'] = FactBody['kind']> = Extract<FactBody, { kind: K }>;
