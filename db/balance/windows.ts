import type { Db } from '../client';
import { type Equation, equation, type Fragment } from './equation';
import { isClosedDay, keptDays, lawAtClaim, lawfulHours, placeAtClaim } from './law';
import { revisionAtClaim } from './settings-at-claim';

/**
 * Business hours a second time, by Postgres' own time zones and knowing nothing of the planner, so that a mistake in one
 * of the two shows. Slots are minutes of local days: the start is inside, the end outside.
 */
export function windows(sql: Db): Promise<Equation> {
  const claims = sql`select id::text, id as attempt_id, claimed_at as at from attempt`;
  return equation(
    sql,
    'windows',
    'Every attempt was claimed within the hours of law, company and run in every place where its person may be.',
    sql`
      select id, true as on_left, inside as on_right, not inside as wrong
      from (${withinHours(sql, claims)}) checked`,
  );
}

/**
 * `moments` yields (id, attempt_id, at): when something happened for an attempt. Answers (id, inside) by the rules of the
 * version that the attempt names. Promised callbacks are bound by law and closed days alone; somebody without a place, or
 * with a place of which Postgres knows no time, may not be reached at all.
 */
export function withinHours(sql: Db, moments: Fragment): Fragment {
  return sql`
    with placed as materialized (
      select m.id, m.at, t.version_id, t.run_key, t.step_key = 'callback' as promised,
        ${revisionAtClaim(sql)} as revision, ${lawAtClaim(sql)} as law_revision, t.channel, place.states, place.countries,
        coalesce(place.known, false) as known, zone.name as zone, (m.at at time zone zone.name)::date as local_on
      from (${moments}) m
      join attempt t on t.id = m.attempt_id
      join enrollment e on e.id = t.enrollment_id
      join contact p on p.id = e.contact_id
      cross join lateral ${placeAtClaim(sql)} place
      left join jsonb_array_elements_text(place.zones) candidate on true
      left join pg_timezone_names zone on zone.name = candidate
    ), kept_day as materialized (${keptDays(sql)}
    ), situation as materialized (
      select distinct version_id, run_key, promised, revision, law_revision, channel, states, countries, known, zone, local_on
      from placed
    ), run as materialized (
      select v.id as version_id, run ->> 'key' as run_key, run -> 'weekdays' as weekdays,
        (run ->> 'startsOn')::date as starts_on, coalesce((run ->> 'endsOn')::date, 'infinity') as ends_on,
        case run -> 'hours' ->> 'mode'
          when 'calling_times' then run -> 'hours' -> 'slots'
          when 'company_times' then v.policy -> 'companySlots'
        end as slots
      from version v
      cross join jsonb_array_elements(v.plan -> 'runs') run
    ), allowed as (
      select s.version_id, s.run_key, s.promised, s.revision, s.law_revision, s.channel, s.states, s.countries, s.known, s.zone, s.local_on,
        ${lawfulHours(sql)} *
        ${slotsOn(sql, sql`c.legal_hours -> 'weekdays'`, sql`c.legal_hours -> 'slots'`)}
        * case when s.known then '{(,)}'
            else ${slotsOn(sql, sql`c.unknown_place_hours -> 'weekdays'`, sql`c.unknown_place_hours -> 'slots'`)} end
        * case when s.promised then '{(,)}'
            when s.local_on between r.starts_on and r.ends_on then ${slotsOn(sql, sql`r.weekdays`, sql`r.slots`)}
            else '{}' end as wall_clock
      from situation s
      join settings_history c on c.revision = s.revision
      join version v on v.id = s.version_id
      left join run r on r.version_id = s.version_id and r.run_key = s.run_key
      where not v.policy -> 'closedOn' ? to_char(s.local_on, 'YYYY-MM-DD') and s.law_revision is not null and not ${isClosedDay(sql)}
    ), opening as materialized (
      select a.version_id, a.run_key, a.promised, a.revision, a.law_revision, a.channel, a.states, a.countries, a.known, a.zone, a.local_on,
        range_agg(tstzrange(opens.latest, greatest(opens.latest, closes.earliest))) as hours
      from allowed a
      cross join unnest(a.wall_clock) slot
      cross join lateral ${readings(sql, sql`lower(slot)`, sql`a.zone`)} opens
      cross join lateral ${readings(sql, sql`upper(slot)`, sql`a.zone`)} closes
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    )
    select p.id, bool_and(coalesce(p.at <@ o.hours, false)) as inside
    from placed p
    left join opening o using (version_id, run_key, promised, revision, law_revision, channel, states, countries, known, zone, local_on)
    group by p.id`;
}

/** The slots of the local day `s.local_on` by the clock on the wall; touching ones become one. */
function slotsOn(sql: Db, weekdays: Fragment, slots: Fragment): Fragment {
  return sql`coalesce((
    select range_agg(tsrange(s.local_on + slot.open, s.local_on + slot.close))
    from jsonb_to_recordset(${slots}) as slot (open interval, close interval)
    where ${weekdays} @> to_jsonb(extract(isodow from s.local_on)::int)
  ), '{}'::tsmultirange)`;
}

/**
 * The first and the last instant at which the zone's clocks show a time: two where autumn repeats it. A time that spring
 * skips is the first instant after the gap. Openings take the last, closings the first.
 */
function readings(sql: Db, wallClock: Fragment, zone: Fragment): Fragment {
  return sql`(
    select latest, least(latest, case when earlier at time zone ${zone} = wall_clock then earlier end) as earliest
    from (
      select wall_clock,
        (wall_clock at time zone 'UTC') - ((eve at time zone ${zone}) - (eve at time zone 'UTC')) as earlier,
        case when usual at time zone ${zone} = wall_clock then usual
          else (
            select min(minute) from generate_series(eve, usual, interval '1 minute') minute
            where minute at time zone ${zone} > wall_clock
          ) end as latest
      from (
        -- Of a repeated time Postgres takes the later instant; the offset of the day before finds the earlier one.
        select ${wallClock} as wall_clock, ${wallClock} at time zone ${zone} as usual,
          (${wallClock} at time zone ${zone}) - interval '24 hours' as eve
      ) picked
    ) found
  )`;
}
