import type { AddressKind, Channel } from './channel';
import type { CampaignStatus } from './campaign-definition';
import type { Consent } from './consent';
import type { Instant } from './instant';
import type { Law } from './law';
import type { NumberChecks, Relationship } from './number-check';
import type { Plan } from './plan';
import type { PlanHistory } from './plan-history';
import type { Policy } from './policy';
import type { Slot } from './slots';
import type { Spending } from './spend';

/** Everything the planner looks at. Plain data, so that a claim can store what it was decided from. */
export interface PlannerInput {
  readonly now: Instant;
  /** A database was restored or lost: until somebody has it recovered, nothing is sent. Absent = no. */
  readonly isLocked?: boolean;
  readonly campaign: CampaignView;
  readonly plan: Plan;
  readonly planVersionId: string;
  readonly planVersion: PlanVersionView;
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

export interface CampaignView {
  readonly status: CampaignStatus;
  /** Nothing is begun on these. */
  readonly pausedChannels: readonly Channel[];
  /** When each channel was last resumed; left out = never paused. */
  readonly resumedAt: Readonly<Partial<Record<Channel, Instant>>>;
}

/** The version whose plan the contact lives: the current one, or the earlier one in which the contact was kept. */
export interface PlanVersionView {
  readonly number: number;
  /** The first version with this plan and these hours. */
  readonly plannedSince: number;
  /** Waits that were begun under a version before this one are planned anew. */
  readonly replansFrom: number;
  readonly history: PlanHistory;
  /** Its own policy; the stricter of this and the current one binds. */
  readonly policy: Policy;
}

export interface CompanyRules {
  readonly revision: number;
  readonly law: Law;
  readonly legalHours: WeeklyHours;
  readonly unknownPlaceHours: WeeklyHours;
  readonly caps: { readonly phone: Caps; readonly email: Caps };
  /** ISO codes of the countries whose numbers are called and texted (T25). */
  readonly allowedCountries: readonly string[];
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
  readonly pausedAt: Instant | null;
  /** The campaign took another list, and the contact isn't on it. */
  readonly isDropped: boolean;
  /** The touch that an operator gave an instant of its own. */
  readonly moved: { readonly touchKey: string; readonly at: Instant } | null;
  /** What the last step decided, as far as it named a touch. */
  readonly standing: Standing | null;
  readonly keptWait: KeptWait | null;
  /** Runs whose unanswered series was already said to have ended. */
  readonly endedSeries: readonly string[];
}

/** The touch that a contact waits for, and the version that planned it. */
export interface Standing {
  readonly touchKey: string;
  readonly runKey: string;
  readonly stepKey: string;
  readonly version: number;
  /** When it was to be done, or earlier where it was due already. */
  readonly dueAt: Instant;
}

/** A wait that was begun under an earlier version and ends as that planned it (E-1, E-2). */
export interface KeptWait {
  readonly touchKey: string;
  readonly dueAt: Instant;
  readonly version: number;
}

export interface ContactView {
  readonly zones: readonly string[];
  readonly placeKnown: boolean;
  /** States, territories and provinces, and countries, in which the person may be: the law of all of them binds. */
  readonly states: readonly string[];
  readonly countries: readonly string[];
  readonly consents: readonly Consent[];
  readonly addresses: readonly AddressView[];
  /** What makes a solicitation lawful without consent (C10). Absent = nothing on record. */
  readonly relationships?: readonly Relationship[];
  /** When the person last gave a sign of having these addresses; told only where a number may have changed hands. */
  readonly provenAt?: Instant;
}

export interface AddressView {
  readonly hash: string;
  readonly kind: AddressKind;
  readonly usable: boolean;
  readonly suppressed: readonly Channel[];
  /** Of phone numbers; null = of none, or charged like none. */
  readonly country?: string | null;
  /** The newest answer of each registry. Absent = none was ever asked. */
  readonly checks?: NumberChecks;
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
