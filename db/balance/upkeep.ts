import type { Db } from '../client';
import { type Equation, equation } from './equation';

/** What the sweeps look after: nothing waits for somebody who does not come, and what is shown is what is there. */

/** Reconciliation takes what is due every two seconds and puts it off by seconds; so late it is not taken at all. */
const OVERDUE_SECONDS = 300;
const UNTOLD_SECONDS = 60;
/** After a change that concerns everybody they are woken page by page. */
const UNWOKEN_SECONDS = 900;

export function attempts(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'attempts',
    'Every attempt has come to its end, or somebody asks about it at a set instant that is not long past.',
    sql`
      with judged as (
        select id, state in ('ended', 'not_sent', 'unknown_final') or (state = 'accepted' and channel <> 'voice')
          or coalesce(resolve_by_rt > clock_timestamp() - make_interval(secs => ${OVERDUE_SECONDS}), false) as sound
        from attempt
      )
      select id::text, true as on_left, sound as on_right, not sound as wrong
      from judged`,
  );
}

/** While the installation is locked for recovery nobody is told anything, on purpose. */
export function outbox(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'outbox',
    'Whoever has to be woken is told: no news lies for more than 60 s, and no wake for more than 15 min, without a try.',
    sql`
      with awaited as (
        select id::text as id, signals > 0 or rt > clock_timestamp() - make_interval(secs => ${UNTOLD_SECONDS}) as tried
        from fact
        where wakes and seen_rt is null and enrollment_id is not null
        union all
        select enrollment_id::text, rt > clock_timestamp() - make_interval(secs => ${UNWOKEN_SECONDS})
        from wake
      )
      select id, true as on_left, tried as on_right,
        not tried and not exists (select from installation where locked_rt is not null) as wrong
      from awaited`,
  );
}

/** Of campaigns that are over: the figures of a living one are those of a moment ago. */
export function counters(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'counters',
    'The figures that are shown of a campaign that is over are the numbers of its rows.',
    sql`
      with counted as (
        select s.campaign_id, s.counts
        from campaign_stats s
        join campaign c on c.id = s.campaign_id and c.status in ('completed', 'archived')
        where not exists (select from timeline t where t.campaign_id = s.campaign_id and t.id > s.timeline_id)
          and not exists (select from enrollment e where e.campaign_id = s.campaign_id and e.stepped_rt > s.counted_rt)
      ), judged as (
        select k.campaign_id,
          (k.counts ->> 'enrolled')::int = e.enrolled and (k.counts ->> 'rejected')::int = e.rejected
            and (k.counts ->> 'ended')::int = e.ended and (k.counts ->> 'rulesFired')::int = f.fired
            and (select coalesce(sum(value::int), 0) from jsonb_each_text(k.counts -> 'attempts')) = t.attempts as agrees
        from counted k
        cross join lateral (
          select count(*) filter (where state <> 'rejected') as enrolled, count(*) filter (where state = 'rejected') as rejected,
            count(*) filter (where state = 'ended') as ended
          from enrollment where campaign_id = k.campaign_id) e
        cross join lateral (select count(*) as fired from rule_firing where campaign_id = k.campaign_id) f
        cross join lateral (
          select count(*) as attempts from attempt a join enrollment n on n.id = a.enrollment_id
          where n.campaign_id = k.campaign_id) t
      )
      select campaign_id::text as id, true as on_left, agrees as on_right, not agrees as wrong
      from judged`,
  );
}
