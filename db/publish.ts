import { CampaignDefinitionSchema, type CampaignDefinition } from '../domain/campaign-definition';
import { differences } from '../domain/differences';
import type { Instant } from '../domain/instant';
import { keepProblems } from '../domain/keep-problems';
import { stepsMissing } from '../domain/plan-history';
import { type Carried, carriedBy, choiceProblems, type PublishChoices } from '../domain/publication';
import { type Campaign, storeDefinition } from './campaign';
import { change, requireStatus } from './campaign-life';
import { recordChange } from './change-log';
import type { Db, Sql, Tx } from './client';
import { holdAgentAndForm, linked } from './compatibility';
import { type CurrentVersion, currentVersion, freeze } from './freeze';
import { crmFieldProblems } from './crm-field-check';
import { crmNoteProblems } from './crm-note-check';
import { launchProblems } from './launch-check';
import { Refusal, type RefusedField } from './refusal';
import { claimReportsBefore, planReports } from './report';
import { fillTemplates, templatesIn } from './template-use';

/** A version to be: what is said anew, or an earlier version once more (E-18). */
export interface Publication {
  /** The campaign's revision that it was made from. */
  readonly revision: number;
  readonly content: { readonly definition: CampaignDefinition } | { readonly backTo: number };
  readonly choices: PublishChoices;
}

/** A publication that is ready to be stored, or says why it can't be. */
export interface Prepared {
  readonly definition: CampaignDefinition;
  readonly before: CurrentVersion;
  readonly carried: Carried;
  readonly problems: readonly RefusedField[];
  /** How many contacts stand before each step that is taken out. */
  readonly removedSteps: Readonly<Record<string, number>>;
}

/**
 * Gives a live campaign another version, at once and for any number of people: each decision from the commit on looks which
 * version its contact lives. Only `replan` wakes anybody, paced by the nudge sweep.
 */
export async function publish(sql: Sql, id: string, publication: Publication, actor: string): Promise<Campaign> {
  return change(sql, id, async (tx, campaign, now) => {
    const prepared = await prepare(tx, campaign, publication, now, (asked) => holdAgentAndForm(tx, asked));
    if (prepared.problems.length > 0)
      throw new Refusal(
        'publish_refused',
        prepared.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '),
        prepared.problems,
      );
    await store(tx, campaign, prepared, publication.choices, { now, actor });
  });
}

/** Everything about a publication but storing it. The caller holds the campaign, and what it refers to, or only wants to know. */
export async function prepare(
  db: Tx,
  campaign: Campaign,
  publication: Publication,
  now: Instant,
  hold: (asked: CampaignDefinition) => Promise<void> = async () => undefined,
): Promise<Prepared> {
  requireStatus(campaign, ['active', 'paused'], 'given another version');
  const before = await currentVersion(db, campaign);
  if (campaign.revision !== publication.revision) throw await revisionConflict(db, campaign, publication.revision);
  const asked = await linked(db, await definitionOf(db, campaign, publication.content));
  await hold(asked);
  const { definition, problems: unfilled } = await fillTemplates(db, asked, templatesIn(campaign.definition.plan));
  const { choices } = publication;
  const removedSteps = await standingBefore(db, campaign.id, stepsMissing(before.plan, definition.plan));
  const launch = [
    ...(await launchProblems(db, definition)),
    ...(await crmFieldProblems(db, campaign.id, definition)),
    ...(await crmNoteProblems(db, campaign.id, definition)),
  ];
  const problems = [
    ...[...unfilled, ...launch].map((problem) => ({
      ...problem,
      pointer: problem.pointer.replace('#/', '#/definition/'),
    })),
    ...(choices.inside === 'keep' ? keepProblems(campaign.definition, definition) : []),
    ...choiceProblems(before.plan, definition.plan, choices, removedSteps),
  ];
  return { definition, before, carried: carriedBy(before, definition, choices, now), problems, removedSteps };
}

async function definitionOf(
  db: Db,
  { id, definition }: Campaign,
  content: Publication['content'],
): Promise<CampaignDefinition> {
  if ('definition' in content) return content.definition;
  const [row] = await db<{ plan: unknown; policy: unknown }[]>`
    select plan, policy from version where campaign_id = ${id} and number = ${content.backTo}`;
  if (row === undefined)
    throw new Refusal('unknown_reference', `the campaign has no version ${content.backTo}`, [
      { pointer: '#/backTo', detail: 'there is no such version', value: content.backTo },
    ]);
  return CampaignDefinitionSchema.parse({ ...definition, ...row });
}

/** E-19: whoever comes second is shown what the other one has changed. */
async function revisionConflict(db: Db, { id, revision, definition }: Campaign, seen: number): Promise<Refusal> {
  const [row] = await db<{ plan: unknown; policy: unknown }[]>`
    select plan, policy from version where campaign_id = ${id} and revision = ${seen} order by number desc limit 1`;
  const { plan, policy } = definition;
  const changed = row === undefined ? [] : differences({ ...row }, { plan, policy });
  return new Refusal('revision_conflict', `the campaign stands at revision ${revision}, not ${seen}`, [
    { pointer: '#/revision', detail: `the current revision is ${revision}`, value: seen },
    ...changed.map(({ at, after }) => ({
      pointer: `#/definition/${at}`,
      detail: 'somebody else has changed it meanwhile',
      ...(after === undefined ? {} : { value: after }),
    })),
  ]);
}

async function standingBefore(db: Db, campaignId: string, steps: readonly string[]): Promise<Record<string, number>> {
  if (steps.length === 0) return {};
  const rows = await db<{ step: string; contacts: number }[]>`
    select step, count(*)::int as contacts
    from enrollment e
    cross join lateral (select concat(e.decision -> 'touch' ->> 'runKey', '.', e.decision -> 'touch' ->> 'stepKey') as step) s
    where e.campaign_id = ${campaignId} and e.state = 'open' and step = any (${[...steps]})
    group by step order by step`;
  return Object.fromEntries(rows.map(({ step, contacts }) => [step, contacts]));
}

async function store(
  tx: Tx,
  campaign: Campaign,
  { definition, carried }: Prepared,
  { inside }: PublishChoices,
  { now, actor }: { readonly now: Instant; readonly actor: string },
): Promise<void> {
  const { id } = campaign;
  const isKept = inside === 'keep';
  const isReplanned = inside === 'replan';
  const [last] = await tx<{ seq: number }[]>`
    select coalesce(max(seq), 0)::float8 as seq from enrollment where campaign_id = ${id}`;
  const keptThrough = isKept ? (last?.seq ?? 0) : null;
  const revision = campaign.revision + 1;
  await claimReportsBefore(tx, id, now);
  await storeDefinition(tx, id, definition);
  await planReports(tx, id, definition, now);
  const versionId = await freeze(tx, {
    campaignId: id,
    definition,
    inside,
    keptThrough,
    revision,
    at: now,
    actor,
    ...carried,
  });
  await tx`
    update campaign set current_version_id = ${versionId}, kept_through = ${keptThrough ?? 0},
      epoch = epoch + ${isReplanned ? 1 : 0},
      replans_from = ${isReplanned ? carried.number : tx`replans_from`}
    where id = ${id}`;
  if (definition.listId !== campaign.listId)
    await tx`update campaign set list_exchanged = true, enroll_cursor = null, enroll_scanned_rt = null where id = ${id}`;
  await recordChange(tx, {
    entity: 'campaign',
    entityId: id,
    change: 'version_published',
    data: { version: carried.number, inside },
    actor,
  });
}
