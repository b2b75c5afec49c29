import type { CampaignDefinition } from '../domain/campaign-definition';
import type { Instant } from '../domain/instant';
import { NO_HISTORY } from '../domain/plan-history';
import type { Carried, Inside } from '../domain/publication';
import type { Campaign } from './campaign';
import type { Tx } from './client';
import { Refusal } from './refusal';
import { getVersion, type VersionContent } from './versions';

/** A version to be stored; versions never change. */
export interface NewVersion extends Carried {
  readonly campaignId: string;
  readonly definition: Pick<CampaignDefinition, 'plan' | 'policy'>;
  readonly inside: Inside;
  /** Enrollments up to this one stay in the version before. */
  readonly keptThrough: number | null;
  /** The campaign's revision that it comes with. */
  readonly revision: number;
  readonly at: Instant;
  readonly actor: string;
}

/** Of a version that nobody lives yet. */
export const FIRST = { number: 1, plannedSince: 1, history: NO_HISTORY, inside: 'adopt', keptThrough: null } as const;

export async function freeze(tx: Tx, version: NewVersion): Promise<string> {
  const { campaignId, number, plannedSince, history, inside, keptThrough, revision, at, actor } = version;
  const { plan, policy } = version.definition;
  const [row] = await tx<{ id: string }[]>`
    insert into version (campaign_id, number, plan, policy, planned_since, history, inside, kept_through, revision, created_at, actor)
    values (${campaignId}, ${number}, ${JSON.stringify(plan)}::text::jsonb, ${JSON.stringify(policy)}::text::jsonb, ${plannedSince},
      ${JSON.stringify(history)}::text::jsonb, ${inside}, ${keptThrough}, ${revision}, at_ms(${at}), ${actor})
    returning id`;
  if (row === undefined) throw new Error(`version ${number} of campaign ${campaignId} was not stored`);
  return row.id;
}

export interface CurrentVersion extends VersionContent {
  readonly keptThrough: number | null;
}

/** The version that whoever comes in now lives. */
export async function currentVersion(tx: Tx, { id, status }: Pick<Campaign, 'id' | 'status'>): Promise<CurrentVersion> {
  const [row] = await tx<{ id: string; keptThrough: number | null }[]>`
    select v.id, v.kept_through::float8 from campaign c join version v on v.id = c.current_version_id where c.id = ${id}`;
  if (row === undefined) throw new Refusal('wrong_status', `the campaign is ${status}; it has no version yet`);
  return { ...(await getVersion(tx, row.id)), keptThrough: row.keptThrough };
}
