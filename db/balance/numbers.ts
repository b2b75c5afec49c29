import type { Db } from '../client';
import { type Equation, equation, type Fragment } from './equation';
import { placeAtClaim } from './law';
import { revisionAtClaim } from './settings-at-claim';

/** Whether each number that was called or texted might be: its country, its owner, its wish. Knows nothing of the planner. */

/** T25. Of who was erased since only the country in the permit is left. */
export function countries(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'countries',
    'Every call and text went to a number of a country that the company allows, and to none at a special rate (T25).',
    sql`
      with judged as (
        select t.id, c.allowed_countries is null or case
          when a.value = '' then coalesce(t.permit -> 'number' ->> 'country' = any (c.allowed_countries), true)
          else countries_of_number(a.value) && c.allowed_countries end as allowed
        from attempt t
        join address a on a.hash = t.to_hash
        left join settings_history c on c.revision = ${revisionAtClaim(sql)}
        where t.channel <> 'email' and t.state <> 'not_sent'
      )
      select id::text, true as on_left, allowed as on_right, not allowed as wrong
      from judged`,
  );
}

/** C11. Answers and claims are stamped under the same locks, so real time tells which came first. */
export function reassigned(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'reassigned',
    'No call or text went to a number that had changed hands since the person was last known to have it (C11).',
    sql`
      with judged as (
        select t.id, coalesce(n.answer <> 'yes' or exists (
            select from consent s
            where s.contact_id = e.contact_id and s.given_at > n.checked_at and s.given_at <= t.claimed_at
              and (s.revoked_at is null or s.revoked_at >= t.claimed_at)
          ) or exists (
            select from (${standingRelationships(sql)}) r where (r.happened_on::timestamp at time zone 'UTC') > n.checked_at
          ), true) as theirs
        from attempt t
        join enrollment e on e.id = t.enrollment_id
        left join lateral (${newestAnswer(sql, 'reassigned')}) n on true
        where t.channel <> 'email' and t.state <> 'not_sent'
      )
      select id::text, true as on_left, theirs as on_right, not theirs as wrong
      from judged`,
  );
}

/** C10. A callback that was asked for is an invitation; what the permit's versions say of soliciting binds. */
export function solicitations(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'solicitations',
    'Every solicitation went to a number that was looked up within 31 days and is on no list, or rests on consent or on a purchase or inquiry (C10).',
    sql`
      with soliciting as materialized (
        select t.* from attempt t
        where t.channel <> 'email' and t.state <> 'not_sent' and t.step_key <> 'callback'
          and exists (
            select from version v
            where v.id in (t.version_id, (t.permit ->> 'planVersionId')::uuid, (t.permit ->> 'policyVersionId')::uuid)
              and (v.policy ->> 'solicits')::boolean)
      ), judged as (
        select t.id,
          coalesce(n.answer = 'not_listed' and n.checked_at >= t.claimed_at - interval '744 hours', false)
          or exists (
            select from consent s
            where s.contact_id = e.contact_id and s.given_at <= t.claimed_at
              and (s.revoked_at is null or s.revoked_at >= t.claimed_at)
              and s.class = any (case t.channel when 'sms' then array['marketing_sms'] else array['live_call', 'ai_voice', 'prerecorded'] end))
          or exists (
            select from (${standingRelationships(sql)}) r
            where not exists (
              select from jsonb_array_elements_text(place.zones) zone
              where (t.claimed_at at time zone zone)::date >=
                r.happened_on + case r.kind when 'purchase' then interval '18 months' else interval '3 months' end)) as rests
        from soliciting t
        join enrollment e on e.id = t.enrollment_id
        join contact p on p.id = e.contact_id
        cross join lateral ${placeAtClaim(sql)} place
        left join lateral (${newestAnswer(sql, 'dnc')}) n on true
      )
      select id::text, true as on_left, rests as on_right, not rests as wrong
      from judged`,
  );
}

/** What the registry had said of the number by the claim of the attempt `t`. */
function newestAnswer(sql: Db, registry: 'dnc' | 'reassigned'): Fragment {
  return sql`
    select n.answer, n.checked_at
    from number_check n
    where n.hash = t.to_hash and n.registry = ${registry} and n.checked_at <= t.claimed_at and n.recorded_rt < t.claimed_rt
    order by n.checked_at desc, n.answer in ('listed', 'yes') desc
    limit 1`;
}

/** On record at the claim of the attempt `t` of the enrollment `e`. */
function standingRelationships(sql: Db): Fragment {
  return sql`
    select r.kind, r.happened_on
    from relationship r
    where r.contact_id = e.contact_id and r.recorded_rt < t.claimed_rt
      and (r.withdrawn_rt is null or r.withdrawn_rt >= t.claimed_rt)`;
}
