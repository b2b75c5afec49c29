import type * as z from 'zod';
import type { Changes } from './changes';
import { type FactBody, FactBodySchema } from './fact';
import { fold } from './fold';
import type { FoldAttempt, FoldEnrollment, FoldState } from './fold-state';
import { DAY_MS, MINUTE_MS } from './instant';
import { CHICAGO, local } from './planner-builders';
import { type Action, type Rule, RuleSchema, type Trigger } from './rule';

/** Test support: what `fold` looks at, valid by default, and the rows that it would leave behind. */

export const NOW = local(CHICAGO, '2027-03-01 10:00');

export function aFact(body: z.input<typeof FactBodySchema>): FactBody {
  return FactBodySchema.parse(body);
}

export function aRule(key: string, when: Trigger, then: readonly Action[], note: string | null = null): Rule {
  return RuleSchema.parse({ key, when, then, note });
}

export function aFoldAttempt(changes: Partial<FoldAttempt> = {}): FoldAttempt {
  return {
    channel: 'voice',
    state: 'claimed',
    status: null,
    rank: 0,
    sid: null,
    answeredBy: null,
    disposition: null,
    outcome: null,
    outcomeJudged: false,
    endedAt: null,
    errorCode: null,
    isCallback: false,
    ...changes,
  };
}

export interface FoldStateChanges extends Partial<Omit<FoldState, 'enrollment' | 'attempt'>> {
  readonly enrollment?: Partial<FoldEnrollment>;
  /** Null: the fact is about no attempt. */
  readonly attempt?: Partial<FoldAttempt> | null;
}

/** An open enrollment with one case, whose call was claimed a moment ago; no rules. */
export function aFoldState({ enrollment, attempt, ...changes }: FoldStateChanges = {}): FoldState {
  return {
    now: NOW,
    enrollment: {
      state: 'open',
      reason: null,
      leftForGood: false,
      callsStoppedAt: null,
      messagesStoppedAt: null,
      holdReason: null,
      pausedAt: null,
      cases: ['case-1'],
      ...enrollment,
    },
    attempt: attempt === null ? null : aFoldAttempt(attempt),
    rules: [],
    formId: null,
    eachFailedCall: false,
    handoffHoldMs: DAY_MS,
    untaggedAfterMs: 15 * MINUTE_MS,
    maxCallbacks: 3,
    commitmentsMade: 0,
    hasOpenCommitment: false,
    agreedAgain: false,
    formCompleted: false,
    stopOn: [],
    ...changes,
  };
}

/** The rows as they stand once the changes are stored. */
export function applied(state: FoldState, { attempt, enrollment, commitments }: Changes): FoldState {
  const { taggedByThis: _, durationSeconds: __, acceptedAt: ___, ...row } = attempt;
  const {
    endedAt: ____,
    heldUntilAt: _____,
    dueAt: ______,
    movedTouch: _______,
    movedToAt: ________,
    ...life
  } = enrollment;
  const opened = commitments.filter(({ kind }) => kind === 'open').length;
  return {
    ...state,
    attempt: state.attempt && { ...state.attempt, ...row },
    enrollment: { ...state.enrollment, ...life },
    commitmentsMade: state.commitmentsMade + opened,
    hasOpenCommitment: commitments.length === 0 ? state.hasOpenCommitment : opened > 0,
  };
}

export interface Story {
  readonly state: FoldState;
  readonly changes: readonly Changes[];
}

/** Folds one fact after the other, each into the rows that the one before left. */
export function tell(state: FoldState, ...facts: readonly FactBody[]): Story {
  const changes: Changes[] = [];
  let rows = state;
  for (const fact of facts) {
    const change = fold(rows, fact);
    changes.push(change);
    rows = applied(rows, change);
  }
  return { state: rows, changes };
}

/** "rule: phrase" of every firing, in order. */
export function firingsOf({ changes }: Story): string[] {
  return changes.flatMap(({ firings }) => firings.map(({ ruleKey, phrase }) => `${ruleKey}: ${phrase}`));
}

/** Every ordered effect as "rule[action] kind of case: payload or what was done". */
export function effectsOf({ changes }: Story): string[] {
  return changes.flatMap(({ executions }) =>
    executions.map(({ ruleKey, actionIx, kind, caseId, payload, done }) => {
      const what = done ?? Object.values(payload).join(' ');
      return `${ruleKey}[${actionIx}] ${kind}${caseId === null ? '' : ` of ${caseId}`}: ${what}`;
    }),
  );
}

export function timelineOf({ changes }: Story): string[] {
  return changes.flatMap(({ timeline }) => timeline.map(({ kind }) => kind));
}
