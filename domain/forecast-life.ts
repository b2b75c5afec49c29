import { awaitsTag, endOf, isUnresolved } from './attempts';
import type { Changes } from './changes';
import { addressKindOf, type Channel } from './channel';
import { decide, seriesToEnd } from './decide';
import type { Decision, Touch } from './decision';
import { explain } from './explain';
import type { FactBody } from './fact';
import { fold } from './fold';
import type { FoldState } from './fold-state';
import { type Answer, answerTo, begunAttempt, type Expected, type LifeAttempt, lifeAttempt } from './forecast-answer';
import type { Answers } from './forecast-assumptions';
import { type ForecastTouch, type House, type LifeEnd, type Person, sheetOf, type Wish } from './forecast-person';
import { type Asked, hearsOfSeries, isSteady, type Planned, stands, sureOf } from './forecast-sure';
import { HOUR_MS, type Instant } from './instant';
import type { AttemptView, Commitment, EnrollmentView, PlannerInput } from './planner-input';
import { costOf } from './spend';
import { CALLBACK_STEP, PROMISES_RUN, touchKeyOf } from './touch-key';

/** Effects of rules outside are not followed, so nobody needs a case for them. */
const NO_CASES: readonly string[] = [];
const OVER: Wish = { kind: 'over' };

/** One contact lived by the planner and the fold that live everybody: only the answers are made up. */
export class ForecastLife {
  readonly touches: ForecastTouch[] = [];
  end: LifeEnd | null = null;
  /** Was anything ever tried, before the forecast or in it? Known at its end. */
  isReached = false;
  private enrollment: EnrollmentView & Pick<FoldState['enrollment'], 'leftForGood' | 'cases'>;
  private contact: PlannerInput['contact'];
  private readonly attempts: LifeAttempt[];
  private readonly personAttempts: PlannerInput['personAttempts'][number][];
  private promises: readonly Commitment[];
  private promised: number;
  /** By their instant. */
  private readonly expected: Expected[] = [];
  private readonly answered: Record<Channel, number> = { voice: 0, sms: 0, email: 0 };
  private reserved: { readonly name: string; readonly at: Instant } | null = null;
  /** The call that wants a line, and when that was decided. */
  private asked: Asked | null = null;
  /** What will be due at that instant, unless something happens before. */
  private sure: Planned | null = null;
  /** Calls without a tag; null = to be looked for. */
  private untagged: readonly LifeAttempt[] | null = null;
  private readonly hearsOfSeries: boolean;
  /** The touch that waits for a line or for its sender, and since when. */
  private waiting: { readonly key: string; readonly since: Instant } | null = null;

  constructor(
    private readonly person: Person,
    private readonly answers: Answers,
    private readonly house: House,
    beginsAt: Instant,
  ) {
    this.hearsOfSeries = hearsOfSeries(person.setting.policy);
    this.enrollment = { ...person.enrollment, leftForGood: false, cases: NO_CASES };
    this.contact = person.contact;
    this.attempts = person.attempts.map((attempt) => lifeAttempt(attempt, ''));
    this.personAttempts = [...person.personAttempts];
    this.promises = person.commitments;
    this.promised = Math.max(0, ...[...person.commitments, ...callbacksOf(person)].map(({ ordinal }) => ordinal));
    for (const attempt of this.attempts.filter(isUnresolved)) this.answer(attempt, beginsAt);
  }

  get contactId(): string {
    return this.person.contactId;
  }

  /** Hears what has happened by now, does all that is due and needs no line, and says what is waited for. */
  wake(now: Instant): Wish {
    for (;;) {
      this.hear(now);
      this.findOwnFacts(now);
      const sure = this.takeSure(now);
      if (sure?.channel === 'voice') return this.wantsLine(sure, now, now);
      const decision = sure === null ? decide(this.input(now)) : ({ kind: 'touch', touch: sure } as const);
      switch (decision.kind) {
        case 'finish':
          this.close(decision, 'through', decision.reason, now);
          return OVER;
        case 'hold':
          return this.hold(decision, now);
        case 'queue':
          return this.wantsLine(decision.touch, now, decision.askAt);
        case 'touch': {
          const at = this.reserve(decision.touch, now);
          if (at > now) return { kind: 'wait', at: this.orSooner(at) };
          this.carryOut(decision.touch, now);
          break;
        }
        default:
          this.waiting = null;
          this.sure = sureOf(decision, this.house.spending(now));
          return { kind: 'wait', at: this.orSooner(decision.askAt) };
      }
    }
  }

