import type { Db, Tx } from './client';
import { insertRows } from './sweeps/enroll';

/**
 * Who of the campaign carries each id, as it is written: as their own, or as that of a case that they are enrolled with
 * (S1-98). One row for each line, with the number of contacts found and one of them.
 */
export function matchIds(db: Db, campaignId: string, lines: readonly { readonly line: number; readonly id: string }[]) {
  return db`
    select g.line, g.given, count(distinct m.enrollment_id)::int as found,
      (array_agg(m.enrollment_id))[1] as enrollment_id
    from unnest(${lines.map(({ line }) => line)}::int[], ${lines.map(({ id }) => id)}::text[]) as g (line, given)
    left join lateral (
      select e.id as enrollment_id
      from contact p join enrollment e on e.contact_id = p.id and e.campaign_id = ${campaignId}
      where p.external_id = g.given
      union
      select e.id
      from cases k join enrollment e on e.contact_id = k.contact_id and e.campaign_id = ${campaignId} and k.id = any (e.cases)
      where k.external_id = g.given
    ) m on true
    group by g.line, g.given`;
}

/**
 * Whoever is on the campaign's list and has no row in it yet belongs to it all the same (S1-98): those who carry one of the ids
 * get theirs first, by the rules of the sweep that would come to them later and have them reached.
 */
export async function enrollCarriers(tx: Tx, campaignId: string, ids: readonly string[]): Promise<void> {
  const live = tx`(select id, list_id from campaign where id = ${campaignId} and status in ('active', 'paused'))`;
  const isNew = tx`not exists (select from enrollment e where e.campaign_id = ${campaignId} and e.contact_id = k.contact_id)`;
  // Enrolling holds the same row.
  await tx`select from campaign where id = ${campaignId} for no key update`;
  const rows = await tx<{ contactId: string }[]>`
    select k.contact_id
    from ${live} c join cases k on k.external_id = any (${[...ids]}::text[])
    join list_member m on m.list_id = c.list_id and m.case_id = k.id
    where ${isNew}
    union
    select k.contact_id
    from ${live} c join contact p on p.external_id = any (${[...ids]}::text[])
    join cases k on k.contact_id = p.id
    join list_member m on m.list_id = c.list_id and m.case_id = k.id
    where ${isNew}`;
  if (rows.length === 0) return;
  await insertRows(
    tx,
    campaignId,
    rows.map(({ contactId }) => contactId),
  );
}
