import type { Relationship } from '../domain/number-check';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';
import { lockAddresses } from './suppression';

/** A purchase or an inquiry, by which a solicitation is lawful for a while (C10). Withdrawing it adds to the row and takes nothing away. */
export interface RelationshipRecord extends Omit<Relationship, 'on'> {
  readonly happenedOn: string;
  readonly source: string;
  readonly recordedAt: number;
  readonly withdrawnAt: number | null;
  readonly withdrawnBy: string | null;
  readonly withdrawnReason: string | null;
  readonly actor: string;
}

export type NewRelationship = Pick<RelationshipRecord, 'id' | 'kind' | 'happenedOn' | 'source'>;

export async function listRelationships(db: Db, contactId: string): Promise<RelationshipRecord[]> {
  await requireContact(db, contactId);
  return db<RelationshipRecord[]>`
    select ${columns(db)} from relationship where contact_id = ${contactId} order by happened_on, id`;
}

/** Whoever is being reached looks again: a touch that had nothing to rest on may go. */
export async function recordRelationship(
  sql: Sql,
  contactId: string,
  { id, kind, happenedOn, source }: NewRelationship,
  actor: string,
): Promise<RelationshipRecord> {
  return change(sql, contactId, async (tx) => {
    const stored = await tx`
      insert into relationship (id, contact_id, kind, happened_on, source, actor)
      values (${id}, ${contactId}, ${kind}, ${happenedOn}, ${source}, ${actor})
      on conflict (id) do nothing
      returning 1`;
    if (stored.length > 0) await record(tx, contactId, 'relationship_recorded', { relationshipId: id, kind }, actor);
    return getRelationship(tx, contactId, id);
  });
}

/** Nothing begins after the commit that rests on it: it holds the locks that every claim takes. Twice is once. */
export async function withdrawRelationship(
  sql: Sql,
  id: string,
  reason: string,
  actor: string,
): Promise<RelationshipRecord> {
  const [owner] = await sql<{ contactId: string }[]>`select contact_id from relationship where id = ${id}`;
  if (owner === undefined) throw new Refusal('not_found', `there is no relationship ${id}`);
  const { contactId } = owner;
  return change(sql, contactId, async (tx) => {
    const withdrawn = await tx`
      update relationship set withdrawn_at = app_now(), withdrawn_rt = clock_timestamp(), withdrawn_by = ${actor},
        withdrawn_reason = ${reason}
      where id = ${id} and withdrawn_at is null returning 1`;
    const relationship = await getRelationship(tx, contactId, id);
    if (withdrawn.length > 0) {
      const data = { relationshipId: id, kind: relationship.kind };
      await record(tx, contactId, 'relationship_withdrawn', data, actor);
    }
    return relationship;
  });
}

async function change(
  sql: Sql,
  contactId: string,
  make: (tx: Tx) => Promise<RelationshipRecord>,
): Promise<RelationshipRecord> {
  return inTransaction(sql, async (tx) => {
    await requireContact(tx, contactId);
    await lockAddresses(tx, contactId);
    const relationship = await make(tx);
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'relationship_changed' from enrollment where contact_id = ${contactId} and state = 'open'`;
    return relationship;
  });
}

async function record(
  tx: Tx,
  entityId: string,
  what: string,
  data: Readonly<Record<string, unknown>>,
  actor: string,
): Promise<void> {
  await recordChange(tx, { entity: 'contact', entityId, change: what, data, actor });
}

async function getRelationship(tx: Tx, contactId: string, id: string): Promise<RelationshipRecord> {
  const [row] = await tx<RelationshipRecord[]>`
    select ${columns(tx)} from relationship where id = ${id} and contact_id = ${contactId}`;
  if (row === undefined) throw new Refusal('not_found', `the contact has no relationship ${id}`);
  return row;
}

async function requireContact(db: Db, id: string): Promise<void> {
  const rows = await db`select 1 from contact where id = ${id}`;
  if (rows.length === 0) throw new Refusal('not_found', `there is no contact ${id}`);
}

function columns(db: Db) {
  return db`id, kind, to_char(happened_on, 'YYYY-MM-DD') as happened_on, source, ms(recorded_at) as recorded_at,
    ms(withdrawn_at) as withdrawn_at, withdrawn_by, withdrawn_reason, actor`;
}
