import { type CampaignDefinition, CampaignDefinitionSchema, type CampaignStatus } from '../domain/campaign-definition';
import { differences } from '../domain/differences';
import { type BuilderPlace, type DraftStep, type DraftSteps, stepsOf, type StepState } from '../domain/draft';
import type { Instant } from '../domain/instant';
import { caseTypesToKeep, requireInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { agentOf, completeDefinition, isId } from './draft-check';
import { Refusal } from './refusal';
import { shownDifferences } from './shown-differences';
import { storableText } from './storable';

/** A campaign that is being written, with all that was typed. */
export interface Draft {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly steps: DraftSteps;
  readonly lastStep: BuilderPlace;
  /** Nothing is missing that can be told without looking at lists, agents, forms and settings. */
  readonly isComplete: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

interface Written extends Draft {
  readonly status: CampaignStatus;
  /** Its steps stand as they were typed; else they are those of its definition. */
  readonly isTyped: boolean;
}

/** Left-out steps stay as they are; null empties one. */
export interface DraftChange {
  /** The revision that it was made from. */
  readonly revision: number;
  readonly steps: { readonly [step in DraftStep]?: StepState | null | undefined };
  readonly lastStep?: BuilderPlace | undefined;
}

const LONGEST_SHOWN_NAME = 200;

/** Carried out again with the same id, it answers the draft that is there. */
export async function createDraft(
  sql: Sql,
  id: string,
  { steps, lastStep }: Pick<Draft, 'steps' | 'lastStep'>,
  actor: string,
): Promise<Draft> {
  return inTransaction(sql, async (tx) => addDraft(tx, id, { steps, lastStep }, actor));
}

/** The same within a transaction. */
export async function addDraft(
  tx: Tx,
  id: string,
  { steps, lastStep }: Pick<Draft, 'steps' | 'lastStep'>,
  actor: string,
): Promise<Draft> {
  const made = await tx`
    insert into campaign (id, name, subject, line_group_id, actor, case_types)
    select ${id}, '', '', id, ${actor}, ${caseTypesToKeep()}::text[] from line_group where name = 'default'
    on conflict (id) do nothing
    returning id`;
  if (made.length > 0) {
    await storeSteps(tx, id, steps, lastStep, 1);
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'created', actor });
  }
  return getDraft(tx, id);
}

export async function getDraft(db: Db, id: string): Promise<Draft> {
  const { status, isTyped: _, ...draft } = await getWritten(db, id);
  if (status !== 'draft')
    throw new Refusal('wrong_status', `the campaign is ${status}; only a draft has steps that are being written`);
  return draft;
}

/** The same of a campaign in any status: what was launched has the steps of its definition. */
export async function getWritten(db: Db, id: string): Promise<Written> {
  const [row] = await db<
    (Omit<Written, 'steps' | 'isComplete' | 'isTyped'> & { steps: DraftSteps | null; definition: unknown })[]
  >`
    select id, name, status, revision, steps, last_step, definition, ms(created_at) as created_at, ms(updated_at) as updated_at, actor
    from campaign where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no campaign ${id}`);
  const { definition, ...written } = row;
  const isComplete = definition !== null;
  const steps = row.steps ?? (isComplete ? stepsOf(CampaignDefinitionSchema.parse(definition)) : {});
  return { ...written, steps, isComplete, isTyped: row.steps !== null };
}

/**
 * Stores what was typed, whatever it is. Whoever saves from an older revision is refused and shown what stands there now beside
 * what they have sent; what is there already is no change, whoever sends it again.
 */
