import * as z from 'zod';
import type { Instant } from './instant';
import { CallResultSchema, type CallResult, type Plan, type Run } from './plan';
import { CALL_STEP } from './touch-key';

/** What a plan was before, as far as it still bears on people who live it: each version hands it on to the next. */
export const PlanHistorySchema = z.strictObject({
  /** When a run ("week") or a step ("week.hello") came into a plan that people were living already (E-6, E-7). */
  introducedAt: z.record(z.string(), z.int()).default({}),
  /** What a message after calls asked for until then: a call is judged by what stood when it ended (E-11). */
  formerResults: z
    .record(z.string(), z.array(z.strictObject({ untilAt: z.int(), results: z.array(CallResultSchema) })))
    .default({}),
  /** Steps that were taken out together with who stood before them, by the number of the version that did (E-9). */
  removedIn: z.record(z.string(), z.int()).default({}),
});
export type PlanHistory = z.infer<typeof PlanHistorySchema>;

export const NO_HISTORY: PlanHistory = PlanHistorySchema.parse({});

/** What becomes of those who stand before a step that is taken out: on to the next that is left (E-8), or out (E-9). */
export const RemovalSchema = z.enum(['go_on', 'finish']);
export type Removal = z.infer<typeof RemovalSchema>;

/** Names a step whatever its ordinal: "week.call", "week.hello". */
export function stepNameOf(runKey: string, stepKey: string): string {
  return `${runKey}.${stepKey}`;
}

/** When a run or a step came in; null = it was there when people began. A run may be named like anything that objects have. */
export function cameInAt({ introducedAt }: PlanHistory, name: string): Instant | null {
  const [, at = null] = Object.entries(introducedAt).find(([known]) => known === name) ?? [];
  return at;
}

/** The names of all steps of a plan. */
export function stepNamesOf({ runs }: Plan): string[] {
  return runs.flatMap((run) => [
    ...(run.calls === undefined ? [] : [stepNameOf(run.key, CALL_STEP)]),
    ...run.messages.map(({ key }) => stepNameOf(run.key, key)),
  ]);
}

/** Steps of the one plan that the other lacks. */
export function stepsMissing(from: Plan, inOther: Plan): string[] {
  const others = new Set(stepNamesOf(inOther));
  return stepNamesOf(from).filter((name) => !others.has(name));
}

export interface NextPlan {
  readonly plan: Plan;
  readonly number: number;
  readonly at: Instant;
  readonly removed: Readonly<Record<string, Removal>>;
  /** New steps that go out to those who have passed their place as well. */
  readonly sendBack: readonly string[];
}

/** The history that a version hands on to the one which follows it. */
export function nextHistory(
  before: { readonly plan: Plan; readonly history: PlanHistory },
  next: NextPlan,
): PlanHistory {
  const stays = new Set([...stepNamesOf(next.plan), ...next.plan.runs.map(({ key }) => key)]);
  const kept = <T>(record: Readonly<Record<string, T>>) => Object.entries(record).filter(([name]) => stays.has(name));
  const finishing = stepsMissing(before.plan, next.plan).filter((name) => next.removed[name] === 'finish');
  return {
    introducedAt: Object.fromEntries([...kept(before.history.introducedAt), ...introductions(before.plan, next)]),
    formerResults: Object.fromEntries([...kept(before.history.formerResults), ...formerResults(before, next)]),
    removedIn: Object.fromEntries([
      ...Object.entries(before.history.removedIn).filter(([name]) => !stays.has(name)),
      ...finishing.map((name) => [name, next.number] as const),
    ]),
  };
}

function introductions(before: Plan, { plan, at, sendBack }: NextPlan): [string, Instant][] {
  const knownRuns = new Set(before.runs.map(({ key }) => key));
  const runs = plan.runs.map(({ key }) => key).filter((key) => !knownRuns.has(key));
  // The steps of a new run begin with it.
  const steps = stepsMissing({ ...plan, runs: plan.runs.filter(({ key }) => knownRuns.has(key)) }, before);
  return [...runs, ...steps].filter((name) => !sendBack.includes(name)).map((name) => [name, at]);
}

type Former = PlanHistory['formerResults'][string];

function formerResults(
  before: { readonly plan: Plan; readonly history: PlanHistory },
  { plan, at }: NextPlan,
): [string, Former][] {
  return plan.runs.flatMap((run) =>
    run.messages.flatMap(({ key, when }): [string, Former][] => {
      const former = resultsOf(before.plan, run, key);
      if (when.kind !== 'after_call' || former === null || sameResults(former, when.results)) return [];
      const name = stepNameOf(run.key, key);
      return [[name, [...(before.history.formerResults[name] ?? []), { untilAt: at, results: [...former] }]]];
    }),
  );
}

function resultsOf({ runs }: Plan, { key }: Run, messageKey: string): readonly CallResult[] | null {
  const message = runs.find((run) => run.key === key)?.messages.find((each) => each.key === messageKey);
  return message?.when.kind === 'after_call' ? message.when.results : null;
}

function sameResults(one: readonly CallResult[], other: readonly CallResult[]): boolean {
  return one.length === other.length && one.every((result) => other.includes(result));
}
