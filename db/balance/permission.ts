import type { Db } from '../client';
import { type Equation, equation } from './equation';
import { lawAtClaim, placeAtClaim, standingRules } from './law';

/** What had to be there before anybody was reached: room under the caps of law, consent, and money. */

/** Counted for each address of the person, as the other caps are; by the day of whichever place is strictest. */
export function legalCaps(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'legal_caps',
    'In no 24 h did an address get more attempts than the law of a place where its person may be allows.',
    sql`
      with counted as materialized (
        select r.hash, t.id, t.channel, date_trunc('milliseconds', t.claimed_at) as at
        from attempt t
        join (select attempt_id, hash from attempt_address union select id, to_hash from attempt) r on r.attempt_id = t.id
        where t.state <> 'not_sent'
      ), placed as materialized (
        select t.id, t.channel, ${lawAtClaim(sql)} as law_revision, coalesce(place.known, false) as known, place.states, place.countries,
          (t.claimed_at at time zone zone.name)::date as local_on
        from attempt t
        join enrollment e on e.id = t.enrollment_id
        join contact p on p.id = e.contact_id
        cross join lateral ${placeAtClaim(sql)} place
        cross join jsonb_array_elements_text(place.zones) candidate
        join pg_timezone_names zone on zone.name = candidate
        where t.state <> 'not_sent'
      ), situation as materialized (
        select distinct channel, law_revision, known, states, countries, local_on from placed
      ), limiting as materialized (
        select s.*, v.per_day, v.channels as counting
        from situation s
        cross join lateral ${standingRules(sql)} v
        where v.per_day is not null
      ), bound as (
        select distinct id, per_day, counting
        from placed
        join limiting using (channel, law_revision, known, states, countries, local_on)
      ), summed as (
        select b.id, b.per_day, count(*) filter (where other.channel = any (b.counting)) as attempts
        from bound b
        join counted own on own.id = b.id
        join counted other on other.hash = own.hash and other.at > own.at - interval '24 hours' and other.at <= own.at
        group by b.id, b.per_day, b.counting, own.hash
      ), judged as (
        select id, bool_or(attempts > per_day) as over
        from summed
        group by id
      )
      select id::text, true as on_left, not over as on_right, over as wrong
      from judged`,
  );
}

/** INV-4. Claim and revocation take the same locks, so business time tells which came first; at one instant, real order can't be told and both may be. */
export function consents(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'consents',
    'Every attempt whose step asks for consent had one of that class, given before and not revoked.',
    sql`
      with asked as (
        select t.id, t.claimed_at, e.contact_id, needed.class
        from attempt t
        join enrollment e on e.id = t.enrollment_id
        join version v on v.id = coalesce((t.permit ->> 'planVersionId')::uuid, t.version_id)
        cross join lateral (
          select run -> 'calls' ->> 'requiresConsent' as class
          from jsonb_array_elements(v.plan -> 'runs') run
          where t.channel = 'voice' and (run ->> 'key' = t.run_key or t.step_key = 'callback')
          union
          select message ->> 'requiresConsent'
          from jsonb_array_elements(v.plan -> 'runs') run
          cross join jsonb_array_elements(run -> 'messages') message
          where t.channel <> 'voice' and run ->> 'key' = t.run_key and message ->> 'key' = t.step_key
        ) needed
        where t.state <> 'not_sent' and needed.class is not null
      ), judged as (
        select a.id, bool_and(exists (
          select from consent n
          where n.contact_id = a.contact_id and n.class = a.class and n.given_at <= a.claimed_at
            and (n.revoked_at is null or n.revoked_at >= a.claimed_at))) as agreed
        from asked a
        group by a.id
      )
      select id::text, true as on_left, agreed as on_right, not agreed as wrong
      from judged`,
  );
}

export function spending(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'spending',
    'What is counted against each limit of money is what the attempts were taken to cost.',
    sql`
      select coalesce(l.campaign_id::text, 'company') as id, true as on_left, l.total_spent = s.cost as on_right, l.total_spent <> s.cost as wrong
      from spend_limit l
      cross join lateral (
        select coalesce(sum(t.cost_micros), 0) as cost
        from attempt t
        join enrollment e on e.id = t.enrollment_id
        where t.state <> 'not_sent' and (l.campaign_id is null or e.campaign_id = l.campaign_id)
      ) s`,
  );
}
