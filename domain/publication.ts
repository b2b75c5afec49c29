import * as z from 'zod';
import type { CampaignDefinition } from './campaign-definition';
import { nextHistory, type PlanHistory, RemovalSchema, stepsMissing } from './plan-history';
import type { Plan } from './plan';
import type { Policy } from './policy';
import type { Instant } from './instant';

/** What becomes of those who are inside when a version is published (E-1..E-18). */
export const InsideSchema = z
  .enum(['keep', 'adopt', 'replan'])
  .describe(
    '`keep`: they finish on their version. `adopt`: the new version from their next decision; waits in progress end as planned. `replan`: they are planned anew now.',
  );
export type Inside = z.infer<typeof InsideSchema>;

const stepNameSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,40}(\.[a-z0-9-]{1,40})?$/, 'must be a run, or a run and a step of it, like "week.call"');

/** The choices of who publishes, beside what is published. */
export const PublishChoicesSchema = z.strictObject({
  inside: InsideSchema.default('adopt'),
  /** By step: where those go on who stand before one that is taken out. */
  removed: z.record(stepNameSchema, RemovalSchema).default({}),
  /** New runs and steps that go out to those who have passed their place as well. */
  sendBack: z.array(stepNameSchema).max(200).default([]),
});
export type PublishChoices = z.infer<typeof PublishChoicesSchema>;

/** The version that people live when another is published. */
export interface Before {
  readonly number: number;
  readonly plannedSince: number;
  readonly plan: Plan;
  readonly policy: Policy;
  readonly history: PlanHistory;
}

/** What the next version carries beside plan and policy. */
export interface Carried {
  readonly number: number;
  readonly plannedSince: number;
  readonly history: PlanHistory;
}

export function carriedBy(
  before: Before,
  { plan, policy }: Pick<CampaignDefinition, 'plan' | 'policy'>,
  { removed, sendBack }: PublishChoices,
  at: Instant,
): Carried {
  const number = before.number + 1;
  const isPlannedAlike = timing(before) === timing({ plan, policy });
  return {
    number,
    plannedSince: isPlannedAlike ? before.plannedSince : number,
    history: nextHistory(before, { plan, number, at, removed, sendBack }),
  };
}

/** Everything of a version that a wait can depend on. */
function timing({ plan, policy: { companySlots, closedOn, caps } }: { plan: Plan; policy: Policy }): string {
  return JSON.stringify([plan, companySlots, closedOn, caps]);
}

export interface ChoiceProblem {
  readonly pointer: string;
  readonly detail: string;
  readonly value?: unknown;
}

/** `waiting` says how many contacts stand before each step that is taken out: each such group needs a choice (E-9). */
export function choiceProblems(
  before: Plan,
  after: Plan,
  { inside, removed, sendBack }: PublishChoices,
  waiting: Readonly<Record<string, number>>,
): ChoiceProblem[] {
  const gone = new Set(stepsMissing(before, after));
  const knownRuns = new Set(before.runs.map(({ key }) => key));
  const added = new Set([
    ...stepsMissing(after, before),
    ...after.runs.map(({ key }) => key).filter((key) => !knownRuns.has(key)),
  ]);
  const undecided = inside === 'keep' ? [] : Object.entries(waiting).filter(([name]) => removed[name] === undefined);
  return [
    ...undecided.map(([name, contacts]) => ({
      pointer: `#/removed/${name}`,
      detail: `${contacts} contacts stand before this step, which is taken out: say "go_on" or "finish" for them`,
    })),
    ...Object.entries(removed)
      .filter(([name]) => !gone.has(name))
      .map(([name, value]) => ({ pointer: `#/removed/${name}`, detail: 'no such step is taken out', value })),
    ...sendBack.flatMap((name, ix) =>
      added.has(name) ? [] : [{ pointer: `#/sendBack/${ix}`, detail: 'no such run or step comes in', value: name }],
    ),
  ];
}
