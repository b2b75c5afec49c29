import * as z from 'zod';
import { type Campaign, getCampaign } from '../../db/campaign';
import { changeRules } from '../../db/campaign-life';
import { type CampaignDefinition, CampaignDefinitionSchema } from '../../domain/campaign-definition';
import { type Rule, RuleSchema } from '../../domain/rule';
import { RULE_EXAMPLE, RulesAnswer } from '../answers/campaigns';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { faultsOf } from '../faults';
import { RevisionSchema, revisionRequired } from '../revision';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { storable } from '../text';

/**
 * GET /campaigns/{id}/rules
 * PUT /campaigns/{id}/rules: in a live campaign a new version, which judges every fact from then on (E-12)
 */
export function ruleRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/rules',
      role: 'viewer',
      operation: {
        id: 'getRules',
        tag: 'Rules',
        summary: 'Read the rules of a campaign',
        answers: { 200: RulesAnswer },
        examples: { answer: { rules: [RULE_EXAMPLE], revision: 1, version: null } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(rulesDocument(await getCampaign(sql, id))),
    }),
    defineRoute({
      method: 'put',
      path: '/campaigns/:id/rules',
      role: 'editor',
      operation: {
        id: 'changeRules',
        tag: 'Rules',
        summary: 'Replace the rules of a campaign',
        description: 'In a campaign that lives they make a new version, which judges every fact from then on.',
        answers: { 200: RulesAnswer },
        problems: ['wrong_status', 'revision_conflict', 'precondition_failed'],
        examples: {
          body: { revision: 1, rules: [RULE_EXAMPLE] },
          answer: { rules: [RULE_EXAMPLE], revision: 2, version: 2 },
        },
      },
      params: IdParams,
      body: z.strictObject({ revision: RevisionSchema, rules: storable(z.array(RuleSchema).max(500)) }),
      handle: async ({ params: { id }, body: { revision: inBody, rules }, caller, ifMatch }) => {
        const revision = revisionRequired(ifMatch, inBody);
        const edit = (definition: CampaignDefinition) => withRules(definition, rules);
        return ok(rulesDocument(await changeRules(sql, id, { revision, edit }, caller.actor)));
      },
    }),
  ];
}

function rulesDocument({ revision, version, definition }: Campaign) {
  return { rules: definition.policy.rules, revision, version };
}

/** Rules stand in the whole definition: a form rule needs a form, a note only variables that something fills. */
function withRules(definition: CampaignDefinition, rules: readonly Rule[]): CampaignDefinition {
  const result = CampaignDefinitionSchema.safeParse(
    { ...definition, policy: { ...definition.policy, rules } },
    { reportInput: true },
  );
  if (result.success) return result.data;
  const faults = faultsOf(result.error).map((fault) => ({
    ...fault,
    pointer: fault.pointer.replace('#/policy/rules', '#/rules'),
  }));
  throw new ApiError('invalid_body', faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), faults);
}
