/** The part of the API's answers that this page shows. Instants are ISO-8601 in UTC. */

export type Role = 'viewer' | 'editor' | 'admin';

export interface Session {
  readonly name: string;
  readonly role: Role;
  readonly simulated: boolean;
  readonly temporalUiUrl: string | null;
}

/** Business time at the moment of the answer, and how many of its seconds pass in a real one. */
export interface Clock {
  readonly nowAt: string;
  readonly speed: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export type CampaignStatus = 'draft' | 'active' | 'paused' | 'completed' | 'archived';
export type Channel = 'voice' | 'sms' | 'email';

export interface Counts {
  readonly contacts: number;
  readonly enrolled: number;
  readonly rejected: number;
  readonly open: number;
  readonly ended: number;
  readonly status: { readonly active: number; readonly completedAllCalls: number; readonly completed: number };
  readonly reasons: Readonly<Record<string, number>>;
  readonly reached: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly attempts: Readonly<Record<Channel, number>>;
  readonly rulesFired: number;
  readonly actions: { readonly pending: number; readonly done: number; readonly failed: number };
}

interface CampaignHead {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly subject: string;
  readonly status: CampaignStatus;
  readonly statusReason: string | null;
  readonly version: number | null;
  readonly launchedAt: string | null;
  readonly endedAt: string | null;
}

export interface CampaignSummary extends CampaignHead {
  readonly counts: Counts | null;
}

export interface Campaign extends CampaignHead {
  readonly counts: Counts;
}

export interface Person {
  readonly id: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
}

export type EnrollmentState = 'rejected' | 'open' | 'ended';

export interface Next {
  readonly decision: 'touch' | 'queue' | 'wait' | 'hold' | 'reconcile' | 'finish';
  readonly touch: { readonly key: string; readonly channel: Channel } | null;
  readonly sentence: string;
  readonly askAt: string | null;
}

export interface EnrollmentSummary {
  readonly id: string;
  readonly campaignId: string;
  readonly contact: Person;
  readonly state: EnrollmentState;
  readonly status: 'active' | 'completed_all_calls' | 'completed' | 'rejected';
  readonly reason: string | null;
  readonly cases: readonly { readonly id: string; readonly externalId: string }[];
  readonly enrolledAt: string;
  readonly endedAt: string | null;
  readonly callsStoppedAt: string | null;
  readonly messagesStoppedAt: string | null;
  readonly heldUntilAt: string | null;
  /** What was decided when the contact was last looked at; null = not looked at yet. */
  readonly next: Next | null;
}

export interface Enrollment extends EnrollmentSummary {
  readonly next: Next;
  readonly workflowUrl: string | null;
}

export interface Contact extends Person {
  readonly places: { readonly zones: readonly string[]; readonly known: boolean };
  readonly addresses: readonly {
    readonly kind: 'phone' | 'email';
    readonly value: string;
    readonly unusable: string | null;
    readonly suppressed: readonly Channel[];
  }[];
}

export interface TimelineEntry {
  readonly id: number;
  readonly kind: string;
  readonly attemptId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly at: string;
}

export interface Attempt {
  readonly id: string;
  readonly touchKey: string;
  readonly try: number;
  readonly channel: Channel;
  readonly to: string;
  readonly state: string;
  readonly disposition: string | null;
  readonly outcome: string | null;
  readonly durationSeconds: number | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly claimedAt: string;
}

export interface Execution {
  readonly id: string;
  readonly ruleKey: string | null;
  readonly caseExternalId: string | null;
  readonly kind: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'done' | 'failed';
  readonly tries: number;
  readonly result: string | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly at: string;
}

export interface RuleFiring {
  readonly enrollmentId: string;
  readonly contact: Person;
  readonly ruleKey: string;
  readonly phrase: string;
  readonly at: string;
  readonly actions: readonly Pick<Execution, 'id' | 'kind' | 'caseExternalId' | 'state' | 'result' | 'errorCode'>[];
}

export interface Handoff {
  readonly kind: 'held' | 'unmatched' | 'untagged_call';
  readonly id: string;
  readonly at: string;
  readonly enrollmentId: string | null;
  readonly contact: Person | null;
  readonly reason: string;
  readonly heldUntilAt: string | null;
  readonly lastMessage: string | null;
}

/** Whether PostgreSQL and Temporal belong together. */
export interface Recovery {
  readonly locked: boolean;
  readonly sentence: string | null;
  readonly wantedBy: string | null;
}
