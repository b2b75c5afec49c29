import type { Db } from './client';

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
