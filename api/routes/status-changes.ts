import * as z from 'zod';
import type { Campaign } from '../../db/campaign';
import { archiveCampaign, launchCampaign, pauseCampaign, resumeCampaign, stopCampaign } from '../../db/campaign-life';
import { pauseChannel, resumeChannel } from '../../db/channel-pause';
import type { Sql } from '../../db/client';
import { type Channel, ChannelSchema } from '../../domain/channel';
import { CampaignAnswer, LAUNCHED_CAMPAIGN_EXAMPLE } from '../answers/campaigns';
import type { ApiDeps } from '../deps';
import type { ProblemCode } from '../errors';
import { defineRoute, IdParams, ok, type Route } from '../route';
import { campaignDocument } from './campaigns';

interface StatusChange {
  readonly verb: string;
  readonly whole: (sql: Sql, id: string, actor: string) => Promise<Campaign>;
  /** Of one channel alone, where there is such a thing. */
  readonly one?: (sql: Sql, id: string, channel: Channel, actor: string) => Promise<Campaign>;
  readonly summary: string;
  readonly description: string;
  readonly problems?: readonly ProblemCode[];
  /** What the example of the answer shows beside an active campaign. */
  readonly after: object;
}

const ENDED = { status: 'completed', statusReason: 'stopped', endedAt: '2027-03-09T18:00:00.000Z' };

const CHANGES: readonly StatusChange[] = [
  {
    verb: 'launch',
    whole: launchCampaign,
    summary: 'Launch a draft',
    description: 'Freezes version 1 and enrolls the people of the list. Launching what runs changes nothing.',
    problems: ['launch_refused', 'locked_for_recovery'],
    after: {},
  },
  {
    verb: 'pause',
    whole: pauseCampaign,
    one: pauseChannel,
    summary: 'Pause a campaign, or one channel of it',
    description:
      'Nothing is begun after the answer. What is under way comes to its end, and facts are taken in. Where one channel is paused the others go on, as far as nothing has to come before them.',
    problems: ['locked_for_recovery'],
    after: { pausedChannels: ['voice'] },
  },
  {
    verb: 'resume',
    whole: resumeCampaign,
    one: resumeChannel,
    summary: 'Resume a paused campaign, or one channel of it',
    description:
      'Everybody is planned anew from now, and what had come due begins spread over some minutes. A channel that was paused by itself stays paused until it is resumed by itself.',
    problems: ['locked_for_recovery'],
    after: {},
  },
  {
    verb: 'stop',
    whole: stopCampaign,
    summary: 'Stop a campaign for good',
    description: 'Ends it for everybody in it. Stopping what has ended changes nothing.',
    after: ENDED,
  },
  {
    verb: 'archive',
    whole: archiveCampaign,
    summary: 'Archive a campaign that is over',
    description: 'It stays readable.',
    after: { ...ENDED, status: 'archived' },
  },
];

/** POST /campaigns/{id}/launch | pause | resume | stop | archive; a pause and its end may be of one channel. */
export function statusChangeRoutes({ sql }: ApiDeps): Route[] {
  return CHANGES.map(({ one, ...change }) => (one === undefined ? ofWhole(sql, change) : ofChannels(sql, change, one)));
}

type WholeChange = Omit<StatusChange, 'one'>;

function ofWhole(sql: Sql, change: WholeChange): Route {
  return defineRoute({
    ...routeOf(change),
    params: IdParams,
    handle: async ({ params: { id }, caller }) => ok(campaignDocument(await change.whole(sql, id, caller.actor))),
  });
}

function ofChannels(sql: Sql, change: WholeChange, one: NonNullable<StatusChange['one']>): Route {
  return defineRoute({
    ...routeOf(change, { channel: 'voice' }),
    params: IdParams,
    body: z.strictObject({
      channel: ChannelSchema.optional().describe('Only this channel; left out = the whole campaign.'),
    }),
    handle: async ({ params: { id }, body: { channel }, caller: { actor } }) =>
      ok(campaignDocument(await (channel === undefined ? change.whole(sql, id, actor) : one(sql, id, channel, actor)))),
  });
}

function routeOf({ verb, summary, description, problems = [], after }: WholeChange, body?: object) {
  const answer = { ...LAUNCHED_CAMPAIGN_EXAMPLE, ...after };
  return {
    method: 'post',
    path: `/campaigns/:id/${verb}`,
    role: 'editor',
    concerns: 'campaign',
    operation: {
      id: `${verb}Campaign`,
      tag: 'Campaigns',
      summary,
      description,
      answers: { 200: CampaignAnswer },
      problems: ['wrong_status', ...problems],
      examples: body === undefined ? { answer } : { body, answer },
    },
  } as const;
}