export async function saveDraft(sql: Sql, id: string, change: DraftChange, actor: string): Promise<Draft> {
  return inTransaction(sql, async (tx) => {
    await tx`select from campaign where id = ${id} for update`;
    await requireInView(tx, 'campaign', id);
    const before = await getDraft(tx, id);
    const steps = await merged(tx, before.steps, change.steps);
    const lastStep = change.lastStep ?? before.lastStep;
    const changed = differences(before.steps, steps);
    if (changed.length === 0 && lastStep === before.lastStep) return before;
    if (before.revision !== change.revision) throw conflict(before, change);
    await storeSteps(tx, id, steps, lastStep, before.revision + 1);
    const fields = [...new Set(changed.map(({ at }) => at.split('/')[0] ?? ''))];
    const data = { steps: fields, lastStep };
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'draft_saved', data, actor });
    return getDraft(tx, id);
  });
}

/** S1-34; what was launched has a history, and stays. */
export async function deleteDraft(
  sql: Sql,
  id: string,
  { revision }: { readonly revision: number | undefined },
  actor: string,
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx`select from campaign where id = ${id} for update`;
    await requireInView(tx, 'campaign', id);
    const draft = await getWritten(tx, id);
    if (draft.status !== 'draft')
      throw new Refusal('wrong_status', `the campaign is ${draft.status}; only a draft can be deleted`);
    if (revision !== undefined && revision !== draft.revision)
      throw new Refusal('revision_conflict', `the draft stands at revision ${draft.revision}, not ${revision}`);
    await tx`delete from campaign where id = ${id}`;
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'draft_deleted', actor });
  });
}

/** Choosing an agent that has a form links the form (S1-40), unless the same save says another one. */
async function merged(tx: Tx, before: DraftSteps, change: DraftChange['steps']): Promise<DraftSteps> {
  const entries = Object.entries({ ...before, ...change }).filter(([, state]) => state !== null && state !== undefined);
  const steps: DraftSteps = Object.fromEntries(entries);
  if (change.form !== undefined || before.agent?.['agentId'] === steps.agent?.['agentId']) return steps;
  const agent = await agentOf(tx, steps);
  return agent === null || agent.formId === null ? steps : { ...steps, form: { ...steps.form, formId: agent.formId } };
}

function conflict(before: Draft, { revision, steps }: DraftChange): Refusal {
  const theirs = Object.entries(steps).flatMap(([step, sent]) =>
    shownDifferences(`#/steps/${step}`, before.steps[step as DraftStep] ?? {}, sent ?? {}).map((field) => ({
      ...field,
      step,
    })),
  );
  return new Refusal('revision_conflict', `the draft stands at revision ${before.revision}, not ${revision}`, [
    { pointer: '#/revision', detail: `the current revision is ${before.revision}`, value: revision },
    ...theirs,
  ]);
}

/** The columns show as much of it as can be shown; the definition is there as soon as it is complete. */
export async function storeSteps(
  tx: Tx,
  id: string,
  steps: DraftSteps,
  lastStep: BuilderPlace,
  revision: number,
): Promise<void> {
  const listId = await knownList(tx, steps.list?.['listId']);
  const definition = listId === null ? null : await completeDefinition(tx, steps);
  const { name, description, subject } = shown(steps, definition);
  await tx`
    update campaign set
      name = ${name}, description = ${description}, subject = ${subject}, list_id = ${listId},
      definition = ${definition === null ? null : JSON.stringify(definition)}::text::jsonb,
      steps = ${JSON.stringify(steps)}::text::json, last_step = ${lastStep}, revision = ${revision}, updated_at = app_now()
    where id = ${id}`;
}

function shown({ basics = {} }: DraftSteps, definition: CampaignDefinition | null) {
  if (definition !== null) return definition;
  const textOf = (value: unknown) =>
    typeof value === 'string' ? storableText(value.slice(0, LONGEST_SHOWN_NAME)) : '';
  return {
    name: textOf(basics['name']),
    description: textOf(basics['description']),
    subject: textOf(basics['subject']),
  };
}

async function knownList(tx: Tx, listId: unknown): Promise<string | null> {
  if (!isId(listId)) return null;
  const [list] = await tx<{ id: string }[]>`select id from list where id = ${listId} for key share`;
  return list?.id ?? null;
}
