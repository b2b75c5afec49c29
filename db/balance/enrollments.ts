import type { Db } from '../client';
import { type BalanceOptions, type Equation, equation } from './equation';

/** Nobody is forgotten: not by the launch, and not afterwards. */

/** A stopped campaign takes nobody in any more, however far its enrolling had come. */
export function audience(sql: Db, { settled }: BalanceOptions): Promise<Equation> {
  return equation(
    sql,
    'audience',
    settled
      ? 'Every contact with a case in the list of a launched campaign, or added to it, has one row in it, enrolled or rejected, and nobody else has who was on no list of it before.'
      : 'Whoever has a row in a launched campaign, enrolled or rejected, has a case in its list, was added or has left it; members without a row are still to come.',
    sql`
      with launched as (
        select id, list_id, list_exchanged, coalesce(status_reason = 'stopped', false) as stopped
        from campaign
        where status <> 'draft'
      ), listed as (
        select distinct l.id as campaign_id, k.contact_id
        from launched l
        join list_member m on m.list_id = l.list_id
        join cases k on k.id = m.case_id
        union
        select a.campaign_id, a.contact_id from launched l join campaign_addition a on a.campaign_id = l.id
      )
      select coalesce(e.id, a.contact_id)::text as id,
        named.rightly as on_left,
        e.id is not null as on_right,
        not named.rightly or (e.id is null and ${settled} and not l.stopped) as wrong
      from listed a
      full join enrollment e on e.campaign_id = a.campaign_id and e.contact_id = a.contact_id
      left join launched l on l.id = coalesce(a.campaign_id, e.campaign_id)
      cross join lateral (
        select a.contact_id is not null or coalesce(l.list_exchanged, false) or exists (
          select from list_departure d where d.list_id = l.list_id and d.contact_id = e.contact_id) as rightly) named`,
  );
}

/** Before the first step, and after news that no step has seen, a row needs no instant: the start sweep and relay look after it. */
export function states(sql: Db, { settled }: BalanceOptions): Promise<Equation> {
  return equation(
    sql,
    'states',
    'Everybody who was enrolled waits for a set instant, is held, queued or in flight, or has ended with a reason and nothing left to do.',
    sql`
      with busy as (
        select enrollment_id from line_queue
        union select enrollment_id from lease where freed_rt is null and (state = 'bound' or expires_rt > clock_timestamp())
        union select enrollment_id from attempt where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')
      ), awaited as (
        select id as enrollment_id from enrollment where wants_workflow and stepped_rt is null
        union select enrollment_id from fact where wakes and seen_rt is null
      ), undone as (
        select distinct enrollment_id from execution
        where state = 'pending' and (${settled} or kind in ('stop_calls', 'stop_messaging', 'stop_campaign'))
      ), judged as (
        select e.id,
          case e.state
            when 'open' then e.due_at is not null or e.held_until_at is not null
              or exists (select from busy b where b.enrollment_id = e.id)
              or (not ${settled} and exists (select from awaited w where w.enrollment_id = e.id))
            else e.reason <> '' and e.ended_at is not null
              and not exists (select from undone u where u.enrollment_id = e.id)
          end as accounted
        from enrollment e
        where e.state <> 'rejected'
      )
      select id::text, true as on_left, accounted as on_right, not accounted as wrong
      from judged`,
  );
}
