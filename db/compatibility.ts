import { type CampaignDefinition, formRules, NEEDS_FORM } from '../domain/campaign-definition';
import { textProblems } from '../domain/planned-texts';
import { pointerOf } from '../domain/pointer';
import { findAgent } from './agent';
import type { Db, Tx } from './client';
import { findForm, type Form } from './form';
import { Refusal, type RefusedField } from './refusal';

/** What list, agent and form of a campaign have to do with each other. A form's key that is no id names one of another system. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The definition with the form of its agent, where it names none itself (S1-40). */
export async function linked(db: Db, definition: CampaignDefinition): Promise<CampaignDefinition> {
  const { plan } = definition;
  if (typeof plan.agentId !== 'string' || plan.formId !== null) return definition;
  const formId = (await findAgent(db, plan.agentId))?.formId ?? null;
  return { ...definition, plan: { ...plan, formId } };
}

/** The same, refused where it names a list, an agent or a form that there is not. They stay until the transaction ends. */
export async function withParts(tx: Tx, written: CampaignDefinition): Promise<CampaignDefinition> {
  const definition = await linked(tx, written);
  const { listId, plan } = definition;
  const lists = await tx`select from list where id = ${listId} for key share`;
  if (lists.length === 0) throw missing('listId', 'list', listId);
  await holdAgentAndForm(tx, definition);
  if (typeof plan.agentId === 'string' && (await findAgent(tx, plan.agentId)) === null)
    throw missing('plan/agentId', 'agent', plan.agentId);
  const formId = idOfForm(definition);
  if (formId !== null && (await findForm(tx, formId)) === null) throw missing('plan/formId', 'form', formId);
  return definition;
}

/** Nobody deletes them meanwhile. */
export async function holdAgentAndForm(tx: Tx, definition: CampaignDefinition): Promise<void> {
  await tx`select from agent where id = ${definition.plan.agentId ?? null} for key share`;
  await tx`select from form where id = ${idOfForm(definition)} for key share`;
}

/** Of a definition whose form is linked: everything about agent and form that keeps it from being launched or published. */
export async function partProblems(db: Db, definition: CampaignDefinition): Promise<RefusedField[]> {
  const { plan } = definition;
  const agent = typeof plan.agentId === 'string' ? await findAgent(db, plan.agentId) : null;
  const problems: RefusedField[] = [];
  if (typeof plan.agentId === 'string' && agent === null)
    problems.push({ pointer: '#/plan/agentId', detail: 'there is no such agent', value: plan.agentId });
  if (agent !== null && agent.formId !== null && agent.formId !== plan.formId)
    problems.push({
      pointer: '#/plan/formId',
      detail: `the agent "${agent.name}" comes with another form, which is the one that it fills in (S1-40)`,
      value: plan.formId,
    });
  return [...problems, ...(await formProblems(db, definition)), ...withoutForm(definition)];
}

async function formProblems(db: Db, definition: CampaignDefinition): Promise<RefusedField[]> {
  const id = idOfForm(definition);
  if (id === null) return [];
  const form = await findForm(db, id);
  const [list] = await db<{ caseType: string }[]>`select case_type from list where id = ${definition.listId}`;
  const detail = form === null ? 'there is no such form' : mismatch(form, list);
  return detail === null ? [] : [{ pointer: '#/plan/formId', detail, value: id }];
}

/** S1-21, S1-22. */
function mismatch({ name, caseType }: Form, list: { readonly caseType: string } | undefined): string | null {
  if (caseType === null) return `the form "${name}" has no case type (S1-21)`;
  if (list === undefined || list.caseType === caseType) return null;
  const other = list.caseType === '' ? 'has no case type' : `is for "${list.caseType}"`;
  return `the form "${name}" is for cases of the type "${caseType}", and the list ${other} (S1-22)`;
}

/** What waits for a form, or links to it, where there is none (S0-32). */
export function withoutForm(definition: CampaignDefinition): RefusedField[] {
  const { plan, policy } = definition;
  if (plan.formId !== null) return [];
  return [
    ...formRules(policy.rules).map((at) => ({
      pointer: `#/policy/rules/${at}/when/trigger`,
      detail: NEEDS_FORM,
      value: 'form',
    })),
    ...textProblems(definition, false).map(({ path, rule, text }) => ({
      pointer: pointerOf(path),
      detail: rule,
      value: text,
    })),
  ];
}

function idOfForm({ plan: { formId } }: CampaignDefinition): string | null {
  return formId !== null && UUID.test(formId) ? formId : null;
}

function missing(field: string, what: string, id: string): Refusal {
  return new Refusal('unknown_reference', `there is no ${what} ${id}`, [
    { pointer: `#/${field}`, detail: `there is no such ${what}`, value: id },
  ]);
}
