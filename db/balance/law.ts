import type { Db } from '../client';
import type { Fragment } from './equation';

/** The law a second time, in SQL: which rows stood, for whom, and on which days. Knows nothing of the planner. */

/** So long may a claim still be under way when the law that it read is changed. */
const CLAIM_SECONDS = 10;

/**
 * The revision of the law that bound the claim of the attempt `t`: the one that its permit names, unless that had been
 * replaced long before; 0 = there was no law on record yet. Null, and so nothing that would allow it, where there is none.
 */
export function lawAtClaim(sql: Db): Fragment {
  return sql`case
    when t.permit ? 'lawRevision' or t.claimed_rt >= (select min(rt) from law_revision) then (
      select r.revision from law_revision r
      where r.revision = coalesce((t.permit ->> 'lawRevision')::int, (select max(revision) from law_revision))
        and not exists (
          select from law_revision n
          where n.revision = r.revision + 1 and n.rt <= t.claimed_rt - make_interval(secs => ${CLAIM_SECONDS})))
    else 0 end`;
}

/** Where the person `p` may have been: what is known now, unless it was learned after the claim of the attempt `t`. */
export function placeAtClaim(sql: Db): Fragment {
  return sql`(
    select found.zones, found.known, coalesce(found.states, '[]') as states,
      (select coalesce(jsonb_agg(distinct country), '[]') from (
        select value #>> '{}' as country from jsonb_path_query(p.places, '$.sources[*] ? (@.source == "country").value') value
        union
        select case when given.state in ('AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT') then 'CA' else 'US' end
        from jsonb_array_elements_text(coalesce(found.states, '[]')) as given (state)
      ) named) as countries
    from (
      select
        case when learned_later then t.permit -> 'zones' else p.places -> 'zones' end as zones,
        (case when learned_later then t.permit -> 'placeKnown' else p.places -> 'known' end)::boolean as known,
        case when learned_later then t.permit -> 'states' else p.places -> 'states' end as states
      from (select p.updated_at > t.claimed_at and t.permit ? 'zones' as learned_later) evidence
    ) found
  )`;
}

/** The rules that bind `s` (law_revision, channel, known, states, countries) on the local day `s.local_on`, or null for each that says nothing. */
export function standingRules(sql: Db): Fragment {
  return sql`(
    select v.*
    from (
      select distinct on (l.id) l.*
      from legal_rule l
      where l.revision <= s.law_revision and l.effective_from <= s.local_on
      order by l.id, l.version desc
    ) v
    where not v.retired and s.local_on <= coalesce(v.effective_to, 'infinity') and s.channel = any (v.channels)
      and (not s.known or case when v.state is not null then s.states ? v.state else v.country = 'US' or s.countries ? v.country end)
  )`;
}

/** The hours of the local day `s.local_on` that every standing rule allows, by the clock on the wall. */
export function lawfulHours(sql: Db): Fragment {
  return sql`(
    select coalesce(range_intersect_agg(standing.open), '{(,)}'::tsmultirange)
    from (
      select coalesce((
        select range_agg(tsrange(s.local_on + slot.open, s.local_on + slot.close))
        from jsonb_array_elements(v.hours) part
        cross join jsonb_to_recordset(part -> 'slots') as slot (open interval, close interval)
        where part -> 'weekdays' @> to_jsonb(extract(isodow from s.local_on)::int)
      ), '{}'::tsmultirange) as open
      from ${standingRules(sql)} v
    ) standing
  )`;
}

/** Every date (`on_day`) of every version of the calendar, around the local days of `placed`: worked out once, for it is long. */
export function keptDays(sql: Db): Fragment {
  return sql`
    select v.*, kept.on_day
    from calendar_day v
    cross join lateral (
      select generate_series((v.rule ->> 'from')::date, (v.rule ->> 'to')::date, interval '1 day')::date as on_day
      where v.rule ->> 'kind' = 'dates'
      union
      select unnest(array[falls, case
        when extract(isodow from falls) = 7 and v.observed <> 'same_day' then falls + 1
        when extract(isodow from falls) = 6 and v.observed = 'weekend_to_weekday' then falls - 1
        else falls end])
      from (select extract(year from min(local_on))::int - 1 as first, extract(year from max(local_on))::int + 1 as last from placed) asked
      cross join generate_series(asked.first, asked.last) y
      cross join lateral (select ${dayOfYear(sql)} as falls) day
      where v.rule ->> 'kind' <> 'dates'
    ) kept
    where kept.on_day is not null`;
}

/** Is `s.local_on` a day without outreach for `s`? Looks it up in `kept_day`, which is what `keptDays` answers. */
export function isClosedDay(sql: Db): Fragment {
  return sql`exists (
    select from kept_day v
    where v.on_day = s.local_on and v.revision <= s.law_revision and v.effective_from <= s.local_on
      and not v.retired and s.local_on <= coalesce(v.effective_to, 'infinity')
      and (v.state is null or not s.known or s.states ? v.state)
      and not exists (
        select from calendar_day later
        where later.id = v.id and later.version > v.version and later.revision <= s.law_revision and later.effective_from <= s.local_on)
      and (v.binds = 'everybody' or exists (select from ${standingRules(sql)} barring where barring.holidays))
  )`;
}

/** The date of the day `v` in the year `y`; null where it has none. Easter by the rule of Butcher. */
function dayOfYear(sql: Db): Fragment {
  return sql`case v.rule ->> 'kind'
    when 'yearly' then (
      select date from (select make_date(y, (v.rule ->> 'month')::int, 1) + (v.rule ->> 'day')::int - 1 as date) exact
      where extract(month from date) = (v.rule ->> 'month')::int)
    when 'nth_weekday' then (v.rule ->> 'plusDays')::int + (
      select case (v.rule ->> 'nth')::int when -1 then max(date) else
        (array_agg(date order by date))[(v.rule ->> 'nth')::int] end
      from (
        select make_date(y, (v.rule ->> 'month')::int, 1) + n as date from generate_series(0, 30) n
      ) days
      where extract(month from date) = (v.rule ->> 'month')::int and extract(isodow from date) = (v.rule ->> 'weekday')::int)
    when 'easter' then (v.rule ->> 'plusDays')::int + (
      select make_date(y, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1)
      from (select y % 19 as a, y / 100 as b, y % 100 as c) one
      cross join lateral (select (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30 as h) two
      cross join lateral (select (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7 as l) three
      cross join lateral (select (a + 11 * h + 22 * l) / 451 as m) four)
    end`;
}
