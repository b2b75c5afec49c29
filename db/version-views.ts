import type { Instant } from '../domain/instant';
import type { Plan } from '../domain/plan';
import type { Policy } from '../domain/policy';
import type { Inside } from '../domain/publication';
import type { Db } from './client';
import { Refusal } from './refusal';

export interface VersionSummary {
  readonly id: string;
  readonly campaignId: string;
  readonly number: number;
  /** What became of those who were inside when it was published. */
  readonly inside: Inside;
  readonly createdAt: Instant;
  readonly actor: string;
}

export interface Version extends VersionSummary {
  readonly plan: Plan;
  readonly policy: Policy;
}

/** Newest first. */
export async function listVersions(
  db: Db,
  { campaignId, after, limit }: { readonly campaignId: string; readonly after: number | null; readonly limit: number },
): Promise<VersionSummary[]> {
  return db<VersionSummary[]>`
    select id, campaign_id, number, inside, ms(created_at) as created_at, actor
    from version
    where campaign_id = ${campaignId} and (${after}::int is null or number < ${after})
    order by number desc
    limit ${limit}`;
}

export async function readVersion(db: Db, id: string): Promise<Version> {
  const [row] = await db<Version[]>`
    select id, campaign_id, number, inside, ms(created_at) as created_at, actor, plan, policy from version where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no version ${id}`);
  return row;
}
