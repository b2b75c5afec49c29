import { type CampaignDefinition, CampaignDefinitionSchema } from './campaign-definition';
import {
  type DraftStep,
  DraftStepSchema,
  type DraftSteps,
  placeInSteps,
  typedDefinition,
  unknownFields,
} from './draft';
import { everyFault, type Path } from './every-fault';
import { pathOf, pointerOf } from './pointer';

/** One thing that keeps a draft from being launched (S1-106). */
export interface DraftProblem {
  readonly step: DraftStep;
  /** Within the step: `runs/0/calls/attempts`. */
  readonly field: string;
  /** Within the definition, as a launch names it: `#/plan/runs/0/calls/attempts`. */
  readonly pointer: string;
  readonly rule: string;
  /** What was typed; left out if nothing was. */
  readonly value?: unknown;
}

export interface Inspection {
  readonly problems: readonly DraftProblem[];
  /** What was typed, with a stand-in for everything that is missing or wrong, so that the rest can be judged as well. */
  readonly sound: CampaignDefinition;
  /** Is the place one of a stand-in? */
  readonly isStandIn: (pointer: string) => boolean;
}

/** Everything that is wrong with what was typed, as far as it can be told without looking at what else there is. */
export function inspectDraft(steps: DraftSteps): Inspection {
  const { faults, sound, isStandIn } = everyFault(CampaignDefinitionSchema, typedDefinition(steps), standInFor);
  const unknown = unknownFields(steps).map(({ step, name }) => ({
    step,
    field: name,
    pointer: pointerOf([name]),
    rule: 'this field is not known',
  }));
  return {
    problems: inOrderOfSteps([
      ...unknown,
      ...faults.map(({ path, rule, value }) => problemAt(pointerOf(path), rule, value)),
    ]),
    sound,
    isStandIn: (pointer) => isStandIn(pathOf(pointer)),
  };
}

/** A problem at a place of the definition, under the step of the builder that shows it. */
export function problemAt(pointer: string, rule: string, value?: unknown): DraftProblem {
  const { step, field } = placeInSteps(pathOf(pointer));
  return { step, field: field.map(String).join('/'), pointer, rule, ...(value === undefined ? {} : { value }) };
}

/** As the builder goes through its steps. */
export function inOrderOfSteps(problems: readonly DraftProblem[]): DraftProblem[] {
  const place = ({ step }: DraftProblem) => DraftStepSchema.options.indexOf(step);
  return problems.toSorted((one, other) => place(one) - place(other));
}

const RUN = { startsOn: '1970-01-01', hours: { mode: 'company_times' } };
const MESSAGE = { channel: 'sms', when: { kind: 'after_start' }, text: '-' };
const SOME_ID = '00000000-0000-4000-8000-000000000000';

/** For the fields without a default; the others are taken out. */
function standInFor(path: Path): unknown {
  const key = `stand-in-${path.filter((part) => typeof part === 'number').join('-')}`;
  const message = { key, ...MESSAGE };
  const run = { key, ...RUN, messages: [message] };
  const rule = { key, when: { trigger: 'handoff', outcome: 'requested' }, then: [{ kind: 'stop_calls' }] };
  const standIns: Readonly<Record<string, unknown>> = {
    name: 'Stand-in',
    listId: SOME_ID,
    plan: { runs: [run] },
    'plan.agentId': SOME_ID,
    'plan.formId': key,
    'plan.runs': [run],
    'plan.runs.*': run,
    'plan.runs.*.key': key,
    'plan.runs.*.startsOn': RUN.startsOn,
    'plan.runs.*.hours': RUN.hours,
    'plan.runs.*.calls': { attempts: 1, greeting: '-' },
    'plan.runs.*.calls.attempts': 1,
    'plan.runs.*.calls.greeting': '-',
    'plan.runs.*.messages': [message],
    'plan.runs.*.messages.*': message,
    'plan.runs.*.messages.*.key': key,
    'plan.runs.*.messages.*.when': MESSAGE.when,
    'plan.runs.*.messages.*.text': '-',
    'plan.runs.*.messages.*.subject': '-',
    'policy.rules.*': rule,
    'policy.rules.*.key': key,
    'policy.rules.*.when': rule.when,
    'policy.rules.*.then': rule.then,
  };
  return standIns[path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.')];
}
