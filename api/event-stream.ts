import type { Request, Response } from 'express';
import type { News } from '../db/news';
import { toDocument } from './document';
import { ApiError } from './errors';
import type { Ears, NewsFeed } from './news-feed';

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

export const EVENT_STREAM = 'text/event-stream';
const HEARTBEAT_MS = 15_000;
/** Then the client comes again by itself, and is let in anew: whoever may not look any more is out by then. */
const LONGEST_MS = 300_000;
const RECONNECT_MS = 2_000;
/** Of one key, in one process. */
const MOST_PER_KEY = 20;
/** Whoever reads so slowly is cut off, and comes again where it stood. */
const MOST_UNSENT_BYTES = 1_000_000;

export interface Listening extends Ears {
  readonly keyId: string;
  /** The id of the last event that was heard; null = none, or one that nobody gave. */
  readonly lastId: number | null;
  readonly isResumed: boolean;
}

export class EventStreams {
  private readonly open = new Map<string, number>();
  private readonly ends = new Set<() => void>();

  constructor(private readonly feed: NewsFeed) {}

  /** Ends all of them, so that the process can end. */
  close(): void {
    for (const end of this.ends) end();
  }

  /** Refused before anything is sent; then answers what sends. */
  async begin(listening: Listening): Promise<(response: Response) => void> {
    const { keyId, lastId, isResumed } = listening;
    const count = this.open.get(keyId) ?? 0;
    if (count >= MOST_PER_KEY)
      throw new ApiError(
        'rate_limited',
        `there are ${MOST_PER_KEY} streams of this API key already; close one of them`,
        [],
        Math.ceil(LONGEST_MS / 1000),
      );
    this.open.set(keyId, count + 1);
    try {
      const settled = await this.feed.settled();
      const missed = isResumed ? await this.feed.between(listening, lastId ?? Infinity, settled) : [];
      return (response) => this.send(response, listening, { missed, settled });
    } catch (error) {
      this.release(keyId);
      throw error;
    }
  }

  private send(
    response: Response,
    { campaignId, caseTypes, keyId }: Listening,
    { missed, settled }: { readonly missed: readonly News[] | null; readonly settled: number },
  ): void {
    response.status(200);
    response.setHeader('Content-Type', EVENT_STREAM);
    response.setHeader('Cache-Control', 'no-store');
    // Proxies that gather what is answered would keep it to themselves.
    response.setHeader('X-Accel-Buffering', 'no');
    const write = (text: string) => {
      if (response.writableEnded || response.destroyed) return;
      response.write(text);
      if (response.writableLength > MOST_UNSENT_BYTES) response.destroy();
    };
    const hear = (news: readonly News[] | null, position: number) => {
      if (news === null) write(`event: reset\nid: ${position}\ndata: {}\n\n`);
      else for (const each of news) write(eventOf(each));
    };
    write(`retry: ${RECONNECT_MS}\n\n`);
    hear(missed, settled);
    write(`event: ready\nid: ${settled}\ndata: {}\n\n`);
    const stop = this.feed.listen({ campaignId, caseTypes, hear }, settled);
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS).unref();
    const end = () => void response.end();
    const limit = setTimeout(end, LONGEST_MS).unref();
    this.ends.add(end);
    const over = () => {
      stop();
      clearInterval(heartbeat);
      clearTimeout(limit);
      this.ends.delete(end);
      this.release(keyId);
    };
    // Whoever has gone meanwhile goes once.
    if (response.closed) over();
    else response.once('close', over);
  }

  private release(keyId: string): void {
    const left = (this.open.get(keyId) ?? 1) - 1;
    if (left > 0) this.open.set(keyId, left);
    else this.open.delete(keyId);
  }
}

/** Does the client want events, and not one answer? */
export function wantsEvents(request: Request): boolean {
  return (request.get('accept') ?? '').split(',').some((type) => type.split(';')[0]?.trim() === EVENT_STREAM);
}

function eventOf({ id, kind, campaignId, enrollmentId, at }: News): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(toDocument({ campaignId, enrollmentId, at }))}\n\n`;
}
