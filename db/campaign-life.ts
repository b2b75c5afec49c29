import type { CampaignDefinition, CampaignStatus } from '../domain/campaign-definition';
import { ChannelSchema } from '../domain/channel';
import type { Instant } from '../domain/instant';
import type { Rule } from '../domain/rule';
import { type Campaign, getAnyCampaign, getCampaign, requireRevision, storeDefinition } from './campaign';
import { requireInView } from './case-scope';
import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { appNow } from './clock';
import { getRuledCampaign, storeRules } from './draft-rules';
import { currentVersion, FIRST, freeze } from './freeze';
import { refuseWhenLocked } from './installation';
import { launchableDefinition } from './draft-check';
import { Refusal } from './refusal';
import { planReports } from './report';
import { shownDifferences } from './shown-differences';

/** Key space of the campaigns among the advisory locks: claims share it, changes of the status take it alone. */
const CAMPAIGN_LOCKS = 1;

/** Freezes version 1 and lets outreach begin; the sweeps enroll. Launching what runs already changes nothing. */
export async function launchCampaign(sql: Sql, id: string, actor: string): Promise<Campaign> {
  return inTransaction(sql, async (tx) => {
    await hold(tx, id);
    const campaign = await getAnyCampaign(tx, id);
    if (campaign.status === 'active') return getCampaign(tx, id);
    requireStatus(campaign, ['draft'], 'launched');
    await refuseWhenLocked(tx);
    const definition = await launchableDefinition(tx, id);
    const now = await appNow(tx);
    const { revision } = campaign;
    await storeDefinition(tx, id, definition, { isNewRevision: false });
    const versionId = await freeze(tx, { ...FIRST, campaignId: id, definition, revision, at: now, actor });
    await tx`
      update campaign set status = 'active', current_version_id = ${versionId},
        definition = ${JSON.stringify(definition)}::text::jsonb, launched_at = at_ms(${now}), updated_at = at_ms(${now})
      where id = ${id}`;
    await planReports(tx, id, definition, now);
    await tell(tx, id, 'campaign_launched', actor, now);
    return getCampaign(tx, id);
  });
}

/** No claim is made after the commit: it holds the lock that every claim shares. */
export async function pauseCampaign(sql: Sql, id: string, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    if (campaign.status === 'paused') return;
    requireStatus(campaign, ['active'], 'paused');
    await tx`update campaign set status = 'paused', updated_at = at_ms(${now}) where id = ${id}`;
    await tell(tx, id, 'campaign_paused', actor, now);
  });
}

/** The new epoch has everybody planned anew, waits of earlier versions included (E-17); they begin spread over some minutes. */
export async function resumeCampaign(sql: Sql, id: string, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    if (campaign.status === 'active') return;
    requireStatus(campaign, ['paused'], 'resumed');
    await refuseWhenLocked(tx);
    const resumed = Object.fromEntries(ChannelSchema.options.map((channel) => [channel, now]));
    await tx`
      update campaign set status = 'active', epoch = epoch + 1, updated_at = at_ms(${now}),
        resumed = ${JSON.stringify(resumed)}::text::jsonb, replans_from = ${campaign.version ?? 0}
      where id = ${id}`;
    await tell(tx, id, 'campaign_resumed', actor, now);
  });
}

/** Ends the campaign for everybody; the new epoch has each enrollment come to its own end. */
export async function stopCampaign(sql: Sql, id: string, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    if (campaign.status === 'completed') return;
    requireStatus(campaign, ['active', 'paused'], 'stopped');
    await tx`
      update campaign set status = 'completed', status_reason = 'stopped', epoch = epoch + 1,
        ended_at = at_ms(${now}), updated_at = at_ms(${now})
      where id = ${id}`;
    await tell(tx, id, 'campaign_ended', actor, now);
  });
}

export async function archiveCampaign(sql: Sql, id: string, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    if (campaign.status === 'archived') return;
    requireStatus(campaign, ['completed'], 'archived');
    await tx`update campaign set status = 'archived', updated_at = at_ms(${now}) where id = ${id}`;
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'campaign_archived', actor });
  });
}

/** Changes the rules: in a draft in place, in a live campaign as a new version that judges every fact from now on (E-12). */
export async function changeRules(
  sql: Sql,
  id: string,
  {
    revision,
    sent,
    edit,
  }: {
    readonly revision: number;
    /** The rules themselves, to be shown beside those that somebody else has made meanwhile. */
    readonly sent?: readonly Rule[];
    readonly edit: (definition: CampaignDefinition) => CampaignDefinition;
  },
  actor: string,
): Promise<Campaign> {
  return changeRead(getRuledCampaign, sql, id, async (tx, campaign, now) => {
    requireStatus(campaign, ['draft', 'active', 'paused'], 'given other rules');
    const { rules } = campaign.definition.policy;
    requireRevision(campaign, revision, sent === undefined ? [] : shownDifferences('#/rules', rules, sent));
    const definition = edit(campaign.definition);
    await storeRules(tx, id, definition);
    if (campaign.version !== null) {
      const { plannedSince, history, keptThrough } = await currentVersion(tx, campaign);
      const number = campaign.version + 1;
      const carried = { number, plannedSince, history, keptThrough, revision: revision + 1 };
      const versionId = await freeze(tx, { campaignId: id, definition, inside: 'adopt', at: now, actor, ...carried });
      // No decision depends on rules: nobody has to be asked again.
      await tx`update campaign set current_version_id = ${versionId} where id = ${id}`;
    }
    await recordChange(tx, {
      entity: 'campaign',
      entityId: id,
      change: 'rules_changed',
      data: { rules: definition.policy.rules.length },
      actor,
    });
  });
}

/** Changes a campaign under the lock that keeps claims out. */
export async function change(
  sql: Sql,
  id: string,
  make: (tx: Tx, campaign: Campaign, now: Instant) => Promise<void>,
): Promise<Campaign> {
  return changeRead(getCampaign, sql, id, make);
}

async function changeRead(
  read: (tx: Tx, id: string) => Promise<Campaign>,
  sql: Sql,
  id: string,
  make: (tx: Tx, campaign: Campaign, now: Instant) => Promise<void>,
): Promise<Campaign> {
  return inTransaction(sql, async (tx) => {
    await hold(tx, id);
    await make(tx, await read(tx, id), await appNow(tx));
    return read(tx, id);
  });
}

/** Keeps claims out, and other changes of the campaign itself. */
async function hold(tx: Tx, id: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(${CAMPAIGN_LOCKS}, seq::int) from campaign where id = ${id}`;
  await tx`select from campaign where id = ${id} for update`;
  await requireInView(tx, 'campaign', id);
}

export function requireStatus(
  { status }: Pick<Campaign, 'status'>,
  allowed: readonly CampaignStatus[],
  verb: string,
): void {
  if (!allowed.includes(status))
    throw new Refusal(
      'wrong_status',
      `the campaign is ${status}; only one that is ${allowed.join(' or ')} can be ${verb}`,
    );
}

type CampaignEvent = 'campaign_launched' | 'campaign_paused' | 'campaign_resumed' | 'campaign_ended';

export async function tell(
  tx: Tx,
  id: string,
  kind: CampaignEvent,
  actor: string,
  now: Instant,
  data: Readonly<Record<string, string>> = {},
): Promise<void> {
  await tx`
    insert into timeline (campaign_id, kind, data, actor, at)
    values (${id}, ${kind}, ${JSON.stringify(data)}::text::jsonb, ${actor}, at_ms(${now}))`;
  await recordChange(tx, { entity: 'campaign', entityId: id, change: kind, data, actor });
}
