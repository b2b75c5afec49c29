import type { Db, Tx } from './client';

/** What an engine needs to know of a row to start or wake its workflow. */
export interface EnrollmentRef {
  readonly enrollmentId: string;
  readonly campaignId: string;
  readonly contactId: string;
}

export async function enrollmentRef(db: Db, enrollmentId: string): Promise<EnrollmentRef | null> {
  const [row] = await db<EnrollmentRef[]>`
    select id as enrollment_id, campaign_id, contact_id from enrollment where id = ${enrollmentId}`;
  return row ?? null;
}

/**
 * The lock that whoever changes an enrollment takes first. Not `for update`: a fact, a wake or a lease that refers to the
 * row must be insertable meanwhile, or two transactions that each hold one enrollment wait for each other.
 */
export async function lockEnrollment(tx: Tx, enrollmentId: string): Promise<void> {
  await tx`select 1 from enrollment where id = ${enrollmentId} for no key update`;
}
