import { type Db, inTransaction, type Sql, type Tx } from '../client';
import { lockStops, rejectStopped } from '../crm-standing';

/** How many contacts one page takes in. */
const PAGE = 1_000;
/** A list that was read to its end is read again after this long, for members that came later. */
const RESCAN_SECONDS = 30;

/** Gives every member of an active campaign's list its row: enrolled, or rejected with a reason. Answers how many came in. */
export async function enrollPage(sql: Sql): Promise<number> {
  return inTransaction(sql, async (tx) => {
    const [campaign] = await tx<Campaign[]>`
      select id, list_id, enroll_cursor
      from campaign
      where status = 'active'
        and (enroll_scanned_rt is null or enroll_scanned_rt < clock_timestamp() - make_interval(secs => ${RESCAN_SECONDS}))
      order by enroll_scanned_rt nulls first, seq
      limit 1
      for no key update skip locked`;
    if (campaign === undefined) return 0;
    const page = await members(tx, campaign);
    const last = page.at(-1);
    await tx`
      update campaign
      set enroll_cursor = ${page.length < PAGE ? null : (last?.contactId ?? null)}::uuid,
        enroll_scanned_rt = ${page.length < PAGE ? tx`clock_timestamp()` : null}
      where id = ${campaign.id}`;
    return page.length === 0
      ? 0
      : insertRows(
          tx,
          campaign.id,
          page.map(({ contactId }) => contactId),
        );
  });
}

interface Campaign {
  id: string;
  listId: string;
  enrollCursor: string | null;
}

/** Does the campaign `c` still mean the contact of its enrollment `e`: by its list, or as one who was added? */
export function isMeant(db: Db) {
  return db`(exists (select from list_member m join cases k on k.id = m.case_id where m.list_id = c.list_id and k.contact_id = e.contact_id)
    or exists (select from campaign_addition a where a.campaign_id = c.id and a.contact_id = e.contact_id))`;
}

/** Who has a row already is passed over, so that reading a long list again costs one look. */
async function members(tx: Tx, { id, listId, enrollCursor }: Campaign): Promise<{ contactId: string }[]> {
  return tx<{ contactId: string }[]>`
    select distinct k.contact_id
    from list_member m join cases k on k.id = m.case_id
    where m.list_id = ${listId} and (${enrollCursor}::uuid is null or k.contact_id > ${enrollCursor}::uuid)
      and not exists (select 1 from enrollment e where e.campaign_id = ${id} and e.contact_id = k.contact_id)
    order by k.contact_id
    limit ${PAGE}`;
}

/** Their rows; who has one keeps it. Answers how many came in. */
export async function insertRows(tx: Tx, campaignId: string, contactIds: readonly string[]): Promise<number> {
  const stops = await lockStops(tx, campaignId);
  const rows = await tx<{ contactId: string }[]>`
    insert into enrollment (campaign_id, contact_id, cases, enrolled_at, state, reason, wants_workflow)
    select ${campaignId}, contact_id, cases, app_now(), state, reason, state = 'open'
    from (${standings(tx, campaignId, contactIds)}) standing
    on conflict (campaign_id, contact_id) do nothing
    returning contact_id`;
  await rejectStopped(
    tx,
    stops,
    rows.map(({ contactId }) => contactId),
  );
  return rows.length;
}

/** The row that each would be given: whoever has no address that a channel of the plan could use, or barred them all, is rejected. */
export function standings(tx: Tx, campaignId: string, contactIds: readonly string[]) {
  return tx`
    with launched as (
      select c.list_id, v.plan from campaign c join version v on v.id = c.current_version_id where c.id = ${campaignId}
    ), used as materialized (
      select channel, case channel when 'email' then 'email' else 'phone' end as kind from launched, plan_channels(plan) channel
    ), member as (
      select p.id as contact_id,
        array(select k.id from list_member m join cases k on k.id = m.case_id
          where m.list_id = (select list_id from launched) and k.contact_id = p.id order by k.id) as cases,
        exists (select 1 from contact_address ca join address a on a.hash = ca.hash
          where ca.contact_id = p.id and ca.unusable is null and a.kind in (select kind from used)) as has_address,
        not exists (select 1 from used
          where not exists (select 1 from contact_address ca join suppression s on s.hash = ca.hash
            where ca.contact_id = p.id and s.lifted_at is null and used.channel = any(s.channels))) as opted_out
      from contact p
      where p.id = any(${[...contactIds]}::uuid[])
    )
    select contact_id, cases,
      case when has_address and not opted_out then 'open' else 'rejected' end as state,
      case when not has_address then 'no_usable_address' when opted_out then 'opted_out' end as reason
    from member`;
}
