import type { CampaignDefinition } from '../domain/campaign-definition';
import { fieldProblems } from '../domain/crm-field';
import { attributeTypes } from './attribute';
import type { Db } from './client';
import type { RefusedField } from './refusal';
import { ruleSetting } from './rule-setting';

/** S1-108: what is wrong with the campaign's mappings into fields of its CRM. Of a CRM whose fields nobody has listed none is unknown. */
export async function crmFieldProblems(
  db: Db,
  campaignId: string,
  definition: Pick<CampaignDefinition, 'plan' | 'policy'>,
): Promise<RefusedField[]> {
  const mappings = definition.policy.crm?.fields ?? [];
  if (mappings.length === 0) return [];
  const { crm, hasForm } = await ruleSetting(db, campaignId, definition);
  const fields = crm?.mapping.fields ?? [];
  return fieldProblems(mappings, { fields, hasForm, attributes: await attributeTypes(db) })
    .filter(({ part }) => part !== 'to' || fields.length > 0)
    .map(({ at, part, detail, value }) => ({ pointer: `#/policy/crm/fields/${at}/${part}`, detail, value }));
}
