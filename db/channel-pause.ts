import type { Channel } from '../domain/channel';
import type { Campaign } from './campaign';
import { change, requireStatus, tell } from './campaign-life';
import type { Sql } from './client';

/** Nothing is claimed on the channel after the commit: it holds the lock that every claim shares. Other channels go on. */
export async function pauseChannel(sql: Sql, id: string, channel: Channel, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    if (campaign.pausedChannels.includes(channel)) return;
    requireStatus(campaign, ['active', 'paused'], 'paused on a channel');
    await tx`
      update campaign set paused_channels = array_append(paused_channels, ${channel}), updated_at = at_ms(${now})
      where id = ${id}`;
    await tell(tx, id, 'campaign_paused', actor, now, { channel });
  });
}

/** The new epoch has those look who waited; what had come due meanwhile begins spread over some minutes. */
export async function resumeChannel(sql: Sql, id: string, channel: Channel, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    if (!campaign.pausedChannels.includes(channel)) return;
    requireStatus(campaign, ['active', 'paused'], 'resumed on a channel');
    await tx`
      update campaign set paused_channels = array_remove(paused_channels, ${channel}), epoch = epoch + 1,
        updated_at = at_ms(${now}), resumed = resumed || ${JSON.stringify({ [channel]: now })}::text::jsonb
      where id = ${id}`;
    await tell(tx, id, 'campaign_resumed', actor, now, { channel });
  });
}
