import type { Instant } from '../domain/instant';
import type { CaseTypes } from './case-scope';
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

/** With the type of the campaign, for those who may not hear of every one. */
export interface TypedNews extends News {
  readonly caseType: string | null;
}

export interface NewsPage {
  readonly after: number;
  readonly through: number;
  /** Null = of all campaigns. */
  readonly campaignId: string | null;
  /** Null = of every type. */
  readonly caseTypes: CaseTypes;
  readonly limit: number;
}

/** In the order in which it was written down. */
export async function listNews(
  db: Db,
  { after, through, campaignId, caseTypes, limit }: NewsPage,
): Promise<TypedNews[]> {
  return db<TypedNews[]>`
    select t.id, t.kind, t.campaign_id, t.enrollment_id, ms(t.at) as at, l.case_type
    from timeline t
    left join campaign c on c.id = t.campaign_id
    left join list l on l.id = c.list_id
    where t.id > ${after} and t.id <= ${through}
      and ${campaignId === null ? db`t.campaign_id is not null` : db`t.campaign_id = ${campaignId}`}
      and ${caseTypes === null ? db`true` : db`l.case_type = any (${[...caseTypes]}::text[])`}
    order by t.id
    limit ${limit}`;
}
