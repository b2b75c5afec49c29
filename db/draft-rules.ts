import type { CampaignDefinition } from '../domain/campaign-definition';
import { type Campaign, getAnyCampaign, storeDefinition } from './campaign';
import type { Db, Tx } from './client';
import { getWritten, storeSteps } from './draft';
import { inspectSteps } from './draft-check';
import { Refusal } from './refusal';

/**
 * The campaign, for whoever reads or changes its rules: those of a draft that is not complete can be, if they are themselves
 * (S0-5). What else is missing or wrong in the draft has stand-ins here, so nothing but the rules means anything.
 */
export async function getRuledCampaign(db: Db, id: string): Promise<Campaign> {
  const { campaign, areRulesWhole } = await soundCampaign(db, id);
  if (areRulesWhole) return campaign;
  throw new Refusal('wrong_status', 'the rules of this draft are not complete; save its step "rules"');
}

/** The same for whoever asks what rules could be made of: of a draft, half of one may be typed already. */
export async function getCampaignToRule(db: Db, id: string): Promise<Campaign> {
  return (await soundCampaign(db, id)).campaign;
}

async function soundCampaign(
  db: Db,
  id: string,
): Promise<{ readonly campaign: Campaign; readonly areRulesWhole: boolean }> {
  const { definition, ...campaign } = await getAnyCampaign(db, id);
  if (definition !== null)
    return { campaign: { ...campaign, listId: definition.listId, definition }, areRulesWhole: true };
  const { sound, problems } = await inspectSteps(db, (await getWritten(db, id)).steps);
  return {
    campaign: { ...campaign, listId: sound.listId, definition: sound },
    areRulesWhole: !problems.some(({ step }) => step === 'rules'),
  };
}

/**
 * Stores the rules of the definition; what else was typed into a draft stays as it was typed, for its definition also says what
 * the agent brings along, and another agent may be chosen yet.
 */
export async function storeRules(tx: Tx, id: string, definition: CampaignDefinition): Promise<void> {
  const { steps, lastStep, revision, isTyped } = await getWritten(tx, id);
  if (!isTyped) return storeDefinition(tx, id, definition);
  await storeSteps(tx, id, { ...steps, rules: { rules: definition.policy.rules } }, lastStep, revision + 1);
}
