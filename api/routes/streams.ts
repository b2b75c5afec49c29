import * as z from 'zod';
import { requireCampaign } from '../../db/campaign';
import { At, EXAMPLE_IDS, Id } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { EventStreams } from '../event-stream';
import { NewsFeed } from '../news-feed';
import { type Answer, defineRoute, IdParams, ok, type Operation, type Route, type Who } from '../route';

const NewsAnswer = z
  .object({
    items: z.array(
      z.object({
        id: z.int().min(1),
        kind: z.string().describe('As in the timeline of a contact.'),
        campaignId: Id,
        enrollmentId: Id.nullable(),
        at: At,
      }),
    ),
    reset: z.boolean().describe('More has happened than is told one by one: read anew what you show.'),
    lastEventId: z.string().describe('Where to go on.'),
  })
  .meta({ id: 'News', description: 'What has happened, without what was said.' });

const NEWS_EXAMPLE = {
  items: [
    {
      id: 4711,
      kind: 'call_ended',
      campaignId: EXAMPLE_IDS.campaign,
      enrollmentId: EXAMPLE_IDS.enrollment,
      at: '2027-03-08T17:02:11.000Z',
    },
  ],
  reset: false,
  lastEventId: '4711',
};

const EVENTS = {
  description:
    'Each event is named by its `kind`; `data` has campaignId, enrollmentId and at. `ready`: from here on it is live. `reset`: read anew what you show.',
  example: `id: 4711\nevent: call_ended\ndata: {"campaignId":"${EXAMPLE_IDS.campaign}","enrollmentId":"${EXAMPLE_IDS.enrollment}","at":"2027-03-08T17:02:11.000Z"}\n\n`,
};

const LISTENING = `
With \`Accept: text/event-stream\` (as an EventSource sends it) the answer goes on: events about a second after they happened, a comment every 15 seconds. It ends after five minutes at the latest; whoever comes again with \`Last-Event-ID\`, as an EventSource does by itself, is told what was missed, or \`reset\`. A key may have 20 streams in one process.
With any other \`Accept\` it answers once with what has happened since \`lastEventId\`.
`.trim();

const EventId = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the id of an event')
  .optional();

/**
 * GET /stream: what happens in all campaigns
 * GET /campaigns/{id}/stream: what happens in one
 */
export function streamRoutes(deps: ApiDeps): Route[] {
  const { sql, log } = deps;
  const feed = new NewsFeed(sql, log);
  const streams = deps.streams ?? new EventStreams(feed);
  const query = z.strictObject({ lastEventId: EventId });
  return [
    defineRoute({
      method: 'get',
      path: '/stream',
      role: 'viewer',
      concerns: 'filtered',
      operation: operation('streamNews', 'Listen to what happens in all campaigns'),
      query,
      handle: async ({ query: { lastEventId }, ...who }) => news(null, lastEventId, who),
    }),
    defineRoute({
      method: 'get',
      path: '/campaigns/:id/stream',
      role: 'viewer',
      concerns: 'campaign',
      operation: operation('streamCampaignNews', 'Listen to what happens in a campaign'),
      params: IdParams,
      query,
      handle: async ({ params: { id }, query: { lastEventId }, ...who }) => {
        await requireCampaign(sql, id);
        return news(id, lastEventId, who);
      },
    }),
  ];

  /** Without a last event the news begin now. */
  async function news(campaignId: string | null, asked: string | undefined, { caller, client }: Who): Promise<Answer> {
    const last = client.lastEventId ?? asked ?? null;
    const lastId = last !== null && EventId.safeParse(last).success ? Number(last) : null;
    const ears = { campaignId, caseTypes: caller.caseTypes };
    if (client.wantsEvents) {
      const listening = { ...ears, keyId: caller.keyId, lastId, isResumed: last !== null };
      return { status: 200, stream: await streams.begin(listening) };
    }
    const settled = await feed.settled();
    const news = last === null ? [] : await feed.between(ears, lastId ?? Infinity, settled);
    const items = news?.map(({ caseType: _, ...each }) => each) ?? null;
    return ok(toDocument({ items: items ?? [], reset: items === null, lastEventId: String(settled) }));
  }
}

function operation(id: string, summary: string): Operation {
  return {
    id,
    tag: 'Campaigns',
    summary,
    description: LISTENING,
    parameters: { lastEventId: 'As the header `Last-Event-ID`, which goes before it.' },
    answers: { 200: NewsAnswer },
    events: EVENTS,
    examples: { answer: NEWS_EXAMPLE },
  };
}
