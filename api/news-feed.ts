import type { Logger } from 'pino';
import { settledTimelineId } from '../db/campaign-tally';
import type { Sql } from '../db/client';
import type { CaseTypes } from '../db/case-scope';
import { listNews, type News, type TypedNews } from '../db/news';

/** One look at the database for everybody in this process who listens, once a second, and none while nobody does. */

const EVERY_MS = 1_000;
/** More than a page can show; whoever is told of so much at once reads anew instead. */
const MOST_AT_ONCE = 500;

/** What is listened to: null = every campaign, every type. */
export interface Ears {
  readonly campaignId: string | null;
  readonly caseTypes: CaseTypes;
}

export interface Listener extends Ears {
  /** In order; null = there was too much: read anew. `position` is where to go on. */
  hear(news: readonly News[] | null, position: number): void;
}

export class NewsFeed {
  private readonly listeners = new Set<Listener>();
  private position = 0;
  private timer: NodeJS.Timeout | null = null;
  private isLooking = false;

  constructor(
    private readonly sql: Sql,
    private readonly log: Logger,
  ) {}

  /** Up to where everything is settled now. */
  async settled(): Promise<number> {
    return settledTimelineId(this.sql);
  }

  /** What has happened in between; null = too much to be told, or nothing that this database knows of. */
  async between(ears: Ears, after: number, through: number): Promise<readonly TypedNews[] | null> {
    if (after > through) return null;
    const news = await listNews(this.sql, { ...ears, after, through, limit: MOST_AT_ONCE + 1 });
    return news.length > MOST_AT_ONCE ? null : news;
  }

  /** Tells of everything after `position`, which nobody else may have heard yet. Answers how to stop listening. */
  listen(listener: Listener, position: number): () => void {
    this.position = this.listeners.size === 0 ? position : Math.min(this.position, position);
    let heard = position;
    const own: Listener = {
      campaignId: listener.campaignId,
      caseTypes: listener.caseTypes,
      hear: (news, through) => {
        if (through <= heard) return;
        listener.hear(news?.filter(({ id }) => id > heard) ?? null, through);
        heard = through;
      },
    };
    this.listeners.add(own);
    this.timer ??= setInterval(() => void this.look(), EVERY_MS).unref();
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size > 0 || this.timer === null) return;
      clearInterval(this.timer);
      this.timer = null;
    };
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const through = await this.settled();
      const after = this.position;
      // Somebody who began long ago may write only now: what is settled can be less than it was.
      if (through <= after) return;
      const news = await this.between({ campaignId: null, caseTypes: null }, after, through);
      this.position = through;
      for (const listener of this.listeners) listener.hear(news === null ? null : newsFor(listener, news), through);
    } catch (err) {
      // Whoever listens hears of it as soon as the database is back.
      this.log.debug({ err }, 'there is no news to be had');
    } finally {
      this.isLooking = false;
    }
  }
}

function newsFor({ campaignId, caseTypes }: Ears, news: readonly TypedNews[]): readonly News[] {
  return news.filter(
    (each) =>
      (campaignId === null || each.campaignId === campaignId) &&
      (caseTypes === null || (each.caseType !== null && caseTypes.includes(each.caseType))),
  );
}