  /** Makes the call that is due, with a line in hand; answers when the line is free again, null = none is due any more. */
  dial(now: Instant): Instant | null {
    // A line changes nothing but that the call is made: what queues without one is the touch with one, at the same instant.
    const spending = this.house.spending(now);
    if (this.asked === null || !stands(this.asked, now, spending)) {
      const decision = decide(this.input(now));
      this.asked = decision.kind === 'queue' ? { touch: decision.touch, at: now, until: now, spending } : null;
    }
    return this.asked === null ? null : this.carryOut(this.asked.touch, now);
  }

  /** The forecast is over and the contact is not. */
  cutOff(now: Instant): LifeEnd {
    const decision = decide(this.input(now));
    return this.close(decision, 'beyond', String(decision.reasons[0]?.code), now);
  }

  private input(now: Instant): PlannerInput {
    const input = sheetOf(this.person);
    input.now = now;
    input.enrollment = this.enrollment;
    input.contact = this.contact;
    input.attempts = this.attempts;
    input.personAttempts = this.personAttempts;
    input.commitments = this.promises;
    input.unreadReplies = this.person.unreadReplies;
    input.spending = this.house.spending(now);
    return input;
  }

  private orSooner(at: Instant): Instant {
    return Math.min(at, this.expected[0]?.at ?? at);
  }

  private hear(now: Instant): void {
    for (let next = this.expected[0]; next !== undefined && next.at <= now; next = this.expected[0]) {
      this.expected.shift();
      this.tell(next.body, next.attempt, next.at);
    }
  }

  private expect(fact: Expected): void {
    const behind = this.expected.findIndex(({ at }) => at > fact.at);
    this.expected.splice(behind === -1 ? this.expected.length : behind, 0, fact);
  }

  /** As a step does: a tag that never came, a series that can have no further attempt. */
  private findOwnFacts(now: Instant): void {
    this.untagged ??= this.attempts.filter(awaitsTag);
    for (const attempt of this.untagged)
      if (endOf(attempt) + this.person.setting.company.untaggedAfterMs <= now)
        this.tell({ kind: 'call_untagged' }, attempt, now);
    if (!this.hearsOfSeries || this.answered.voice + this.person.attempts.length === 0) return;
    for (const runKey of seriesToEnd(this.input(now))) {
      this.tell({ kind: 'series_ended', runKey }, null, now);
      this.enrollment = { ...this.enrollment, endedSeries: [...this.enrollment.endedSeries, runKey] };
    }
  }

  private wantsLine(touch: Touch, now: Instant, askAt: Instant): Wish {
    this.waitsFor(touch, now);
    const at = this.orSooner(askAt);
    const until = isSteady(touch, this.person.setting) ? at : now;
    this.asked = { touch, at: now, until, spending: this.house.spending(now) };
    return { kind: 'line', isPromise: touch.commitmentId !== undefined, at };
  }

  /** The touch that was waited for until now, if nothing has happened meanwhile that could make it another one. */
  private takeSure(now: Instant): Touch | null {
    const { sure } = this;
    this.sure = null;
    return sure !== null && sure.at === now && sure.spending === this.house.spending(now) ? sure.touch : null;
  }

  private reserve({ key, channel, try: nth }: Touch, now: Instant): Instant {
    const name = `${key}#${nth}`;
    if (this.reserved?.name !== name) this.reserved = { name, at: this.house.pace(channel, now) };
    if (this.reserved.at > now) this.waitsFor({ key }, now);
    return this.reserved.at;
  }

  private waitsFor({ key }: Pick<Touch, 'key'>, now: Instant): void {
    if (this.waiting?.key !== key) this.waiting = { key, since: now };
  }

  /** As a claim and the provider's word that it has taken it. Answers when the attempt is over. */
  private carryOut(touch: Touch, now: Instant): Instant {
    const { key, channel } = touch;
    const attempt = begunAttempt(touch, now);
    this.attempts.push(attempt);
    this.personAttempts.push({ at: now, kind: addressKindOf(touch.channel) });
    const { answer, overAt } = this.answer(attempt, now);
    const dueAt = this.waiting?.key === key ? this.waiting.since : now;
    const made = { key, channel, at: now, dueAt, answer };
    this.touches.push(made);
    this.asked = null;
    this.house.sent(made, this.costOf(touch, now));
    return overAt;
  }

