import type { Instant } from '../domain/instant';
import { isInView } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { containing } from './pattern';
import { Refusal } from './refusal';

export interface Form {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  /** Null = none yet. */
  readonly caseType: string | null;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

export type FormFields = Pick<Form, 'name' | 'caseType'>;

export interface FormPage {
  readonly caseType?: string | undefined;
  /** Part of the name. */
  readonly query?: string | undefined;
  /** Sequence number of the last form of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** Carried out again with the same id, it answers the form that is there. */
export async function createForm(sql: Sql, id: string, { name, caseType }: FormFields, actor: string): Promise<Form> {
  return inTransaction(sql, async (tx) => {
    const made = await tx`
      insert into form (id, name, case_type, actor) values (${id}, ${name}, ${caseType}, ${actor})
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0) await recordChange(tx, { entity: 'form', entityId: id, change: 'created', actor });
    return getForm(tx, id);
  });
}

/** Left-out fields stay. */
export async function changeForm(
  sql: Sql,
  id: string,
  { revision, ...fields }: Partial<FormFields> & { readonly revision?: number | undefined },
  actor: string,
): Promise<Form> {
  return inTransaction(sql, async (tx) => {
    await tx`select from form where id = ${id} for update`;
    const before = await getForm(tx, id);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the form stands at revision ${before.revision}, not ${revision}`);
    const { name, caseType } = { ...before, ...fields };
    const changed = [...(name === before.name ? [] : ['name']), ...(caseType === before.caseType ? [] : ['caseType'])];
    if (changed.length === 0) return before;
    await tx`
      update form set name = ${name}, case_type = ${caseType}, revision = revision + 1, updated_at = app_now()
      where id = ${id}`;
    await recordChange(tx, { entity: 'form', entityId: id, change: 'changed', data: { fields: changed }, actor });
    return getForm(tx, id);
  });
}

/** Not while an agent has it, or a version of a campaign that was launched. */
export async function deleteForm(sql: Sql, id: string, actor: string): Promise<void> {
  await inTransaction(sql, async (tx) => {
    await tx`select from form where id = ${id} for update`;
    await getForm(tx, id);
    const [used] = await tx<{ agents: number; campaigns: number }[]>`
      select (select count(*)::int from agent where form_id = ${id}) as agents,
        (select count(distinct campaign_id)::int from version where plan ->> 'formId' = ${id}) as campaigns`;
    const { agents = 0, campaigns = 0 } = used ?? {};
    if (agents + campaigns > 0)
      throw new Refusal(
        'wrong_status',
        `the form is still needed: ${agents} agents have it, and ${campaigns} campaigns that were launched`,
      );
    await tx`delete from form where id = ${id}`;
    await recordChange(tx, { entity: 'form', entityId: id, change: 'deleted', actor });
  });
}

export async function getForm(db: Db, id: string): Promise<Form> {
  const form = await findForm(db, id);
  if (form === null) throw new Refusal('not_found', `there is no form ${id}`);
  return form;
}

export async function findForm(db: Db, id: string): Promise<Form | null> {
  const [row] = await db<Form[]>`select ${columns(db)} from form where id = ${id}`;
  return row ?? null;
}

/** Newest first. */
export async function listForms(db: Db, { caseType, query, after, limit }: FormPage): Promise<Form[]> {
  return db<Form[]>`
    select ${columns(db)}
    from form
    where (${caseType ?? null}::text is null or case_type = ${caseType ?? null})
      and (${containing(query)}::text is null or name ilike ${containing(query)})
      and ${isInView(db, 'form', db`form.id`)}
      and (${after}::bigint is null or seq < ${after})
    order by seq desc
    limit ${limit}`;
}

function columns(db: Db) {
  return db`id, seq::int, name, case_type, revision, ms(created_at) as created_at, ms(updated_at) as updated_at, actor`;
}
