import type { Channel } from '../../domain/channel';
import type { Instant } from '../../domain/instant';
import type { Db } from '../client';
import { withinHours } from './windows';

/** What a provider wrote down about one request; `at` is business time. */
export interface LedgerEntry {
  readonly at: Instant;
  readonly channel: Channel;
  /** Only "create" can reach a person. */
  readonly kind: string;
  readonly accepted: boolean;
  readonly attemptId: string | null;
}

export interface LedgerComparison {
  readonly ok: boolean;
  /** Accepted creates of the ledger. */
  readonly creates: number;
  /** Attempts that the database takes for accepted. */
  readonly attempts: number;
  /** Somebody was contacted without a record that says so. */
  readonly unmatchedCreates: readonly string[];
  /** The database says that somebody was contacted, and the provider knows nothing of it. */
  readonly unmatchedAttempts: readonly string[];
  /** Attempts that the provider accepted more than once. */
  readonly duplicates: readonly string[];
  readonly windows: { readonly checked: number; readonly outside: number };
  /** Attempts that the provider began outside the person's hours. */
  readonly outside: readonly string[];
}

interface MatchRow {
  creates: number;
  attempts: number;
  unmatchedCreates: string[];
  unmatchedAttempts: string[];
  duplicates: string[];
}

/**
 * Accepted creates and attempts, one to one. An attempt whose fate is unknown may have been accepted or not; one that is
 * still claimed or known not to have been sent may not.
 */
export async function compareLedger(sql: Db, entries: readonly LedgerEntry[]): Promise<LedgerComparison> {
  const accepted = JSON.stringify(entries.filter((entry) => entry.kind === 'create' && entry.accepted));
  const match = await matchAttempts(sql, accepted);
  const windows = await checkStarts(sql, accepted);
  const wrong = [match.unmatchedCreates, match.unmatchedAttempts, match.duplicates, windows.outside];
  return {
    ok: wrong.every((ids) => ids.length === 0),
    ...match,
    windows: { checked: windows.checked, outside: windows.outside.length },
    outside: windows.outside,
  };
}

async function matchAttempts(sql: Db, accepted: string): Promise<MatchRow> {
  const [row] = await sql<MatchRow[]>`
    with entry as (
      select coalesce("attemptId", '') as attempt_id, channel, count(*) as creates
      from jsonb_to_recordset(${accepted}::text::jsonb) as entry ("attemptId" text, channel text)
      group by 1, 2
    ), sent as (
      select id::text as id, channel, state
      from attempt
      where state in ('accepted', 'ended', 'unknown', 'unknown_final')
    ), matched as (
      select coalesce(l.attempt_id, s.id) as id, l.creates, s.state
      from entry l
      full join sent s on s.id = l.attempt_id and s.channel = l.channel
    )
    select coalesce(sum(creates), 0)::int as creates,
      count(*) filter (where state in ('accepted', 'ended'))::int as attempts,
      coalesce(array_agg(id order by id) filter (where state is null), '{}') as unmatched_creates,
      coalesce(array_agg(id order by id) filter (where creates is null and state in ('accepted', 'ended')), '{}') as unmatched_attempts,
      coalesce(array_agg(id order by id) filter (where creates > 1), '{}') as duplicates
    from matched`;
  if (row === undefined) throw new Error('the ledger comparison has no answer');
  return row;
}

/** The same hours as for claims, at the instant when the provider began. */
async function checkStarts(sql: Db, accepted: string): Promise<{ checked: number; outside: string[] }> {
  const starts = sql`
    select t.id::text as id, t.id as attempt_id, to_timestamp(entry.at / 1000) as at
    from jsonb_to_recordset(${accepted}::text::jsonb) as entry ("attemptId" text, at double precision)
    join attempt t on t.id::text = entry."attemptId"`;
  const [row] = await sql<{ checked: number; outside: string[] }[]>`
    select count(*)::int as checked, coalesce(array_agg(id order by id) filter (where not inside), '{}') as outside
    from (${withinHours(sql, starts)}) checked`;
  if (row === undefined) throw new Error('the check of the hours has no answer');
  return row;
}
