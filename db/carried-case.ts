import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';

/**
 * an enrollment carries every case that its contact is in the campaign with, also one that comes onto the list later.
 * That one takes part from then on: rules that fired before were not about it.
 */

/** Why an enrollment is woken. */
export const CASE_LISTED = 'case_listed';

/** Whoever puts cases onto a list says so, and waits for no enrollment: the next to be woken carry what they lack. */
export async function tellListed(tx: Tx, listId: string, caseIds: readonly string[]): Promise<void> {
  if (caseIds.length === 0) return;
  await tx`
    insert into wake (enrollment_id, reason)
    select distinct e.id, ${CASE_LISTED}
    from campaign c
    join cases k on k.id = any (${[...caseIds]}::uuid[])
    join enrollment e on e.campaign_id = c.id and e.contact_id = k.contact_id and e.state = 'open'
    where c.list_id = ${listId} and c.status in ('active', 'paused') and not k.id = any (e.cases)`;
}

/** Gives each of them the cases of its list that it lacks. */
export async function carryListed(sql: Sql, enrollmentIds: readonly string[]): Promise<void> {
  if (enrollmentIds.length === 0) return;
  const ids = [...new Set(enrollmentIds)];
  await inTransaction(sql, async (tx) => {
    await tx`select from enrollment where id = any (${ids}::uuid[]) order by id for no key update`;
    await carryListedIn(tx, ids);
  });
}

/** The same, where the caller holds the enrollments' locks. */
export async function carryListedIn(tx: Tx, enrollmentIds: readonly string[]): Promise<void> {
  const lacking = await tx<{ enrollmentId: string; caseIds: string[] }[]>`
    select e.id as enrollment_id, array_agg(k.id order by k.id) as case_ids
    from enrollment e
    join campaign c on c.id = e.campaign_id
    join cases k on k.contact_id = e.contact_id
    join list_member m on m.list_id = c.list_id and m.case_id = k.id
    where e.id = any (${[...enrollmentIds]}::uuid[]) and e.state = 'open' and not k.id = any (e.cases)
    group by e.id`;
  for (const { enrollmentId, caseIds } of lacking) await carryCases(tx, enrollmentId, caseIds, 'system');
}

/** The caller holds the enrollment's lock. When each came stands among the changes, for whoever audits what was ordered before. */
export async function carryCases(
  tx: Tx,
  enrollmentId: string,
  caseIds: readonly string[],
  actor: string,
): Promise<void> {
  const fresh = await tx<{ caseId: string }[]>`
    select given.id as case_id
    from enrollment e cross join unnest(${[...caseIds]}::uuid[]) as given (id)
    where e.id = ${enrollmentId} and not given.id = any (e.cases)`;
  if (fresh.length === 0) return;
  await tx`
    update enrollment
    set cases = array(select distinct unnest(cases || ${fresh.map(({ caseId }) => caseId)}::uuid[]) order by 1)
    where id = ${enrollmentId}`;
  for (const data of fresh)
    await recordChange(tx, { entity: 'enrollment', entityId: enrollmentId, change: 'case_joined', data, actor });
}
