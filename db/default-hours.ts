import { withDefaultHours } from '../domain/default-hours';
import { type Campaign, requireRevision, storeDefinition } from './campaign';
import { change, requireStatus } from './campaign-life';
import { recordChange } from './change-log';
import type { Sql } from './client';
import { getSettings } from './settings';

/** "Use Defaults" (K-3): the company's blocks as they are at this moment become the draft's own. */
export async function takeDefaultHours(sql: Sql, id: string, revision: number, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign) => {
    requireStatus(campaign, ['draft'], 'given the default hours in place (what was launched is published anew)');
    requireRevision(campaign, revision);
    const { defaultHours } = await getSettings(tx);
    await storeDefinition(tx, id, withDefaultHours(campaign.definition, defaultHours));
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'default_hours_taken', actor });
  });
}
