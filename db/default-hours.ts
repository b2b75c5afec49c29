import { withDefaultHours } from '../domain/default-hours';
import { withCompanyHours } from '../domain/draft';
import { type AnyCampaign, getAnyCampaign, requireRevision, storeDefinition } from './campaign';
import { requireStatus } from './campaign-life';
import { recordChange } from './change-log';
import { inTransaction, type Sql } from './client';
import { getWritten, storeSteps } from './draft';
import { getSettings } from './settings';

/** "Use Defaults" (K-3): the company's blocks as they are at this moment become the draft's own, however much of it is there. */
export async function takeDefaultHours(sql: Sql, id: string, revision: number, actor: string): Promise<AnyCampaign> {
  return inTransaction(sql, async (tx) => {
    await tx`select from campaign where id = ${id} for update`;
    const campaign = await getAnyCampaign(tx, id);
    requireStatus(campaign, ['draft'], 'given the default hours in place (what was launched is published anew)');
    requireRevision(campaign, revision);
    const { defaultHours } = await getSettings(tx);
    const { steps, lastStep, isTyped } = await getWritten(tx, id);
    if (isTyped || campaign.definition === null)
      await storeSteps(tx, id, withCompanyHours(steps, defaultHours), lastStep, revision + 1);
    else await storeDefinition(tx, id, withDefaultHours(campaign.definition, defaultHours));
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'default_hours_taken', actor });
    return getAnyCampaign(tx, id);
  });
}
