import * as z from 'zod';
import { type BuilderPlace, BuilderPlaceSchema, type DraftStep, type DraftSteps, StepsSchema } from './draft';

/** A campaign as a file: what was written, and the names of what it refers to, for other installations know other ids. */

export const KindSchema = z.enum(['list', 'agent', 'form']);
export type Kind = z.infer<typeof KindSchema>;

const referenceSchema = z.strictObject({
  kind: KindSchema,
  id: z.string().min(1).max(60),
  name: z.string().max(200),
  /** Of lists and forms. */
  caseType: z.string().max(200).nullable().default(null),
});
export type Reference = z.infer<typeof referenceSchema>;

export const FORMAT = 'followthrough.campaign';

export const PortableCampaignSchema = z.strictObject({
  format: z.literal(FORMAT),
  formatVersion: z.literal(1),
  steps: StepsSchema,
  lastStep: BuilderPlaceSchema.default('basics'),
  references: z.array(referenceSchema).max(20).default([]),
});
export type PortableCampaign = z.infer<typeof PortableCampaignSchema>;

/** Which field of which step names one. */
const PLACES: Readonly<Record<Kind, readonly [DraftStep, string]>> = {
  list: ['list', 'listId'],
  agent: ['agent', 'agentId'],
  form: ['form', 'formId'],
};

export function referenceIn(steps: DraftSteps, kind: Kind): string | null {
  const [step, field] = PLACES[kind];
  const id = steps[step]?.[field];
  return typeof id === 'string' && id !== '' ? id : null;
}

export function withReference(steps: DraftSteps, kind: Kind, id: string): DraftSteps {
  const [step, field] = PLACES[kind];
  return { ...steps, [step]: { ...steps[step], [field]: id } };
}

export function portable(
  steps: DraftSteps,
  lastStep: BuilderPlace,
  references: readonly Reference[],
): PortableCampaign {
  return { format: FORMAT, formatVersion: 1, steps: { ...steps }, lastStep, references: [...references] };
}

const LONGEST_NAME = 120;

/** "Intake" → "Intake (copy)", within what a name may be. */
export function copyName(name: string): string {
  const ending = ' (copy)';
  return [...name.trim()].slice(0, LONGEST_NAME - ending.length).join('') + ending;
}
