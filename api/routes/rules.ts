import * as z from 'zod';
import { attributeTypes } from '../../db/attribute';
import type { Campaign } from '../../db/campaign';
import { changeRules } from '../../db/campaign-life';
import type { Db } from '../../db/client';
import { withoutForm } from '../../db/compatibility';
import { getCampaignToRule, getRuledCampaign } from '../../db/draft-rules';
import { ruleSetting } from '../../db/rule-setting';
import { type CampaignDefinition, CampaignDefinitionSchema } from '../../domain/campaign-definition';
import type { AttributeType } from '../../domain/attribute';
import { fieldProblems } from '../../domain/crm-field';
import { CallOutcomeSchema, type Rule, RuleSchema } from '../../domain/rule';
import {
  actionOptions,
  noteTypesIn,
  noteTypesMissing,
  outcomeOptions,
  ruleProblems,
  type RuleSetting,
  triggerOptions,
} from '../../domain/rule-options';
import { RULE_EXAMPLE, RulesAnswer } from '../answers/campaigns';
import { RULE_OPTIONS_EXAMPLE, RuleOptionsAnswer } from '../answers/crm';
import type { ApiDeps } from '../deps';
import { ApiError, type Fault } from '../errors';
import { faultsOf, pointerOf } from '../faults';
import { RevisionSchema, revisionRequired } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { storable, text } from '../text';

/**
 * GET /campaigns/{id}/rules
 * PUT /campaigns/{id}/rules: in a live campaign a new version, which judges every fact from then on (E-12)
 * GET /campaigns/{id}/rule-options: what rules can be made of, as the CRM is mapped now (S0-51)
 */
