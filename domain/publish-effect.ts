import { callCandidates, seriesOf } from './call-candidates';
import { addressFor } from './candidate';
import type { Decision } from './decision';
import type { Instant } from './instant';
import { messageCandidates } from './message-candidates';
import type { Plan } from './plan';
import { stepNameOf } from './plan-history';
import type { PlannerInput } from './planner-input';
import { CALL_STEP } from './touch-key';

/** What a publish does to one contact, as far as it can be said now. `undecided`: what is held or under way is planned when that is over. */
export const EFFECTS = ['unchanged', 'other_words', 'sooner', 'later', 'another_touch', 'ends', 'undecided'] as const;
export type Effect = (typeof EFFECTS)[number];

/** The same planner, asked for one contact before and after. `reworded` names the steps that have other words. */
export function effectOf(before: Decision, after: Decision, reworded: ReadonlySet<string>): Effect {
  if (after.kind === 'finish') return before.kind === 'finish' ? 'unchanged' : 'ends';
  const one = plannedOf(before);
  const other = plannedOf(after);
  if (other === null) return 'undecided';
  if (one?.key !== other.key) return 'another_touch';
  if (other.at !== one.at) return other.at < one.at ? 'sooner' : 'later';
  return reworded.has(other.step) ? 'other_words' : 'unchanged';
}

function plannedOf(decision: Decision): { key: string; step: string; at: Instant } | null {
  if (!('touch' in decision) || decision.touch === undefined) return null;
  const { key, runKey, stepKey } = decision.touch;
  return { key, step: stepNameOf(runKey, stepKey), at: decision.kind === 'wait' ? decision.askAt : 0 };
}

/** Steps that both plans have, with other words or another voice (E-10). */
export function rewordedSteps(before: Plan, after: Plan): Set<string> {
  const former = wordsOf(before);
  const names = [...wordsOf(after)].filter(([name, words]) => (former.get(name) ?? words) !== words);
  return new Set(names.map(([name]) => name));
}

function wordsOf({ runs }: Plan): Map<string, string> {
  return new Map(
    runs.flatMap(({ key, calls, messages }) => [
      ...(calls === undefined
        ? []
        : [[stepNameOf(key, CALL_STEP), JSON.stringify([calls.greeting, calls.voicemail])] as const]),
      ...messages.map((message) => {
        const { key: _, when: __, templateId: ___, templateVersion: ____, ...words } = message;
        return [stepNameOf(key, message.key), JSON.stringify(words)] as const;
      }),
    ]),
  );
}

/** Is the step still ahead of this contact (E-6), or has it come in behind (E-7)? */
export function reaches(input: PlannerInput, step: string): boolean {
  const { enrollment, plan } = input;
  const isInStore = [...callCandidates(input), ...messageCandidates(input)].some(
    ({ runKey, stepKey }) => stepNameOf(runKey, stepKey) === step,
  );
  if (isInStore) return true;
  // What follows calls is ahead of whoever has calls ahead.
  if (enrollment.callsStoppedAt !== null || addressFor(input, 'voice') === null) return false;
  return plan.runs.some(
    (run) =>
      seriesOf(input, run) === 'going' &&
      (stepNameOf(run.key, CALL_STEP) === step ||
        run.messages.some(({ key, when }) => when.kind === 'after_call' && stepNameOf(run.key, key) === step)),
  );
}
