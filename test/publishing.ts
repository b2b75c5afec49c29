import { getCampaign, type Campaign } from '../db/campaign';
import type { Sql } from '../db/client';
import { publish } from '../db/publish';
import { CampaignDefinitionSchema } from '../domain/campaign-definition';
import { PublishChoicesSchema } from '../domain/publication';

export interface Edit {
  readonly runs?: readonly unknown[];
  readonly policy?: object;
  readonly listId?: string;
  readonly reports?: readonly unknown[];
  /** What was seen by who publishes; the current one unless it is said. */
  readonly revision?: number;
  readonly choices?: object;
}

/** Publishes a live campaign with these parts of its definition exchanged. */
export async function publishEdit(sql: Sql, campaignId: string, edit: Edit): Promise<Campaign> {
  const { definition, revision } = await getCampaign(sql, campaignId);
  const { plan, policy, listId } = definition;
  const next = CampaignDefinitionSchema.parse({
    ...definition,
    listId: edit.listId ?? listId,
    plan: { ...plan, runs: edit.runs ?? plan.runs },
    policy: { ...policy, ...edit.policy },
    reports: edit.reports ?? definition.reports,
  });
  const choices = PublishChoicesSchema.parse(edit.choices ?? {});
  return publish(
    sql,
    campaignId,
    { revision: edit.revision ?? revision, content: { definition: next }, choices },
    'key:Ed',
  );
}