export function ruleRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/rules',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getRules',
        tag: 'Rules',
        summary: 'Read the rules of a campaign',
        description:
          '`problems` names what a rule waits for or orders and that is not there any more; the rule stays as it is.',
        answers: { 200: RulesAnswer },
        problems: ['wrong_status'],
        examples: { answer: { rules: [RULE_EXAMPLE], problems: [], revision: 1, version: null } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(await rulesDocument(sql, await getRuledCampaign(sql, id))),
    }),
    defineRoute({
      method: 'put',
      path: '/campaigns/:id/rules',
      role: 'editor',
      concerns: 'campaign',
      operation: {
        id: 'changeRules',
        tag: 'Rules',
        summary: 'Replace the rules of a campaign',
        description:
          'Adds, changes, deletes and switches off (`enabled: false`). In a campaign that lives they make a new version, which judges every fact from then on.',
        answers: { 200: RulesAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { revision: 1, rules: [RULE_EXAMPLE] },
          answer: { rules: [RULE_EXAMPLE], problems: [], revision: 2, version: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({ revision: RevisionSchema, rules: storable(z.array(RuleSchema).max(500)) }),
      handle: async ({ params: { id }, body: { revision: inBody, rules }, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, inBody);
        const { definition: seen } = await getRuledCampaign(sql, id);
        const setting = await ruleSetting(sql, id, seen);
        const edit = (definition: CampaignDefinition) => withRules(definition, rules, setting);
        return ok(await rulesDocument(sql, await changeRules(sql, id, { revision, sent: rules, edit }, caller.actor)));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/rule-options',
      role: 'viewer',
      concerns: 'campaign',
      operation: {
        id: 'getRuleOptions',
        tag: 'Rules',
        summary: 'Say what rules of a campaign can be made of',
        description:
          'Triggers with their outcomes, actions and fields, as the connected CRM is mapped now. What can not be used is there as well, with the reason.',
        parameters: { query: 'Keeps those statuses whose label or value has these words.' },
        answers: { 200: RuleOptionsAnswer },
        examples: { answer: RULE_OPTIONS_EXAMPLE },
      },
      params: IdParams,
      query: z.strictObject({ query: text(120).default('') }),
      handle: async ({ params: { id }, query: { query } }) => {
        const { definition } = await getCampaignToRule(sql, id);
        const { connection: crm, ...setting } = await ruleSetting(sql, id, definition);
        return ok({
          crm,
          triggers: triggerOptions(setting),
          actions: actionOptions(setting, query),
          noteTypes: setting.crm?.mapping.noteTypes ?? [],
          noteType: setting.crm?.mapping.noteType ?? null,
          ...fieldOptions(definition, setting, await attributeTypes(sql)),
        });
      },
    }),
  ];
}

/** S1-108: the fields that something can be written into, and what is wrong with the campaign's mappings of them. */
function fieldOptions(
  { policy }: CampaignDefinition,
  { crm, hasForm }: RuleSetting,
  attributes: Readonly<Record<string, AttributeType>>,
) {
  const fields = crm?.mapping.fields ?? [];
  const problems = fieldProblems(policy.crm?.fields ?? [], { fields, hasForm, attributes });
  return {
    fields,
    fieldProblems: problems.map(({ at, part, detail, value }) => ({
      pointer: pointerOf(['policy', 'crm', 'fields', at, part]),
      detail,
      value,
    })),
  };
}

async function rulesDocument(db: Db, { id, revision, version, definition }: Campaign) {
  const { rules } = definition.policy;
  const problems = ruleProblems(rules, await ruleSetting(db, id, definition)).map(({ path, ...problem }) => ({
    ...problem,
    pointer: pointerOf(['rules', ...path]),
  }));
  return { rules, problems, revision, version };
}

/** Rules stand in the whole definition: a form rule needs a form, a note only variables that something fills. */
function withRules(definition: CampaignDefinition, rules: readonly Rule[], setting: RuleSetting): CampaignDefinition {
  const before = definition.policy.rules;
  const unknown = [...unknownOutcomes(rules, before, setting), ...unknownNoteTypes(rules, before, setting)];
  if (unknown.length > 0) throw refused(unknown);
  const result = CampaignDefinitionSchema.safeParse(
    { ...definition, policy: { ...definition.policy, rules } },
    { reportInput: true },
  );
  // The schema can't tell whether the agent has brought a form along; where none stands by now, none did (S0-32).
  const faults = result.success
    ? withoutForm(result.data).filter(({ pointer }) => pointer.startsWith(RULES))
    : faultsOf(result.error);
  if (result.success && faults.length === 0) return result.data;
  throw refused(faults.map((fault) => ({ ...fault, pointer: fault.pointer.replace(RULES, '#/rules') })));
}

const RULES = '#/policy/rules';

/** Nobody begins to wait for an outcome that no call can have; who does already is told, and keeps the rule. */
function unknownOutcomes(rules: readonly Rule[], before: readonly Rule[], setting: RuleSetting): Fault[] {
  const known = new Set<string>([
    ...CallOutcomeSchema.options,
    ...outcomeOptions(setting).map(({ outcome }) => outcome),
    ...before.flatMap(({ when }) => (when.trigger === 'call_outcome' ? [when.outcome] : [])),
  ]);
  return rules.flatMap(({ when }, at): Fault[] =>
    when.trigger !== 'call_outcome' || known.has(when.outcome)
      ? []
      : [
          {
            pointer: pointerOf(['rules', at, 'when', 'outcome']),
            detail: `must be one of ${[...known].join(', ')}`,
            value: when.outcome,
          },
        ],
  );
}

/** S0-47: nobody begins to post a note of a type that the CRM does not have. */
function unknownNoteTypes(rules: readonly Rule[], before: readonly Rule[], setting: RuleSetting): Fault[] {
  const named = new Set(noteTypesIn(before).map(({ value }) => value));
  return noteTypesMissing(rules, setting)
    .filter(({ value }) => !named.has(value))
    .map(({ at, ix, detail, value }) => ({ pointer: pointerOf(['rules', at, 'then', ix, 'noteType']), detail, value }));
}

function refused(faults: readonly Fault[]): ApiError {
  const named = faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  return new ApiError('invalid_body', named, faults);
}
