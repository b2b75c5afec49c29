import type { CampaignDefinition } from '../domain/campaign-definition';
import { type Campaign, getAnyCampaign, storeDefinition } from './campaign';
import type { Db, Tx } from './client';
import { getWritten, storeSteps } from './draft';
import { soundDefinition } from './draft-check';
import { Refusal } from './refusal';

/**
 * The campaign, for whoever reads or changes its rules: those of a draft that is not complete can be, if they are themselves
 * (S0-5). What else is missing or wrong in the draft has stand-ins here, so nothing but the rules means anything.
 */
export async function getRuledCampaign(db: Db, id: string): Promise<Campaign> {
  const { definition, ...campaign } = await getAnyCampaign(db, id);
  if (definition !== null) return { ...campaign, listId: definition.listId, definition };
  const sound = await soundDefinition(db, (await getWritten(db, id)).steps, 'rules');
  if (sound === null)
    throw new Refusal('wrong_status', 'the rules of this draft are not complete; save its step "rules"');
  return { ...campaign, listId: sound.listId, definition: sound };
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
