import * as z from 'zod';
import type { Campaign } from '../../db/campaign';
import { pauseCampaign, resumeCampaign } from '../../db/campaign-life';
import { pauseChannel, resumeChannel } from '../../db/channel-pause';
import type { Sql } from '../../db/client';
import { type Channel, ChannelSchema } from '../../domain/channel';
import { CampaignAnswer, LAUNCHED_CAMPAIGN_EXAMPLE } from '../answers/campaigns';
import type { ApiDeps } from '../deps';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { campaignDocument } from './campaigns';

/** POST /campaigns/{id}/pause | resume: as a whole, or one channel of it */
export function pauseRoutes({ sql }: ApiDeps): Route[] {
  return PAUSES.map(({ verb, whole, one, summary, description, after }) =>
    defineRoute({
      method: 'post',
      path: `/campaigns/:id/${verb}`,
      role: 'editor',
      operation: {
        id: `${verb}Campaign`,
        tag: 'Campaigns',
        summary,
        description,
        answers: { 200: CampaignAnswer },
        problems: ['wrong_status', 'locked_for_recovery'],
        examples: { body: { channel: 'voice' }, answer: { ...LAUNCHED_CAMPAIGN_EXAMPLE, ...after } },
      },
      params: IdParams,
      body: z.strictObject({
        channel: ChannelSchema.optional().describe('Only this channel; left out = the whole campaign.'),
      }),
      handle: async ({ params: { id }, body: { channel }, caller: { actor } }) =>
        ok(campaignDocument(await (channel === undefined ? whole(sql, id, actor) : one(sql, id, channel, actor)))),
    }),
  );
}

interface Pause {
  readonly verb: string;
  readonly whole: (sql: Sql, id: string, actor: string) => Promise<Campaign>;
  readonly one: (sql: Sql, id: string, channel: Channel, actor: string) => Promise<Campaign>;
  readonly summary: string;
  readonly description: string;
  /** What the example of the answer shows. */
  readonly after: object;
}

const PAUSES: readonly Pause[] = [
  {
    verb: 'pause',
    whole: pauseCampaign,
    one: pauseChannel,
    summary: 'Pause a campaign, or one channel of it',
    description:
      'Nothing is begun after the answer. What is under way comes to its end, and facts are taken in. Where one channel is paused the others go on, as far as nothing has to come before them.',
    after: { pausedChannels: ['voice'] },
  },
  {
    verb: 'resume',
    whole: resumeCampaign,
    one: resumeChannel,
    summary: 'Resume a paused campaign, or one channel of it',
    description:
      'Everybody is planned anew from now, and what had come due begins spread over some minutes. A channel that was paused by itself stays paused until it is resumed by itself.',
    after: {},
  },
];
