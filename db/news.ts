import type { Instant } from '../domain/instant';
import type { Db } from './client';

/** What has happened, as those hear of it who look on: kinds and ids, never what was said. */
export interface News {
  readonly id: number;
  readonly kind: string;
  readonly campaignId: string;
  /** Null = it is about the campaign as a whole. */
  readonly enrollmentId: string | null;
  readonly at: Instant;
}

export interface NewsPage {
  readonly after: number;
  readonly through: number;
  /** Null = of all campaigns. */
  readonly campaignId: string | null;
  readonly limit: number;
}

/** In the order in which it was written down. */
export async function listNews(db: Db, { after, through, campaignId, limit }: NewsPage): Promise<News[]> {
  return db<News[]>`
    select id, kind, campaign_id, enrollment_id, ms(at) as at
    from timeline
    where id > ${after} and id <= ${through}
      and ${campaignId === null ? db`campaign_id is not null` : db`campaign_id = ${campaignId}`}
    order by id
    limit ${limit}`;
}
