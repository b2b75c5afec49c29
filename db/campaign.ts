import { type CampaignDefinition, CampaignDefinitionSchema, type CampaignStatus } from '../domain/campaign-definition';
import type { Channel } from '../domain/channel';
import type { Instant } from '../domain/instant';
import { caseTypesToKeep, isInView, requireInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { withParts } from './compatibility';
import { containing } from './pattern';
import { Refusal, type RefusedField } from './refusal';
import { shownDifferences } from './shown-differences';
import { fillTemplates, templatesIn } from './template-use';

export interface CampaignSummary {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly description: string;
  readonly subject: string;
  /** Null = a draft has none yet. */
  readonly listId: string | null;
  readonly status: CampaignStatus;
  readonly statusReason: string | null;
  /** Nothing is begun on these. */
  readonly pausedChannels: readonly Channel[];
  readonly revision: number;
  /** Number of the current version; null = never launched. */
  readonly version: number | null;
  readonly launchedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

export interface Campaign extends CampaignSummary {
  readonly listId: string;
  readonly definition: CampaignDefinition;
}

/** A campaign as it stands: of a draft that is not complete there is no definition. */
export interface AnyCampaign extends CampaignSummary {
  readonly definition: CampaignDefinition | null;
}

export interface CampaignPage {
  readonly status?: CampaignStatus | undefined;
  readonly listId?: string | undefined;
  /** Part of the name. */
  readonly query?: string | undefined;
  /** Newest first, or by name. */
  readonly sort: 'newest' | 'name';
  /** Sequence number of the last campaign of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** Carried out again with the same id, it answers the campaign that is there. */
export async function createCampaign(
  sql: Sql,
  id: string,
  written: CampaignDefinition,
  actor: string,
): Promise<Campaign> {
  return inTransaction(sql, async (tx) => {
    const definition = await withWords(tx, await withParts(tx, written), '#');
    const { name, description, subject, listId } = definition;
    const made = await tx<{ id: string }[]>`
      insert into campaign (id, name, description, subject, list_id, definition, line_group_id, actor, case_types)
      select ${id}, ${name}, ${description}, ${subject}, ${listId}, ${JSON.stringify(definition)}::text::jsonb, id, ${actor},
        ${caseTypesToKeep()}::text[]
      from line_group where name = 'default'
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0) await recordChange(tx, { entity: 'campaign', entityId: id, change: 'created', actor });
    return getCampaign(tx, id);
  });
}

/** A complete one. */
export async function getCampaign(db: Db, id: string): Promise<Campaign> {
  const { listId, definition, ...campaign } = await getAnyCampaign(db, id);
  if (definition === null || listId === null)
    throw new Refusal(
      'wrong_status',
      'the campaign is a draft that is not complete yet; its problems say what is missing',
    );
  return { ...campaign, listId, definition };
}

export async function getAnyCampaign(db: Db, id: string): Promise<AnyCampaign> {
  const [row] = await db<(CampaignSummary & { definition: unknown })[]>`
    select ${summaryColumns(db)}, c.definition
    from campaign c
    left join version v on v.id = c.current_version_id
    where c.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no campaign ${id}`);
  return { ...row, definition: row.definition === null ? null : CampaignDefinitionSchema.parse(row.definition) };
}

/** Refuses where there is no campaign of this id. */
export async function requireCampaign(db: Db, id: string): Promise<void> {
  const rows = await db`select from campaign where id = ${id}`;
  if (rows.length === 0) throw new Refusal('not_found', `there is no campaign ${id}`);
}

export async function listCampaigns(db: Db, page: CampaignPage): Promise<CampaignSummary[]> {
  const { status, listId, query, sort, after, limit } = page;
  const isByName = sort === 'name';
  return db<CampaignSummary[]>`
    select ${summaryColumns(db)}
    from campaign c
    left join version v on v.id = c.current_version_id
    where (${status ?? null}::text is null or c.status = ${status ?? null})
      and (${listId ?? null}::uuid is null or c.list_id = ${listId ?? null})
      and (${containing(query)}::text is null or c.name ilike ${containing(query)})
      and ${isInView(db, 'campaign', db`c.id`)}
      and (${after}::bigint is null or ${
        isByName
          ? db`(lower(c.name), c.seq) > (select lower(name), seq from campaign where seq = ${after})`
          : db`c.seq < ${after}`
      })
    order by ${isByName ? db`lower(c.name), c.seq` : db`c.seq desc`}
    limit ${limit}`;
}

/** Only drafts are changed in place; `revision` is the one that the change was made from. */
export async function updateDraft(
  sql: Sql,
  id: string,
  change: { readonly revision: number; readonly definition: CampaignDefinition },
  actor: string,
): Promise<Campaign> {
  return inTransaction(sql, async (tx) => {
    await tx`select from campaign where id = ${id} for update`;
    await requireInView(tx, 'campaign', id);
    const campaign = await getAnyCampaign(tx, id);
    if (campaign.status !== 'draft')
      throw new Refusal('wrong_status', `the campaign is ${campaign.status}; only a draft can be changed as a whole`);
    const theirs = shownDifferences('#/definition', campaign.definition ?? {}, change.definition);
    requireRevision(campaign, change.revision, campaign.definition === null ? [] : theirs);
    const inUse = campaign.definition === null ? new Set<string>() : templatesIn(campaign.definition.plan);
    const words = await withWords(tx, await withParts(tx, change.definition), '#/definition', inUse);
    await storeDefinition(tx, id, words);
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'draft_changed', actor });
    return getCampaign(tx, id);
  });
}

/** `theirs` is what somebody else has made of it meanwhile, as far as that can be shown. */
export function requireRevision(
  campaign: CampaignSummary,
  revision: number,
  theirs: readonly RefusedField[] = [],
): void {
  if (campaign.revision !== revision)
    throw new Refusal('revision_conflict', `the campaign stands at revision ${campaign.revision}, not ${revision}`, [
      { pointer: '#/revision', detail: `the current revision is ${campaign.revision}`, value: revision },
      ...theirs,
    ]);
}

/** From now on the campaign is what the definition says, whatever steps its author took. */
export async function storeDefinition(
  tx: Tx,
  id: string,
  definition: CampaignDefinition,
  { isNewRevision = true }: { readonly isNewRevision?: boolean } = {},
): Promise<void> {
  await tx`
    update campaign set
      name = ${definition.name},
      description = ${definition.description},
      subject = ${definition.subject},
      list_id = ${definition.listId},
      definition = ${JSON.stringify(definition)}::text::jsonb,
      steps = null,
      revision = revision + ${isNewRevision ? 1 : 0},
      updated_at = app_now()
    where id = ${id}`;
}

/** The definition with the words of its templates; refuses it where there are none, at their places below `root`. */
async function withWords(
  tx: Tx,
  definition: CampaignDefinition,
  root: string,
  inUse?: ReadonlySet<string>,
): Promise<CampaignDefinition> {
  const filled = await fillTemplates(tx, definition, inUse);
  if (filled.problems.length === 0) return filled.definition;
  const problems = filled.problems.map((each) => ({ ...each, pointer: each.pointer.replace('#', root) }));
  throw new Refusal('unknown_reference', problems.map(({ detail }) => detail).join('; '), problems);
}

function summaryColumns(db: Db) {
  return db`
    c.id, c.seq::int, c.name, c.description, c.subject, c.list_id, c.status, c.status_reason, c.paused_channels, c.revision,
    v.number as version, ms(c.launched_at) as launched_at, ms(c.ended_at) as ended_at,
    ms(c.created_at) as created_at, ms(c.updated_at) as updated_at, c.actor`;
}
