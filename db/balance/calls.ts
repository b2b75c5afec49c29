import type { Db } from '../client';
import { type Equation, equation, type Fragment } from './equation';

/** Live calls: each has its line and its person to itself, and gives both back. */

export function leases(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'leases',
    'Every call without a known end holds a line, and every line that is held belongs to such a call.',
    sql`
      with call as (${unresolvedCalls(sql)}),
      held as (select attempt_id from lease where state = 'bound' and freed_rt is null)
      select coalesce(c.id, h.attempt_id)::text as id,
        c.id is not null as on_left,
        h.attempt_id is not null as on_right,
        c.id is null or h.attempt_id is null as wrong
      from call c
      full join held h on h.attempt_id = c.id`,
  );
}

/** A lease that was granted and never used runs out by itself, so it counts only until then. */
export function lines(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'lines',
    'In no group are more lines in use than its rate allows, which is at least one.',
    sql`
      with live as (
        select l.attempt_id,
          row_number() over (partition by l.line_group_id order by l.granted_rt, l.attempt_id)
            <= greatest(1, g.lines * g.rate_percent / 100) as fits
        from lease l
        join line_group g on g.id = l.line_group_id
        where l.freed_rt is null and (l.state = 'bound' or l.expires_rt > clock_timestamp())
      )
      select attempt_id::text as id, true as on_left, fits as on_right, not fits as wrong
      from live`,
  );
}

export function openCalls(sql: Db): Promise<Equation> {
  return equation(
    sql,
    'open_calls',
    'Every call without a known end bars its person from other calls, and nothing else does.',
    sql`
      with call as (${unresolvedCalls(sql)}),
      barred as (select attempt_id, array_agg(hash) as hashes from open_call group by attempt_id),
      judged as (
        select coalesce(c.id, b.attempt_id) as id,
          c.id is not null as on_left,
          b.attempt_id is not null and (c.id is null or c.to_hash = any(b.hashes)) as on_right
        from call c
        full join barred b on b.attempt_id = c.id
      )
      select id::text, on_left, on_right, on_left <> on_right as wrong
      from judged`,
  );
}

function unresolvedCalls(sql: Db): Fragment {
  return sql`
    select id, to_hash from attempt
    where channel = 'voice' and state in ('claimed', 'accepted', 'unknown')`;
}
