import type { Db } from '../client';
import { type Equation, equation, type Fragment } from './equation';
import { revisionAtClaim } from './settings-at-claim';

/** What must never reach a person: the same touch twice, anything after a stop, more than the caps allow. */

export function creates(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'creates',
    'Of the tries of one touch all but the last are known not to have been sent, and no provider resource belongs to two attempts.',
    sql`
      with judged as (
        select id,
          (state = 'not_sent' or lead(id) over (partition by enrollment_id, touch_key order by try) is null)
            and (provider_sid is null or count(*) over (partition by provider_sid) = 1) as single
        from attempt
      )
      select id::text, true as on_left, single as on_right, not single as wrong
      from judged`,
  );
}

/**
 * Claim and suppression take the same locks and stamp their rows under them, so real time tells which came first, also
 * where both bear one business instant. A suppression that bears a later one, such as a dated order, binds from then on.
 */
export function suppressions(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'suppressions',
    'No attempt was claimed on a channel that one of the addresses of the person had been suppressed for, nor a call about cases of a type that the person wants none about.',
    sql`
      with reached as (${reachedAddresses(sql)}),
      late as (
        select distinct t.id
        from suppression s
        join reached r on r.hash = s.hash
        join attempt t on t.id = r.attempt_id
        where t.channel = any(s.channels)
          and s.at <= t.claimed_at
          and s.rt < t.claimed_rt
          and (s.lifted_at is null or s.lifted_at > t.claimed_at)
        union
        select t.id
        from call_opt_out o
        join reached r on r.hash = o.hash
        join attempt t on t.id = r.attempt_id
        join enrollment e on e.id = t.enrollment_id
        where t.channel = 'voice'
          -- What a case was before it was changed is not kept.
          and exists (select from cases k where k.id = any (e.cases) and k.case_type = o.case_type and k.updated_at <= t.claimed_at)
          and o.at <= t.claimed_at
          and o.rt < t.claimed_rt
          and (o.lifted_at is null or o.lifted_at > t.claimed_at)
      )
      select t.id::text, true as on_left, late.id is null as on_right, late.id is not null as wrong
      from attempt t
      left join late on late.id = t.id`,
  );
}

/**
 * Rolling windows that an attempt exactly as old as their length has just left. Instants are compared in the
 * milliseconds that attempts are planned in.
 */
export function caps(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'caps',
    'In no rolling 24 h, 7 d or 30 d did an address get more attempts than the company allows: calls and texts together, e-mail by itself.',
    sql`
      with reached as (${reachedAddresses(sql)}),
      counted as (
        select r.hash, t.id, date_trunc('milliseconds', t.claimed_at) as at,
          case t.channel when 'email' then 'email' else 'phone' end as kind
        from attempt t
        join reached r on r.attempt_id = t.id
        where t.state <> 'not_sent'
      ), summed as (
        select id, kind,
          count(*) over (own range between interval '23:59:59.999' preceding and current row) as in_day,
          count(*) over (own range between interval '167:59:59.999' preceding and current row) as in_week,
          count(*) over (own range between interval '719:59:59.999' preceding and current row) as in_month
        from counted
        window own as (partition by hash, kind order by at)
      ), judged as (
        select s.id, bool_or(
          s.in_day > (c.caps -> s.kind ->> 'perDay')::int
          or s.in_week > (c.caps -> s.kind ->> 'perWeek')::int
          or s.in_month > (c.caps -> s.kind ->> 'perMonth')::int) as over
        from summed s
        join attempt t on t.id = s.id
        left join settings_history c on c.revision = ${revisionAtClaim(sql)}
        group by s.id
      )
      select id::text, true as on_left, not over as on_right, over as wrong
      from judged`,
  );
}

/** Every address an attempt counts for: all that the person had at the claim, and the one it went to in any case. */
function reachedAddresses(sql: Db): Fragment {
  return sql`
    select attempt_id, hash from attempt_address
    union
    select id, to_hash from attempt`;
}
