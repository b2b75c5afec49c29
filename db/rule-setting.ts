import type { CampaignDefinition } from '../domain/campaign-definition';
import type { RuleSetting } from '../domain/rule-options';
import { connectionOf } from './campaign-connection';
import type { Db } from './client';
import type { ConnectionKind, ConnectionState } from './connection';
import { getMapping } from './crm-mapping';

/** The CRM that the actions of a campaign go to, as those who make rules see it. */
interface CampaignCrm {
  readonly connectionId: string;
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly state: ConnectionState;
}

async function crmOfCampaign(db: Db, campaignId: string): Promise<CampaignCrm | null> {
  const [row] = await db<CampaignCrm[]>`
    select c.id as connection_id, c.name, c.kind, c.state
    from campaign k join connection c on c.id = ${connectionOf(db)}
    where k.id = ${campaignId}`;
  return row ?? null;
}

/** What rules of the campaign can be made of, read anew each time (S0-51). */
export async function ruleSetting(
  db: Db,
  campaignId: string,
  { plan, policy }: Pick<CampaignDefinition, 'plan' | 'policy'>,
): Promise<RuleSetting & { readonly connection: CampaignCrm | null }> {
  const connection = await crmOfCampaign(db, campaignId);
  const mapped = connection === null ? null : await getMapping(db, connection.connectionId);
  return {
    hasForm: plan.formId !== null,
    buckets: Object.keys(policy.phrases),
    crm: connection === null || mapped === null ? null : { name: connection.name, mapping: mapped.mapping },
    connection,
  };
}

/** How the firm's CRM counts an outcome that is none of ours; null = nobody has mapped it. */
export async function mappedOutcome(db: Db, enrollmentId: string, named: string) {
  const [row] = await db<{ campaignId: string }[]>`select campaign_id from enrollment where id = ${enrollmentId}`;
  const crm = row === undefined ? null : await crmOfCampaign(db, row.campaignId);
  if (crm === null) return null;
  const { mapping } = await getMapping(db, crm.connectionId);
  return mapping.outcomes.find(({ outcome }) => outcome === named)?.countsAs ?? null;
}
