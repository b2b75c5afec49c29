import * as z from 'zod';
import { type CampaignDefinition, CampaignDefinitionSchema } from './campaign-definition';
import { CrmLinkSchema } from './crm-link';
import type { DefaultHours } from './default-hours';
import { isWithinDepth } from './depth';
import type { Path } from './every-fault';
import { PlanSchema } from './plan';
import { PolicySchema } from './policy';

/** A campaign that is being written: what was typed into each step of the builder, as it was typed. */

export const DraftStepSchema = z.enum([
  'basics',
  'list',
  'agent',
  'form',
  'schedule',
  'rules',
  'settings',
  'reports',
  'crm',
]);
export type DraftStep = z.infer<typeof DraftStepSchema>;

/** Where somebody may have left the builder: texts are part of the runs, and the review types nothing. */
export const BuilderPlaceSchema = z.enum([...DraftStepSchema.options, 'messages', 'review']);
export type BuilderPlace = z.infer<typeof BuilderPlaceSchema>;

/** Deeper than anything that a campaign says; what is read by going down into it has to have an end. */
const MOST_DEPTH = 30;

export const StepStateSchema = z
  .record(z.string(), z.unknown())
  .refine((state) => isWithinDepth(state, MOST_DEPTH), `must not be nested deeper than ${MOST_DEPTH} levels`);
export type StepState = Readonly<Record<string, unknown>>;
/** What was typed into each step; left out = nothing yet. */
export const StepsSchema = z.strictObject(stepFields(StepStateSchema.optional()));
export type DraftSteps = { readonly [step in DraftStep]?: StepState | undefined };

interface Field {
  readonly step: DraftStep;
  readonly name: string;
  /** Where it stands in the definition. */
  readonly path: readonly string[];
}

const OWN_STEP: Readonly<Record<string, DraftStep>> = {
  listId: 'list',
  agentId: 'agent',
  formId: 'form',
  reports: 'reports',
  companySlots: 'schedule',
  closedOn: 'schedule',
  rules: 'rules',
};

/** Whatever fields a definition has, each belongs to one step. */
const FIELDS: readonly Field[] = [
  ...fieldsOf(CampaignDefinitionSchema.shape, 'basics', []),
  ...fieldsOf(PlanSchema.shape, 'schedule', ['plan']),
  ...fieldsOf(PolicySchema.shape, 'settings', ['policy']),
  ...fieldsOf(CrmLinkSchema.shape, 'crm', ['policy', 'crm']),
].filter(({ name }) => !['plan', 'policy', 'crm'].includes(name));

function fieldsOf(shape: object, step: DraftStep, path: readonly string[]): Field[] {
  return Object.keys(shape).map((name) => ({ step: OWN_STEP[name] ?? step, name, path: [...path, name] }));
}

/** The definition that was typed, whatever is missing or wrong in it. */
export function typedDefinition(steps: DraftSteps): Record<string, unknown> {
  const typed = { plan: { agentId: null }, policy: {} };
  for (const { step, name, path } of FIELDS) {
    const value = steps[step]?.[name];
    if (value !== undefined) placeAt(typed, path, value);
  }
  return typed;
}

/** The steps of a builder that would have typed this definition. */
export function stepsOf(definition: CampaignDefinition): DraftSteps {
  const steps: { [step in DraftStep]?: Record<string, unknown> } = {};
  for (const { step, name, path } of FIELDS) {
    const value = valueAt(definition, path);
    if (value !== undefined) (steps[step] ??= {})[name] = value;
  }
  return steps;
}

/** What stands in a step and is no field of it. */
export function unknownFields(steps: DraftSteps): { step: DraftStep; name: string }[] {
  return DraftStepSchema.options.flatMap((step) =>
    Object.keys(steps[step] ?? {})
      .filter((name) => !FIELDS.some((field) => field.step === step && field.name === name))
      .map((name) => ({ step, name })),
  );
}

/** Where the builder shows a place of the definition. */
export function placeInSteps(path: Path): { step: DraftStep; field: Path } {
  const field = FIELDS.find((each) => each.path.every((part, ix) => part === path[ix]));
  if (field === undefined) return { step: 'basics', field: path };
  return { step: field.step, field: [field.name, ...path.slice(field.path.length)] };
}

/** What the chosen agent brings along: its form (S1-40), and the greeting of calls that have none of their own. */
export interface Brought {
  readonly formId: string | null;
  readonly greeting: string;
}

/** Nothing that was typed is overwritten. */
export function withAgent(steps: DraftSteps, { formId, greeting }: Brought): DraftSteps {
  const { form = {}, schedule = {} } = steps;
  const runs = Array.isArray(schedule['runs']) && greeting !== '' ? schedule['runs'] : null;
  return {
    ...steps,
    ...(formId === null || isTyped(form['formId']) ? {} : { form: { ...form, formId } }),
    ...(runs === null ? {} : { schedule: { ...schedule, runs: runs.map((run) => greeted(run, greeting)) } }),
  };
}

function greeted(run: unknown, greeting: string): unknown {
  if (!isRecord(run) || !isRecord(run['calls']) || isTyped(run['calls']['greeting'])) return run;
  return { ...run, calls: { ...run['calls'], greeting } };
}

/** "Use Defaults" (K-3) for what was typed so far, whatever is missing or wrong in it: see `withDefaultHours`. */
export function withCompanyHours(steps: DraftSteps, { weekdays, slots }: DefaultHours): DraftSteps {
  const { schedule = {} } = steps;
  const { runs } = schedule;
  const inHours = (run: unknown) => (isInCompanyTimes(run) ? { ...run, weekdays: [...weekdays] } : run);
  return {
    ...steps,
    schedule: {
      ...schedule,
      companySlots: slots.map((slot) => ({ ...slot })),
      ...(Array.isArray(runs) ? { runs: runs.map(inHours) } : {}),
    },
  };
}

function isInCompanyTimes(run: unknown): run is Record<string, unknown> {
  return isRecord(run) && isRecord(run['hours']) && run['hours']['mode'] === 'company_times';
}

function isTyped(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Sets a value within objects, which are made where they are missing. */
function placeAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let parent = target;
  for (const name of path.slice(0, -1)) {
    const inner = parent[name];
    const next = isRecord(inner) ? inner : {};
    parent[name] = next;
    parent = next;
  }
  parent[String(path.at(-1))] = value;
}

function valueAt(target: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), target);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One field for each step. */
export function stepFields<S extends z.ZodType>(state: S): Record<DraftStep, S> {
  return {
    basics: state,
    list: state,
    agent: state,
    form: state,
    schedule: state,
    rules: state,
    settings: state,
    reports: state,
    crm: state,
  };
}
