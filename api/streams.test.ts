import { pino } from 'pino';
import type { Sql } from '../db/client';
import { startTestApi, type TestApi } from '../test/api';
import { launchForOne } from '../test/api-people';
import { until } from '../test/until';
import { NewsFeed } from './news-feed';

let api: TestApi;
const open: AbortController[] = [];

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  for (const each of open) each.abort();
  await api.stop();
});

interface Listening {
  readonly status: number;
  readonly events: readonly Event[];
  stop(): void;
}

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** An EventSource, as far as it is needed here. */
async function listen(path: string, headers: Record<string, string> = {}): Promise<Listening> {
  const controller = new AbortController();
  open.push(controller);
  const answer = await fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${api.keys.viewer}`, accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  });
  const events: Event[] = [];
  void gather(answer, events).catch(() => undefined);
  return { status: answer.status, events, stop: () => controller.abort() };
}

async function gather(answer: Response, events: Event[]): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const blocks = `${text}${decoder.decode(chunk, { stream: true })}`.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line): [string, string] => [line.split(': ', 1)[0] ?? '', line.replace(/^\w*: /, '')]),
      );
      const event = fields.get('event');
      if (event !== undefined) events.push({ event, id: fields.get('id') ?? '', data: fields.get('data') ?? '' });
    }
  }
}

const kinds = ({ events }: Listening) => events.map(({ event }) => event);
const heard = (stream: Listening, kind: string) => until(`${kind} is heard`, async () => kinds(stream).includes(kind));
const order = (enrollmentId: string, word: string) =>
  api.call('POST', `/v1/enrollments/${enrollmentId}/orders`, { body: { order: word, note: 'Secret words' } });

describe('a stream of news', () => {
  it('tells of what happens in its campaign, by kind and ids alone, and of nothing else', async () => {
    const { campaignId, enrollmentId } = await launchForOne(api);
    const other = await launchForOne(api);
    const own = await listen(`/v1/campaigns/${campaignId}/stream`);
    const all = await listen('/v1/stream');
    expect([own.status, all.status]).toEqual([200, 200]);
    await Promise.all([heard(own, 'ready'), heard(all, 'ready')]);
    await order(other.enrollmentId, 'stop_calls');
    await order(enrollmentId, 'complete');
    await Promise.all([heard(own, 'contact_status_changed'), heard(all, 'contact_status_changed')]);
    expect(kinds(own)).toEqual(['ready', 'operator_order', 'contact_status_changed']);
    expect(kinds(all)).toEqual(['ready', 'operator_order', 'operator_order', 'contact_status_changed']);
    expect(JSON.parse(own.events[1]?.data ?? '')).toEqual({ campaignId, enrollmentId, at: '2027-03-01T17:00:00.000Z' });
    own.stop();
    all.stop();
  });

  it('goes on where it broke off, and says when that can not be', async () => {
    const { campaignId, enrollmentId } = await launchForOne(api);
    const first = await listen(`/v1/campaigns/${campaignId}/stream`);
    await heard(first, 'ready');
    first.stop();
    const id = first.events[0]?.id ?? '';
    await order(enrollmentId, 'complete');
    const again = await listen(`/v1/campaigns/${campaignId}/stream`, { 'last-event-id': id });
    await heard(again, 'contact_status_changed');
    expect(kinds(again).filter((kind) => kind !== 'ready')).toEqual(['operator_order', 'contact_status_changed']);
    for (const lost of ['999999999', 'no id of ours']) {
      const stream = await listen(`/v1/campaigns/${campaignId}/stream`, { 'last-event-id': lost });
      await heard(stream, 'ready');
      expect(kinds(stream)).toEqual(['reset', 'ready']);
      stream.stop();
    }
    await api.sql`
      insert into timeline (campaign_id, kind, actor, at)
      select ${campaignId}, 'rule_fired', 'test', app_now() from generate_series(1, 501)`;
    await heard(again, 'reset');
    again.stop();
    const since = await api.call('GET', `/v1/campaigns/${campaignId}/stream?lastEventId=${id}`);
    expect(since.body).toMatchObject({ items: [], reset: true });
  });

  it('answers once to who wants no events', async () => {
    const { campaignId, enrollmentId } = await launchForOne(api);
    const path = `/v1/campaigns/${campaignId}/stream`;
    const { lastEventId } = (await api.call('GET', path)).body;
    await order(enrollmentId, 'stop_calls');
    const { items, reset } = (await api.call('GET', `${path}?lastEventId=${lastEventId}`)).body;
    expect([reset, items]).toEqual([
      false,
      [{ id: expect.any(Number), kind: 'operator_order', campaignId, enrollmentId, at: '2027-03-01T17:00:00.000Z' }],
    ]);
    expect((await api.call('GET', `${path}?lastEventId=x`)).body).toMatchObject({
      errors: [{ pointer: '#/lastEventId' }],
    });
    expect((await api.call('GET', '/v1/campaigns/0f8fad5b-d9cb-469f-a165-70867728950e/stream')).status).toBe(404);
  });

  it('may be open 20 times for one key, and no place is lost by one that was closed', async () => {
    const key = { authorization: `Bearer ${api.keys.editor}` };
    const streams = await Promise.all(Array.from({ length: 22 }, () => listen('/v1/stream', key)));
    expect(streams.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(streams.filter(({ status }) => status === 429)).toHaveLength(2);
    expect((await listen('/v1/stream')).status).toBe(200);
    for (const stream of streams) stream.stop();
    await until('a place is free', async () => (await listen('/v1/stream', key)).status === 200);
  });

  it('asks the database once for all who listen', async () => {
    let asked = 0;
    const counted: Sql = new Proxy(api.sql, {
      apply(target, self, args) {
        asked += 1;
        return Reflect.apply(target as never, self, args as never);
      },
    });
    const feed = new NewsFeed(counted, pino({ level: 'silent' }));
    const position = await feed.settled();
    const { campaignId } = await launchForOne(api);
    const told: number[] = [];
    const stops = Array.from({ length: 50 }, (_, n) =>
      feed.listen(
        {
          campaignId: n % 2 === 0 ? campaignId : null,
          caseTypes: null,
          hear: (news) => void told.push(news?.length ?? -1),
        },
        position,
      ),
    );
    asked = 0;
    await until('all have heard', async () => told.length === 50);
    expect(asked).toBeLessThan(10);
    for (const stop of stops) stop();
  });
});
