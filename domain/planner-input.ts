import type { AddressKind, Channel } from './channel';
import type { CampaignStatus } from './campaign-definition';
import type { Consent } from './consent';
import type { Instant } from './instant';
import type { Law } from './law';
import type { Plan } from './plan';
import type { Policy } from './policy';
import type { Slot } from './slots';
import type { Spending } from './spend';

/** Everything the planner looks at. Plain data, so that a claim can store what it was decided from. */
export interface PlannerInput {
  readonly now: Instant;
  readonly campaign: { readonly status: CampaignStatus };
  readonly plan: Plan;
  readonly planVersionId: string;
  readonly policy: Policy;
  readonly policyVersionId: string;
  readonly company: CompanyRules;
  readonly enrollment: EnrollmentView;
  readonly contact: ContactView;
  /** Attempts of this enrollment, oldest first. */
  readonly attempts: readonly AttemptView[];
  /** Attempts of any campaign at any address of this person in the last 30 days, oldest first; `not_sent` ones left out. */
  readonly personAttempts: readonly PersonAttempt[];
  readonly commitments: readonly Commitment[];
  /** Replies that nobody has read yet. */
  readonly unreadReplies: number;
  readonly spending: Spending;
  readonly line: 'none' | 'granted';
}

export interface CompanyRules {
  readonly revision: number;
  readonly law: Law;
  readonly legalHours: WeeklyHours;
  readonly unknownPlaceHours: WeeklyHours;
  readonly caps: { readonly phone: Caps; readonly email: Caps };
  readonly closingMarginMs: number;
  readonly openingJitterMs: number;
  readonly untaggedAfterMs: number;
}

export interface WeeklyHours {
  readonly weekdays: readonly number[];
  readonly slots: readonly Slot[];
}

export interface Caps {
  readonly perDay: number;
  readonly perWeek: number;
  readonly perMonth: number;
}

export interface EnrollmentView {
  readonly id: string;
  readonly state: 'open' | 'ended' | 'rejected';
  readonly reason: string | null;
  readonly enrolledAt: Instant;
  readonly callsStoppedAt: Instant | null;
  readonly messagesStoppedAt: Instant | null;
  readonly heldUntilAt: Instant | null;
  readonly holdReason: 'handoff' | 'unclear_reply' | null;
  readonly notBeforeAt: Instant | null;
  /** Runs whose unanswered series was already said to have ended. */
  readonly endedSeries: readonly string[];
}

export interface ContactView {
  readonly zones: readonly string[];
  readonly placeKnown: boolean;
  /** States, territories and provinces, and countries, in which the person may be: the law of all of them binds. */
  readonly states: readonly string[];
  readonly countries: readonly string[];
  readonly consents: readonly Consent[];
  readonly addresses: readonly AddressView[];
}

export interface AddressView {
  readonly hash: string;
  readonly kind: AddressKind;
  readonly usable: boolean;
  readonly suppressed: readonly Channel[];
}

export type AttemptState = 'claimed' | 'accepted' | 'not_sent' | 'unknown' | 'unknown_final' | 'ended';
export type Disposition =
  | 'answered'
  | 'voicemail'
  | 'busy'
  | 'no_answer'
  | 'failed'
  | 'canceled'
  | 'delivered'
  | 'undelivered';
export type TaggedOutcome = 'successful' | 'unsuccessful' | 'converted' | 'disqualified' | 'untagged';

export interface AttemptView {
  readonly id: string;
  readonly touchKey: string;
  readonly runKey: string;
  readonly stepKey: string;
  readonly ordinal: number;
  readonly try: number;
  readonly channel: Channel;
  readonly state: AttemptState;
  readonly disposition: Disposition | null;
  readonly outcome: TaggedOutcome | null;
  readonly claimedAt: Instant;
  readonly endedAt: Instant | null;
  /** Only for `not_sent`: may the same touch be tried again? */
  readonly retryable: boolean;
}

export interface PersonAttempt {
  readonly at: Instant;
  readonly kind: AddressKind;
}

export interface Commitment {
  readonly id: string;
  readonly ordinal: number;
  readonly promisedAt: Instant;
}
