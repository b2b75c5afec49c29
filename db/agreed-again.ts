import { CONSENT_CHANNEL } from '../domain/consent';
import type { Db, Tx } from './client';
import { planVersionId } from './planner-input';

/**
 * Has the person of `enrollment e` in `campaign c`, after the opt-out that ended it, agreed to a channel of its plan which
 * nothing bars any more at any of their addresses? One of them has to be of use for it.
 */
export function agreedAgain(db: Db) {
  return db`(e.reason = 'opted_out' and exists (
    select from version v, plan_channels(v.plan) channel
    where v.id = ${planVersionId(db)}
      and exists (select from contact_address ca join address a on a.hash = ca.hash
        where ca.contact_id = e.contact_id and ca.unusable is null
          and a.kind = case channel when 'email' then 'email' else 'phone' end)
      and not exists (select from contact_address ca join suppression s on s.hash = ca.hash and s.lifted_at is null
        where ca.contact_id = e.contact_id and channel = any (s.channels))
      and not (channel = 'voice' and exists (
        select from contact_address ca join call_opt_out o on o.hash = ca.hash and o.lifted_at is null
        where ca.contact_id = e.contact_id
          and (o.case_type in (select k.case_type from cases k where k.id = any (e.cases))
            or o.case_type = (select l.case_type from list l where l.id = c.list_id))))
      and exists (select from consent n
        where n.contact_id = e.contact_id and n.revoked_at is null and n.given_at <= app_now()
          and ${JSON.stringify(CONSENT_CHANNEL)}::text::jsonb ->> n.class = channel
          and n.given_at >= greatest(e.ended_at,
            (select max(t.at) from timeline t where t.enrollment_id = e.id and t.kind = 'opted_out')))))`;
}

/** The row is locked. */
export async function hasAgreedAgain(tx: Tx, enrollmentId: string): Promise<boolean> {
  const [row] = await tx<{ agreed: boolean }[]>`
    select ${agreedAgain(tx)} as agreed
    from enrollment e join campaign c on c.id = e.campaign_id
    where e.id = ${enrollmentId}`;
  return row?.agreed === true;
}
