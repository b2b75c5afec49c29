import type { CampaignDefinition } from '../domain/campaign-definition';
import type { Rule } from '../domain/rule';
import { noteTypesIn, noteTypesMissing } from '../domain/rule-options';
import type { Db } from './client';
import type { RefusedField } from './refusal';
import { ruleSetting } from './rule-setting';

/** S0-47: note types that rules name and the CRM does not have. What a live campaign has named before stays, and says so. */
export async function crmNoteProblems(
  db: Db,
  campaignId: string,
  definition: Pick<CampaignDefinition, 'plan' | 'policy'>,
): Promise<RefusedField[]> {
  const { rules } = definition.policy;
  if (noteTypesIn(rules).length === 0) return [];
  const missing = noteTypesMissing(rules, await ruleSetting(db, campaignId, definition));
  const [live] = await db<{ rules: Rule[] }[]>`
    select v.policy -> 'rules' as rules from campaign c join version v on v.id = c.current_version_id where c.id = ${campaignId}`;
  const before = new Set(noteTypesIn(live?.rules ?? []).map(({ value }) => value));
  return missing
    .filter(({ value }) => !before.has(value))
    .map(({ at, ix, detail, value }) => ({ pointer: `#/policy/rules/${at}/then/${ix}/noteType`, detail, value }));
}
