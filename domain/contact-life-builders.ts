import { awaitsTag, endOf, isSpent, isUnresolved } from './attempts';
import type { Changes } from './changes';
import { addressKindOf, type Channel } from './channel';
import { decide, seriesToEnd } from './decide';
import type { Decision, Touch } from './decision';
import type { FactBody } from './fact';
import { fold } from './fold';
import type { FoldAttempt, FoldState } from './fold-state';
import { HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { anEnrollment, aPlannerInput, type PlannerInputChanges } from './planner-builders';
import type { AttemptView, Commitment, EnrollmentView, PlannerInput } from './planner-input';

/** Test support: one contact in one campaign with its rows in memory, lived by the pure rules alone as workflow, claim and inbox do. */

/** What becomes of a request to the provider, and of the process that makes it. */
export const PROVIDER_MODES = [
  'ok',
  'refused_for_now',
  'refused_for_good',
  'answer_lost',
  'request_lost',
  'worker_dies_before',
  'worker_dies_after',
] as const;
export type ProviderMode = (typeof PROVIDER_MODES)[number];

/** What the provider wrote down: it was asked, and took it. */
export interface Create {
  readonly attemptId: string;
  readonly touchKey: string;
  readonly channel: Channel;
  readonly at: Instant;
  isOver: boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type LifeAttempt = Writable<Omit<AttemptView, 'retryable'> & FoldAttempt> & { lookups: number };
type Promised = Commitment & { state: 'open' | 'kept' | 'moved' | 'broken'; attemptId: string | null };

const REACHED: ReadonlySet<ProviderMode> = new Set(['ok', 'answer_lost', 'worker_dies_after']);
const REFUSED_MS = 30 * MINUTE_MS;
const LOOKUPS_FOR_ABSENCE = 2;
const MOST_WAKES = 50;

export class ContactLife {
  now: Instant;
  mode: ProviderMode = 'ok';
  readonly creates: Create[] = [];
  attempts: LifeAttempt[] = [];
  enrollment: EnrollmentView & { leftForGood: boolean };
  isPaused = false;
  unreadReplies = 0;
  private contact: PlannerInput['contact'];
  private promises: Promised[] = [];
  private formCompleted = false;
  private readonly fixed: PlannerInput;

  constructor(setting: PlannerInputChanges) {
    this.fixed = aPlannerInput(setting);
    this.now = this.fixed.now;
    this.contact = this.fixed.contact;
    this.enrollment = { ...anEnrollment(setting.enrollment), leftForGood: false };
  }

  get openPromises(): readonly Promised[] {
    return this.promises.filter(({ state }) => state === 'open');
  }

  /** A fact comes in, about the attempt that is named. */
  tell(fact: FactBody, attemptId?: string): void {
    const attempt = this.attempts.find(({ id }) => id === attemptId) ?? null;
    this.store(fold(this.foldState(attempt), fact), attempt);
    if (fact.kind === 'form_completed') this.formCompleted = true;
  }

  /** Does all that is due now; answers what is waited for then. */
  wake(): Decision {
    for (let wakes = 0; wakes < MOST_WAKES; wakes++) {
      this.findOwnFacts();
      const decision = this.decide();
      if (decision.kind === 'finish') this.end(decision.reason);
      if (decision.kind !== 'touch') return decision;
      this.claim(decision.touch);
    }
    throw new Error('it never comes to rest');
  }

  /** Time passes, and whoever is due is woken. */
  advance(minutes: number): void {
    const untilAt = this.now + minutes * MINUTE_MS;
    for (let wakes = 0; wakes < MOST_WAKES; wakes++) {
      const decision = this.wake();
      if (decision.kind === 'finish' || decision.askAt > untilAt) break;
      this.now = Math.max(this.now, decision.askAt);
    }
    this.now = untilAt;
    this.wake();
  }

  /** The provider is asked about everything that has no answer. */
  reconcile(): void {
    for (const attempt of this.attempts.filter(({ state }) => state === 'claimed' || state === 'unknown')) {
      const found = this.creates.some(({ attemptId }) => attemptId === attempt.id);
      if (attempt.channel === 'email') attempt.state = 'unknown_final';
      else if (found) this.tell(acceptance(attempt.channel), attempt.id);
      else if (++attempt.lookups >= LOOKUPS_FOR_ABSENCE)
        this.refuse(attempt, attempt.channel === 'voice' ? 'final' : 'retry');
    }
    this.wake();
  }

  /** Nobody will ever know what became of what is open: it is given up, long after whatever it was must be over. */
  giveUp(): void {
    for (const attempt of this.attempts.filter(isUnresolved)) {
      attempt.state = 'unknown_final';
      attempt.endedAt = this.now;
      for (const create of this.creates) if (create.attemptId === attempt.id) create.isOver = true;
    }
    this.wake();
  }

  /** What another campaign that has just begun would do to the same person now. */
  elsewhere(): Decision {
    return decide({
      ...this.input(),
      campaign: { status: 'active', pausedChannels: [], resumedAt: {} },
      enrollment: anEnrollment(),
      ...{ attempts: [], commitments: [], unreadReplies: 0 },
    });
  }

  private decide(): Decision {
    const first = decide(this.input('none'));
    return first.kind === 'queue' ? decide(this.input('granted')) : first;
  }

  input(line: PlannerInput['line'] = 'granted'): PlannerInput {
    const { leftForGood: _, ...enrollment } = this.enrollment;
    return {
      ...this.fixed,
      now: this.now,
      campaign: { status: this.isPaused ? 'paused' : 'active', pausedChannels: [], resumedAt: {} },
      enrollment,
      contact: this.contact,
      attempts: this.attempts.map((attempt) => ({
        ...attempt,
        retryable: attempt.state === 'not_sent' && attempt.rank === 0 && attempt.status !== 'final',
      })),
      personAttempts: this.attempts
        .filter(isSpent)
        .map(({ claimedAt, channel }) => ({ at: claimedAt, kind: addressKindOf(channel) })),
      commitments: this.openPromises,
      unreadReplies: this.unreadReplies,
      line,
    };
  }

  private end(reason: string): void {
    if (this.enrollment.state !== 'open') return;
    this.enrollment = { ...this.enrollment, state: 'ended', reason };
    for (const promise of this.openPromises) promise.state = 'broken';
  }

  private claim({ key, untilAt: _, toHash: __, commitmentId, ...touch }: Touch): void {
    const attempt: LifeAttempt = {
      ...touch,
      ...{ id: `${key}#${touch.try}`, touchKey: key, claimedAt: this.now, endedAt: null, lookups: 0 },
      ...{ state: 'claimed', status: null, rank: 0, sid: null, answeredBy: null, disposition: null, outcome: null },
      ...{ outcomeJudged: false, errorCode: null, isCallback: touch.stepKey === 'callback' },
    };
    this.attempts.push(attempt);
    for (const promise of this.promises) if (promise.id === commitmentId) promise.attemptId = attempt.id;
    if (REACHED.has(this.mode)) {
      const { id: attemptId, channel } = attempt;
      this.creates.push({ attemptId, touchKey: key, channel, at: this.now, isOver: channel !== 'voice' });
    }
    this.answer(attempt);
  }

  private answer(attempt: LifeAttempt): void {
    switch (this.mode) {
      case 'ok':
        attempt.state = 'accepted';
        return;
      case 'refused_for_now':
        this.refuse(attempt, 'retry');
        this.enrollment = { ...this.enrollment, notBeforeAt: this.now + REFUSED_MS };
        return;
      case 'refused_for_good':
        this.refuse(attempt, 'final');
        return;
      case 'answer_lost':
      case 'request_lost':
        attempt.state = 'unknown';
        return;
      case 'worker_dies_before':
      case 'worker_dies_after':
        return;
    }
  }

  private refuse(attempt: LifeAttempt, status: 'retry' | 'final'): void {
    attempt.state = 'not_sent';
    attempt.status = status;
    for (const promise of this.promises) if (promise.attemptId === attempt.id) promise.attemptId = null;
  }

  private findOwnFacts(): void {
    const input = this.input();
    for (const attempt of input.attempts)
      if (awaitsTag(attempt) && endOf(attempt) + input.company.untaggedAfterMs <= this.now)
        this.tell({ kind: 'call_untagged' }, attempt.id);
    for (const runKey of seriesToEnd(input)) {
      this.tell({ kind: 'series_ended', runKey });
      this.enrollment = { ...this.enrollment, endedSeries: [...this.enrollment.endedSeries, runKey] };
    }
  }

  private foldState(attempt: LifeAttempt | null): FoldState {
    const { policy, plan, company } = this.fixed;
    return {
      now: this.now,
      enrollment: { ...this.enrollment, cases: ['case-1'] },
      attempt,
      rules: policy.rules,
      formId: plan.formId,
      eachFailedCall: policy.eachFailedCall,
      handoffHoldMs: policy.handoffHoldHours * HOUR_MS,
      untaggedAfterMs: company.untaggedAfterMs,
      maxCallbacks: policy.maxCallbacks,
      commitmentsMade: this.promises.length,
      hasOpenCommitment: this.openPromises.length > 0,
      agreedAgain: false,
      stopOn: [],
      formCompleted: this.formCompleted,
    };
  }

  private store(changes: Changes, attempt: LifeAttempt | null): void {
    for (const { channels } of changes.suppress) this.suppress(channels);
    if (attempt !== null) this.storeAttempt(changes, attempt);
    if (changes.wrongNumber) this.spoil('phone');
    if (changes.deadAddress && attempt !== null) this.spoil(addressKindOf(attempt.channel));
    if (changes.executions.some(({ kind }) => kind === 'classify')) this.unreadReplies += 1;
    this.storePromises(changes, attempt);
    const { endedAt: _, dueAt: __, ...life } = changes.enrollment;
    this.enrollment = { ...this.enrollment, ...life };
  }

  /** Two open attempts at once could not be told apart: one that lives again waits for its end where another is under way. */
  private storeAttempt({ attempt: change }: Changes, attempt: LifeAttempt): void {
    const { taggedByThis: _, durationSeconds: __, acceptedAt: ___, ...row } = change;
    const isTaken = this.attempts.some((other) => other !== attempt && isUnresolved(other));
    const state = attempt.state === 'not_sent' && row.state === 'accepted' && isTaken ? attempt.state : row.state;
    Object.assign(attempt, row, state === undefined ? {} : { state });
  }

  private storePromises({ commitments }: Changes, attempt: LifeAttempt | null): void {
    for (const change of commitments) {
      if (change.kind === 'open') {
        const ordinal = this.promises.length + 1;
        const { promisedAt } = change;
        this.promises.push({ id: `promise-${ordinal}`, ordinal, promisedAt, state: 'open', attemptId: null });
        continue;
      }
      for (const promise of this.openPromises)
        if (change.state !== 'kept' || promise.attemptId === attempt?.id) promise.state = change.state;
    }
  }

  private suppress(channels: readonly Channel[]): void {
    const addresses = this.contact.addresses.map((address) => ({
      ...address,
      suppressed: [...new Set([...address.suppressed, ...channels])],
    }));
    this.contact = { ...this.contact, addresses };
  }

  private spoil(kind: 'phone' | 'email'): void {
    const addresses = this.contact.addresses.map((address) =>
      address.kind === kind ? { ...address, usable: false } : address,
    );
    this.contact = { ...this.contact, addresses };
  }
}

function acceptance(channel: Channel): FactBody {
  return channel === 'voice'
    ? { kind: 'call_progress', status: 'initiated' }
    : { kind: 'message_progress', status: 'queued' };
}
