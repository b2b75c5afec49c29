import { type CampaignDefinition, CampaignDefinitionSchema, type CampaignStatus } from '../domain/campaign-definition';
import type { Channel } from '../domain/channel';
import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { containing } from './pattern';
import { Refusal } from './refusal';
import { fillTemplates, templatesIn } from './template-use';

export interface CampaignSummary {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly description: string;
  readonly subject: string;
  readonly listId: string;
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
  readonly definition: CampaignDefinition;
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
  asked: CampaignDefinition,
  actor: string,
): Promise<Campaign> {
  return inTransaction(sql, async (tx) => {
    await requireList(tx, asked.listId);
    const definition = await withWords(tx, asked, '#');
    const { name, description, subject, listId } = definition;
    const made = await tx<{ id: string }[]>`
      insert into campaign (id, name, description, subject, list_id, definition, line_group_id, actor)
      select ${id}, ${name}, ${description}, ${subject}, ${listId}, ${JSON.stringify(definition)}::text::jsonb, id, ${actor}
      from line_group where name = 'default'
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0) await recordChange(tx, { entity: 'campaign', entityId: id, change: 'created', actor });
    return getCampaign(tx, id);
  });
}

export async function getCampaign(db: Db, id: string): Promise<Campaign> {
  const [row] = await db<(CampaignSummary & { definition: unknown })[]>`
    select ${summaryColumns(db)}, c.definition
    from campaign c
    left join version v on v.id = c.current_version_id
    where c.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no campaign ${id}`);
  return { ...row, definition: CampaignDefinitionSchema.parse(row.definition) };
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
    const campaign = await lockRow(tx, id);
    if (campaign.status !== 'draft')
      throw new Refusal('wrong_status', `the campaign is ${campaign.status}; only a draft can be changed as a whole`);
    requireRevision(campaign, change.revision);
    await requireList(tx, change.definition.listId);
    const inUse = templatesIn(campaign.definition.plan);
    await storeDefinition(tx, id, await withWords(tx, change.definition, '#/definition', inUse));
    await recordChange(tx, { entity: 'campaign', entityId: id, change: 'draft_changed', actor });
    return getCampaign(tx, id);
  });
}

/** Locks the row against other changes of the campaign itself, not against claims. */
export async function lockRow(tx: Tx, id: string): Promise<Campaign> {
  await tx`select from campaign where id = ${id} for update`;
  return getCampaign(tx, id);
}

export function requireRevision(campaign: CampaignSummary, revision: number): void {
  if (campaign.revision !== revision)
    throw new Refusal('revision_conflict', `the campaign stands at revision ${campaign.revision}, not ${revision}`, [
      { pointer: '#/revision', detail: `the current revision is ${campaign.revision}`, value: revision },
    ]);
}

export async function storeDefinition(tx: Tx, id: string, definition: CampaignDefinition): Promise<void> {
  await tx`
    update campaign set
      name = ${definition.name},
      description = ${definition.description},
      subject = ${definition.subject},
      list_id = ${definition.listId},
      definition = ${JSON.stringify(definition)}::text::jsonb,
      revision = revision + 1,
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

async function requireList(tx: Tx, listId: string): Promise<void> {
  const lists = await tx`select from list where id = ${listId} for key share`;
  if (lists.length === 0)
    throw new Refusal('unknown_reference', `there is no list ${listId}`, [
      { pointer: '#/listId', detail: 'there is no such list', value: listId },
    ]);
}

function summaryColumns(db: Db) {
  return db`
    c.id, c.seq::int, c.name, c.description, c.subject, c.list_id, c.status, c.status_reason, c.paused_channels, c.revision,
    v.number as version, ms(c.launched_at) as launched_at, ms(c.ended_at) as ended_at,
    ms(c.created_at) as created_at, ms(c.updated_at) as updated_at, c.actor`;
}
