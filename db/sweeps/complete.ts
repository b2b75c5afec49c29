import { inTransaction, type Sql, type Tx } from '../client';

/** A campaign that takes in nobody more and has nobody left to touch is over (K-6); facts that come later still count. */
export async function completeCampaigns(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => {
    // Locked first and asked again: enrolling holds the same row, and its new enrollments show only afterwards.
    const candidates = await tx<{ id: string }[]>`
      select c.id from campaign c where ${isOver(tx)} order by c.seq for no key update skip locked`;
    const over = await tx<{ id: string }[]>`
      update campaign c set status = 'completed', status_reason = 'plan_through', ended_at = app_now(), updated_at = app_now(), actor = 'system'
      where c.id = any(${candidates.map(({ id }) => id)}::uuid[]) and ${isOver(tx)} and ${nobodyComes(tx)}
      returning c.id`;
    for (const { id } of over) {
      await tx`
        insert into timeline (campaign_id, kind, data, actor, at)
        values (${id}, 'campaign_ended', '{"reason": "plan_through"}', 'system', app_now())`;
    }
    return over.length;
  });
}

function isOver(tx: Tx) {
  return tx`
    c.status = 'active' and c.enroll_scanned_rt is not null and c.enroll_cursor is null
      and exists (select 1 from version v
        where v.id = c.current_version_id and not coalesce((v.policy ->> 'neverEnding')::boolean, false))
      and exists (select 1 from enrollment e where e.campaign_id = c.id)
      and not exists (select 1 from enrollment e where e.campaign_id = c.id and e.state = 'open')`;
}

/** No file is being taken in, conditions were looked at, and who is on the list was enrolled. For few campaigns: it reads their lists. */
function nobodyComes(tx: Tx) {
  return tx`
    not exists (select 1 from import i where i.list_id = c.list_id and i.status = 'running')
      and not exists (select 1 from list l where l.id = c.list_id and l.kind <> 'static' and l.swept_rt is null)
      and not exists (
        select 1 from list_member m join cases k on k.id = m.case_id
        where m.list_id = c.list_id and not exists (
          select 1 from enrollment e where e.campaign_id = c.id and e.contact_id = k.contact_id)
        offset 0)`;
}