  private costOf({ runKey, channel, stepKey }: Touch, now: Instant): number {
    const run = this.person.setting.plan.runs.find(({ key }) => key === runKey) ?? null;
    return costOf({ spending: this.house.spending(now) }, { run, channel, stepKey });
  }

  /** What comes of it is heard when its time has come. */
  private answer(attempt: LifeAttempt, now: Instant): Answer {
    const about = { contactId: this.contactId, n: this.answered[attempt.channel]++, now };
    const answer = answerTo(attempt, about, this.answers, this.person.setting.plan);
    if (attempt.channel !== 'voice') attempt.state = 'accepted';
    for (const body of answer.facts) this.expect({ at: answer.at, attempt, body });
    return answer;
  }

  private hold(decision: Decision & { kind: 'hold' }, now: Instant): Wish {
    const [reason] = decision.reasons;
    if (reason?.code === 'handoff') return { kind: 'wait', at: this.orSooner(decision.askAt) };
    this.close(decision, 'held', String(reason?.code), now);
    return OVER;
  }

  private close(decision: Decision, state: LifeEnd['state'], reason: string, at: Instant): LifeEnd {
    this.end = { state, reason, sentence: explain(decision), at };
    this.isReached = this.attempts.length > 0;
    // Nobody asks about it any more, and there are many.
    this.attempts.length = 0;
    this.personAttempts.length = 0;
    return this.end;
  }

  private tell(body: FactBody, attempt: LifeAttempt | null, now: Instant): void {
    this.sure = null;
    this.asked = null;
    this.untagged = null;
    const changes = fold(this.foldState(attempt, now), body);
    if (attempt !== null) {
      const { taggedByThis: _, durationSeconds: __, acceptedAt: ___, ...row } = changes.attempt;
      Object.assign(attempt, row);
    }
    for (const { channels } of changes.suppress) this.suppress(channels);
    if (changes.wrongNumber) this.giveUp(attempt);
    for (const change of changes.commitments) this.storePromise(change, attempt);
    const { endedAt: _, dueAt: __, ...life } = changes.enrollment;
    if (Object.keys(life).length > 0) this.enrollment = { ...this.enrollment, ...life };
  }

  private foldState(attempt: LifeAttempt | null, now: Instant): FoldState {
    const { plan, policy, company } = this.person.setting;
    return {
      now,
      enrollment: this.enrollment,
      attempt,
      rules: policy.rules,
      formId: plan.formId,
      eachFailedCall: policy.eachFailedCall,
      handoffHoldMs: policy.handoffHoldHours * HOUR_MS,
      untaggedAfterMs: company.untaggedAfterMs,
      maxCallbacks: policy.maxCallbacks,
      commitmentsMade: this.promised,
      hasOpenCommitment: this.promises.length > 0,
      agreedAgain: false,
      formCompleted: false,
      stopOn: policy.crm?.stopOn ?? [],
    };
  }

  private storePromise(change: Changes['commitments'][number], attempt: LifeAttempt | null): void {
    if (change.kind === 'open') {
      const ordinal = ++this.promised;
      this.promises = [...this.promises, { id: `promise-${ordinal}`, ordinal, promisedAt: change.promisedAt }];
    } else if (change.state === 'kept')
      this.promises = this.promises.filter(({ ordinal }) => callbackKey(ordinal) !== attempt?.touchKey);
    else this.promises = [];
  }

  private suppress(channels: readonly Channel[]): void {
    const addresses = this.contact.addresses.map((address) => ({
      ...address,
      suppressed: [...new Set([...address.suppressed, ...channels])],
    }));
    this.contact = { ...this.contact, addresses };
  }

  private giveUp(attempt: LifeAttempt | null): void {
    const addresses = this.contact.addresses.map((address) =>
      address.hash === attempt?.toHash ? { ...address, usable: false } : address,
    );
    this.contact = { ...this.contact, addresses };
  }
}

function callbackKey(ordinal: number): string {
  return touchKeyOf(PROMISES_RUN, CALLBACK_STEP, ordinal);
}

function callbacksOf({ attempts }: Person): readonly AttemptView[] {
  return attempts.filter(({ stepKey }) => stepKey === CALLBACK_STEP);
}
