import type { CampaignDefinition } from './campaign-definition';
import type { Plan, Run } from './plan';
import type { Policy } from './policy';
import type { ChoiceProblem } from './publication';
import type { Slot } from './slots';

type Editable = Pick<CampaignDefinition, 'listId' | 'plan' | 'policy'>;

/** What binds everybody at once, so that nobody can be kept out of it (requirements E-3, E-5, E-12, E-13, E-14). */
export function keepProblems(before: Editable, after: Editable): ChoiceProblem[] {
  const problems = [
    ...policyProblems(before.policy, after.policy),
    ...after.plan.runs.flatMap((run, at) => runProblems(before, after, run, at)),
  ];
  if (before.listId !== after.listId)
    problems.push(problem('listId', 'another list takes in other people', after.listId));
  return problems;
}

function policyProblems(before: Policy, after: Policy): ChoiceProblem[] {
  const problems: ChoiceProblem[] = [];
  const { concurrencyLimit, callsPerMinute, closedOn, companySlots, leavesWithList, rules } = after;
  if (before.concurrencyLimit !== concurrencyLimit)
    problems.push(problem('policy/concurrencyLimit', 'a limit is one for all', concurrencyLimit));
  if (before.callsPerMinute !== callsPerMinute)
    problems.push(problem('policy/callsPerMinute', 'the pace is one for all', callsPerMinute));
  if ((before.callsScheduledExternally === true) !== (after.callsScheduledExternally === true))
    problems.push(
      problem(
        'policy/callsScheduledExternally',
        'who schedules the calls is one for all',
        after.callsScheduledExternally,
      ),
    );
  if (JSON.stringify(before.rules) !== JSON.stringify(rules))
    problems.push(problem('policy/rules', 'a fact is judged by one version only'));
  if (leavesWithList && !before.leavesWithList)
    problems.push(problem('policy/leavesWithList', 'whoever has left the list leaves at once', true));
  if (!covers(companySlots, before.companySlots)) problems.push(problem('policy/companySlots', NARROWED));
  if (closedOn.some((day) => !before.closedOn.includes(day))) problems.push(problem('policy/closedOn', NARROWED));
  for (const cap of ['perDay', 'perWeek', 'perMonth'] as const)
    if ((after.caps[cap] ?? Infinity) < (before.caps[cap] ?? Infinity))
      problems.push(problem(`policy/caps/${cap}`, LOWERED, after.caps[cap]));
  return problems;
}

function runProblems(before: Editable, after: Editable, run: Run, at: number): ChoiceProblem[] {
  const former = before.plan.runs.find(({ key }) => key === run.key);
  if (former === undefined) return [];
  const problems: ChoiceProblem[] = [];
  const tell = (field: string, rule: string, value?: unknown) =>
    problems.push(problem(`plan/runs/${at}/${field}`, rule, value));
  if (run.startsOn > former.startsOn) tell('startsOn', NARROWED, run.startsOn);
  if ((run.endsOn ?? NEVER) < (former.endsOn ?? NEVER)) tell('endsOn', NARROWED, run.endsOn);
  if (former.weekdays.some((day) => !run.weekdays.includes(day))) tell('weekdays', NARROWED, run.weekdays);
  if (!covers(slotsOf(run, after), slotsOf(former, before))) tell('hours', NARROWED);
  if (run.calls === undefined || former.calls === undefined) return problems;
  if (run.calls.attempts < former.calls.attempts) tell('calls/attempts', LOWERED, run.calls.attempts);
  if (run.calls.perDay < former.calls.perDay) tell('calls/perDay', LOWERED, run.calls.perDay);
  return problems;
}

const NEVER = '9999-12-31';
const NARROWED = 'narrower hours bind everybody at once';
const LOWERED = 'a lower limit binds everybody at once';

function slotsOf({ hours }: Plan['runs'][number], { policy }: Editable): readonly Slot[] {
  return hours.mode === 'calling_times' ? hours.slots : policy.companySlots;
}

/** Is every minute of the narrow ones one of the wide ones as well? Touching slots are one. */
function covers(wide: readonly Slot[], narrow: readonly Slot[]): boolean {
  const joined: { open: string; close: string }[] = [];
  for (const { open, close } of wide.toSorted((a, b) => (a.open < b.open ? -1 : 1))) {
    const last = joined.at(-1);
    if (last?.close === open) last.close = close;
    else joined.push({ open, close });
  }
  return narrow.every(({ open, close }) => joined.some((slot) => slot.open <= open && close <= slot.close));
}

function problem(field: string, rule: string, value?: unknown): ChoiceProblem {
  const detail = `${rule}: nobody can be kept in the version before`;
  return { pointer: `#/definition/${field}`, detail, ...(value === undefined ? {} : { value }) };
}
