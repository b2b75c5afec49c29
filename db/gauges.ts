import { inTransaction, type Sql } from './client';

/** One figure of the whole installation. Labels are words of our own schema, never anything that somebody wrote. */
export interface Reading {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Whoever watches us must not be what we have to be watched for. Prometheus itself gives up after ten seconds. */
const OPEN_LIMIT_MS = 2_000;
const TOTAL_LIMIT_MS = 8_000;
/** Counting stops here: what is over it is as alarming. */
const MOST_COUNTED = 10_000;

/** What stands or waits right now; every count runs over an index of what is open, so it costs the same for ever. */
export async function openReadings(sql: Sql): Promise<Reading[]> {
  return readings(
    sql,
    OPEN_LIMIT_MS,
    `
    select 'lines' as name, '{}'::jsonb as labels, coalesce(sum(lines), 0) as value from line_group
    union all select 'locked_for_recovery', '{}', count(*) from installation where locked_rt is not null
    union all select 'lines_in_use', '{}', count(*) from lease where freed_rt is null
    union all select 'line_queue_length', '{}', count(*) from line_queue
    union all select 'line_queue_oldest_seconds', '{}', ${age('min(queued_rt)')} from line_queue
    union all select 'enrollments_to_start', '{}', count(*) from (
      select from enrollment where wants_workflow and started_rt is null limit ${MOST_COUNTED}) few
    union all select 'overdue_enrollments', '{}', count(*) from overdue
    union all select 'overdue_oldest_seconds', '{}', coalesce(max(seconds), 0) from overdue
    union all select 'open_attempts', jsonb_build_object('channel', channel, 'state', state), count(*) from open_attempt
      group by channel, state
    union all select 'open_attempt_oldest_seconds', jsonb_build_object('channel', channel), ${age('min(claimed_rt)')} from open_attempt
      group by channel
    union all select 'attempts_past_deadline', '{}', count(*) from attempt
      where state in ('claimed', 'unknown', 'accepted') and resolve_by_rt < clock_timestamp()
    union all select 'relay_backlog', '{}', count(*) from fact where wakes and seen_rt is null
    union all select 'relay_oldest_seconds', '{}', ${age('min(rt)')} from fact where wakes and seen_rt is null
    union all select 'facts_unfolded', '{}', count(*) from fact where folded_rt is null
    union all select 'inbox_unfolded', '{}', count(*) from inbox where folded_rt is null
    union all select 'wakes', '{}', count(*) from wake
    union all select 'pending_executions', jsonb_build_object('kind', kind), count(*) from execution where state = 'pending' group by kind
    union all select 'pending_execution_oldest_seconds', '{}', ${age('min(at)', 'app_now()')} from execution where state = 'pending'
    union all select 'database_connections', jsonb_build_object('state', coalesce(nullif(state, ''), 'other')), count(*)
      from pg_stat_activity where datname = current_database() group by 2
    union all select 'database_connections_allowed', '{}', current_setting('max_connections')::int`,
    `
    open_attempt as (
      select enrollment_id, channel, state, claimed_rt from attempt
      where state in ('claimed', 'unknown') or (state = 'accepted' and channel = 'voice')
    ), overdue as (
      -- As values of their own, so that only what is due is read off the index.
      select extract(epoch from (select app_now()) - e.due_at) / coalesce((select nullif(speed, 0) from clock), 1) as seconds
      from enrollment e
      join campaign c on c.id = e.campaign_id and c.status <> 'paused'
      where e.state = 'open' and e.due_at < (select app_now())
        and not exists (select from open_attempt t where t.enrollment_id = e.id)
      order by e.due_at limit ${MOST_COUNTED}
    )`,
  );
}

/** What there is of everything. These read whole tables, so they are to be asked for seldom. */
export async function totalReadings(sql: Sql): Promise<Reading[]> {
  return readings(
    sql,
    TOTAL_LIMIT_MS,
    `
    select 'campaigns' as name, jsonb_build_object('status', status) as labels, count(*) as value from campaign group by status
    union all select 'enrollments', jsonb_build_object('state', state), count(*) from enrollment group by state
    union all select 'attempts', jsonb_build_object('channel', channel, 'state', state), count(*) from attempt group by channel, state
    union all select 'facts', jsonb_build_object('kind', kind), count(*) from fact group by kind
    union all select 'executions', jsonb_build_object('kind', kind, 'state', state), count(*) from execution group by kind, state
    union all select 'suppressions', '{}', count(*) from suppression where lifted_at is null
    union all select 'database_bytes', '{}', pg_database_size(current_database())`,
  );
}

async function readings(sql: Sql, limitMs: number, select: string, ctes?: string): Promise<Reading[]> {
  const statement = `${ctes === undefined ? '' : `with ${ctes}`} select name, labels, value::float8 as value from (${select}) r`;
  return inTransaction(sql, async (tx) => tx.unsafe<Reading[]>(statement), { statementTimeoutMs: limitMs });
}

function age(since: string, now = 'clock_timestamp()'): string {
  return `greatest(0, coalesce(extract(epoch from ${now} - ${since}), 0))`;
}
