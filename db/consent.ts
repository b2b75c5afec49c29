import type { ConsentClass } from '../domain/consent';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';
import { lockAddresses } from './suppression';

/** What somebody agreed to, with everything that proves it (C14). A revocation adds to the row and takes nothing away. */
export interface ConsentRecord {
  readonly id: string;
  readonly class: ConsentClass;
  readonly source: string;
  readonly text: string;
  /** Who was named to the person as the one who calls (C21). */
  readonly seller: string;
  readonly givenAt: number;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
  readonly actor: string;
}

export type NewConsent = Pick<ConsentRecord, 'id' | 'class' | 'source' | 'text' | 'seller'> & {
  /** Null = now. */
  readonly givenAt: number | null;
};

export async function listConsents(db: Db, contactId: string): Promise<ConsentRecord[]> {
  await requireContact(db, contactId);
  return db<ConsentRecord[]>`
    select ${columns(db)} from consent where contact_id = ${contactId} order by given_at, id`;
}

/** Whoever is being reached looks again: a touch that waited for this may go. */
export async function recordConsent(
  sql: Sql,
  contactId: string,
  consent: NewConsent,
  actor: string,
): Promise<ConsentRecord> {
  return change(sql, contactId, async (tx) => {
    const given = await tx`
      insert into consent (id, contact_id, class, source, text, seller, given_at, actor)
      values (${consent.id}, ${contactId}, ${consent.class}, ${consent.source}, ${consent.text}, ${consent.seller},
        coalesce(at_ms(${consent.givenAt}), app_now()), ${actor})
      on conflict (id) do nothing
      returning 1`;
    if (given.length > 0)
      await recordChange(tx, {
        entity: 'contact',
        entityId: contactId,
        change: 'consent_given',
        data: { consentId: consent.id, class: consent.class },
        actor,
      });
    return getConsent(tx, contactId, consent.id);
  });
}

/** No claim after the commit rests on it: it holds the locks that every claim takes (INV-4). Revoking twice is revoking once. */
export async function revokeConsent(
  sql: Sql,
  consentId: string,
  reason: string,
  actor: string,
): Promise<ConsentRecord> {
  const [owner] = await sql<{ contactId: string }[]>`select contact_id from consent where id = ${consentId}`;
  if (owner === undefined) throw new Refusal('not_found', `there is no consent ${consentId}`);
  const { contactId } = owner;
  return change(sql, contactId, async (tx) => {
    const revoked = await tx`
      update consent set revoked_at = app_now(), revoked_by = ${actor}, revoked_reason = ${reason}
      where id = ${consentId} and contact_id = ${contactId} and revoked_at is null returning 1`;
    const consent = await getConsent(tx, contactId, consentId);
    if (revoked.length > 0)
      await recordChange(tx, {
        entity: 'contact',
        entityId: contactId,
        change: 'consent_revoked',
        data: { consentId, class: consent.class },
        actor,
      });
    return consent;
  });
}

async function change(sql: Sql, contactId: string, make: (tx: Tx) => Promise<ConsentRecord>): Promise<ConsentRecord> {
  return inTransaction(sql, async (tx) => {
    await requireContact(tx, contactId);
    await lockAddresses(tx, contactId);
    const consent = await make(tx);
    await tx`
      insert into wake (enrollment_id, reason)
      select id, 'consent_changed' from enrollment where contact_id = ${contactId} and state = 'open'`;
    return consent;
  });
}

async function getConsent(tx: Tx, contactId: string, id: string): Promise<ConsentRecord> {
  const [row] = await tx<ConsentRecord[]>`
    select ${columns(tx)} from consent where id = ${id} and contact_id = ${contactId}`;
  if (row === undefined) throw new Refusal('not_found', `the contact has no consent ${id}`);
  return row;
}

async function requireContact(db: Db, id: string): Promise<void> {
  const rows = await db`select 1 from contact where id = ${id}`;
  if (rows.length === 0) throw new Refusal('not_found', `there is no contact ${id}`);
}

function columns(db: Db) {
  return db`
    id, class, source, text, seller, ms(given_at) as given_at, ms(revoked_at) as revoked_at, revoked_by, revoked_reason, actor`;
}
