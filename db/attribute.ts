import type { Attribute, AttributeType } from '../domain/attribute';
import type { Instant } from '../domain/instant';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql } from './client';
import { Refusal } from './refusal';
import { brokenConstraint } from './result-guard';

/** The catalogue: what attributes contacts may have, and what may stand in them. */

export interface AttributeRow extends Attribute {
  readonly id: string;
  readonly label: string;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly actor: string;
}

export interface NewAttribute {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type: AttributeType;
  readonly choices: readonly string[];
}

/** Carried out again with the same id, it answers the attribute that is there. */
export async function createAttribute(sql: Sql, attribute: NewAttribute, actor: string): Promise<AttributeRow> {
  const { id, name, label, type, choices } = attribute;
  try {
    return await inTransaction(sql, async (tx) => {
      const made = await tx`
        insert into attribute (id, name, label, type, choices, actor)
        values (${id}, ${name}, ${label}, ${type}, ${[...choices]}, ${actor})
        on conflict (id) do nothing
        returning 1`;
      if (made.length > 0)
        await recordChange(tx, { entity: 'attribute', entityId: id, change: 'created', data: { name, type }, actor });
      return getAttribute(tx, id);
    });
  } catch (error) {
    if (brokenConstraint(error) !== 'attribute_name_key') throw error;
    const detail = 'is the name of another attribute';
    throw new Refusal('wrong_status', `the name ${detail}`, [{ pointer: '#/name', detail, value: name }]);
  }
}

/** Name and type stay what they are: values were checked by them, and conditions of lists speak of them. */
export async function changeAttribute(
  sql: Sql,
  id: string,
  change: {
    readonly label?: string | undefined;
    readonly choices?: readonly string[] | undefined;
    readonly revision?: number | undefined;
  },
  actor: string,
): Promise<AttributeRow> {
  return inTransaction(sql, async (tx) => {
    await tx`select from attribute where id = ${id} for update`;
    const before = await getAttribute(tx, id);
    const { revision, label = before.label, choices = before.choices } = change;
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the attribute stands at revision ${before.revision}, not ${revision}`);
    requireChoices(before.type, choices);
    const fields = [
      ...(label === before.label ? [] : ['label']),
      ...(JSON.stringify(choices) === JSON.stringify(before.choices) ? [] : ['choices']),
    ];
    if (fields.length === 0) return before;
    await tx`
      update attribute set label = ${label}, choices = ${[...choices]}, revision = revision + 1, updated_at = app_now(),
        actor = ${actor}
      where id = ${id}`;
    await recordChange(tx, { entity: 'attribute', entityId: id, change: 'changed', data: { fields }, actor });
    return getAttribute(tx, id);
  });
}

function requireChoices(type: AttributeType, choices: readonly string[]): void {
  if ((type === 'choice') === choices.length > 0) return;
  const detail =
    type === 'choice' ? 'must name at least one choice' : `an attribute of the type ${type} has no choices`;
  throw new Refusal('wrong_status', `#/choices: ${detail}`, [{ pointer: '#/choices', detail }]);
}

export async function getAttribute(db: Db, id: string): Promise<AttributeRow> {
  const [row] = await db<AttributeRow[]>`select ${columns(db)} from attribute where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no attribute ${id}`);
  return row;
}

/** By name. */
export async function listAttributes(
  db: Db,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<AttributeRow[]> {
  return db<AttributeRow[]>`
    select ${columns(db)} from attribute
    where ${after}::uuid is null or name > (select name from attribute where id = ${after})
    order by name limit ${limit}`;
}

/** All of it, for whoever checks values. */
export async function catalogueOf(db: Db): Promise<Attribute[]> {
  return db<Attribute[]>`select name, type, choices from attribute order by name`;
}

function columns(db: Db) {
  return db`id, name, label, type, choices, revision, ms(created_at) as created_at, ms(updated_at) as updated_at, actor`;
}

/** By name of the attribute. */
export async function attributeTypes(db: Db): Promise<Readonly<Record<string, AttributeType>>> {
  return Object.fromEntries((await catalogueOf(db)).map(({ name, type }) => [name, type]));
}
