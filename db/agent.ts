import type { Instant } from '../domain/instant';
import { isInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { containing } from './pattern';
import { Refusal } from './refusal';

/** Who speaks on calls. Empty texts say nothing. */
export interface AgentFields {
  readonly name: string;
  readonly formId: string | null;
  readonly voice: string;
  readonly greeting: string;
  readonly transferNumber: string;
}

export interface Agent extends AgentFields {
  readonly id: string;
  readonly seq: number;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

export interface AgentPage {
  readonly formId?: string | undefined;
  /** Part of the name. */
  readonly query?: string | undefined;
  /** Sequence number of the last agent of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

const FIELDS = ['name', 'formId', 'voice', 'greeting', 'transferNumber'] as const;

/** Carried out again with the same id, it answers the agent that is there. */
export async function createAgent(sql: Sql, id: string, fields: AgentFields, actor: string): Promise<Agent> {
  const { name, formId, voice, greeting, transferNumber } = fields;
  return inTransaction(sql, async (tx) => {
    await requireForm(tx, formId);
    const made = await tx`
      insert into agent (id, name, form_id, voice, greeting, transfer_number, actor)
      values (${id}, ${name}, ${formId}, ${voice}, ${greeting}, ${transferNumber}, ${actor})
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0) await recordChange(tx, { entity: 'agent', entityId: id, change: 'created', actor });
    return getAgent(tx, id);
  });
}

/** Left-out fields stay. */
export async function changeAgent(
  sql: Sql,
  id: string,
  { revision, ...fields }: Partial<AgentFields> & { readonly revision?: number | undefined },
  actor: string,
): Promise<Agent> {
  return inTransaction(sql, async (tx) => {
    await tx`select from agent where id = ${id} for update`;
    const before = await getAgent(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the agent stands at revision ${before.revision}, not ${revision}`);
    const after = { ...before, ...fields };
    const changed = FIELDS.filter((field) => after[field] !== before[field]);
    if (changed.length === 0) return before;
    await requireForm(tx, after.formId);
    await tx`
      update agent set name = ${after.name}, form_id = ${after.formId}, voice = ${after.voice}, greeting = ${after.greeting},
        transfer_number = ${after.transferNumber}, revision = revision + 1, updated_at = app_now()
      where id = ${id}`;
    await recordChange(tx, { entity: 'agent', entityId: id, change: 'changed', data: { fields: changed }, actor });
    return getAgent(tx, id);
  });
}

/** Not while a campaign that was launched has it. */
export async function deleteAgent(sql: Sql, id: string, actor: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx`select from agent where id = ${id} for update`;
    await getAgent(tx, id);
    const [used] = await tx<{ campaigns: number }[]>`
      select count(distinct campaign_id)::int as campaigns from version where plan ->> 'agentId' = ${id}`;
    const campaigns = used?.campaigns ?? 0;
    if (campaigns > 0)
      throw new Refusal('wrong_status', `the agent is still needed: ${campaigns} campaigns that were launched have it`);
    await tx`delete from agent where id = ${id}`;
    await recordChange(tx, { entity: 'agent', entityId: id, change: 'deleted', actor });
  });
}

export async function getAgent(db: Db, id: string): Promise<Agent> {
  const agent = await findAgent(db, id);
  if (agent === null) throw new Refusal('not_found', `there is no agent ${id}`);
  return agent;
}

export async function findAgent(db: Db, id: string): Promise<Agent | null> {
  const [row] = await db<Agent[]>`select ${columns(db)} from agent where id = ${id}`;
  return row ?? null;
}

/** Newest first. */
export async function listAgents(db: Db, { formId, query, after, limit }: AgentPage): Promise<Agent[]> {
  return db<Agent[]>`
    select ${columns(db)}
    from agent
    where (${formId ?? null}::uuid is null or form_id = ${formId ?? null})
      and (${containing(query)}::text is null or name ilike ${containing(query)})
      and ${isInView(db, 'agent', db`agent.id`)}
      and (${after}::bigint is null or seq < ${after})
    order by seq desc
    limit ${limit}`;
}

/** Where a call is put through to: the number of its campaign's agent (K-21), else the company's; null = nowhere (R-11). */
export async function transferNumberOf(db: Db, attemptId: string): Promise<string | null> {
  const [row] = await db<{ number: string | null }[]>`
    select coalesce(nullif(a.transfer_number, ''), nullif(s.transfer_number, '')) as number
    from attempt t
    join version v on v.id = t.version_id
    left join agent a on a.id::text = v.plan ->> 'agentId'
    cross join settings s
    where t.id = ${attemptId}`;
  return row?.number ?? null;
}

async function requireForm(tx: Tx, formId: string | null): Promise<void> {
  if (formId === null) return;
  const forms = await tx`select from form where id = ${formId} for key share`;
  if (forms.length === 0)
    throw new Refusal('unknown_reference', `there is no form ${formId}`, [
      { pointer: '#/formId', detail: 'there is no such form', value: formId },
    ]);
}

function columns(db: Db) {
  return db`
    id, seq::int, name, form_id, voice, greeting, transfer_number, revision,
    ms(created_at) as created_at, ms(updated_at) as updated_at, actor`;
}
