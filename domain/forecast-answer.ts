import type { Touch } from './decision';
import type { FactBody } from './fact';
import type { FoldAttempt } from './fold-state';
import type { Answers, CallAnswer } from './forecast-assumptions';
import type { Writable } from './forecast-person';
import { type Instant, MINUTE_MS } from './instant';
import type { Plan } from './plan';
import type { AttemptView } from './planner-input';
import { CALLBACK_STEP } from './touch-key';

/** An attempt with all that the planner and the fold see of it. */
export type LifeAttempt = Writable<AttemptView & FoldAttempt> & { readonly toHash: string };

/** A fact that is going to come. */
export interface Expected {
  readonly at: Instant;
  readonly attempt: LifeAttempt;
  readonly body: FactBody;
}

export interface Answer {
  /** In a word. */
  readonly answer: string;
  /** When the attempt is over. */
  readonly overAt: Instant;
  readonly facts: readonly FactBody[];
  /** When they come. */
  readonly at: Instant;
}

/** With what a provider has to say of it, which is nothing yet. */
export function lifeAttempt(view: AttemptView, toHash: string): LifeAttempt {
  return {
    id: view.id,
    touchKey: view.touchKey,
    runKey: view.runKey,
    stepKey: view.stepKey,
    ordinal: view.ordinal,
    try: view.try,
    channel: view.channel,
    state: view.state,
    disposition: view.disposition,
    outcome: view.outcome,
    claimedAt: view.claimedAt,
    endedAt: view.endedAt,
    retryable: view.retryable,
    toHash,
    status: null,
    rank: 0,
    sid: null,
    answeredBy: null,
    outcomeJudged: false,
    errorCode: null,
    isCallback: view.stepKey === CALLBACK_STEP,
  };
}

/** One that a provider has just taken. */
export function begunAttempt(touch: Touch, now: Instant): LifeAttempt {
  return lifeAttempt(
    {
      id: touch.key,
      touchKey: touch.key,
      runKey: touch.runKey,
      stepKey: touch.stepKey,
      ordinal: touch.ordinal,
      try: touch.try,
      channel: touch.channel,
      state: 'accepted',
      disposition: null,
      outcome: null,
      claimedAt: now,
      endedAt: null,
      retryable: false,
    },
    touch.toHash,
  );
}

/** What comes of the person's nth attempt on its channel, which was made at `now`, as the answers have it. */
export function answerTo(
  { channel, runKey }: LifeAttempt,
  { contactId, n, now }: { readonly contactId: string; readonly n: number; readonly now: Instant },
  answers: Answers,
  plan: Plan,
): Answer {
  if (channel !== 'voice') return replyTo(channel, answers.message(contactId, channel, n), now, answers);
  const call = answers.call(contactId, n);
  const overAt = now + lengthOf(call, runKey, answers, plan);
  const { result, outcome } = call;
  const answer = result === 'answered' ? (outcome ?? 'untagged') : result;
  return { answer, overAt, facts: callFacts(call, overAt), at: overAt };
}

const NO_REPLY_ID = '00000000-0000-4000-8000-000000000000';

function replyTo(channel: 'sms' | 'email', answer: string, now: Instant, { assumptions }: Answers): Answer {
  const isStop = answer === 'stop';
  const reply = { kind: 'reply', channel, verdict: isStop ? 'revoke' : 'none' } as const;
  const read = { kind: 'reply_classified', bucket: answer, replyFactId: NO_REPLY_ID } as const;
  const facts = answer === 'nothing' ? [] : isStop ? [reply] : [reply, read];
  return { answer, overAt: now, facts, at: now + assumptions.replies.afterMinutes * MINUTE_MS };
}

function callFacts({ result, outcome, callbackMinutes, optsOut }: CallAnswer, overAt: Instant): FactBody[] {
  const end = { kind: 'call_progress', status: STATUS[result] } as const;
  if (result === 'voicemail') return [{ kind: 'machine_detected', answeredBy: 'machine' }, end];
  if (result !== 'answered') return [end];
  return [
    ...(optsOut
      ? [{ kind: 'opted_out', source: 'keypress', channels: ['voice', 'sms', 'email'] } satisfies FactBody]
      : []),
    ...(callbackMinutes === undefined
      ? []
      : [{ kind: 'callback_requested', at: overAt + callbackMinutes * MINUTE_MS } satisfies FactBody]),
    end,
    ...(outcome === null ? [] : [{ kind: 'call_outcome', outcome, by: 'agent', runRules: true } satisfies FactBody]),
  ];
}

const STATUS = {
  answered: 'completed',
  voicemail: 'completed',
  busy: 'busy',
  no_answer: 'no_answer',
  failed: 'failed',
} as const;

/** Of a callback, which belongs to no run. */
const RING_SECONDS = 25;

function lengthOf({ result }: CallAnswer, runKey: string, { assumptions }: Answers, { runs }: Plan): number {
  const { pickUp, talk, voicemail, noAnswer } = assumptions.seconds;
  switch (result) {
    case 'answered':
      return (pickUp + talk) * 1000;
    case 'voicemail':
      return (pickUp + voicemail) * 1000;
    case 'no_answer': {
      const calls = runs.find(({ key }) => key === runKey)?.calls;
      return (noAnswer ?? calls?.ringSeconds ?? RING_SECONDS) * 1000;
    }
    default:
      return 0;
  }
}
